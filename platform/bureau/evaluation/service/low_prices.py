"""The committee on abnormally low prices: it may ask on its own judgement, and decides by majority (Art. 60, 61)."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.evaluation import labels
from bureau.evaluation.models import AbnormalReview, AbnormalVote
from bureau.evaluation.service import conformity, facts, pricing
from bureau.evaluation.service.members import at_work, seated
from bureau.evaluation.service.sealing import note, unnamed
from bureau.tendering.models import Tender
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.errors import Invalid, NotFound, RuleBroken

ARTICLE = "order_87:60"


def judge_low(actor: Actor, tender_id: UUID, bid_id: UUID, reason: str) -> AbnormalReview:
    """The head asks a bidder whom no ratio caught. Asked before, it is the same review."""
    tender, _committee, member = at_work(actor, tender_id, "declared")
    if not member.is_head:
        raise RuleBroken("head_only", _("由组长完成这一步。"))
    if not reason.strip():
        raise Invalid({"reason": [_("请写明理由。")]})
    if not conformity.is_closed(tender):
        raise RuleBroken("conformity_open", _("请先完成符合性审查。"))
    one = facts.get_bid(tender, bid_id)
    known = pricing.abnormal_of(tender).get(bid_id)
    if known is not None:
        return known
    if one.is_out:
        raise RuleBroken("bid_state", _("这份投标文件已经无效。"))
    words = [{"code": "judged_low", "article": labels.article(ARTICLE), "reason": reason.strip()}]
    with unnamed(actor.bureau_id) as system:
        lot = facts.get_lot(tender, one.bid.lot_id)
        review = pricing.ask_explanation(system, tender, lot, one, words, now())
        pricing.watch(system, tender)
    return review


def votes_of(tender: Tender) -> dict[UUID, list[AbnormalVote]]:
    """Review → the members' votes."""
    found: dict[UUID, list[AbnormalVote]] = {}
    rows = db.session.scalars(
        select(AbnormalVote).where(
            AbnormalVote.bureau_id == tender.bureau_id, AbnormalVote.tender_id == tender.id
        )
    )  # fmt: skip
    for row in rows:
        found.setdefault(row.review_id, []).append(row)
    return found


def vote(actor: Actor, tender_id: UUID, review_id: UUID, *, accepts: bool, reason: str) -> AbnormalReview:
    """Whether the explanation holds; changed until more than half agree. Not before the bidder answered or its time
    is over."""
    tender, committee, member = at_work(actor, tender_id, "declared")
    if not reason.strip():
        raise Invalid({"reason": [_("请写明理由。")]})
    with unnamed(actor.bureau_id) as system:
        pricing.advance(system, tender)
        review = next((row for row in pricing.abnormal_of(tender).values() if row.id == review_id), None)
        if review is None:
            raise NotFound(_("没有这项报价说明。"))
        if review.state == "asked":
            raise RuleBroken("waiting", _("投标人说明的时限未到，还不能表决。"), labels.article(ARTICLE))
        sitting = {one.id for one in seated(committee)}  # not those who recused since
        given = [row for row in votes_of(tender).get(review.id, []) if row.member_id in sitting]
        own = next((row for row in given if row.member_id == member.id), None)
        if review.state in ("accepted", "rejected"):
            if own is not None and (own.accepts, own.reason) == (accepts, reason.strip()):
                return review
            raise RuleBroken("decided", _("评标委员会已经作出决定。"))
        if own is None:
            own = AbnormalVote(
                bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, review_id=review.id, member_id=member.id
            )
            db.session.add(own)
            given.append(own)
        own.accepts, own.reason, own.at = accepts, reason.strip(), now()
        review.votes_for = sum(row.accepts for row in given)
        review.votes_against = len(given) - review.votes_for
        if 2 * max(review.votes_for, review.votes_against) > committee.size:
            _decide(system, tender, review, given)
        flush(db.session())
    return review


def _decide(system: Actor, tender: Tender, review: AbnormalReview, given: list[AbnormalVote]) -> None:
    accepted = review.votes_for > review.votes_against
    review.state, review.decided_at = "accepted" if accepted else "rejected", now()
    review.decision_reason = "；".join(dict.fromkeys(row.reason for row in given if row.accepts == accepted))
    note(system, tender.id, "decide_explanation", "explained", review.state, lot_id=review.lot_id)
    if not accepted:
        one = facts.get_bid(tender, review.bid_id)
        facts.mark_bid(
            one.bid, "invalid", str(labels.INVALID["abnormally_low"]), labels.article(ARTICLE)
        )  # fmt: skip
