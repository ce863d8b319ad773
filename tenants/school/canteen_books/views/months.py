"""The wizard of a month: what is missing, prepare, close, publish, open again."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.schools.service import get_school, terms
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_books import chart, labels, rules
from school.canteen_books.permissions import Permission
from school.canteen_books.schemas import MealDaysForm, ReasonForm, VersionForm
from school.canteen_books.service import (
    closing,
    computing,
    figures,
    months,
    overseeing,
    settling,
    statements,
    stock_costs,
)
from school.canteen_books.views.blueprint import back_to_month, blueprint, month_in


@blueprint.get("/canteen-books/months/<book_month>")
@access(Permission.READ)
def month(book_month: str) -> str:
    return _page(book_month)


def _page(book_month: str, form: Form | None = None) -> str:
    actor = current_actor()
    found = months.get_month(actor, actor.own_school_id(), month_in(book_month))
    school = get_school(actor, found.school_id)
    is_closed = found.state in ("closed", "reopening")
    ahead = None if is_closed else closing.outlook(actor, found)
    rule, figure = computing.refund_rule(actor, school, found.month)
    return render_template(
        "canteen_books/month.html", month=found, ahead=ahead, labels=labels, chart=chart, form=form, rule=rule,
        rule_figure=figure, plain=found.figures if is_closed else ahead.figures.plain if ahead else {},
        findings=overseeing.findings_of(actor, found.school_id, found.month) if is_closed else (),
        bands=figures.bands(actor, school, found.month),
        days=[found.month.replace(day=number) for number in range(1, rules.last_day(found.month).day + 1)],
        chosen=set(found.meal_days), events=months.events_of(actor, found.school_id, found.id),
        statement=statements.live_statement(actor, found.school_id, found.month),
        is_mine=found.prepared_by == actor.account_id,
    )  # fmt: skip


def _act(book_month: str, schema: Any, act: Any, said: str) -> Any:
    actor, month = current_actor(), month_in(book_month)
    months.get_month(actor, actor.own_school_id(), month)
    form = Form.submitted(schema)
    with form.catching():
        act(actor, month, form.load())
        flash(said, "success")
        return back_to_month(month)
    return _page(book_month, form), form.refusal_status


@blueprint.post("/canteen-books/months/<book_month>/meal-days")
@access(Permission.ENTER)
def save_meal_days(book_month: str) -> Any:
    return _act(
        book_month, MealDaysForm(),
        lambda actor, month, data: months.set_meal_days(actor, month, data["version"], data["days"]), _("供餐日已保存。"),
    )  # fmt: skip


@blueprint.post("/canteen-books/months/<book_month>/stores")
@access(Permission.ENTER)
def book_stores(book_month: str) -> Any:
    return _act(
        book_month, VersionForm(), lambda actor, month, _data: stock_costs.book_stores(actor, new_id(), month),
        _("出入库结转凭证已提交，等待审核。"),
    )  # fmt: skip


@blueprint.post("/canteen-books/months/<book_month>/prepare")
@access(Permission.ENTER)
def prepare_month(book_month: str) -> Any:
    return _act(
        book_month, VersionForm(), lambda actor, month, data: closing.prepare(actor, month, data["version"]),
        _("已提交，等待审核结账。"),
    )  # fmt: skip


@blueprint.post("/canteen-books/months/<book_month>/send-back")
@access(Permission.APPROVE)
def send_back_month(book_month: str) -> Any:
    return _act(
        book_month, ReasonForm(),
        lambda actor, month, data: closing.send_back(actor, month, data["version"], data["reason"]), _("已退回。"),
    )  # fmt: skip


@blueprint.post("/canteen-books/months/<book_month>/close")
@access(Permission.APPROVE)
def close_month(book_month: str) -> Any:
    return _act(
        book_month, VersionForm(), lambda actor, month, data: closing.close(actor, month, data["version"]),
        _("已结账。"),
    )  # fmt: skip


@blueprint.post("/canteen-books/months/<book_month>/ask-reopening")
@access(Permission.ENTER)
def ask_reopening(book_month: str) -> Any:
    return _act(
        book_month, ReasonForm(),
        lambda actor, month, data: closing.ask_reopening(actor, month, data["version"], data["reason"]),
        _("已申请反结账，等待校长决定。"),
    )  # fmt: skip


@blueprint.post("/canteen-books/months/<book_month>/refuse-reopening")
@access(Permission.REOPEN)
def refuse_reopening(book_month: str) -> Any:
    return _act(
        book_month, ReasonForm(),
        lambda actor, month, data: closing.refuse_reopening(actor, month, data["version"], data["reason"]),
        _("已驳回反结账申请。"),
    )  # fmt: skip


@blueprint.post("/canteen-books/months/<book_month>/reopen")
@access(Permission.REOPEN)
def reopen_month(book_month: str) -> Any:
    return _act(
        book_month, ReasonForm(),
        lambda actor, month, data: closing.reopen(actor, month, data["version"], data["reason"]),
        _("已反结账，可以更正后重新结账。"),
    )  # fmt: skip


@blueprint.get("/canteen-books/months/<book_month>/statement")
@access(Permission.READ)
def statement(book_month: str) -> Any:
    actor, month = current_actor(), month_in(book_month)
    if months.first_month(actor, actor.own_school_id()) is None:
        return redirect(url_for("canteen_books.index"))
    found = months.get_month(actor, actor.own_school_id(), month)
    school = get_school(actor, found.school_id)
    deadline, figure = statements.due_on(actor, found.school_id, month)
    return render_template(
        "canteen_books/statement.html", month=found, school=school, deadline=deadline, deadline_figure=figure,
        statement=statements.live_statement(actor, found.school_id, month), plain=found.figures, labels=labels,
        chart=chart, editions=statements.editions(actor, found.school_id, month), today=today(),
        bureau_code=statements.bureau_code(actor),
    )  # fmt: skip


@blueprint.post("/canteen-books/months/<book_month>/statement")
@access(Permission.ENTER)
def publish_statement(book_month: str) -> Any:
    actor, month = current_actor(), month_in(book_month)
    months.get_month(actor, actor.own_school_id(), month)
    form = Form.submitted(VersionForm())
    with form.catching():
        statements.publish(actor, month, form.load()["version"])
        flash(_("已公示。"), "success")
        return redirect(url_for("canteen_books.statement", book_month=book_month))
    return _page(book_month, form), form.refusal_status


@blueprint.get("/canteen-books/settlement")
@access(Permission.MONEY_READ)
def settlement() -> str:
    return _settlement_page()


def _settlement_page(form: Form | None = None) -> str:
    actor = current_actor()
    school = get_school(actor, actor.own_school_id())
    return render_template(
        "canteen_books/settlement.html", terms=terms.list_terms(actor), form=form, today=today(),
        is_kindergarten=school.stage == "kindergarten", month=rules.month_of(today()),
    )  # fmt: skip


@blueprint.post("/canteen-books/settlement/<uuid:term_id>/surplus")
@access(Permission.ENTER)
def return_surplus(term_id: Any) -> Any:
    actor = current_actor()
    term = terms.get_term(actor, term_id)
    form = Form.submitted(VersionForm())
    with form.catching():
        found = settling.propose_surplus_return(actor, new_id(), term)
        flash(_("结余退还凭证已提交，等待审核。"), "success")
        return redirect(url_for("canteen_books.voucher", book_voucher_id=found.id))
    return _settlement_page(form), form.refusal_status


@blueprint.post("/canteen-books/settlement/refunds")
@access(Permission.ENTER)
def settle_all() -> Any:
    actor = current_actor()
    month = rules.month_of(today())
    form = Form.submitted(VersionForm())
    with form.catching():
        months.open_month_for(actor, today())
        count = settling.settle_all(actor, month)
        flash(_("已生成 %(count)s 名学生的结退名单。", count=count), "success")
        return redirect(url_for("canteen_books.refunds", book_month=f"{month:%Y-%m}"))
    return _settlement_page(form), form.refusal_status
