"""Pages of forms: list, import, the sheet itself, the edits of a draft, and what a version is looked at with."""

from scorecards.views import arrange, comparison, drafts, imports, items, listing, phrases, simulation, versions
from scorecards.views.blueprint import blueprint

__all__ = [
    "arrange", "blueprint", "comparison", "drafts", "imports", "items", "listing", "phrases", "simulation", "versions",
]  # fmt: skip
