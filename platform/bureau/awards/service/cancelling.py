"""An award that did not hold is taken back: one officer asks with a reason, another confirms. Nothing is deleted."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.awards import labels, rules
from bureau.awards.hooks import is_signed
from bureau.awards.models import AwardLetter, LotAward, PassedOver
from bureau.awards.service.deciding import go_on
from bureau.bids.models import Bid
from bureau.suppliers.service.telling import tell_company
from bureau.tendering.models import TenderLot
from bureau.tendering.service.lots import reopen_lot
from bureau.tendering.service.moving import locked, move, note
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import require_version
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken

SAME_PERSON = "bureau:award:confirm"


def ask(actor: Actor, award_id: UUID, seen_version: int | None, code: str, reason: str) -> LotAward:
    """Nothing changes yet but that it waits for a second officer."""
    award = _locked(actor, award_id)
    if award.state == "cancelled":
        raise Conflict(_("这项中标已经撤销。"), {"state": award.state})
    require_version(award, seen_version)
    if code not in rules.PASSING_CODES or code == "lot_limit":
        raise Invalid({"code": [_("请选择撤销的情形。")]})
    if not reason.strip():
        raise Invalid({"reason": [_("请写明撤销的理由。")]})
    _require_unsigned(actor, award)
    award.cancel_asked_at, award.cancel_asked_by = now(), actor.account_id
    award.cancel_asked_by_name = actor.display_name
    award.cancel_code, award.cancel_reason = code, reason.strip()
    db.session.flush()
    return award


def take_back(actor: Actor, award_id: UUID, seen_version: int | None) -> LotAward:
    """The request falls; the award stands as it did."""
    award = _locked(actor, award_id)
    require_version(award, seen_version)
    if award.state == "cancelled" or award.cancel_asked_at is None:
        raise Conflict(_("没有等待确认的撤销申请。"), {"state": award.state})
    award.cancel_asked_at = award.cancel_asked_by = None
    award.cancel_asked_by_name = award.cancel_code = award.cancel_reason = ""
    db.session.flush()
    return award


def confirm(actor: Actor, award_id: UUID, seen_version: int | None) -> LotAward:
    """By another officer than the one who asked. The bid is passed over, its letter withdrawn, the lot open again, and
    the tender back where the purchaser decides."""
    award = _locked(actor, award_id)
    if award.state == "cancelled":
        return award
    require_version(award, seen_version)
    if award.cancel_asked_at is None:
        raise Conflict(_("没有等待确认的撤销申请。"), {"state": award.state})
    if award.cancel_asked_by == actor.account_id:
        raise Denied(SAME_PERSON, _("撤销须由申请人以外的人员确认。"))
    _require_unsigned(actor, award)
    at = now()
    award.state, award.cancelled_at, award.cancelled_by = "cancelled", at, actor.account_id
    db.session.add(
        PassedOver(
            bureau_id=actor.bureau_id, id=new_id(), tender_id=award.tender_id, lot_id=award.lot_id, bid_id=award.bid_id,
            supplier_id=award.supplier_id, code=award.cancel_code, reason=award.cancel_reason, at=at,
            by_id=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip
    _withdraw_letters(actor, award)
    _reopen(actor, award)
    words = f"{labels.PASSING[award.cancel_code]}：{award.cancel_reason}"
    tell_company(
        actor, award.supplier_id, "award_cancelled", _("中标结果已撤销：%(reason)s", reason=award.cancel_reason),
        url="/awards/letters",
    )  # fmt: skip
    tender = locked(actor, award.tender_id)
    if tender.state != "award_decision":
        move(actor, tender, "withdraw_award", words)
    else:
        note(actor, tender, "withdraw_award", tender.state, words, at)
    go_on(actor, locked(actor, award.tender_id), words, at)  # a framework's lot that keeps other winners stays decided
    db.session.flush()
    return award


def _reopen(actor: Actor, award: LotAward) -> None:
    """The places of the lot move up; without any other winner the lot is undecided again."""
    others = db.session.scalars(
        select(LotAward)
        .where(LotAward.bureau_id == actor.bureau_id, LotAward.lot_id == award.lot_id, LotAward.state == "active")
        .order_by(LotAward.place)
    ).all()
    db.session.flush()
    for place, other in enumerate(others, 1):
        other.place = place
        db.session.flush()
    if not others:
        lot = db.session.get(TenderLot, (actor.bureau_id, award.lot_id))
        if lot is not None:
            reopen_lot(actor, lot)
    bid = db.session.get(Bid, (actor.bureau_id, award.bid_id))
    if bid is not None:
        bid.state, bid.reason = "lost", award.cancel_reason
    db.session.flush()


def _withdraw_letters(actor: Actor, award: LotAward) -> None:
    """Its own letter; and, where nobody else won the lot, those of the losers, who may win now."""
    rest = db.session.scalar(
        select(LotAward.id).where(
            LotAward.bureau_id == actor.bureau_id, LotAward.lot_id == award.lot_id, LotAward.state == "active",
            LotAward.id != award.id,
        ).limit(1)
    )  # fmt: skip
    standing = select(AwardLetter).where(
        AwardLetter.bureau_id == actor.bureau_id, AwardLetter.lot_id == award.lot_id, AwardLetter.withdrawn_at.is_(None)
    )
    if rest is not None:
        standing = standing.where(AwardLetter.bid_id == award.bid_id)
    for letter in db.session.scalars(standing.where(AwardLetter.kind.in_(("award", "loss")))):
        letter.withdrawn_at, letter.withdrawn_reason = now(), award.cancel_reason
    db.session.flush()


def _locked(actor: Actor, award_id: UUID) -> LotAward:
    query = select(LotAward).where(LotAward.bureau_id == actor.bureau_id, LotAward.id == award_id)
    award = db.session.scalar(query)
    if award is None:
        raise NotFound(_("没有这项中标。"))
    locked(actor, award.tender_id)
    again = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    assert again is not None
    return again


def _require_unsigned(actor: Actor, award: LotAward) -> None:
    """A signed contract ends by its own rules, not by taking back what led to it."""
    if is_signed(actor, award):
        raise RuleBroken("award_signed", _("合同已经签订，只能按合同的约定变更或解除。"), "《政府采购法》第五十条")
