"""符合性审查 by the committee: each member votes on each bid and criterion, the majority decides (Art. 50, 61)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.evaluation import labels
from bureau.evaluation.models import CommitteeMember, ConformityReview, ConformityVote, EvaluationCommittee
from bureau.evaluation.rules.admission import (
    Offered,
    Problem,
    Wanted,
    count_bidders,
    incomplete,
    over_ceiling,
    too_few,
)
from bureau.evaluation.rules.committee import votes as majority
from bureau.evaluation.service import facts, pricing
from bureau.evaluation.service.members import at_work, require_complete
from bureau.evaluation.service.qualification import refuse_lot
from bureau.evaluation.service.sealing import note, unnamed
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.service.lots import end_if_empty
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.errors import Invalid, NotFound, RuleBroken

ARTICLE = "order_87:50"


@dataclass(frozen=True, slots=True)
class Vote:
    criterion_id: UUID
    passed: bool
    reason: str = ""


def votes_of(tender: Tender) -> list[ConformityVote]:
    return list(
        db.session.scalars(
            select(ConformityVote).where(
                ConformityVote.bureau_id == tender.bureau_id, ConformityVote.tender_id == tender.id
            )
        )
    )


def reviews_of(tender: Tender) -> dict[tuple[UUID, UUID], ConformityReview]:
    rows = db.session.scalars(
        select(ConformityReview).where(
            ConformityReview.bureau_id == tender.bureau_id, ConformityReview.tender_id == tender.id
        )
    )
    return {(row.bid_id, row.criterion_id): row for row in rows}


def is_closed(tender: Tender) -> bool:
    """Whether the head closed the review: its findings, or what follows from them, stand."""
    rows = facts.evaluations_of(tender).values()
    looked = all(row.prices_at is not None or row.state != "reviewing" for row in rows)
    return looked or bool(reviews_of(tender)) or bool(pricing.corrections_of(tender))


def admission_problems(tender: Tender, lot: TenderLot, one: facts.BidFacts) -> list[Problem]:
    """What of the prices alone makes a bid invalid (Art. 63): above a ceiling, items missing or changed."""
    if one.opened.price_form != "fixed":
        return []
    items = facts.items_of(tender, lot.id)
    wanted = [Wanted(item.id, item.quantity, item.ceiling_unit_price_fen) for item in items]
    corrected = pricing.corrected(one)
    offered = [
        Offered(line.key, line.quantity, line.unit_price_fen) for line in corrected.lines
    ]  # fmt: skip
    ceiling = lot.ceiling_fen
    return [*over_ceiling(corrected.total_fen, ceiling, wanted, offered), *incomplete(wanted, offered)]


def vote(actor: Actor, tender_id: UUID, bid_id: UUID, given: Sequence[Vote]) -> list[ConformityVote]:
    """A member's word on one bid; changed until the head closes the review."""
    tender, _committee, member = at_work(actor, tender_id, "declared")
    _require_open(tender)
    one = facts.get_bid(tender, bid_id)
    if one.bid.state != "qualified":
        raise RuleBroken("bid_state", _("这份投标文件不在符合性审查范围内。"))
    criteria = {row.id for row in facts.criteria_of(tender, one.bid.lot_id, "conformity")}
    known = {row.criterion_id: row for row in votes_of(tender) if (row.bid_id, row.member_id) == (bid_id, member.id)}
    with unnamed(actor.bureau_id):
        for word in given:
            if word.criterion_id not in criteria:
                raise NotFound(_("没有这项符合性条件。"))
            if not word.passed and not word.reason.strip():
                raise Invalid({"reason": [_("不符合的请写明原因。")]})
            row = known.get(word.criterion_id)
            if row is None:
                row = ConformityVote(
                    bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, lot_id=one.bid.lot_id,
                    bid_id=bid_id, criterion_id=word.criterion_id, member_id=member.id,
                )  # fmt: skip
                db.session.add(row)
                known[word.criterion_id] = row
            row.passed, row.reason = word.passed, "" if word.passed else word.reason.strip()
            row.at = now()
        flush(db.session())
    return list(known.values())


