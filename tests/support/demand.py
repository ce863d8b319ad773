"""A round of demand in the test world, from opening to lots, through the services."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.demand.models import DemandRound, DemandSheet
from bureau.demand.service import rounds, sheets
from bureau.demand.service.moving import get_sheet
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from tests.support.catalogue import Stocked, stock
from tests.support.world import World

FIRST = date(2026, 9, 1)


def as_actor(actor: Actor) -> Actor:
    """Run what follows in this actor's scope."""
    db.session.flush()
    use_scope(db.session(), actor.scope)
    return actor


def opened(world: World, place: str = "a", *, months: int = 2, **more: Any) -> tuple[DemandRound, Stocked]:
    """Opened with meat by zones, grain and seasoning for the district; the session is left in the officer's scope."""
    officer = world.actor("procurement_officer", place)
    stocked = stock(officer, prefix=new_id().hex[-6:])
    as_actor(officer)
    values: dict[str, Any] = {
        "id": new_id(), "title": "演示需求计划", "first_month": FIRST, "month_count": months,
        "deadline": now() + timedelta(days=10), "category_ids": [stocked.grain, stocked.meat, stocked.seasoning],
        "zone_category_ids": [stocked.meat],
    }  # fmt: skip
    return rounds.open_round(officer, **{**values, **more}), stocked


def fill(world: World, school: str, round_id: UUID, quantities: Mapping[UUID, Sequence[Any]]) -> None:
    """Item → figures of the months, as the school's storekeeper; on lines that nobody has written yet."""
    actor = as_actor(world.actor("storekeeper", school))
    changes = [
        sheets.RowChange(item, 0, [None if one is None else Decimal(one) for one in months])
        for item, months in quantities.items()
    ]
    sheets.save_rows(actor, round_id, changes)


def submitted(world: World, school: str, round_id: UUID) -> DemandSheet:
    principal = as_actor(world.actor("principal", school))
    sheet = get_sheet(principal, world.schools[school], round_id)
    return sheets.submit(principal, round_id, sheet.version)


def approved(world: World, school: str, round_id: UUID) -> DemandSheet:
    seen = submitted(world, school, round_id).version
    officer = as_actor(world.actor("procurement_officer", school[0]))
    return sheets.approve(officer, world.schools[school], round_id, seen)
