"""Opened bids, made directly as rows (no sealing), and a committee to judge them. Every function switches the scope.

`opened(world)`: a tender of two lots in its qualification review with three bids each; `judged(...)`: on to a step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from bureau.bids.models import Bid, BidSubmission, OpenedBid, OpenedBidItem
from bureau.evaluation.models import CommitteeMember
from bureau.evaluation.service import (
    committee,
    conformity,
    consensus,
    experts,
    facts,
    members,
    qualification,
    reporting,
    scoring,
)
from bureau.roles import Role
from bureau.tendering.models import TenderItem, TenderLot
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, Scope, use_scope
from kernel.identity.models import Account, Membership, Person
from tests.support import companies, tenders

HASH = "0" * 64


@dataclass(slots=True)
class Opened:
    """`bidders` and `bids` by lot: bids[lot][n] is bidders[n]'s. `people`: who may sit, by account."""

    made: tenders.Made
    bidders: list[Actor]
    bids: dict[UUID, list[UUID]]
    place: str = "a"
    people: dict[UUID, Actor] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.made.id

    @property
    def lot(self) -> UUID:
        return self.made.lots[0]


def opened(
    world: Any,
    prices: Sequence[int] = (180_000_00, 170_000_00, 175_000_00),
    *,
    lots: int = 2,
    amounts: Sequence[int] | None = None,
    words: Sequence[str] | None = None,
    discounts: Sequence[Decimal] | None = None,
    brands: Sequence[str] | None = None,
    place: str = "a",
    **given: Any,
) -> Opened:
    """`prices`: what each bidder bids for each lot, fen in all, one item of 10,000 units. `amounts`: what stands in the
    item's line instead; `discounts`: bids by discount instead of prices."""
    if discounts is not None:
        given["price_form"] = "discount"
    made = tenders.ready(world, place, **given)
    count = len(discounts or prices)
    own = ["a", "a-2"] if place == "a" else [place]
    bidders = [world.actor(Role.SUPPLIER_USER, one) for one in own][:count]
    bidders += [companies.make(world.bureaus[place], size="large").actor for _more in range(count - len(bidders))]
    use_scope(db.session(), tenders.officer(world, place).scope)
    tender = made.tender
    at = now()
    tender.state, tender.is_public = "qualification_review", True
    tender.published_at, tender.bid_deadline, tender.opened_at = at - timedelta(days=30), at - timedelta(hours=1), at
    for lot in db.session.scalars(select(TenderLot).where(TenderLot.tender_id == made.id)):
        lot.is_public = True
        if lot.number > lots:
            lot.state = "cancelled"
    db.session.flush()
    found = Opened(made, bidders, {}, place)
    for lot_id in made.lots[:lots]:
        item_id, quantity = db.session.execute(
            select(TenderItem.id, TenderItem.quantity).where(TenderItem.lot_id == lot_id)
        ).one()
        found.bids[lot_id] = []
        for number, bidder in enumerate(bidders):
            price = prices[number] if discounts is None else None
            line = amounts[number] if amounts is not None else price
            bid_id = _bid(found, bidder, lot_id, price, discounts[number] if discounts else None,
                          words[number] if words else "")  # fmt: skip
            if price is not None and line is not None:
                db.session.add(
                    OpenedBidItem(
                        bureau_id=made.bureau_id, id=new_id(), bid_id=bid_id, supplier_id=bidder.supplier_id,
                        tender_item_id=item_id, unit_price_fen=line // int(quantity), quantity=quantity,
                        amount_fen=line, brand=brands[number] if brands else f"演示牌{number}",
                    )
                )  # fmt: skip
            db.session.flush()
            found.bids[lot_id].append(bid_id)
    tenders.officer(world, place)
    return found


