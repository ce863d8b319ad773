"""The bureau and its zones: all schools' months at once, one school's statements, read only."""

from uuid import UUID

from flask import Response, render_template

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.web.dates import today
from school.settlement import labels, rules
from school.settlement.permissions import Permission
from school.settlement.service import finding, invoicing, overseeing
from school.settlement.service.figures import PAYMENT_DAYS, figure
from school.settlement.sheets import statements_xlsx
from school.settlement.views.blueprint import blueprint
from school.settlement.views.parts import asked_month, list_page, scan, sheet, statement_page


@blueprint.get("/all")
@access(Permission.OVERSEE)
def oversight() -> str:
    actor = current_actor()
    form, month = asked_month()
    rows = overseeing.month_of_schools(actor, month)
    return render_template(
        "settlement/oversight.html", form=form, month=month, rows=rows, labels=labels,
        payment_days=figure(actor, PAYMENT_DAYS), previous_month=rules.previous_month(month),
        next_month=rules.next_month(month) if month < rules.month_of(today()) else None,
    )  # fmt: skip


@blueprint.get("/all/sheet")
@access(Permission.OVERSEE)
def oversight_sheet() -> Response:
    _form, month = asked_month()
    return sheet(statements_xlsx(current_actor(), month), f"statements-{month:%Y-%m}")


@blueprint.get("/schools/<int:school_id>")
@access(Permission.OVERSEE)
def index_of_school(school_id: int) -> str:
    school = get_school(current_actor(), school_id)
    return list_page(
        "settlement/of_school.html", "settlement.index_of_school", values={"school_id": school_id}, school=school
    )


@blueprint.get("/schools/<int:school_id>/<uuid:supplier_statement_id>")
@access(Permission.OVERSEE)
def show_of_school(school_id: int, supplier_statement_id: UUID) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    statement = finding.get_statement(actor, supplier_statement_id, school_id=school_id)
    return statement_page("settlement/one_of_school.html", actor, statement, school=school)


@blueprint.get("/schools/<int:school_id>/invoices/<uuid:supplier_invoice_id>/scan")
@access(Permission.OVERSEE)
def invoice_scan_of_school(school_id: int, supplier_invoice_id: UUID) -> Response:
    actor = current_actor()
    get_school(actor, school_id)
    invoicing.get_invoice(actor, supplier_invoice_id, school_id=school_id)
    return scan(*invoicing.scan_of(actor, supplier_invoice_id))
