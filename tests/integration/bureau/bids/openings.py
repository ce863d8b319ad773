"""What the tests of the opening share: bids at a price, what became of them, a bid made by another program."""

from sqlalchemy import select

from bureau.bids import sealing as browser
from bureau.bids.models import Bid
from kernel.database import db, new_id
from tests.support import bids


def prices(tendered, lot=0, given=(2000, 1900, 2100)):
    return bids.submit_all(
        tendered.lots[lot], [(one, price) for one, price in zip(tendered.bidders, given, strict=False)]
    )


def standing(tendered, number=0):
    """bid id → state, as the bureau sees it."""
    tendered.as_officer("procurement")
    rows = db.session.scalars(select(Bid).where(Bid.tender_id == tendered.tender_id))
    return {row.id: row for row in rows}


def sealed_by_program(tendered, number, lot, change=None, plaintext=None):
    """A bid that a program sealed without our page, with something wrong in it."""
    one = tendered.bidders[number]
    tendered.as_bidder(number)
    bid_id = new_id()
    document = bids.package(one, lot, bid_id)
    if change:
        change(document)
    sealed = browser.seal([document if plaintext is None else plaintext], bids.recipients())[0]
    return bids.send(one, lot, sealed, bid_id)
