"""What a school may spend on food in a month, and how much of it its orders take."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import BigInteger, case, cast, func, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.dates import yuan
from school.orders import rules
from school.orders.models import FoodBudget, SupplyOrder, SupplyOrderLine


@dataclass(frozen=True, slots=True)
class Month:
    """`budget` None: none was set, nothing is held against it."""

    month: date
    budget: FoodBudget | None
    committed_fen: int

    @property
    def left_fen(self) -> int | None:
        return None if self.budget is None else self.budget.amount_fen - self.committed_fen


def save_budget(
    actor: Actor, budget_id: UUID, seen_version: int | None, *, month: date, amount_fen: int, note: str = ""
) -> FoodBudget:
    """Set or change a month's budget; below what is committed already it may go, new orders then find nothing left."""
    if month.day != 1:
        raise Invalid({"month": [_("请选择月份。")]})
    school_id = actor.own_school_id()
    budget = db.session.get(FoodBudget, (actor.bureau_id, school_id, budget_id))
    if budget is None:
        budget = FoodBudget(
            bureau_id=actor.bureau_id, school_id=school_id, id=budget_id, month=month, amount_fen=amount_fen, note=note,
            created_by=actor.account_id,
        )  # fmt: skip
        db.session.add(budget)
    elif seen_version is None:
        if (budget.month, budget.amount_fen, budget.note) != (month, amount_fen, note):
            raise Conflict(_("这个编号已用于另一项预算。"), {"version": budget.version})
    else:
        require_version(budget, seen_version)
        budget.month, budget.amount_fen, budget.note = month, amount_fen, note
    taken = Invalid({"month": [_("这个月已经设了预算，请修改原有的一项。")]})
    flush(db.session(), {"uq_food_budgets_bureau_id_school_id_month": taken})
    return budget


def budget_of(actor: Actor, school_id: int, month: date, *, lock: bool = False) -> FoodBudget | None:
    query = select(FoodBudget).where(
        FoodBudget.bureau_id == actor.bureau_id, FoodBudget.school_id == school_id, FoodBudget.month == month
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    budget: FoodBudget | None = db.session.scalar(query)
    return budget


def committed(actor: Actor, school_id: int, months: list[date], *, but: UUID | None = None) -> dict[date, int]:
    """Month → fen that its orders take: of a closed order what was accepted, of a live one what is or may still be."""
    live = func.greatest(SupplyOrderLine.quantity - SupplyOrderLine.waived_quantity, SupplyOrderLine.received_quantity)
    counted: Any = case((SupplyOrder.state == "closed", SupplyOrderLine.received_quantity), else_=live)
    same = (
        (SupplyOrder.bureau_id == SupplyOrderLine.bureau_id)
        & (SupplyOrder.school_id == SupplyOrderLine.school_id)
        & (SupplyOrder.id == SupplyOrderLine.order_id)
    )
    query = (
        select(SupplyOrder.budget_month, func.sum(cast(func.round(counted * SupplyOrderLine.unit_price_fen), BigInteger)))
        .join(SupplyOrderLine, same)
        .where(
            SupplyOrder.bureau_id == actor.bureau_id, SupplyOrder.school_id == school_id,
            SupplyOrder.budget_month.in_(months), SupplyOrder.state.in_(rules.COMMITTED_STATES),
        )
        .group_by(SupplyOrder.budget_month)
    )  # fmt: skip
    if but is not None:
        query = query.where(SupplyOrder.id != but)
    return {month: int(amount) for month, amount in db.session.execute(query)}


def require_within(actor: Actor, order: SupplyOrder) -> None:
    """Raises RuleBroken budget_exceeded. The month's row stays locked: two orders do not both take its last yuan."""
    budget = budget_of(actor, order.school_id, order.budget_month, lock=True)
    if budget is None:
        return
    taken = committed(actor, order.school_id, [order.budget_month], but=order.id).get(order.budget_month, 0)
    left = budget.amount_fen - taken
    if order.amount_fen > left:
        raise RuleBroken(
            "budget_exceeded",
            _(
                "超出 %(month)s 的食材预算：本单 %(amount)s，预算还剩 %(left)s。",
                month=order.budget_month.strftime("%Y-%m"), amount=yuan(order.amount_fen), left=yuan(max(left, 0)),
            ),
        ).with_members(left_fen=left)  # fmt: skip


def months(actor: Actor, school_id: int, most: int = 12) -> list[Month]:
    """The newest months that have a budget, newest first."""
    query = select(FoodBudget).where(FoodBudget.bureau_id == actor.bureau_id, FoodBudget.school_id == school_id)
    rows = list(db.session.scalars(query.order_by(FoodBudget.month.desc()).limit(most)))
    taken = committed(actor, school_id, [row.month for row in rows])
    return [Month(row.month, row, taken.get(row.month, 0)) for row in rows]


def month_of(actor: Actor, school_id: int, month: date) -> Month:
    taken = committed(actor, school_id, [month]).get(month, 0)
    return Month(month, budget_of(actor, school_id, month), taken)
