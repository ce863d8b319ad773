"""A statement and its parts, by id, within what the actor may see; how its state moves."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kernel.actor import SYSTEM_ACCOUNT, Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.errors import Conflict, NotFound
from kernel.states import NoTransition
from school.orders.service.finding import own
from school.settlement import labels, rules
from school.settlement.models import (
    SettlementAccount,
    SupplierStatement,
    SupplierStatementEvent,
    SupplierStatementLine,
    SupplierStatementObjection,
)


def hold_account(bureau_id: int, school_id: int, supplier_id: UUID) -> None:
    """Until the transaction ends nobody else freezes a statement of these two, or voids a receipt of theirs."""
    row = {"bureau_id": bureau_id, "school_id": school_id, "supplier_id": supplier_id}
    db.session.execute(
        insert(SettlementAccount)
        .values(id=new_id(), **row)
        .on_conflict_do_nothing(index_elements=["bureau_id", "school_id", "supplier_id"])
    )
    query = select(SettlementAccount.id).filter_by(**row).with_for_update()
    db.session.execute(query).one()


def get_statement(
    actor: Actor, statement_id: UUID, *, school_id: int | None = None, lock: bool = False
) -> SupplierStatement:
    """A supplier finds its own once they were sent; `school_id`: for the bureau and zones. Raises NotFound."""
    query = own(actor, select(SupplierStatement).where(SupplierStatement.id == statement_id), SupplierStatement)
    if actor.level == "supplier":
        query = query.where(SupplierStatement.is_sent)
    if school_id is not None:
        query = query.where(SupplierStatement.school_id == school_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    statement: SupplierStatement | None = db.session.scalar(query)
    if statement is None:
        raise NotFound(_("没有这份对账单。"))
    return statement


def list_statements(
    actor: Actor, *, school_id: int | None = None, state: str | None = None, month: date | None = None,
    supplier_id: UUID | None = None, cursor: str | None = None, limit: int = 50,
) -> Page[SupplierStatement]:  # fmt: skip
    """The newest month first: a school's own, what was sent to a supplier, or those of a bureau's schools."""
    query = own(actor, select(SupplierStatement), SupplierStatement)
    if actor.level == "supplier":
        query = query.where(SupplierStatement.is_sent)
    if school_id is not None:
        query = query.where(SupplierStatement.school_id == school_id)
    if state:
        query = query.where(SupplierStatement.state == state)
    if month is not None:
        query = query.where(SupplierStatement.month == rules.month_of(month))
    if supplier_id is not None:
        query = query.where(SupplierStatement.supplier_id == supplier_id)
    return paginate(db.session(), query, [SupplierStatement.month, SupplierStatement.id], cursor, limit)


def _parts(model: Any, statement: SupplierStatement) -> Any:
    return select(model).where(
        model.bureau_id == statement.bureau_id, model.school_id == statement.school_id,
        model.statement_id == statement.id,
    )  # fmt: skip


def lines_of(statement: SupplierStatement, revision: int | None = None) -> list[SupplierStatementLine]:
    """As sent; of the newest revision where none is named."""
    query = _parts(SupplierStatementLine, statement).where(
        SupplierStatementLine.revision == (statement.revision if revision is None else revision)
    )
    return list(db.session.scalars(query.order_by(SupplierStatementLine.position)))


def objections_of(statement: SupplierStatement) -> list[SupplierStatementObjection]:
    query = _parts(SupplierStatementObjection, statement)
    return list(db.session.scalars(query.order_by(SupplierStatementObjection.id)))


def events_of(actor: Actor, statement: SupplierStatement) -> list[SupplierStatementEvent]:
    query = _parts(SupplierStatementEvent, statement)
    if actor.level == "supplier":
        query = query.where(SupplierStatementEvent.is_shown)
    return list(db.session.scalars(query.order_by(SupplierStatementEvent.id)))


def refuse_state(statement: SupplierStatement) -> Conflict:
    text = _("对账单当前为“%(state)s”，不能这样操作。", state=labels.STATES[statement.state])
    return Conflict(text, {"state": statement.state, "version": statement.version})


def require_event(statement: SupplierStatement, event: str) -> str:
    """The state that follows. Raises Conflict."""
    try:
        return rules.next_state(statement.state, event)
    except NoTransition:
        raise refuse_state(statement) from None


def move(
    actor: Actor, statement: SupplierStatement, event: str, *, reason: str = "", details: dict[str, Any] | None = None
) -> None:
    """Carry out a transition of a locked statement and leave its row. Raises Conflict."""
    before, statement.state = statement.state, require_event(statement, event)
    if statement.state != before or reason:
        statement.state_reason = reason
    record(actor, statement, event, reason=reason, details=details, before=before)


def record(
    actor: Actor, statement: SupplierStatement, event: str, *, reason: str = "",
    details: dict[str, Any] | None = None, before: str | None = None, is_shown: bool | None = None,
) -> None:  # fmt: skip
    """A step beside the states, or, with `before`, a transition that was just made."""
    side = "system" if actor.account_id == SYSTEM_ACCOUNT and actor.level != "supplier" else actor.level
    db.session.add(
        SupplierStatementEvent(
            bureau_id=statement.bureau_id, school_id=statement.school_id, id=new_id(), statement_id=statement.id,
            supplier_id=statement.supplier_id, event=event,
            from_state=statement.state if before is None else before, to_state=statement.state, reason=reason,
            details=details or {}, side=side if side in labels.SIDES else "system",
            is_shown=statement.is_sent if is_shown is None else is_shown, at=now(), by_id=actor.account_id,
            by_name=actor.display_name,
        )
    )  # fmt: skip
