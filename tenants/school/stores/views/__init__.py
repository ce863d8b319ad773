"""Pages of stock."""

from school.stores.views import batches, giving, months, moving, oversight, requests, settings, stock, stocktakes
from school.stores.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = ["PAGES", "batches", "giving", "months", "moving", "oversight", "requests", "settings", "stock", "stocktakes"]
