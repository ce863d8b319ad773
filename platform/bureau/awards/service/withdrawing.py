"""The committee meets again (Order 87, Art. 64): what was decided on its old result falls, and whoever was told is told so."""

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update

from bureau.awards import rules
from bureau.awards.hooks import is_signed, let_go
from bureau.awards.models import AwardLetter, LotAward, PassedOver
from bureau.awards.service import terms
from bureau.awards.service.proposing import active_awards
from bureau.awards.service.publishing import PAPERS_LANGUAGE
from bureau.bids.models import Bid
from bureau.evaluation.hooks import RestsOnResult, Withdrawal
from bureau.evaluation.models import BidResult
from bureau.suppliers.service.telling import tell_company
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.service.lots import reopen_lot
from bureau.tendering.service.notices import body_of, publish_notice
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import RuleBroken

ARTICLE = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第六十四条"


def is_decided(actor: Actor, tender: Tender) -> bool:
    return bool(active_awards(actor, tender.id))


def require_free(actor: Actor, tender: Tender) -> None:
    if any(is_signed(actor, award) for award in active_awards(actor, tender.id)):
        raise RuleBroken(
            "award_signed", _("合同已经签订，不能再重新评审；只能按合同的约定变更或解除。"), "《政府采购法》第五十条"
        )


def withdraw(actor: Actor, tender: Tender, withdrawal: Withdrawal) -> None:
    """With the tender's row locked. Every award falls, for one lot's new order may change who reaches a limit on lots."""
    procedure = terms.procedure_of(tender)
    was_published = procedure is not None and procedure.published_at is not None
    for award in active_awards(actor, tender.id):
        _cancel(actor, award, withdrawal)
    db.session.flush()
    lots = select(TenderLot).where(TenderLot.bureau_id == actor.bureau_id, TenderLot.tender_id == tender.id)
    for lot in db.session.scalars(lots).all():
        reopen_lot(actor, lot)
    _score_again(actor, tender)
    _forget_limits(actor, tender)
    if procedure is not None:
        terms.void(procedure)
    if was_published:
        _tell(actor, tender, withdrawal)


def _cancel(actor: Actor, award: LotAward, withdrawal: Withdrawal) -> None:
    award.state, award.cancelled_at, award.cancelled_by = "cancelled", now(), actor.account_id
    award.cancel_asked_at, award.cancel_asked_by = withdrawal.asked_at, withdrawal.asked_by
    award.cancel_asked_by_name = withdrawal.asked_by_name
    award.cancel_code, award.cancel_reason = rules.RE_EVALUATED, f"{withdrawal.kind}：{withdrawal.reason}"
    let_go(actor, award, withdrawal.kind)


def _score_again(actor: Actor, tender: Tender) -> None:
    """Won and lost bids are scored ones again; what was found invalid before the scoring stays so."""
    valid = select(BidResult.bid_id).where(
        BidResult.bureau_id == actor.bureau_id, BidResult.tender_id == tender.id, BidResult.is_valid.is_(True)
    )
    bids = select(Bid).where(Bid.bureau_id == actor.bureau_id, Bid.state.in_(("won", "lost")), Bid.id.in_(valid))
    for bid in db.session.scalars(bids).all():
        bid.state, bid.reason = "scored", ""
    db.session.flush()


def _forget_limits(actor: Actor, tender: Tender) -> None:
    """Who reached the limit on lots follows from the new order. Why somebody cannot win at all does not change."""
    db.session.execute(
        update(PassedOver)
        .where(
            PassedOver.bureau_id == actor.bureau_id, PassedOver.tender_id == tender.id, PassedOver.code == "lot_limit",
            PassedOver.void_at.is_(None),
        )
        .values(void_at=now())
    )  # fmt: skip


def _tell(actor: Actor, tender: Tender, withdrawal: Withdrawal) -> None:
    letters = db.session.scalars(
        select(AwardLetter).where(
            AwardLetter.bureau_id == actor.bureau_id, AwardLetter.tender_id == tender.id,
            AwardLetter.withdrawn_at.is_(None), AwardLetter.kind.in_(("award", "loss")),
        )
    ).all()  # fmt: skip
    with force_locale(PAPERS_LANGUAGE):
        words = _("依法重新评审，原中标结果作废。情形：%(kind)s", kind=withdrawal.kind)
        publish_notice(
            actor, tender, "re_evaluation", _("%(title)s重新评审公告", title=tender.title),
            body_of(
                "re_evaluation", tender,
                [
                    _("%(title)s的采购结果由原评标委员会重新评审，此前公告的中标结果和发出的中标通知书作废。", title=tender.title),
                    _("重新评审后的结果另行公告，质疑期限自新的公告起重新计算。"),
                ],
                [(_("项目编号"), tender.number), (_("情形"), withdrawal.kind), (_("依据"), ARTICLE)],
            ),
        )  # fmt: skip
    for letter in letters:
        letter.withdrawn_at, letter.withdrawn_reason = now(), words
        tell_company(
            actor, letter.supplier_id, "award_withdrawn",
            _("原通知书作废，重新评审：%(title)s", title=tender.title), body=words, url=f"/awards/letters/{letter.id}",
        )  # fmt: skip
    db.session.flush()


HOOK = RestsOnResult(is_decided=is_decided, require_free=require_free, withdraw=withdraw)
