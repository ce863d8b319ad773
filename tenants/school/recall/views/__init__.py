"""Pages of recalls."""

from school.recall.views import bureau, incidents, own, tracing
from school.recall.views.blueprint import blueprint

PAGES = [blueprint]
__all__ = ["PAGES", "bureau", "incidents", "own", "tracing"]
