"""Pages of orders: the school's, the supplier's, the bureau's."""

from school.orders.views import budgets, making, oversight, own, own_papers, school, shipping
from school.orders.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = ["PAGES", "budgets", "making", "oversight", "own", "own_papers", "school", "shipping"]
