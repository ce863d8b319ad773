"""A tender begun from an aggregated round has its lots, items and quantities."""

from decimal import Decimal

import pytest

from bureau.demand.service import lots as demand
from bureau.demand.service.rounds import close_round, get_round
from bureau.tendering.service import copying, reading, reviewing
from kernel.database import new_id
from kernel.errors import RuleBroken
from tests.support.demand import approved, fill, opened
from tests.support.tenders import officer, values


@pytest.fixture
def round_id(session, world):
    row, stocked = opened(world)
    fill(world, "a1", row.id, {stocked.rice: ["100", "50.5"]})
    approved(world, "a1", row.id)
    actor = officer(world)
    close_round(actor, row.id, get_round(actor, row.id).version)
    demand.aggregate(actor, row.id, get_round(actor, row.id).version)
    return row.id


def begun(world, round_id, tender_id, **more):
    head = {name: value for name, value in values(**more).items() if name != "budget_fen"}
    return copying.begin_from_round(officer(world), tender_id, round_id, **head)


def test_lots_and_quantities_come_from_the_round_once(session, world, round_id):
    tender_id = new_id()
    tender = begun(world, round_id, tender_id)
    assert begun(world, round_id, tender_id).id == tender.id
    actor = officer(world)
    wanted = demand.lots_of(actor, round_id)
    made = reading.lots_of(actor, tender.id)
    assert [(lot.title, lot.demand_lot_id) for lot in made] == [(lot.title, lot.id) for lot in wanted]
    assert [(item.name, item.quantity) for item in reading.items_of(actor, tender.id)] == [("粳米", Decimal("150.5"))]
    with pytest.raises(RuleBroken):
        begun(world, round_id, new_id())


def test_a_draft_given_up_frees_its_round(session, world, round_id):
    tender = begun(world, round_id, new_id())
    reviewing.drop(officer(world), tender.id, tender.version, "改由下轮采购")
    assert begun(world, round_id, new_id()).state == "draft"
