"""Pages of goods receipts."""

from school.supply.views import deliveries, oversight, receipts, recording, rejections
from school.supply.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = ["PAGES", "deliveries", "oversight", "receipts", "recording", "rejections"]
