"""Pages of people."""

from flask import Blueprint

pages = Blueprint("people", __name__, url_prefix="/people")

from bureau.people.views import imports, people, roles, settings  # noqa: E402, F401
