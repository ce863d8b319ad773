"""The bureau: a school's orders, and what looks wrong with certificates across all schools."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from bureau.catalogue.labels import certificate_label
from bureau.schools.service import get_school
from bureau.suppliers.service.finding import names_of
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form
from school.orders import certificate_labels
from school.orders.permissions import Permission
from school.orders.schemas import FindingNoteForm, FindingQuery
from school.orders.service import certificates, finding
from school.orders.views.blueprint import blueprint
from school.orders.views.parts import PAGE, carry_out, list_page, order_page


@blueprint.get("/all")
@access(Permission.OVERSEE)
def index_of_all() -> str:
    return list_page("orders/all.html", "supply_orders.index_of_all")


@blueprint.get("/schools/<int:school_id>")
@access(Permission.OVERSEE)
def index_of_school(school_id: int) -> str:
    school = get_school(current_actor(), school_id)
    return list_page("orders/all.html", "supply_orders.index_of_school", values={"school_id": school_id}, school=school)


@blueprint.get("/schools/<int:school_id>/<uuid:order_id>")
@access(Permission.OVERSEE)
def show_of_school(school_id: int, order_id: UUID) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    order = finding.get_order(actor, order_id, school_id=school_id)
    return order_page("orders/of_school.html", actor, order, school=school)


@blueprint.get("/certificate-findings")
@access(Permission.OVERSEE)
def findings() -> str:
    return _page()


def _page(form: Form | None = None) -> str:
    actor = current_actor()
    given = {name: value for name, value in request.args.items() if name in ("all", "cursor")}
    query = Form.blank(FindingQuery(), given).load()
    page = certificates.list_findings(actor, is_open=not query["all"], cursor=query["cursor"], limit=PAGE)
    more: dict[str, Any] = {"all": 1} if query["all"] else {}
    return render_template(
        "orders/findings.html", page=page, form=form, shows_all=query["all"], codes=certificate_labels.CODES,
        suppliers=names_of(actor, {row[0].supplier_id for row in page.items}), certificate_label=certificate_label,
        next_url=url_for("supply_orders.findings", cursor=page.next_cursor, **more) if page.next_cursor else None,
        first_url=url_for("supply_orders.findings", **more) if query["cursor"] else None,
    )  # fmt: skip


@blueprint.post("/certificate-findings/<uuid:finding_id>/settle")
@access(Permission.SETTLE_FINDINGS)
def settle_finding(finding_id: UUID) -> Any:
    actor = current_actor()
    return carry_out(
        FindingNoteForm(),
        lambda data: certificates.settle(actor, finding_id, **data),
        _("已记录核查结果。"),
        url_for("supply_orders.findings"),
        lambda form: _page(form),
    )
