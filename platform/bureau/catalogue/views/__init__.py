"""Pages of the catalogue."""

from bureau.catalogue.views.categories import blueprint as categories
from bureau.catalogue.views.items import blueprint as items
from bureau.catalogue.views.ordering import blueprint as ordering
from bureau.catalogue.views.sheets import blueprint as sheets

PAGES = (items, categories, ordering, sheets)
