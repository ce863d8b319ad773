"""Pages, by who uses them: the purchaser's officers, the members of a committee, the bidders, the pool of experts."""

from bureau.evaluation.views import answering, experts, judging, officers, public, re_evaluating, scoring
from bureau.evaluation.views.blueprint import blueprint

__all__ = ["answering", "blueprint", "experts", "judging", "officers", "public", "re_evaluating", "scoring"]
