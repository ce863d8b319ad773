"""Pages of the canteen's books."""

from school.canteen_books.views import attendance, home, limits, money, months, oversight, plans, public, vouchers
from school.canteen_books.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = [
    "PAGES", "attendance", "home", "limits", "money", "months", "oversight", "plans", "public", "vouchers",
]  # fmt: skip
