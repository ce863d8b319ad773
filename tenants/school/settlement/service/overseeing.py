"""What the bureau sees of all schools' settling at once, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from bureau.schools.service import all_schools
from kernel.actor import Actor
from kernel.database import db, now
from kernel.web.dates import span_of_days
from school.settlement import rules
from school.settlement.models import SettlementMonth, SupplierStatement
from school.supply.models import GoodsReceipt


@dataclass(slots=True)
class SchoolSettlement:
    """Of one month, but `overdue_*`: agreed and not paid within its days, of any month. `without`: suppliers that
    delivered and have no statement."""

    school_id: int
    school_name: str
    without: int = 0
    states: dict[str, int] = field(default_factory=dict)
    amount_fen: int = 0
    paid_fen: int = 0
    confirmed_at: datetime | None = None
    overdue_count: int = 0
    overdue_fen: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.without or self.states or self.confirmed_at or self.overdue_count)

    @property
    def standing(self) -> str:
        """none, making, disputed, waiting, confirmed."""
        if self.states.get("disputed"):
            return "disputed"
        if self.confirmed_at is not None and not self.without:
            return "confirmed"
        if self.without or self.states.get("draft"):
            return "making"
        return "waiting" if self.states else "none"


def month_of_schools(actor: Actor, month: date) -> list[SchoolSettlement]:
    """Schools that have something to settle in the month or to pay."""
    found = {school.id: SchoolSettlement(school.id, school.name) for school in all_schools(actor)}
    suppliers: dict[int, set[Any]] = {}
    query = (
        select(
            SupplierStatement.school_id, SupplierStatement.supplier_id, SupplierStatement.state,
            SupplierStatement.amount_fen, SupplierStatement.paid_fen,
        )
        .where(SupplierStatement.month == month, SupplierStatement.state != "withdrawn")
    )  # fmt: skip
    for school_id, supplier_id, state, amount, paid in db.session.execute(_of(actor, query, SupplierStatement)):
        row = found.get(school_id)
        if row is None:
            continue
        suppliers.setdefault(school_id, set()).add(supplier_id)
        row.states[state] = row.states.get(state, 0) + 1
        row.amount_fen += amount
        row.paid_fen += paid
    for school_id, supplier_id in _delivered(actor, month):
        if school_id in found and supplier_id not in suppliers.get(school_id, ()):
            found[school_id].without += 1
    months = select(SettlementMonth.school_id, SettlementMonth.confirmed_at).where(SettlementMonth.month == month)
    for school_id, confirmed_at in db.session.execute(_of(actor, months, SettlementMonth)):
        if school_id in found:
            found[school_id].confirmed_at = confirmed_at
    for school_id, count, fen in _overdue(actor):
        if school_id in found:
            found[school_id].overdue_count, found[school_id].overdue_fen = count, int(fen)
    return [row for row in found.values() if not row.is_empty]


def _of(actor: Actor, query: Any, model: Any) -> Any:
    query = query.where(model.bureau_id == actor.bureau_id)
    return query.where(model.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def _delivered(actor: Actor, month: date) -> Sequence[Any]:
    begin, end = span_of_days(month, rules.last_day(month))
    query = (
        select(GoodsReceipt.school_id, GoodsReceipt.supplier_id)
        .where(
            GoodsReceipt.state == "recorded", GoodsReceipt.received_at >= begin, GoodsReceipt.received_at < end,
            GoodsReceipt.supplier_id.is_not(None),
        )
        .distinct()
    )  # fmt: skip
    return db.session.execute(_of(actor, query, GoodsReceipt)).all()


def past_payment() -> Any:
    """An agreed statement whose days for paying are over."""
    due = SupplierStatement.agreed_at + func.make_interval(0, 0, 0, SupplierStatement.payment_days)
    return SupplierStatement.state.in_(rules.UNPAID) & (due < now())


def _overdue(actor: Actor) -> Sequence[Any]:
    left = func.sum(SupplierStatement.amount_fen - SupplierStatement.paid_fen)
    query = select(SupplierStatement.school_id, func.count(), left).where(past_payment())
    return db.session.execute(_of(actor, query.group_by(SupplierStatement.school_id), SupplierStatement)).all()


def count_disputed(actor: Actor, first: date, last: date) -> dict[int, int]:
    query = select(SupplierStatement.school_id, func.count()).where(
        SupplierStatement.state == "disputed", SupplierStatement.month >= rules.month_of(first),
        SupplierStatement.month <= last,
    )  # fmt: skip
    return dict(db.session.execute(_of(actor, query.group_by(SupplierStatement.school_id), SupplierStatement)).all())


def count_overdue(actor: Actor) -> dict[int, int]:
    return {school_id: int(count) for school_id, count, _fen in _overdue(actor)}


def list_rows(actor: Actor, month: date) -> Sequence[SupplierStatement]:
    """Every statement of the month, for the sheet."""
    query = select(SupplierStatement).where(SupplierStatement.month == month, SupplierStatement.state != "withdrawn")
    query = _of(actor, query, SupplierStatement)
    return db.session.scalars(
        query.order_by(SupplierStatement.school_name, SupplierStatement.supplier_name, SupplierStatement.id)
    ).all()