def _bid(found: Opened, bidder: Actor, lot_id: UUID, price: int | None, discount: Decimal | None, words: str) -> UUID:
    bureau_id, tender_id = found.made.bureau_id, found.made.id
    session = db.session()
    use_scope(session, bidder.scope)
    supplier_id = bidder.own_supplier_id()
    bid = Bid(
        bureau_id=bureau_id, id=new_id(), tender_id=tender_id, lot_id=lot_id, supplier_id=supplier_id,
        created_by=bidder.account_id,
    )  # fmt: skip
    session.add(bid)
    session.flush()
    submission = BidSubmission(
        bureau_id=bureau_id, id=new_id(), tender_id=tender_id, lot_id=lot_id, bid_id=bid.id, supplier_id=supplier_id,
        number=1, receipt_number=f"T-{bid.id.hex}", sealed_at=now(), sealed_by=bidder.account_id,
        ciphertext_sha256=HASH, size=1, recipient="age1test", shares={}, shares_sha256=HASH, receipt={},
    )  # fmt: skip
    session.add(submission)
    session.flush()
    use_scope(session, Scope("houqin_operator", bureau_id=bureau_id))
    for model, key in ((Bid, bid.id), (BidSubmission, submission.id)):
        session.execute(update(model).where(model.id == key).values(is_disclosed=True))
    session.expire_all()
    use_scope(session, Scope("houqin_bureau", bureau_id=bureau_id))
    session.execute(update(Bid).where(Bid.bureau_id == bureau_id, Bid.id == bid.id).values(state="opened"))
    session.add(
        OpenedBid(
            bureau_id=bureau_id, id=bid.id, tender_id=tender_id, lot_id=lot_id, supplier_id=supplier_id,
            submission_id=submission.id, opened_at=now(), plaintext_sha256=HASH, identity="AGE-SECRET-KEY-TEST",
            package={"format": "houqin-bid-1", "price": {}, "qualification": [], "technical": []},
            price_form="fixed" if discount is None else "discount", total_fen=price, total_words=words,
            discount=discount,
        )
    )  # fmt: skip
    session.flush()
    session.expire_all()
    return bid.id


def pool(world: Any, found: Opened, count: int = 4) -> list[Actor]:
    """`count` experts of the lots' categories in the pool, the world's own expert first."""
    first = world.actor(Role.COMMITTEE_EXPERT, found.place)
    people = [first]
    session = db.session()
    for number in range(1, count):
        account_id, name = new_id(), f"演示专家 {number}"
        use_scope(session, IDENTITY)
        session.add(
            Account(
                id=account_id, username=f"expert-{number}-{account_id.hex[-8:]}", display_name=name, password_hash="!",
                must_change_password=False,
            )
        )  # fmt: skip
        session.flush()
        session.add(Person(bureau_id=found.made.bureau_id, id=account_id, display_name=name, search_name=name.lower()))
        session.flush()
        session.add(
            Membership(
                bureau_id=found.made.bureau_id, person_id=account_id, level="bureau",
                role=str(Role.COMMITTEE_EXPERT), valid_from=date(2020, 1, 1),
            )
        )  # fmt: skip
        session.flush()
        people.append(
            Actor(
                account_id=account_id, display_name=name, level="bureau", bureau_id=found.made.bureau_id,
                roles=frozenset({str(Role.COMMITTEE_EXPERT)}),
            )
        )  # fmt: skip
    officer = tenders.officer(world, found.place)
    stocked = found.made.stocked
    for person in people:
        experts.save_expert(
            officer, person.account_id, None, employer="演示大学", title="副教授",
            category_ids=[stocked.grain, stocked.meat],
        )  # fmt: skip
        found.people[person.account_id] = person
    representative = world.actor(Role.CANTEEN_OFFICER, found.place)
    found.people[representative.account_id] = representative
    return people


def qualify(world: Any, found: Opened, failing: Sequence[UUID] = ()) -> None:
    """Every bid passes but those in `failing`; the review is closed."""
    officer = tenders.officer(world, found.place)
    criteria = facts.criteria_of(found.made.tender, None, "qualification")
    for bids in found.bids.values():
        for bid_id in bids:
            passed = bid_id not in failing
            findings = [qualification.Finding(row.id, passed, "" if passed else "演示：证照过期") for row in criteria]
            qualification.review(officer, found.id, bid_id, findings)
    qualification.close(officer, found.id, found.made.tender.version)


