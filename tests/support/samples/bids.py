from uuid import UUID

from bureau.bids.models import Bid, BidSubmission, OfficerKey
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from tests.support import bids, tenders
from tests.support.samples import Sample
from tests.support.world import World


def _bureau(world: World, place: str) -> str:
    return place[0]


COMPANIES = {"a1": "a", "a2": "a-2", "a3": "a", "b1": "b"}


def make_bid(world: World, place: str) -> BidSubmission:
    """A sealed bid of the place's company, for a tender that is open; not openable, so no browser is needed. Made once, so
    that the bid and its submission belong together."""
    bureau = _bureau(world, place)
    actor = world.actor(Role.SUPPLIER_USER, COMPANIES[place])
    use_scope(db.session(), actor.scope)
    known = (
        db.session.query(BidSubmission)
        .filter_by(supplier_id=actor.own_supplier_id(), ciphertext_sha256="0" * 64)
        .first()
    )
    if known is not None:
        return known
    use_scope(db.session(), system_actor(actor.bureau_id).scope)
    made = tenders.reviewed(world, bureau)
    bids.appoint(world, made.id, bureau)
    tenders.publish(world, made, bureau)
    use_scope(db.session(), actor.scope)
    bid = Bid(
        bureau_id=actor.bureau_id, id=new_id(), tender_id=made.id, lot_id=made.lots[0],
        supplier_id=actor.own_supplier_id(), created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(bid)
    db.session.flush()
    row = BidSubmission(
        bureau_id=actor.bureau_id, id=new_id(), tender_id=made.id, lot_id=bid.lot_id, bid_id=bid.id,
        supplier_id=bid.supplier_id, number=1, receipt_number=f"TB-{new_id().hex[-8:]}", sealed_at=now(),
        sealed_by=actor.account_id, ciphertext_sha256="0" * 64, size=1, recipient="age1", shares={}, shares_sha256="0" * 64,
        receipt={"lot_number": 1, "lot_title": "一包", "receipt_number": "TB", "supplier": {"name": "", "credit_code": ""}},
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    use_scope(db.session(), system_actor(actor.bureau_id).scope)
    return row


def make_key(world: World, place: str) -> UUID:
    actor = world.actor(Role.SAFETY_OFFICER, _bureau(world, place))
    key = OfficerKey(
        bureau_id=actor.bureau_id, id=new_id(), person_id=actor.account_id,
        recipient=str(bids.identity("escrow").to_public()), identity_ciphertext=bids.WRAPPED, state="retired",
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(key)
    db.session.flush()
    return key.id


SAMPLES = {
    "bid_id": Sample(lambda world, place: make_bid(world, place).bid_id, owner="supplier"),
    "bid_submission_id": Sample(lambda world, place: make_bid(world, place).id, owner="supplier"),
    "officer_key_id": Sample(make_key, owner="bureau"),
}
