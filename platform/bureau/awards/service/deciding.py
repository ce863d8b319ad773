"""The purchaser decides lot by lot; when the last lot is decided, the tender goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.awards import labels, rules
from bureau.awards.models import LotAward, PassedOver
from bureau.awards.service import terms
from bureau.awards.service.proposing import LotProposal, Ranked, active_awards, proposals, undecided_lots
from bureau.suppliers.service.standing import require_may_bid
from bureau.suppliers.service.telling import officers
from bureau.tendering.models import Tender, TenderEvent, TenderLot
from bureau.tendering.rules.states import LIVE_LOTS
from bureau.tendering.service import lots as tender_lots
from bureau.tendering.service.moving import locked, move, note
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.notices.service import notify

ORDER = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第六十八条"
ANEW = "《政府采购法实施条例》第四十九条"


@dataclass(frozen=True, slots=True)
class Passing:
    """A ranked bid that shall not win, and why."""

    bid_id: UUID
    code: str
    reason: str


def decide_lot(
    actor: Actor,
    tender_id: UUID,
    lot_id: UUID,
    winners: Sequence[UUID],
    passing: Sequence[Passing] = (),
    reason: str = "",
) -> list[LotAward]:
    """`winners`: bids in the order of their places. Said twice it is said once; said otherwise by a second officer it
    is a Conflict. Raises Invalid at `winners` or `passing`, RuleBroken where the order is left without a reason."""
    tender = locked(actor, tender_id)
    lot = _lot(actor, tender, lot_id)
    if lot.awards:
        if [award.bid_id for award in lot.awards] == list(winners):
            return list(lot.awards)
        first = lot.awards[0]
        raise Conflict(
            _("这个标包已由%(name)s定标：%(winner)s。", name=first.decided_by_name, winner=_winners(lot)),
            {"awards": [str(award.bid_id) for award in lot.awards]},
        )
    _require_open(tender, lot)
    for one in passing:
        _pass_over(actor, tender, lot, one)
    if passing:
        lot = _lot(actor, tender, lot_id)  # who is out leaves a place to the next
    _check_winners(actor, lot, winners)
    return _award(actor, tender, lot, winners, reason=reason, at=now())


def fail_lot(
    actor: Actor, tender_id: UUID, lot_id: UUID, seen: int | None, passing: Sequence[Passing], reason: str
) -> TenderLot:  # fmt: skip
    """Nobody may win: each candidate is passed over, and the lot ends, to be tendered again. `seen`: the lot's version.
    Raises RuleBroken candidates_left where somebody still could, Invalid at `reason` or `passing`."""
    tender = locked(actor, tender_id)
    lot = _lot(actor, tender, lot_id)
    if lot.lot.state == "failed":
        return lot.lot
    require_version(lot.lot, seen)
    if lot.awards:
        raise Conflict(
            _("这个标包已经定标，请先按规定撤销中标。"), {"state": lot.lot.state, "version": lot.lot.version}
        )
    _require_deciding(tender, lot)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明废标的原因。")]})
    for one in passing:
        _pass_over(actor, tender, lot, one)
    if passing:
        lot = _lot(actor, tender, lot_id)
    if lot.candidates:
        names = "、".join(one.supplier_name for one in lot.candidates)
        raise RuleBroken("candidates_left", _("%(names)s可以中标，不能废标。", names=names), ORDER)
    if lot.limited and undecided_lots(actor, tender.id) > 1:
        raise RuleBroken(
            "others_first", _("兼投不兼中的上限取决于其他标包，请先确定其他标包。"), _("招标文件兼投不兼中条款")
        )
    tender_lots.fail_lot(actor, lot.lot, reason.strip(), ANEW)
    tender_lots.end_if_empty(actor, tender, _("全部标包已取消或废标。"))
    return lot.lot


def decide_silently(actor: Actor, tender: Tender, at: datetime) -> None:
    """The term passed without a word: the first-ranked of every open lot win (Art. 68). `at`: when it passed. Whoever may
    not win does not win by silence either: that lot waits for the purchaser, who is told once."""
    if _was_refused(tender, at):
        return
    for lot in [one for one in proposals(actor, tender) if not one.is_decided and one.winners]:
        try:
            for bid_id in lot.winners:
                _require_fit(actor, lot, bid_id)
        except RuleBroken as refusal:
            note(actor, tender, "silence_refused", tender.state, f"{lot.lot.title}：{refusal.message}", at)
            notify(
                actor, officers(actor), "award_undecided", _("请定标：%(title)s", title=tender.title),
                body=f"{lot.lot.title}：{refusal.message}", url=f"/awards/tenders/{tender.id}",
            )  # fmt: skip
            continue
        for bid_id, lots in lot.limited.items():
            _pass_over(actor, tender, lot, Passing(bid_id, "lot_limit", _limit_reason(lots)))
        _award(actor, tender, lot, lot.winners, reason=str(labels.SILENCE), at=at, is_silent=True)


def _was_refused(tender: Tender, at: datetime) -> bool:
    """The clock looks again and again; what it found when the term passed stays found."""
    found = select(TenderEvent.id).where(
        TenderEvent.bureau_id == tender.bureau_id, TenderEvent.tender_id == tender.id, TenderEvent.at == at,
        TenderEvent.event == "silence_refused",
    )  # fmt: skip
    return db.session.scalar(found.limit(1)) is not None


def _lot(actor: Actor, tender: Tender, lot_id: UUID) -> LotProposal:
    for lot in proposals(actor, tender):
        if lot.lot.id == lot_id:
            return lot
    raise NotFound(_("没有这个标包。"))


def _require_open(tender: Tender, lot: LotProposal) -> None:
    _require_deciding(tender, lot)
    if not lot.ranking:
        raise RuleBroken("no_candidate", _("这个标包没有中标候选人。"), ORDER)


def _require_deciding(tender: Tender, lot: LotProposal) -> None:
    if tender.state != "award_decision":
        raise Conflict(_("招标项目不在定标阶段。"), {"state": tender.state})
    if lot.lot.state not in LIVE_LOTS:
        raise RuleBroken("lot_closed", _("这个标包已经终止：%(reason)s", reason=lot.lot.fail_reason))


def _check_winners(actor: Actor, lot: LotProposal, winners: Sequence[UUID]) -> None:
    if not winners:
        raise Invalid({"winners": [_("请至少选定一名中标人。")]})
    if len(set(winners)) != len(winners):
        raise Invalid({"winners": [_("同一投标人不能占两个名额。")]})
    if len(winners) > lot.places:
        raise Invalid({"winners": [_("这个标包最多选定%(count)s名中标人。", count=lot.places)]})
    for bid_id in winners:
        candidate = lot.ranked(bid_id)
        if candidate is None:
            raise Invalid({"winners": [_("只能在中标候选人中选定。")]})
        if bid_id in lot.passed_over:
            raise Invalid({"winners": [_("%(name)s已被排除，不能中标。", name=candidate.supplier_name)]})
        if bid_id in lot.limited:
            raise RuleBroken(
                "lot_limit",
                f"{candidate.supplier_name}：{_limit_reason(lot.limited[bid_id])}",
                _("招标文件兼投不兼中条款"),
            )
        _require_fit(actor, lot, bid_id)
    candidates = [
        rules.Candidate(str(one.result.bid_id), str(one.result.supplier_id), one.result.place or 0)
        for one in lot.ranking
    ]
    excused = [str(bid_id) for bid_id in (*lot.passed_over, *lot.limited)]
    skipped = rules.follows_the_order(candidates, [str(bid_id) for bid_id in winners], excused)
    if skipped:
        names = "、".join(one.supplier_name for one in lot.ranking if str(one.result.bid_id) in skipped)
        raise RuleBroken(
            "order_left", _("排在前面的%(names)s未被选定，也没有说明依法不能中标的理由。", names=names), ORDER
        )


def _require_fit(actor: Actor, lot: LotProposal, bid_id: UUID) -> None:
    """Not suspended, and in order for the lot's category, on the day of the decision."""
    candidate = lot.ranked(bid_id)
    if candidate is not None:
        require_may_bid(actor, candidate.result.supplier_id, [lot.lot.category_id] if lot.lot.category_id else [])


