"""From opened bids to the signed report."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from bureau.evaluation.service import (
    committee,
    conformity,
    consensus,
    facts,
    members,
    qualification,
    reporting,
    scoring,
)
from bureau.tender_stories.cast import Cast, on_stage
from bureau.tendering.models import Tender
from kernel.database import db, new_id


def tender_of(cast: Cast, tender_id: UUID) -> Tender:
    found = db.session.get(Tender, (cast.demo.bureau_id, tender_id), populate_existing=True)
    assert found is not None
    return found


def qualify(cast: Cast, tender_id: UUID) -> None:
    officer = on_stage(cast.drafter)
    for one in facts.bids_of(tender_of(cast, tender_id)):
        criteria = facts.criteria_of(tender_of(cast, tender_id), one.bid.lot_id, "qualification")
        qualification.review(officer, tender_id, one.id, [qualification.Finding(row.id, True) for row in criteria])
    qualification.close(officer, tender_id, tender_of(cast, tender_id).version)


def form_committee(cast: Cast, tender_id: UUID) -> None:
    """Five: four drawn experts and the purchaser's representative; everybody declares."""
    officer = on_stage(cast.drafter)
    committee.commit(officer, tender_id, new_id(), size=5, representative_ids=[cast.representative.account_id])
    committee.draw(officer, tender_id, facts.committee_of(officer, tender_id).version)
    for person in cast.members(tender_id):
        members.declare(on_stage(person), tender_id, members.own_seat(person, tender_id).version)
    for person in cast.members(tender_id):
        members.choose_head(on_stage(person), tender_id, 1)


def find_conform(cast: Cast, tender_id: UUID) -> None:
    people = cast.members(tender_id)
    for person in people:
        on_stage(person)
        for one in facts.bids_of(tender_of(cast, tender_id)):
            if one.bid.state == "qualified":
                criteria = facts.criteria_of(tender_of(cast, tender_id), one.bid.lot_id, "conformity")
                conformity.vote(person, tender_id, one.id, [conformity.Vote(row.id, True) for row in criteria])
    conformity.close(on_stage(people[0]), tender_id)
    scoring.begin(on_stage(people[0]), tender_id)


def score(cast: Cast, tender_id: UUID, who: Sequence[int] | None = None) -> None:
    """`who`: places of the members that score and lock; all of them by default."""
    for place, person in enumerate(cast.members(tender_id)):
        if who is not None and place not in who:
            continue
        on_stage(person)
        for lot_id in scoring.lots_to_score(tender_of(cast, tender_id)):
            sheet, _scores = scoring.sheet_of(person, tender_id, lot_id)
            given = _points(tender_of(cast, tender_id), lot_id, place)
            sheet = scoring.save(person, tender_id, lot_id, given, sheet.version)
            scoring.lock(person, tender_id, lot_id, sheet.version)


def _points(tender: Tender, lot_id: UUID, place: int) -> list[scoring.Given]:
    """The first bidder a little better than the next; objective criteria the same from everybody."""
    given = []
    for order, one in enumerate(facts.valid_bids(tender, lot_id)):
        for row in facts.scored_criteria(tender, lot_id):
            if row.scale == "levels":
                value = Decimal(str(row.levels[min(order, len(row.levels) - 1)]["points"]))
            else:
                value = row.points - 2 - order - Decimal(place) / 2
            given.append(scoring.Given(one.id, row.id, value))
    return given


def report(cast: Cast, tender_id: UUID) -> None:
    people = cast.members(tender_id)
    head = on_stage(people[0])
    consensus.require_settled(tender_id, head)
    made = reporting.make(head, tender_id)
    for person in people:
        reporting.sign(on_stage(person), tender_id, made.sha256, opinion="agrees")


__all__ = ["find_conform", "form_committee", "qualify", "report", "score", "tender_of"]