def form(world: Any, found: Opened, size: int = 5) -> None:
    officer = tenders.officer(world, found.place)
    representative = world.actor(Role.CANTEEN_OFFICER, found.place)
    committee.commit(officer, found.id, new_id(), size=size, representative_ids=[representative.account_id])
    committee.draw(officer, found.id, facts.committee_of(officer, found.id).version)


def seats(found: Opened) -> list[tuple[CommitteeMember, Actor]]:
    """Who sits, by number, with their actors: what nobody else may see."""
    session = db.session()
    former = session.info.get("scope")
    use_scope(session, Scope("houqin_operator", bureau_id=found.made.bureau_id))
    rows = session.scalars(
        select(CommitteeMember)
        .where(CommitteeMember.tender_id == found.id, CommitteeMember.state != "recused")
        .order_by(CommitteeMember.number)
        .execution_options(populate_existing=True)
    ).all()
    result = [(row, found.people[row.person_id]) for row in rows]
    if former is not None:
        use_scope(session, former)
    return result


def act(actor: Actor) -> Actor:
    use_scope(db.session(), actor.scope)
    return actor


def declare(found: Opened) -> Actor:
    """Everybody declares and wants the first expert as head: gives the head."""
    for _row, actor in seats(found):
        seat = members.own_seat(act(actor), found.id)
        members.declare(actor, found.id, seat.version)
    for _row, actor in seats(found):
        members.choose_head(act(actor), found.id, 1)
    return seats(found)[0][1]


def conform(found: Opened, failing: Sequence[UUID] = ()) -> Actor:
    head = seats(found)[0][1]
    for _row, actor in seats(found):
        act(actor)
        tender = found.made.tender
        for one in facts.bids_of(tender):
            if one.bid.state == "qualified":
                passed = one.id not in failing
                criteria = facts.criteria_of(tender, one.bid.lot_id, "conformity")
                words = [conformity.Vote(row.id, passed, "" if passed else "演示：有效期不足") for row in criteria]
                conformity.vote(actor, found.id, one.id, words)
    conformity.close(act(head), found.id)
    return head


def points(found: Opened, lot_id: UUID, number: int) -> list[scoring.Given]:
    """Plausible points of member `number`: the first bidder gets the most, objective ones are the same for all."""
    tender = found.made.tender
    given = []
    for order, one in enumerate(facts.valid_bids(tender, lot_id)):
        for row in facts.scored_criteria(tender, lot_id):
            if row.scale == "levels":
                value = Decimal(str(row.levels[min(order, len(row.levels) - 1)]["points"]))
            else:
                value = row.points - order - Decimal(number) / 2
            given.append(scoring.Given(one.id, row.id, value))
    return given


def score(found: Opened, *, skip: Sequence[int] = ()) -> None:
    """Every member but those in `skip` (numbers) scores and locks every lot."""
    for row, actor in seats(found):
        if row.number in skip:
            continue
        act(actor)
        for lot_id in scoring.lots_to_score(found.made.tender):
            sheet, _scores = scoring.sheet_of(actor, found.id, lot_id)
            sheet = scoring.save(actor, found.id, lot_id, points(found, lot_id, row.number), sheet.version)
            scoring.lock(actor, found.id, lot_id, sheet.version)


def sign(found: Opened) -> None:
    head = act(seats(found)[0][1])
    consensus.require_settled(found.id, head)
    report = reporting.make(head, found.id)
    for _row, actor in seats(found):
        reporting.sign(act(actor), found.id, report.sha256, opinion="agrees")


STEPS = ("opened", "qualified", "formed", "declared", "conforming", "scoring", "consensus", "signed")


def judged(world: Any, until: str, found: Opened | None = None, **given: Any) -> Opened:
    """Brought on to the step `until` of STEPS, everything going well."""
    found = found or opened(world, **given)
    last = STEPS.index(until)
    if last >= 1:
        qualify(world, found)
    if last >= 2:
        pool(world, found)
        form(world, found)
    if last >= 3:
        declare(found)
    if last >= 4:
        conform(found)
    if last >= 5:
        scoring.begin(act(seats(found)[0][1]), found.id)
    if last >= 6:
        score(found)
    if last >= 7:
        sign(found)
    tenders.officer(world, found.place)
    return found
