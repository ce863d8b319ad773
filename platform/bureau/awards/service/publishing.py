"""The result goes out: one notice for the world and a letter for every bidder, in one transaction (Art. 69)."""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from bureau.awards import labels, rules
from bureau.awards.models import AwardLetter, AwardProcedure, LotAward, PassedOver
from bureau.awards.service import terms
from bureau.awards.service.naming import disclose_committee
from bureau.awards.service.proposing import active_awards
from bureau.bids.models import Bid
from bureau.evaluation.models import BidResult
from bureau.suppliers.models import BureauSupplier
from bureau.suppliers.service.telling import tell_company
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.service.moving import locked, move
from bureau.tendering.service.notices import body_of, publish_notice
from bureau.tendering.service.reading import lots_of
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.digests import digest
from kernel.errors import Conflict
from kernel.numbering.service import next_number
from kernel.web.dates import today

PREFIX = {"award": "ZBTZ", "loss": "WZB", "invalid": "WXTB", "unopened": "WKB"}
PAPERS_LANGUAGE = "zh_CN"
PAGE_OF_A_LETTER = "/awards/letters/{id}"


def publish(actor: Actor, tender_id: UUID) -> AwardProcedure:
    """Announce the result. Done twice it is done once. Raises Conflict while a lot is undecided."""
    tender = locked(actor, tender_id)
    procedure = terms.procedure_of(tender)
    if procedure is not None and procedure.published_at is not None:
        return procedure
    if tender.state != "award_notice" or procedure is None:
        raise Conflict(_("还有标包没有定标，不能公告结果。"), {"state": tender.state})
    at = now()
    term = terms.published(tender, procedure, at)
    with force_locale(PAPERS_LANGUAGE):
        lots = {lot.id: lot for lot in lots_of(actor, tender_id)}
        awards = active_awards(actor, tender_id)
        names = _suppliers(actor, tender)
        body = body_of(
            "result",
            tender,
            [
                _("%(title)s的采购结果公告如下。", title=tender.title),
                _("供应商认为采购结果损害其权益的，可以在%(day)s前提出质疑。", day=term.challenge_until.isoformat()),
            ],
            facts=_facts(tender, term, disclose_committee(actor, tender)),
            tables=[_result_table(awards, lots, names), *_failed_table(list(lots.values()))],
        )
        notice = publish_notice(
            actor, tender, "result", _("%(title)s中标结果公告", title=tender.title), body,
            ends_on=term.notice_ends_on, at=at,
        )  # fmt: skip
        procedure.notice_id = notice.id
        letters = _letters(actor, tender, lots, awards, names, notice.number, term)
    move(actor, tender, "announce", at=at)
    for letter in letters:
        tell_company(
            actor, letter.supplier_id, "award_letter",
            _("%(kind)s：%(title)s", kind=labels.LETTERS[letter.kind], title=tender.title),
            url=PAGE_OF_A_LETTER.format(id=letter.id),
        )  # fmt: skip
    return procedure


def _facts(tender: Tender, term: rules.Terms, experts: Sequence[str]) -> list[tuple[str, str]]:
    facts = [
        (_("项目编号"), tender.number),
        (_("公告期限截止"), term.notice_ends_on.isoformat()),
        (_("质疑期限截止"), term.challenge_until.isoformat()),
        (_("合同签订期限"), term.sign_by.isoformat()),
    ]
    if experts:
        facts.append((_("评审专家"), "、".join(experts)))
    return facts


def _result_table(
    awards: Sequence[LotAward], lots: dict[UUID, TenderLot], names: dict[UUID, BureauSupplier]
) -> dict[str, Any]:
    rows = []
    for award in sorted(awards, key=lambda one: (lots[one.lot_id].number, one.place)):
        supplier = names[award.supplier_id]
        rows.append(
            [
                f"{lots[award.lot_id].number}. {lots[award.lot_id].title}", str(award.place), supplier.name,
                supplier.credit_code, price_text(award), score_text(award.account),
            ]
        )  # fmt: skip
    columns = [_("标包"), _("名次"), _("中标人"), _("统一社会信用代码"), _("中标价"), _("总得分")]
    return {"title": _("中标结果"), "columns": columns, "rows": rows}


def _failed_table(lots: Sequence[TenderLot]) -> list[dict[str, Any]]:
    rows = [[f"{lot.number}. {lot.title}", lot.fail_reason] for lot in lots if lot.state in ("failed", "cancelled")]
    return [{"title": _("未成交的标包"), "columns": [_("标包"), _("原因")], "rows": rows}] if rows else []


def price_text(award: LotAward) -> str:
    if award.discount is not None:
        return _("下浮率 %(rate)s%%", rate=f"{award.discount.normalize():f}")
    return _("%(amount)s 元", amount=f"{(award.amount_fen or 0) / 100:,.2f}")


