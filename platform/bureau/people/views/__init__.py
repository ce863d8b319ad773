"""Pages of people."""

from flask import Blueprint

pages = Blueprint("people", __name__, url_prefix="/people")
demands = Blueprint("second_factor_roles", __name__, url_prefix="/second-factor-roles")

from bureau.people.views import imports, people, roles, settings  # noqa: E402, F401
