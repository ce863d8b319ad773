"""Pages of settlement: the school's, the supplier's, the bureau's."""

from school.settlement.views import invoices, oversight, own, school
from school.settlement.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = ["PAGES", "invoices", "oversight", "own", "school"]
