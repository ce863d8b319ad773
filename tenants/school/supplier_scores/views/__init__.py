"""Pages of scores."""

from school.supplier_scores.views import bureau, fairness, objections, own, school
from school.supplier_scores.views.blueprint import blueprint

PAGES = [blueprint]
__all__ = ["PAGES", "bureau", "fairness", "objections", "own", "school"]
