"""Pages, by who uses them: the school files, the bureau decides and reads its statistics."""

from bureau.appeals.views import deciding, filing
from bureau.appeals.views.blueprint import blueprint

__all__ = ["blueprint", "deciding", "filing"]
