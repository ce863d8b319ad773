"""A tender brought through its whole life for what the world is told of it: opened and judged for real, with an opening
record, so that bids become public; then decided, announced, agreed and signed. Every function switches the scope."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bureau.agreements.models import Agreement
from bureau.agreements.service import from_awards, signing
from bureau.awards.service import publishing
from bureau.awards.service.deciding import decide_lot
from bureau.awards.service.proposing import proposals
from bureau.bids.models import Opening
from bureau.evaluation.models import BidResult
from bureau.tendering.models import Tender, TenderCriterion, TenderDocument, TenderItem
from bureau.tendering.service.moving import move
from kernel.actor import system_actor
from kernel.database import clock_at, db, now
from kernel.web.dates import today
from tests.support import companies, opened, tenders
from tests.support.agreements import scan
from tests.support.opened import Opened

STEPS = ("opened", "signed", "decided", "announced", "contracting", "agreed", "complete")


def brought(world: Any, until: str = "opened", **given: Any) -> Opened:
    """As far as `until` of STEPS. Bids of the second day ago, the deadline of yesterday, everything else of today."""
    with clock_at(now() - timedelta(days=2)):
        found = opened.opened(world, **given)
    tell_opening(found)
    companies.admit(
        found.made.bureau_id,
        [actor.own_supplier_id() for actor in found.bidders],
        [found.made.stocked.grain, found.made.stocked.meat],
    )
    return on(world, found, until)


def tell_opening(found: Opened) -> None:
    """The record that the opening leaves, and dates in their order."""
    made = found.made
    at = now() - timedelta(days=1)
    db.session.execute(
        update(Tender)
        .where(Tender.bureau_id == made.bureau_id, Tender.id == made.id)
        .values(bid_deadline=at, opened_at=at, documents_until=at, questions_until=at - timedelta(hours=2))
    )
    for model in (TenderItem, TenderCriterion, TenderDocument):
        db.session.execute(
            update(model).where(model.bureau_id == made.bureau_id, model.tender_id == made.id).values(is_public=True)
        )
    db.session.add(
        Opening(
            bureau_id=made.bureau_id, id=made.id, state="opened", closed_at=at, hashes=[], hashes_sha256="0" * 64,
            opened_at=at, created_by=system_actor(made.bureau_id).account_id,
        )
    )  # fmt: skip
    db.session.flush()
    db.session.expire_all()


def on(world: Any, found: Opened, until: str) -> Opened:
    for step in STEPS[1 : STEPS.index(until) + 1]:
        take(world, found, step)
    return found


def take(world: Any, found: Opened, step: str) -> None:
    """One step of STEPS, from the one before it."""
    officer = tenders.officer(world)
    if step == "signed":
        opened.judged(world, "signed", found)
    elif step == "decided":
        decide(world, found)
    elif step == "announced":
        publishing.publish(officer, found.id)
    elif step == "contracting":
        move(system_actor(officer.bureau_id), found.made.tender, "close_window", "质疑期届满。")
    elif step == "agreed":
        agree(world, found)
    elif step == "complete":
        move(officer, found.made.tender, "complete")
    tenders.officer(world)


def decide(world: Any, found: Opened) -> None:
    """As many winners of each lot as the tender has places for, in the order of the ranking."""
    officer = tenders.officer(world)
    for one in proposals(officer, found.made.tender):
        if one.winners and not one.is_decided:
            decide_lot(officer, found.id, one.lot.id, list(one.winners))


def agree(world: Any, found: Opened) -> list[Agreement]:
    """Agreements of all awards, scanned, signed today and shown to everybody."""
    officer = tenders.officer(world)
    made = from_awards.create_for(officer, found.id)
    for agreement in made:
        scan(officer, agreement)
        signing.sign(
            officer, agreement.id, agreement.version, supplier_signed_on=today(), bureau_signed_on=today(),
            override_reason="演示",
        )  # fmt: skip
        signing.publish(officer, agreement.id, agreement.version)
    return made


def results_of(found: Opened) -> list[BidResult]:
    return list(db.session.scalars(select(BidResult).where(BidResult.tender_id == found.id)))
