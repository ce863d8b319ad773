"""A statement is frozen and goes to its supplier, who agrees to exactly that, or disputes lines of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from school.settlement import rules
from school.settlement.models import SupplierStatement, SupplierStatementLine, SupplierStatementObjection
from school.settlement.service import claims, months, telling
from school.settlement.service.figures import ANSWER_DAYS, PAYMENT_DAYS, figure
from school.settlement.service.finding import get_statement, hold_account, lines_of, move, objections_of, record


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent now. `digest` is what the sender must have seen."""

    lines: Sequence[Mapping[str, Any]]
    amount_fen: int
    digest: str


def preview(actor: Actor, statement: SupplierStatement) -> Preview:
    """A draft (or disputed statement) follows the books until it is sent."""
    found = claims.of_month(actor, statement.school_id, statement.month, [statement.supplier_id])
    mine = found.get(statement.supplier_id) or claims.Claims()
    rows = [
        {**{name: value for name, value in line.items() if name not in claims.HELPERS}, "position": place}
        for place, line in enumerate(mine.lines)
    ]
    head = {
        "bureau": statement.bureau_id, "school": statement.school_id, "supplier": statement.supplier_id,
        "number": statement.number, "month": statement.month, "revision": statement.revision + 1,
        "amount_fen": mine.amount_fen,
    }  # fmt: skip
    return Preview(rows, mine.amount_fen, rules.statement_digest(head, rows))


def send(
    actor: Actor, statement_id: UUID, seen_version: int | None, seen_digest: str | None = None
) -> SupplierStatement:
    """Freeze what the books say under the account's lock and show it to the supplier. What enters the books afterwards is
    the next statement's. `seen_digest`: of the preview; other content by now is a Conflict.

    Raises RuleBroken month_not_over, objections_open, nothing_to_state.
    """
    found = get_statement(actor, statement_id)
    hold_account(found.bureau_id, found.school_id, found.supplier_id)
    statement = get_statement(actor, statement_id, lock=True)
    require_version(statement, seen_version)
    if today() < rules.last_day(statement.month):
        raise RuleBroken("month_not_over", _("本月还没有结束，最早在最后一天发送。"))
    was_disputed = statement.state == "disputed"
    if was_disputed and any(one.answered_at is None for one in _of_revision(statement)):
        raise RuleBroken("objections_open", _("请先逐条答复供应商的异议。"))
    now_said = preview(actor, statement)
    if seen_digest is not None and seen_digest != now_said.digest:
        raise Conflict(_("内容在您查看之后有变化（新的收货或作废），请核对后再发送。"), {"version": statement.version})
    if not now_said.lines and not was_disputed:
        raise RuleBroken("nothing_to_state", _("没有可对账的收货，请撤销这份对账单。"))
    statement.revision += 1
    statement.digest, statement.amount_fen, statement.line_count = (
        now_said.digest, now_said.amount_fen, len(now_said.lines),
    )  # fmt: skip
    statement.is_sent, statement.sent_at = True, now()
    statement.sent_by, statement.sent_by_name = actor.account_id, actor.display_name
    statement.answer_due_on = today() + timedelta(days=figure(actor, ANSWER_DAYS, statement.school_id))
    statement.payment_days = figure(actor, PAYMENT_DAYS, statement.school_id)
    move(actor, statement, "send", details={"revision": statement.revision, "amount_fen": now_said.amount_fen})
    flush(db.session())
    keys = {
        "bureau_id": statement.bureau_id, "school_id": statement.school_id, "statement_id": statement.id,
        "revision": statement.revision,
    }  # fmt: skip
    if now_said.lines:
        db.session.execute(
            insert(SupplierStatementLine.__table__), [{**line, **keys, "id": new_id()} for line in now_said.lines]
        )
    title = _("请核对 %(month)s 对账单：%(number)s", month=statement.month.strftime("%Y-%m"), number=statement.number)
    telling.tell_supplier(actor, statement, "supplier_statement_sent", title)
    return statement


