"""A school's self-checks as the bureau and its zone supervisors read them."""

from uuid import UUID

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from school.self_checks.permissions import Permission
from school.self_checks.service import reading
from school.self_checks.views.blueprint import blueprint
from school.self_checks.views.checks import comparison_page, list_page, result_page
from school.self_checks.views.schedules import calendar_page


@blueprint.get("/schools/<int:school_id>/self-checks")
@access(Permission.OVERSEE)
def index_of_school(school_id: int) -> str:
    actor = current_actor()
    return list_page(actor, get_school(actor, school_id).id, "self_checks.index_of_school")


@blueprint.get("/schools/<int:school_id>/self-checks/calendar")
@access(Permission.OVERSEE)
def calendar_of_school(school_id: int) -> str:
    get_school(current_actor(), school_id)
    return calendar_page(school_id, "self_checks.calendar_of_school", {"school_id": school_id})


@blueprint.get("/schools/<int:school_id>/self-checks/<uuid:self_check_id>")
@access(Permission.OVERSEE)
def show_of_school(school_id: int, self_check_id: UUID) -> str:
    actor = current_actor()
    return result_page(actor, reading.get_check(actor, school_id, self_check_id))


@blueprint.get("/schools/<int:school_id>/self-checks/comparison/<uuid:inspection_id>")
@access(Permission.OVERSEE)
def comparison_of_school(school_id: int, inspection_id: UUID) -> str:
    return comparison_page(current_actor(), school_id, inspection_id)
