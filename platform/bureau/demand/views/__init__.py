"""Pages: the bureau's rounds and lots, and the school's own sheet."""

from bureau.demand.views.own import blueprint as own
from bureau.demand.views.rounds import blueprint as rounds

PAGES = (rounds, own)
