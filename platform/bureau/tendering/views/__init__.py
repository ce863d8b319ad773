"""Pages, by who uses them."""

from bureau.tendering.views import changing, drafting, showing, steps
from bureau.tendering.views.blueprint import blueprint
from bureau.tendering.views.district import blueprint as district
from bureau.tendering.views.suppliers import blueprint as suppliers

PAGES = (blueprint, suppliers, district)
__all__ = ["PAGES", "changing", "drafting", "showing", "steps"]