def _of_revision(statement: SupplierStatement) -> list[SupplierStatementObjection]:
    return [one for one in objections_of(statement) if one.revision == statement.revision]


# --- the supplier's word ----------------------------------------------------------------------------------------------


def agree(actor: Actor, statement_id: UUID, seen_version: int | None, seen_digest: str) -> SupplierStatement:
    """To exactly what was seen. A statement over nothing is settled with it."""
    statement = _to_answer(actor, statement_id, seen_version, seen_digest)
    move(actor, statement, "agree", details={"revision": statement.revision, "digest": statement.digest})
    statement.answered_at = statement.agreed_at = now()
    statement.agreed_by_name = actor.display_name
    if statement.amount_fen == 0:
        move(actor, statement, "settle")
        statement.paid_at = now()
    flush(db.session())
    title = _("供应商确认了对账单 %(number)s", number=statement.number)
    telling.tell_school(actor, statement, "supplier_statement_agreed", title)
    months.confirm_if_done(actor, statement.school_id, statement.month)
    return statement


def dispute(
    actor: Actor, statement_id: UUID, seen_version: int | None, seen_digest: str,
    objections: Sequence[tuple[UUID | None, str]],
) -> SupplierStatement:  # fmt: skip
    """`objections`: which line (None: something is missing) and why."""
    statement = _to_answer(actor, statement_id, seen_version, seen_digest)
    if not objections:
        raise Invalid({"objections": [_("请至少对一行说明异议。")]})
    known = {line.id for line in lines_of(statement)}
    problems = {
        f"objections.{place}.line_id": [_("没有这一行。")]
        for place, (line_id, _reason) in enumerate(objections)
        if line_id is not None and line_id not in known
    }
    if problems:
        raise Invalid(problems)
    move(actor, statement, "dispute", reason="；".join(reason for _line, reason in objections)[:500])
    statement.answered_at = now()
    for line_id, reason in objections:
        db.session.add(
            SupplierStatementObjection(
                bureau_id=statement.bureau_id, school_id=statement.school_id, id=new_id(), statement_id=statement.id,
                supplier_id=statement.supplier_id, revision=statement.revision, line_id=line_id, reason=reason,
                raised_at=now(), raised_by_name=actor.display_name,
            )
        )  # fmt: skip
    flush(db.session())
    title = _("供应商对对账单 %(number)s 有异议", number=statement.number)
    telling.tell_school(actor, statement, "supplier_statement_disputed", title, statement.state_reason)
    return statement


def _to_answer(actor: Actor, statement_id: UUID, seen_version: int | None, seen_digest: str) -> SupplierStatement:
    actor.own_supplier_id()
    statement = get_statement(actor, statement_id, lock=True)
    if seen_digest != statement.digest:
        raise Conflict(
            _("对账单已更新为第 %(revision)s 版，请核对最新内容。", revision=statement.revision),
            {"version": statement.version, "digest": statement.digest},
        )
    require_version(statement, seen_version)
    return statement


# --- the school's word ------------------------------------------------------------------------------------------------


def answer(
    actor: Actor, statement_id: UUID, objection_id: UUID, seen_version: int | None, text: str
) -> SupplierStatementObjection:
    """What the school says to an objection; what it corrects it corrects in the books or by an adjustment, and sends again."""
    statement = get_statement(actor, statement_id, lock=True)
    found = next((one for one in objections_of(statement) if one.id == objection_id), None)
    if found is None:
        raise NotFound(_("没有这条异议。"))
    require_version(found, seen_version)
    if statement.state != "disputed" or found.revision != statement.revision:
        raise Conflict(_("这条异议已经办结。"), {"version": found.version})
    found.answer, found.answered_at = text, now()
    found.answered_by, found.answered_by_name = actor.account_id, actor.display_name
    record(actor, statement, "answer", reason=text)
    flush(db.session())
    return found
