"""Pages of comparison, strictness, blind double visits and data flags."""

from bureau.fairness.views import comparing, flags, strictness
from bureau.fairness.views.blueprint import blueprint

__all__ = ["blueprint", "comparing", "flags", "strictness"]