def score_text(account: dict[str, Any]) -> str:
    """Empty by the lowest price, where there is no score."""
    return str(account.get("total", {}).get("shown", ""))


def _suppliers(actor: Actor, tender: Tender) -> dict[UUID, BureauSupplier]:
    """Everybody who bid, by id."""
    bidders = select(Bid.supplier_id).where(Bid.bureau_id == actor.bureau_id, Bid.tender_id == tender.id)
    return {
        row.id: row
        for row in db.session.scalars(
            select(BureauSupplier).where(BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id.in_(bidders))
        )
    }


def _letters(
    actor: Actor,
    tender: Tender,
    lots: dict[UUID, TenderLot],
    awards: Sequence[LotAward],
    names: dict[UUID, BureauSupplier],
    notice: str,
    term: rules.Terms,
) -> list[AwardLetter]:
    """One per bid that was not withdrawn; its bid is won or lost from here on."""
    won = {award.bid_id: award for award in awards}
    results = {
        row.bid_id: row
        for row in db.session.scalars(
            select(BidResult).where(BidResult.bureau_id == actor.bureau_id, BidResult.tender_id == tender.id)
        )
    }
    passed = {
        row.bid_id: row
        for row in db.session.scalars(
            select(PassedOver).where(
                PassedOver.bureau_id == actor.bureau_id, PassedOver.tender_id == tender.id, PassedOver.void_at.is_(None)
            )
        )
    }
    standing = set(
        db.session.scalars(
            select(AwardLetter.bid_id).where(
                AwardLetter.bureau_id == actor.bureau_id, AwardLetter.tender_id == tender.id,
                AwardLetter.withdrawn_at.is_(None),
            )
        )
    )  # fmt: skip
    bids = db.session.scalars(
        select(Bid)
        .where(Bid.bureau_id == actor.bureau_id, Bid.tender_id == tender.id, Bid.state != "withdrawn")
        .order_by(Bid.lot_id, Bid.id)
        .with_for_update()
    ).all()
    made = []
    for bid in bids:
        if bid.id in standing:
            continue  # of an earlier announcement, which the withdrawal of one award left standing
        kind = rules.letter_kind(bid.state, bid.id in won)
        lot = lots[bid.lot_id]
        common = {
            "format": "houqin-award-letter-1",
            "tender": {"number": tender.number, "title": tender.title},
            "lot": f"{lot.number}. {lot.title}",
            "supplier": {"name": names[bid.supplier_id].name, "credit_code": names[bid.supplier_id].credit_code},
            "notice": notice,
            "issued_on": today().isoformat(),
            "challenge_until": term.challenge_until.isoformat(),
            "sign_by": term.sign_by.isoformat() if kind == "award" else None,
        }
        reason = _reason(bid, results.get(bid.id), passed.get(bid.id), lot)
        body = rules.letter_body(kind, common, _own(won.get(bid.id), results.get(bid.id)), reason)
        letter = AwardLetter(
            bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, lot_id=bid.lot_id, bid_id=bid.id,
            supplier_id=bid.supplier_id, kind=kind,
            number=next_number(db.session(), actor.bureau_id, None, PREFIX[kind], today().year), body=body,
            code=secrets.token_urlsafe(12), sha256=digest(body), issued_at=now(), issued_by=actor.account_id,
        )  # fmt: skip
        db.session.add(letter)
        made.append(letter)
        if kind in ("award", "loss"):
            bid.state = "won" if kind == "award" else "lost"
    db.session.flush()
    return made


def _own(award: LotAward | None, result: BidResult | None) -> dict[str, Any]:
    """The bidder's own score, rank and price, and how they came about; nobody else's."""
    if result is None:
        return {}
    own: dict[str, Any] = {
        "rank": result.place,
        "score": None if result.total_shown is None else f"{result.total_shown:.2f}",
        "price_points": None if result.price_points_shown is None else f"{result.price_points_shown:.2f}",
    }
    if result.discount is not None:
        own["discount_percent"] = f"{result.discount.normalize():f}"
    elif result.bid_price_fen is not None:
        own["price_fen"] = result.bid_price_fen
    if award is not None:
        own["place"] = award.place
    return own


def _reason(
    bid: Bid, result: BidResult | None, passed: PassedOver | None, lot: TenderLot
) -> dict[str, str] | None:  # fmt: skip
    if passed is not None:
        return {"text": f"{labels.PASSING[passed.code]}：{passed.reason}", "article": ""}
    if bid.state == "unopened":
        return {"text": lot.fail_reason, "article": ""}
    if result is not None and not result.is_valid:
        return {"text": result.reason, "article": result.article}
    if bid.reason:
        return {"text": bid.reason, "article": bid.reason_article}
    if lot.state in ("failed", "cancelled"):
        return {"text": lot.fail_reason, "article": ""}
    return None
