"""Pages, by who uses them: the bureau plans, inspectors fill, schools read, the bureau compares."""

from bureau.inspections.views import compare, fill, photos, planning, publishing, results, visits
from bureau.inspections.views.blueprint import blueprint

__all__ = ["blueprint", "compare", "fill", "photos", "planning", "publishing", "results", "visits"]
