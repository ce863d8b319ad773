"""Pages of prices."""

from bureau.prices.views.books import blueprint as books
from bureau.prices.views.public import blueprint as public
from bureau.prices.views.reporting import blueprint as reporting
from bureau.prices.views.sources import blueprint as sources
from bureau.prices.views.surveys import blueprint as surveys

PAGES = (surveys, sources, reporting, books, public)