def missing_votes(tender: Tender, members: Sequence[CommitteeMember]) -> dict[int, int]:
    """Number of a member → votes still wanting; only those who have any."""
    given = {(row.bid_id, row.criterion_id, row.member_id) for row in votes_of(tender)}
    wanting: dict[int, int] = {}
    for lot in facts.live_lots(tender):
        criteria = facts.criteria_of(tender, lot.id, "conformity")
        for one in facts.bids_of(tender, lot.id):
            if one.bid.state != "qualified":
                continue
            for member in members:
                count = sum((one.id, row.id, member.id) not in given for row in criteria)
                if count:
                    wanting[member.number] = wanting.get(member.number, 0) + count
    return wanting


def close(actor: Actor, tender_id: UUID) -> EvaluationCommittee:
    """The head closes the review once everybody voted: bids that do not conform are out, lots with too few left fail,
    prices are looked at. Twice is once."""
    tender, committee, member = at_work(actor, tender_id, "declared", "scoring")
    if not member.is_head:
        raise RuleBroken("head_only", _("由组长完成这一步。"))
    if is_closed(tender):
        return committee
    members = require_complete(tender, committee)
    wanting = missing_votes(tender, members)
    if wanting:
        who = "、".join(labels.member_name(number) for number in sorted(wanting))
        raise RuleBroken("votes_missing", _("还没有完成符合性审查：%(who)s", who=who), labels.article(ARTICLE))
    with unnamed(actor.bureau_id) as system:
        note(system, tender.id, "close_conformity", member=member)
        least, _citation = facts.number_of(tender, "bidders_least")
        for lot in facts.live_lots(tender):
            _close_lot(system, tender, lot, int(least), {one.id for one in members})
        flush(db.session())
        if not end_if_empty(system, tender, _("全部标包通过符合性审查的投标人不足。"), labels.article("order_87:43")):
            pricing.ask_corrections(system, tender)
            pricing.advance(system, tender)
            pricing.watch(system, tender)
    return committee


def _close_lot(system: Actor, tender: Tender, lot: TenderLot, least: int, members: set[UUID]) -> None:
    titles = {row.id: row.title for row in facts.criteria_of(tender, lot.id, "conformity")}
    votes = [row for row in votes_of(tender) if row.member_id in members]  # not of those who recused since
    bids = [one for one in facts.bids_of(tender, lot.id) if one.bid.state == "qualified"]
    for one in bids:
        failed = []
        for criterion_id in titles:
            ballots = [row for row in votes if (row.bid_id, row.criterion_id) == (one.id, criterion_id)]
            passed = majority({row.member_id: row.passed for row in ballots}) is True
            reasons = list(dict.fromkeys(row.reason for row in ballots if row.reason))
            db.session.add(
                ConformityReview(
                    bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot.id, bid_id=one.id,
                    criterion_id=criterion_id, passed=passed, votes_for=sum(row.passed for row in ballots),
                    votes_against=sum(not row.passed for row in ballots), reason="；".join(reasons), decided_at=now(),
                )
            )  # fmt: skip
            if not passed:
                failed.append(f"{titles[criterion_id]}：{'；'.join(reasons)}")
        problems = [] if failed else admission_problems(tender, lot, one)
        if failed:
            facts.mark_bid(one.bid, "invalid", "；".join(failed), labels.article(ARTICLE))
        elif problems:
            names = {item.id: item.name for item in facts.items_of(tender, lot.id)}
            words = [problem_text(problem, names) for problem in problems[:10]]
            facts.mark_bid(one.bid, "invalid", "；".join(words), labels.article(problems[0].article))
    flush(db.session())
    left = [one for one in bids if not one.is_out]
    count = count_bidders([one.id for one in left], facts.brand_groups(tender, lot.id, left))
    problem = too_few(count, least, "conforming")
    if problem is not None:
        row = facts.evaluations_of(tender)[lot.id]
        row.state = "refused"
        row.reason = _("通过符合性审查的投标人 %(count)s 家，不足 %(least)s 家。", count=count, least=least)
        flush(db.session())
        refuse_lot(system, tender, lot, row.reason, labels.article(problem.article))


def problem_text(problem: Problem, names: dict[UUID, str]) -> str:
    text = str(labels.ADMISSION[problem.code])
    if problem.key is not None:
        text += "：" + names.get(problem.key, str(problem.key))
    if problem.code in ("over_ceiling", "over_unit_ceiling"):
        text += "（" + f"{Decimal(problem.found) / 100:.2f} > {Decimal(problem.bound) / 100:.2f}" + "）"
    return text


def _require_open(tender: Tender) -> None:
    if is_closed(tender):
        raise RuleBroken("conformity_closed", _("符合性审查已经完成。"))
