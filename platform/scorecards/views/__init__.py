"""Pages of forms: list, import, the sheet itself, and the edits of a draft."""

from scorecards.views import drafts, imports, items, listing, versions
from scorecards.views.blueprint import blueprint

__all__ = ["blueprint", "drafts", "imports", "items", "listing", "versions"]
