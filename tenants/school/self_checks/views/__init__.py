"""Pages of a school's own checks."""

from school.self_checks.views import checks, filling, oversight, schedules
from school.self_checks.views.blueprint import blueprint

PAGES = (blueprint,)

__all__ = ["PAGES", "checks", "filling", "oversight", "schedules"]
