"""A school's month as a whole: settled when every statement of it is agreed and no claim is left, or there was nothing.

The row of the month is held while it is decided, so that the last two suppliers who agree at once do not both miss it.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from duties.service.fulfilling import fulfil
from kernel.actor import SYSTEM_ACCOUNT, Actor
from kernel.database import db, new_id, now
from kernel.database.scope import within
from school.settlement import rules
from school.settlement.models import SettlementMonth, SupplierStatement
from school.settlement.service import claims

DUTY = "statement_confirmed"
RECORD = "settlement_month"


def school_actor(bureau_id: int, school_id: int) -> Actor:
    """The system within one school: what the clock does there, or what follows from a supplier's answer."""
    return Actor(SYSTEM_ACCOUNT, "系统", "school", bureau_id, school_id=school_id, roles=frozenset({"system"}))


def held(actor: Actor, school_id: int, month: date) -> SettlementMonth:
    key = {"bureau_id": actor.bureau_id, "school_id": school_id, "month": month}
    db.session.execute(
        insert(SettlementMonth)
        .values(id=new_id(), created_at=now(), created_by=actor.account_id, statement_count=0, **key)
        .on_conflict_do_nothing(index_elements=["bureau_id", "school_id", "month"])
    )
    query = select(SettlementMonth).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def month_of(actor: Actor, school_id: int, month: date) -> SettlementMonth | None:
    query = select(SettlementMonth).where(
        SettlementMonth.bureau_id == actor.bureau_id, SettlementMonth.school_id == school_id,
        SettlementMonth.month == month,
    )  # fmt: skip
    found: SettlementMonth | None = db.session.scalar(query)
    return found


def live_suppliers(actor: Actor, school_id: int, month: date) -> dict[UUID, str]:
    """Supplier → state of its statement of the month, withdrawn ones left out."""
    query = select(SupplierStatement.supplier_id, SupplierStatement.state).where(
        SupplierStatement.bureau_id == actor.bureau_id, SupplierStatement.school_id == school_id,
        SupplierStatement.month == month, SupplierStatement.state != "withdrawn",
    )  # fmt: skip
    return dict(db.session.execute(query).all())


def confirm_if_done(actor: Actor, school_id: int, month: date) -> bool:
    """Whoever brought about the last agreement, the month is settled with it and its duty done."""
    system = school_actor(actor.bureau_id, school_id)
    with within(db.session(), system.scope):
        row = held(system, school_id, month)
        if row.confirmed_at is not None:
            return True
        states = live_suppliers(system, school_id, month)
        if any(state not in rules.AGREED for state in states.values()):
            return False
        if set(claims.of_month(system, school_id, month)) - states.keys():
            return False
        row.confirmed_at, row.statement_count = now(), len(states)
        db.session.flush()
        fulfil(system, school_id, DUTY, rules.last_day(month), record=(RECORD, row.id), at=row.confirmed_at)
    return True


def count_open(actor: Actor, school_id: int, month: date) -> int:
    query = select(func.count()).where(
        SupplierStatement.bureau_id == actor.bureau_id, SupplierStatement.school_id == school_id,
        SupplierStatement.month == month, SupplierStatement.state.in_(("draft", "sent", "disputed")),
    )  # fmt: skip
    return int(db.session.scalar(query) or 0)
