"""Pages of the canteen's day."""

from school.canteen_day.views import entering, governing, oversight, records, samples, setting, showing
from school.canteen_day.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = ["PAGES", "entering", "governing", "oversight", "records", "samples", "setting", "showing"]
