"""Pages of the catalogue."""

from bureau.catalogue.views.categories import blueprint as categories
from bureau.catalogue.views.items import blueprint as items

PAGES = (items, categories)
