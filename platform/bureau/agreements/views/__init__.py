"""Pages, by who uses them: the bureau makes and changes, a school looks and chooses, a supplier reads and answers."""

from bureau.agreements.views import bureau, changing, competing, entering, own, school
from bureau.agreements.views.blueprint import blueprint

__all__ = ["blueprint", "bureau", "changing", "competing", "entering", "own", "school"]
