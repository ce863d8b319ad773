"""One published tender with officers who can open it, and companies that may bid."""

from dataclasses import dataclass
from typing import Any

import pytest

from bureau.tendering.models import TenderLot
from kernel.database import db
from kernel.database.scope import use_scope
from tests.support import bids, tenders
from tests.support.client import sign_in_client


@dataclass
class Round:
    """`lots`: rice and pork. `bidders`: companies a and a-2 of the world and two more, all admitted."""

    world: Any
    made: tenders.Made
    bidders: list[bids.Company]

    @property
    def tender_id(self):
        return self.made.id

    @property
    def lots(self) -> list[TenderLot]:
        return [
            db.session.get(TenderLot, (self.made.bureau_id, lot_id), populate_existing=True)
            for lot_id in self.made.lots
        ]

    def close(self):
        tenders.run_clock(self.made)

    def as_officer(self, seat):
        return bids.officer(self.world, seat)

    def as_bidder(self, number):
        use_scope(db.session(), self.bidders[number].actor.scope)
        return self.bidders[number].actor


def make_round(world, **given):
    made = tenders.reviewed(world, **given)
    bids.appoint(world, made.id)
    tenders.publish(world, made)
    bidders = [bids.bidder(world, "a"), bids.bidder(world, "a-2"), *bids.more_bidders(world, 2)]
    bids.admit(bidders, [made.stocked.grain, made.stocked.meat])
    return Round(world, made, bidders)


@pytest.fixture
def tendered(world, session):
    return make_round(world)


def client_of(app, world, role, place=None):
    db.session.commit()
    return sign_in_client(app.test_client(), world.person(role, place).secret)


@pytest.fixture
def clients(app, session, tendered):
    """`clients("supplier_user", "a-2")`."""
    return lambda role=None, place=None: client_of(app, tendered.world, role, place) if role else _anonymous(app)


def _anonymous(app):
    db.session.commit()
    return app.test_client()
