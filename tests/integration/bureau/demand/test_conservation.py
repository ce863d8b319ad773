"""Whatever the schools ask for: no gram is lost or made on the way to the lots, nor back."""

from collections import defaultdict
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bureau.demand import rules
from bureau.demand.service import lots, rounds
from bureau.prices.service.reading import BookPrice
from kernel.database import db
from tests.support.demand import FIRST, approved, as_actor, fill, opened, submitted
from tests.support.world import World

SCHOOLS = ("a1", "a2", "a3")
QUANTITY = st.none() | st.decimals(min_value=0, max_value=99999, places=3)
MONTHS = st.lists(QUANTITY, min_size=3, max_size=3)
ITEMS = ("rice", "pork", "salt")
SHEETS = st.fixed_dictionaries({school: st.dictionaries(st.sampled_from(ITEMS), MONTHS) for school in SCHOOLS})


def price(item_id: UUID, fen: int) -> BookPrice:
    return BookPrice(
        book_id=item_id, book_number="", series="", begins_on=FIRST, line_id=item_id, item_id=item_id, item_version=1,
        unit="kg", price_fen=fen, basis="", sources=(),
    )  # fmt: skip


@given(wanted=SHEETS, zoned=st.sets(st.sampled_from(("grain", "meat", "seasoning"))), fen=st.integers(1, 99999))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_lots_are_the_sum_of_the_approved_lines(
    session: Any, world: World, wanted: dict[str, dict[str, list[Decimal | None]]], zoned: set[str], fen: int
) -> None:
    savepoint = db.session.begin_nested()
    row, stocked = opened(world, months=3, zone_category_ids=())
    officer = world.actor("procurement_officer")
    scopes = {
        getattr(stocked, name): "zone" if name in zoned else "district" for name in ("grain", "meat", "seasoning")
    }
    lots.set_scopes(officer, row.id, scopes, row.version)
    expected: dict[UUID, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    gathered = False
    for school, items in wanted.items():
        filled = {getattr(stocked, name): months for name, months in items.items()}
        fill(world, school, row.id, filled)
        if not any(one is not None for months in filled.values() for one in months):
            continue
        if school == "a2" and fen % 2:
            submitted(world, school, row.id)  # handed in, not approved: it does not count
            continue
        approved(world, school, row.id)
        gathered = True
        for item, months in filled.items():
            expected[item] = [have + (more or 0) for have, more in zip(expected[item], months, strict=True)]
    as_actor(officer)
    if gathered:
        rounds.close_round(officer, row.id, row.version)
        with patch("bureau.demand.service.lots.prices_on", lambda *_: {stocked.rice: price(stocked.rice, fen)}):
            lots.aggregate(officer, row.id, row.version)
        found: dict[UUID, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
        for lot in lots.lots_of(officer, row.id):
            assert lot.item_count == len(lot.items)
            shares = lots.shares_of(officer, lot)
            for item in lot.items:
                months = [Decimal(one) for one in item.months]
                assert sum(months) == item.quantity
                of_item = [share for share in shares if share.item_id == item.item_id]
                assert sum(share.total for share in of_item) == item.quantity
                assert len(of_item) == item.school_count
                found[item.item_id] = [have + more for have, more in zip(found[item.item_id], months, strict=True)]
                if item.item_id == stocked.rice:
                    assert item.amount_fen == rules.amount_fen(item.quantity, fen)
                else:
                    assert item.price_fen is None
            amounts = [item.amount_fen for item in lot.items if item.amount_fen is not None]
            assert lot.estimated_fen == (sum(amounts) if amounts else None)
            assert lot.unpriced_count == len(lot.items) - len(amounts)
            assert len({share.school_id for share in shares}) == lot.school_count
        assert dict(found) == {item: months for item, months in expected.items() if any(months)}
    db.session.expunge_all()
    savepoint.rollback()
