"""Pages of dishes and menus; the imports register the routes."""

from school.canteen.views import amending, dishes, editing, menus, oversight, public, recommended, sheets
from school.canteen.views.blueprint import blueprint, public_blueprint

PAGES = [blueprint, public_blueprint]

__all__ = ["PAGES", "amending", "dishes", "editing", "menus", "oversight", "public", "recommended", "sheets"]
