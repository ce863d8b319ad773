"""A school's receipts as the bureau and its zone supervisors read them."""

from uuid import UUID

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from school.supply.permissions import Permission
from school.supply.views.blueprint import blueprint
from school.supply.views.receipts import list_page, show_page


@blueprint.get("/schools/<int:school_id>/goods-receipts")
@access(Permission.OVERSEE)
def index_of_school(school_id: int) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    return list_page(actor, school_id, "supply/index.html", "supply.index_of_school", school=school)


@blueprint.get("/schools/<int:school_id>/goods-receipts/<uuid:receipt_id>")
@access(Permission.OVERSEE)
def show_of_school(school_id: int, receipt_id: UUID) -> str:
    actor = current_actor()
    return show_page(actor, school_id, receipt_id, school=get_school(actor, school_id))
