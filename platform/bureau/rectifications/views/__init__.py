"""Pages, by who uses them: the school rectifies; the bureau checks, draws and looks again."""

from bureau.rectifications.views import board, checking, own
from bureau.rectifications.views.blueprint import blueprint

__all__ = ["blueprint", "board", "checking", "own"]
