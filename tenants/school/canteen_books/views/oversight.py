"""The bureau's page of all schools' books in a month, and one school's statement, balance and findings."""

from flask import render_template, request, url_for

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from kernel.web.forms import Form
from school.canteen_books import chart, labels, rules
from school.canteen_books.chart import BY_CODE
from school.canteen_books.permissions import Permission
from school.canteen_books.schemas import OversightQuery
from school.canteen_books.service import ledger, months, overseeing, statements
from school.canteen_books.service.overseeing import SchoolMonth
from school.canteen_books.views.blueprint import blueprint, month_in


@blueprint.get("/canteen-books/oversight")
@access(Permission.OVERSEE)
def oversight() -> str:
    actor = current_actor()
    form = Form.blank(OversightQuery(), dict(request.args.items()))
    try:
        asked = form.load()
    except Invalid as error:
        form.reject(error)
        asked = OversightQuery().load({})
    month = asked["month"] or overseeing.last_due_month(actor)
    rows = overseeing.month_of_schools(actor, month)
    return render_template(
        "canteen_books/oversight.html", form=form, month=month, labels=labels, show=asked["show"],
        rows=[row for row in rows if _is_shown(row, asked["show"])], whole=rows,
        previous_month=rules.previous_month(month), next_month=rules.next_month(month),
        tabs=[(name, url_for("canteen_books.oversight", month=f"{month:%Y-%m}", show=name)) for name in SHOWS],
    )  # fmt: skip


SHOWS = ("all", "open", "unpublished", "findings")


def _is_shown(row: SchoolMonth, show: str) -> bool:
    if show == "open":
        return row.standing in ("none", "open")
    if show == "unpublished":
        return row.standing != "published"
    return bool(row.findings) if show == "findings" else True


@blueprint.get("/schools/<int:school_id>/canteen-books")
@access(Permission.OVERSEE)
def books_of_school(school_id: int) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    return render_template(
        "canteen_books/school.html", school=school, rows=months.newest_months(actor, school_id), labels=labels
    )


@blueprint.get("/schools/<int:school_id>/canteen-books/<book_month>")
@access(Permission.OVERSEE)
def month_of_school(school_id: int, book_month: str) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    month = months.get_month(actor, school_id, month_in(book_month))
    return render_template(
        "canteen_books/school_month.html", school=school, month=month, labels=labels, plain=month.figures, chart=chart,
        sums=ledger.trial_balance(actor, school_id, month.month), accounts=BY_CODE,
        findings=overseeing.findings_of(actor, school_id, month.month), entries=ledger.list_entries(actor, school_id, month.month),
        events=months.events_of(actor, school_id, month.id),
        statement=statements.live_statement(actor, school_id, month.month), bureau_code=statements.bureau_code(actor),
    )  # fmt: skip
