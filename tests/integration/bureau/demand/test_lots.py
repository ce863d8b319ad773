"""Approved sheets become lots, and the lots open into the sheets again."""

from decimal import Decimal
from typing import Any

import pytest

from bureau.demand.service import lots, rounds, sheets
from bureau.demand.service.moving import get_round, get_sheet
from kernel.database import new_id
from kernel.errors import Conflict, RuleBroken
from tests.support.demand import approved, as_actor, fill, opened, submitted
from tests.support.world import World


def gathered(world: World, months: int = 2) -> Any:
    row, stocked = opened(world, months=months)
    fill(world, "a1", row.id, {stocked.rice: ["100", "50.5"], stocked.pork: ["10", "20"]})
    fill(world, "a2", row.id, {stocked.rice: ["1", "0"], stocked.pork: [None, "7.125"]})
    fill(world, "a3", row.id, {stocked.rice: ["1000", "1000"], stocked.pork: ["3", "4"]})
    for school in ("a1", "a2"):
        approved(world, school, row.id)
    submitted(world, "a3", row.id)
    officer = as_actor(world.actor("procurement_officer"))
    rounds.close_round(officer, row.id, row.version)
    lots.aggregate(officer, row.id, row.version)
    return row, stocked, officer


def test_lots_hold_what_was_approved_by_category_and_zone(session: Any, world: World) -> None:
    row, stocked, officer = gathered(world)
    grain, meat = lots.lots_of(officer, row.id)
    assert (grain.category_id, grain.zone_id, grain.school_count) == (stocked.grain, None, 2)
    assert (meat.category_id, meat.zone_id, meat.school_count) == (stocked.meat, world.zones["a-east"], 2)
    assert meat.title.endswith("演示片区 a-east")
    assert [(one.item_id, one.quantity, one.months, one.school_count) for one in grain.items] == [
        (stocked.rice, Decimal("151.500"), ["101.000", "50.500"], 2)
    ]
    assert [(one.quantity, one.months) for one in meat.items] == [(Decimal("37.125"), ["10.000", "27.125"])]
    assert grain.estimated_fen is None
    assert grain.unpriced_count == 1
    assert row.state == "aggregated"
    sheet = get_sheet(officer, world.schools["a1"], row.id)
    assert sheet.state == "aggregated"
    assert [event.event for event in sheets.events_of(sheet)] == ["submit", "approve", "aggregate"]


def test_a_lot_opens_into_its_schools(session: Any, world: World) -> None:
    row, _stocked, officer = gathered(world)
    for lot in lots.lots_of(officer, row.id):
        shares = lots.shares_of(officer, lot)
        for item in lot.items:
            of_item = [share for share in shares if share.item_id == item.item_id]
            assert sum(share.total for share in of_item) == item.quantity
            assert len(of_item) == item.school_count
        assert len({share.school_id for share in shares}) == lot.school_count


def test_a_reopened_sheet_makes_the_lots_hold_no_more(session: Any, world: World) -> None:
    row, stocked, officer = gathered(world)
    old = lots.lots_of(officer, row.id)[0]
    sheet = get_sheet(officer, world.schools["a1"], row.id)
    sheets.send_back(officer, world.schools["a1"], row.id, sheet.version, "9 月大米数量多写了一个零")
    assert get_round(officer, row.id).state == "closed"
    assert lots.lots_of(officer, row.id) == []
    with pytest.raises(Conflict):
        lots.shares_of(officer, old)
    storekeeper = as_actor(world.actor("storekeeper"))
    line = sheets.lines_of(storekeeper, sheet)[stocked.rice]
    sheets.save_rows(storekeeper, row.id, [sheets.RowChange(stocked.rice, line.version, [Decimal(10), Decimal(5)])])
    approved(world, "a1", row.id)
    lots.aggregate(as_actor(officer), row.id, get_round(officer, row.id).version, "a1 更正后重新汇总")
    assert [one.number for one in lots.aggregations_of(officer, row.id)] == [2, 1]
    assert lots.lots_of(officer, row.id)[0].items[0].quantity == Decimal(16)
    assert old.items[0].quantity == Decimal("151.5")
    assert [event.event for event in rounds.events_of(officer, row.id)] == [
        "open", "close", "aggregate", "sheet_reopened", "aggregate",
    ]  # fmt: skip


def test_a_tender_freezes_the_round(session: Any, world: World) -> None:
    row, _stocked, officer = gathered(world)
    tender_id = new_id()
    lots.mark_tendered(officer, row.id, tender_id)
    assert lots.mark_tendered(officer, row.id, tender_id).state == "tendered"
    sheet = get_sheet(officer, world.schools["a1"], row.id)
    with pytest.raises(RuleBroken):
        sheets.send_back(officer, world.schools["a1"], row.id, sheet.version, "改")
    with pytest.raises(RuleBroken):
        lots.mark_tendered(officer, row.id, new_id())
    with pytest.raises(RuleBroken):
        lots.aggregate(officer, row.id, row.version)
    with pytest.raises(Conflict):
        lots.release_tendered(officer, row.id, new_id(), "另一个项目")
    assert lots.release_tendered(officer, row.id, tender_id, "招标终止").state == "aggregated"


def test_nothing_approved_makes_no_lots(session: Any, world: World) -> None:
    row, stocked = opened(world)
    fill(world, "a1", row.id, {stocked.rice: ["1", "1"]})
    submitted(world, "a1", row.id)
    officer = as_actor(world.actor("procurement_officer"))
    rounds.close_round(officer, row.id, row.version)
    with pytest.raises(RuleBroken):
        lots.aggregate(officer, row.id, row.version)
