"""Pages of classes, pupils and counts of diners."""

from school.diners.views import classes, counts, oversight, pupils
from school.diners.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = ["PAGES", "classes", "counts", "oversight", "pupils"]