def _pass_over(actor: Actor, tender: Tender, lot: LotProposal, passing: Passing) -> None:
    candidate = lot.ranked(passing.bid_id)
    if candidate is None:
        raise Invalid({"passing": [_("只能排除中标候选人。")]})
    if passing.code not in rules.PASSING_CODES or not passing.reason.strip():
        raise Invalid({"passing": [_("请选择排除的情形并写明理由。")]})
    if passing.code == "lot_limit" and passing.bid_id not in lot.limited:
        raise Invalid({"passing": [_("%(name)s没有超过兼投不兼中的限制。", name=candidate.supplier_name)]})
    known = lot.passed_over.get(passing.bid_id)
    if known is not None:
        return
    db.session.add(
        PassedOver(
            bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot.lot.id, bid_id=passing.bid_id,
            supplier_id=candidate.result.supplier_id, code=passing.code, reason=passing.reason.strip(), at=now(),
            by_id=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip
    flush(db.session(), {"uq_award_passed_over_bid": Conflict(_("这份投标刚被他人排除，请刷新。"))})


def _award(
    actor: Actor, tender: Tender, lot: LotProposal, winners: Sequence[UUID], *, reason: str, at: datetime,
    is_silent: bool = False,
) -> list[LotAward]:  # fmt: skip
    taken = Conflict(_("这个标包刚由他人定标，请刷新。"))
    made = [
        _row(actor, tender, lot, candidate, place, reason, at, is_silent)
        for place, bid_id in enumerate(winners, 1)
        if (candidate := lot.ranked(bid_id)) is not None
    ]
    db.session.add_all(made)
    flush(db.session(), {"uq_lot_awards_place": taken, "uq_lot_awards_bid": taken})
    tender_lots.award_lot(actor, lot.lot)
    go_on(actor, tender, reason, at)
    return made


def go_on(actor: Actor, tender: Tender, reason: str, at: datetime) -> bool:
    """The last lot was decided, or what was left undecided ended: the tender moves on. Nothing else would move it."""
    if tender.state != "award_decision" or undecided_lots(actor, tender.id) or not active_awards(actor, tender.id):
        return False
    procedure = terms.procedure_of(tender) or terms.begin(actor, tender)
    terms.decided(tender, procedure, at)
    move(actor, tender, "decide", reason, at=at)
    return True


def _row(
    actor: Actor,
    tender: Tender,
    lot: LotProposal,
    candidate: Ranked,
    place: int,
    reason: str,
    at: datetime,
    silent: bool,
) -> LotAward:
    result = candidate.result
    is_discount = tender.price_form == "discount"
    return LotAward(
        bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot.lot.id, bid_id=result.bid_id,
        supplier_id=result.supplier_id, place=place, rank=result.place or place,
        amount_fen=None if is_discount else result.bid_price_fen, discount=result.discount if is_discount else None,
        account=dict(result.account), decided_at=at, decided_by=actor.account_id, decided_by_name=actor.display_name,
        is_silent=silent, reason=reason.strip(),
    )  # fmt: skip


def _winners(lot: LotProposal) -> str:
    names = {one.result.bid_id: one.supplier_name for one in lot.ranking}
    return "、".join(names.get(award.bid_id, "") for award in lot.awards)


def _limit_reason(lots: Sequence[str]) -> str:
    return _("已中标%(lots)s，达到招标文件规定的中标包数上限。", lots="、".join(lots))
