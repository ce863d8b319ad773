"""Pages: a plan's schools and days, its draws, the public page of a draw, interests, an inspector's calendar."""

from bureau.draws.views import calendar, campaign, draws, interests, public
from bureau.draws.views.blueprint import blueprint

__all__ = ["blueprint", "calendar", "campaign", "draws", "interests", "public"]
