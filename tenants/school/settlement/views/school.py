"""The school's month of statements, and each step of one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from bureau.suppliers.service.finding import names_of
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.schemas import BaseSchema
from kernel.web.dates import today
from kernel.web.forms import Form
from school.settlement import labels, rules
from school.settlement.permissions import Permission
from school.settlement.schemas import (
    SettlementAdjustmentForm,
    SettlementMonthForm,
    StatementNoteForm,
    StatementObjectionAnswerForm,
    StatementReasonForm,
    StatementSendForm,
    StatementVersionForm,
    SupplierPaymentForm,
)
from school.settlement.service import adjusting, claims, finding, making, months, paying, sending
from school.settlement.service.figures import confirm_by
from school.settlement.sheets import statement_xlsx
from school.settlement.views.blueprint import blueprint
from school.settlement.views.parts import asked_month, carry_out, list_page, sheet, statement_page


@blueprint.get("")
@access(Permission.READ)
def index() -> str:
    return _month_page()


def _month_page(refused: Form | None = None) -> str:
    actor = current_actor()
    form, month = asked_month()
    school_id = actor.own_school_id()
    statements = finding.list_statements(actor, month=month, limit=200).items
    live = {one.supplier_id for one in statements if one.state != "withdrawn"}
    now_said = claims.of_month(actor, school_id, month)
    without = {one: found for one, found in now_said.items() if one not in live}
    names = names_of(actor, without)
    return render_template(
        "settlement/index.html", form=refused or form, month=month, statements=statements, labels=labels,
        said=now_said, settled=months.month_of(actor, school_id, month), due_on=confirm_by(actor, month, school_id),
        without=sorted(((names.get(one, ""), found) for one, found in without.items()), key=lambda pair: pair[0]),
        unknown=claims.unknown_suppliers(actor, school_id, month), today=today(),
        is_over=month < rules.month_of(today()), previous_month=rules.previous_month(month),
        next_month=rules.next_month(month) if month < rules.month_of(today()) else None,
    )  # fmt: skip


@blueprint.get("/earlier")
@access(Permission.READ)
def earlier() -> str:
    return list_page("settlement/earlier.html", "settlement.earlier")


@blueprint.post("/make")
@access(Permission.PREPARE)
def make() -> Any:
    actor = current_actor()
    form = Form.submitted(SettlementMonthForm())
    with form.catching():
        month = form.load()["month"]
        made = making.make_all(actor, month)
        count = len(made.made)
        if count:
            flash(ngettext("已生成 %(num)s 份对账单草稿。", "已生成 %(num)s 份对账单草稿。", count), "success")
        elif made.is_settled and not made.known:
            flash(_("本月没有与供应商的往来，已记为对账完成。"), "success")
        else:
            flash(_("没有需要新生成的对账单。"), "info")
        return redirect(url_for("settlement.index", month=f"{month:%Y-%m}"))
    return _month_page(form), form.refusal_status


@blueprint.get("/<uuid:supplier_statement_id>")
@access(Permission.READ)
def show(supplier_statement_id: UUID) -> str:
    return show_page(supplier_statement_id)


def show_page(statement_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    statement = finding.get_statement(actor, statement_id)
    is_maker = actor.account_id in (statement.created_by, statement.sent_by)
    return statement_page("settlement/show.html", actor, statement, form, is_maker=is_maker)


@blueprint.get("/<uuid:supplier_statement_id>/sheet")
@access(Permission.READ)
def statement_sheet(supplier_statement_id: UUID) -> Response:
    actor = current_actor()
    statement = finding.get_statement(actor, supplier_statement_id)
    return sheet(statement_xlsx(actor, statement), statement.number)


Act = Callable[[Actor, dict[str, Any]], Any]


def _step(statement_id: UUID, schema: BaseSchema, act: Act, done: str) -> Any:
    actor = current_actor()
    finding.get_statement(actor, statement_id)
    return carry_out(
        schema, lambda data: act(actor, data), done, statement_url(statement_id),
        lambda form: show_page(statement_id, form),
    )  # fmt: skip


def statement_url(statement_id: UUID) -> str:
    return url_for("settlement.show", supplier_statement_id=statement_id)


@blueprint.post("/<uuid:supplier_statement_id>/send")
@access(Permission.PREPARE)
def send(supplier_statement_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> Any:
        return sending.send(actor, supplier_statement_id, data["version"], data["digest"])

    return _step(supplier_statement_id, StatementSendForm(), act, _("已发送供应商，内容已锁定。"))


@blueprint.post("/<uuid:supplier_statement_id>/withdraw")
@access(Permission.PREPARE)
def withdraw(supplier_statement_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> Any:
        return making.withdraw(actor, supplier_statement_id, data["version"], data["reason"])

    return _step(supplier_statement_id, StatementReasonForm(), act, _("对账单已撤销，可以重新生成。"))


@blueprint.post("/<uuid:supplier_statement_id>/objections/<uuid:objection_id>")
@access(Permission.PREPARE)
def answer(supplier_statement_id: UUID, objection_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> Any:
        return sending.answer(actor, supplier_statement_id, objection_id, data["version"], data["answer"])

    return _step(supplier_statement_id, StatementObjectionAnswerForm(), act, _("已答复，全部答复后再次发送。"))


@blueprint.post("/<uuid:supplier_statement_id>/adjustments")
@access(Permission.PREPARE)
def adjust(supplier_statement_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> Any:
        return adjusting.adjust(actor, data.pop("id"), statement_id=supplier_statement_id, **data)

    return _step(supplier_statement_id, SettlementAdjustmentForm(), act, _("更正已登记，列入下一次发出的对账单。"))


@blueprint.post("/<uuid:supplier_statement_id>/adjustments/<uuid:adjustment_id>/withdraw")
@access(Permission.PREPARE)
def withdraw_adjustment(supplier_statement_id: UUID, adjustment_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> Any:
        return adjusting.withdraw_adjustment(actor, adjustment_id, data["version"])

    return _step(supplier_statement_id, StatementVersionForm(), act, _("更正已撤回。"))


@blueprint.post("/<uuid:supplier_statement_id>/difference")
@access(Permission.PREPARE)
def note_difference(supplier_statement_id: UUID) -> Any:
    actor = current_actor()
    form = Form.submitted(StatementVersionForm())
    with form.catching():
        form.load()
        note = adjusting.note_differences(actor, supplier_statement_id)
        if note is None:
            flash(_("价格没有变化，不需要差价单。"), "info")
            return redirect(statement_url(supplier_statement_id))
        flash(_("已生成差价单 %(number)s，列入下一份对账单。", number=note.number), "success")
        return redirect(url_for("settlement.difference_note", difference_note_id=note.id))
    return show_page(supplier_statement_id, form), form.refusal_status


@blueprint.get("/notes/<uuid:difference_note_id>")
@access(Permission.READ)
def difference_note(difference_note_id: UUID) -> str:
    return note_page(current_actor(), difference_note_id, statement_url)


def note_page(actor: Actor, note_id: UUID, address: Callable[[UUID], str]) -> str:
    note, lines = adjusting.get_note(actor, note_id)
    statement = finding.get_statement(actor, note.statement_id)
    back = address(statement.id)
    return render_template("settlement/note.html", note=note, lines=lines, statement=statement, back=back)


# --- money ------------------------------------------------------------------------------------------------------------


@blueprint.post("/<uuid:supplier_statement_id>/approve")
@access(Permission.APPROVE)
def approve(supplier_statement_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> Any:
        return paying.approve(actor, supplier_statement_id, data["version"], data["reason"])

    return _step(supplier_statement_id, StatementNoteForm(), act, _("已批准付款。"))


@blueprint.post("/<uuid:supplier_statement_id>/refuse")
@access(Permission.APPROVE)
def refuse(supplier_statement_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> Any:
        return paying.refuse(actor, supplier_statement_id, data["version"], data["reason"])

    return _step(supplier_statement_id, StatementReasonForm(), act, _("已记录不批准的原因。"))


@blueprint.post("/<uuid:supplier_statement_id>/revoke")
@access(Permission.APPROVE)
def revoke(supplier_statement_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> Any:
        return paying.revoke(actor, supplier_statement_id, data["version"], data["reason"])

    return _step(supplier_statement_id, StatementReasonForm(), act, _("已收回付款批准。"))


@blueprint.post("/<uuid:supplier_statement_id>/payments")
@access(Permission.PAY)
def pay(supplier_statement_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> Any:
        version = data.pop("version")
        return paying.record_payment(actor, supplier_statement_id, data.pop("id"), version, **data)

    return _step(supplier_statement_id, SupplierPaymentForm(), act, _("付款已登记。"))
