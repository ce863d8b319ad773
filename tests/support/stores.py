"""Stock for tests: goods received, own goods, what is on hand."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.stores.models import StoreBalance, StoreGood
from school.stores.service import balances, goods, receiving


def received(
    item_id: UUID, quantity: str = "10", fen: int | None = 1000, *, days: int | None = 10, **changes: Any
) -> receiving.Received:
    values: dict[str, Any] = {
        "item_id": item_id, "name": "粳米", "base_unit": "kg", "quantity": Decimal(quantity), "amount_fen": fen,
        "batch_no": "A1", "production_date": today() - timedelta(days=1),
        "expiry_date": None if days is None else today() + timedelta(days=days), "supplier_id": None,
        "supplier_name": "演示供货商", "source_id": new_id(),
    }  # fmt: skip
    return receiving.Received(**{**values, **changes})


def own_good(
    actor: Actor, name: str = "演示扫把", kind: str = "consumable", unit: str = "把", **rules: Any
) -> StoreGood:
    use_scope(db.session(), actor.scope)
    return goods.add_good(actor, new_id(), name=name, kind=kind, base_unit=unit, **rules)


def put_in(
    actor: Actor,
    good: StoreGood,
    quantity: str = "10",
    fen: int | None = 1000,
    *,
    days: int | None = None,
    **values: Any,
) -> UUID:
    """Receive a batch of an own good; gives the batch."""
    expiry = None if days is None else today() + timedelta(days=days)
    line = receiving.ByHand(good.id, Decimal(quantity), fen, expiry_date=expiry, **values)
    is_opening = days is not None and days < 0
    document = receiving.receive_by_hand(actor, new_id(), [line], is_opening=is_opening)
    from school.stores.service.reading import moves_of

    return moves_of(actor, actor.own_school_id(), document.id)[0].batch_id


def takes_of(actor: Actor, good_id: UUID, quantity: str) -> list[tuple[UUID, UUID, Decimal]]:
    """What to take where, as proposed; fails when there is not enough."""
    takes, missing = balances.proposal(actor, actor.own_school_id(), [(good_id, Decimal(quantity))])[good_id]
    assert missing == 0
    return [(take.batch_id, take.location_id, take.quantity) for take in takes]


def at(actor: Actor, batch_id: UUID) -> dict[UUID, Decimal]:
    """Place → how much of the batch lies there."""
    rows = db.session.query(StoreBalance).filter_by(school_id=actor.school_id, batch_id=batch_id, is_live=True)
    return {row.location_id: row.quantity for row in rows.populate_existing()}
