"""Pages of goods receipts."""

from school.supply.views import oversight, receipts, recording
from school.supply.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = ["PAGES", "oversight", "receipts", "recording"]
