"""Lists of what people do around the ledger, and what waits for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.errors import NotFound
from kernel.web.dates import today
from school.stores.models import StoreBalance, StoreGood, StoreStock
from school.stores.service.reading import STOCK, soon_days
from school.stores.work_models import StoreConfirmation, StoreRequisition, StoreStocktake


def list_requisitions(
    actor: Actor, school_id: int, *, requester_id: UUID | None = None, state: str | None = None,
    cursor: str | None = None, limit: int = 50,
) -> Page[StoreRequisition]:  # fmt: skip
    """Newest first. `requester_id`: only those of one person."""
    query = select(StoreRequisition).where(
        StoreRequisition.bureau_id == actor.bureau_id, StoreRequisition.school_id == school_id
    )
    if requester_id is not None:
        query = query.where(StoreRequisition.requester_id == requester_id)
    if state:
        query = query.where(StoreRequisition.state == state)
    return paginate(db.session(), query, (StoreRequisition.created_at, StoreRequisition.id), cursor, limit)


def get_requisition(actor: Actor, school_id: int, requisition_id: UUID, *, sees_all: bool) -> StoreRequisition:
    """`sees_all` False: the actor's own only; another's does not exist for them."""
    row = db.session.scalars(
        select(StoreRequisition).where(
            StoreRequisition.bureau_id == actor.bureau_id, StoreRequisition.school_id == school_id,
            StoreRequisition.id == requisition_id,
        )
    ).one_or_none()  # fmt: skip
    if row is None or not (sees_all or row.requester_id == actor.account_id):
        raise NotFound
    return row


def list_stocktakes(
    actor: Actor, school_id: int, *, cursor: str | None = None, limit: int = 50
) -> Page[StoreStocktake]:
    query = select(StoreStocktake).where(
        StoreStocktake.bureau_id == actor.bureau_id, StoreStocktake.school_id == school_id
    )
    return paginate(db.session(), query, (StoreStocktake.created_at, StoreStocktake.id), cursor, limit)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a school's stock waits for; `to_sign` and `to_decide` without what the actor made up."""

    expired: int
    soon: int
    low: int
    to_decide: int
    to_issue: int
    to_sign: int
    to_approve: int


def waiting(actor: Actor, school_id: int) -> Waiting:
    """One query: each figure is the count of an index range."""
    day = today()
    stocktake = _of(actor, school_id, StoreStocktake).where(StoreStocktake.state == "counted")
    row = db.session.execute(
        select(
            _live(actor, school_id, StoreBalance.expiry_date < day),
            _live(
                actor, school_id, StoreBalance.expiry_date >= day,
                StoreBalance.expiry_date <= day + timedelta(days=soon_days(actor, school_id)),
            ),
            _low(actor, school_id),
            _of(actor, school_id, StoreRequisition)
            .where(StoreRequisition.state == "submitted", StoreRequisition.requester_id != actor.account_id)
            .scalar_subquery(),
            _of(actor, school_id, StoreRequisition).where(StoreRequisition.state == "approved").scalar_subquery(),
            _of(actor, school_id, StoreConfirmation)
            .where(StoreConfirmation.state == "waiting", StoreConfirmation.created_by != actor.account_id)
            .scalar_subquery(),
            stocktake.where(StoreStocktake.created_by != actor.account_id).scalar_subquery(),
        )
    ).one()  # fmt: skip
    return Waiting(*row)


def _of(actor: Actor, school_id: int, model: Any) -> Any:
    return select(func.count()).where(model.bureau_id == actor.bureau_id, model.school_id == school_id)


def _live(actor: Actor, school_id: int, *conditions: Any) -> Any:
    return _of(actor, school_id, StoreBalance).where(StoreBalance.is_live, *conditions).scalar_subquery()


def _low(actor: Actor, school_id: int) -> Any:
    return (
        select(func.count())
        .select_from(StoreGood)
        .join(StoreStock, STOCK)
        .where(
            StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == school_id, StoreGood.is_active,
            StoreStock.quantity < StoreGood.least_quantity,
        )
        .scalar_subquery()
    )  # fmt: skip


def search_goods(actor: Actor, text: str, most: int = 8) -> Sequence[StoreGood]:
    """Active goods whose name holds the text."""
    query = select(StoreGood).where(
        StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == actor.own_school_id(), StoreGood.is_active,
        func.strpos(StoreGood.search_name, text.lower()) > 0,
    )  # fmt: skip
    return db.session.scalars(query.order_by(StoreGood.search_name).limit(most)).all()
