"""Pages of duties."""

from duties.views import boards, days, excuses, feeds, kinds, plans, settings
from duties.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = ["PAGES", "boards", "days", "excuses", "feeds", "kinds", "plans", "settings"]
