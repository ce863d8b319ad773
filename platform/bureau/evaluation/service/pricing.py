"""Arithmetic corrections that bidders confirm (Art. 59) and abnormally low prices that they explain (Art. 60).

`advance` does whatever follows by itself from answers and deadlines. It is called after every step and by the clock; it
never does anything twice.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.evaluation import labels
from bureau.evaluation.models import AbnormalReview, LotEvaluation, PriceCorrection
from bureau.evaluation.rules.correction import Corrected, PriceLine, PriceSheet, correct
from bureau.evaluation.rules.exact import exact, rounded, shown, to_text
from bureau.evaluation.rules.low_bids import LowRatios, LowTrigger, low_review
from bureau.evaluation.rules.prices import price_factor
from bureau.evaluation.service import facts
from bureau.evaluation.service.sealing import note
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.service.moving import set_next_check
from kernel.actor import SYSTEM_ACCOUNT, Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.identity import holders
from kernel.notices.service import notify
from kernel.policy import service as policy

MINUTES = {"correction": "tender.correction.minutes", "explanation": "tender.abnormal.explanation_minutes"}


def corrected(one: facts.BidFacts) -> Corrected:
    """A fixed price put right by the order of Art. 59."""
    lines = tuple(
        PriceLine(item.tender_item_id, item.unit_price_fen, item.quantity, item.amount_fen)
        for item in one.items.values()
    )
    stated = one.opened.package.get("price", {}).get("detail_total_fen")
    return correct(PriceSheet(one.opened.total_fen or 0, one.opened.total_words, stated, lines))


def corrections_of(tender: Tender) -> dict[UUID, PriceCorrection]:
    rows = db.session.scalars(
        select(PriceCorrection)
        .where(PriceCorrection.bureau_id == tender.bureau_id, PriceCorrection.tender_id == tender.id)
        .execution_options(populate_existing=True)
    )
    return {row.bid_id: row for row in rows}


def abnormal_of(tender: Tender) -> dict[UUID, AbnormalReview]:
    rows = db.session.scalars(
        select(AbnormalReview)
        .where(AbnormalReview.bureau_id == tender.bureau_id, AbnormalReview.tender_id == tender.id)
        .execution_options(populate_existing=True)
    )
    return {row.bid_id: row for row in rows}


def bid_price(one: facts.BidFacts, correction: PriceCorrection | None) -> Fraction:
    """What is scored: fen as confirmed, or the price factor of a discount."""
    if one.opened.price_form == "discount":
        return price_factor(one.opened.discount or Decimal(0))
    return exact(correction.corrected_fen if correction is not None else one.opened.total_fen or 0)


def deadline_of(tender: Tender, what: str, at: datetime) -> datetime:
    least = int(policy.effective(tender.bureau_id, MINUTES[what]).number)
    wished = int(tender.settings.get(f"{what}_minutes", 0) or 0)
    return at + timedelta(minutes=max(least, wished))


def ask_corrections(system: Actor, tender: Tender) -> None:
    """Every bid whose prices do not agree: what comes out by the rule, for its bidder to confirm."""
    known = corrections_of(tender)
    for lot in facts.live_lots(tender):
        names = {item.id: item.name for item in facts.items_of(tender, lot.id)}
        for one in facts.valid_bids(tender, lot.id):
            if one.opened.price_form != "fixed" or one.id in known:
                continue
            outcome = corrected(one)
            if outcome.needs_confirmation:
                _ask_correction(system, tender, lot, one, outcome, names)
    flush(db.session())


def _ask_correction(
    system: Actor, tender: Tender, lot: TenderLot, one: facts.BidFacts, outcome: Corrected, names: dict[Any, str]
) -> None:
    at = now()
    steps = [
        {
            "code": step.code, "article": labels.article(step.article), "subject": step.subject,
            "item": names.get(step.key, "") if step.key is not None else "",
            "tender_item_id": str(step.key) if step.key is not None else None,
            "before": int(step.before), "after": int(step.after),
        }
        for step in outcome.corrections
    ]  # fmt: skip
    row = PriceCorrection(
        bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot.id, bid_id=one.id,
        supplier_id=one.bid.supplier_id, read_fen=one.opened.total_fen or 0, corrected_fen=outcome.total_fen,
        steps=steps, asked_at=at, deadline=deadline_of(tender, "correction", at),
    )  # fmt: skip
    db.session.add(row)
    note(system, tender.id, "ask_correction", "", "asked", lot_id=lot.id, reason=one.supplier.name)
    tell_supplier(
        system, one.bid.supplier_id, "price_correction", _("请确认报价修正：%(lot)s", lot=lot.title),
        f"/evaluation/corrections/{row.id}",
    )  # fmt: skip


def tell_supplier(system: Actor, supplier_id: UUID, kind: str, title: str, url: str) -> None:
    notify(system, holders.of_supplier(system.bureau_id, supplier_id), kind, title, url=url, by_mail=True)


def advance(system: Actor, tender: Tender, at: datetime | None = None) -> None:
    """With tender and committee locked by the caller: what deadlines and answers lead to."""
    at = at or now()
    bids = {one.id: one for one in facts.bids_of(tender)}
    for bid_id, correction in corrections_of(tender).items():
        if correction.state == "asked" and correction.deadline <= at:
            correction.state = "lapsed"
        one = bids.get(bid_id)
        if one is not None and not one.is_out and correction.state in ("refused", "lapsed"):
            word = str(labels.INVALID[f"correction_{correction.state}"])
            facts.mark_bid(one.bid, "invalid", word, labels.article("order_87:59"))
    for review in abnormal_of(tender).values():
        if review.state == "asked" and review.deadline <= at:
            review.state = "silent"
    flush(db.session())
    asked = {row.lot_id for row in corrections_of(tender).values() if row.state == "asked"}
    evaluations = facts.evaluations_of(tender)
    for lot in facts.live_lots(tender):
        row = evaluations[lot.id]
        if row.state == "reviewing" and row.prices_at is None and lot.id not in asked:
            _look_at_prices(system, tender, lot, row, at)
    flush(db.session())


def watch(system: Actor, tender: Tender) -> None:
    """New deadlines were set: the tender's clock must know of them."""
    db.session.flush()
    set_next_check(system, tender, now())


def next_deadline(tender: Tender) -> datetime | None:
    rows = [row.deadline for row in corrections_of(tender).values() if row.state == "asked"]
    rows += [row.deadline for row in abnormal_of(tender).values() if row.state == "asked"]
    return min(rows, default=None)


def ratios_of(tender: Tender) -> LowRatios:
    """The tender's document may raise them (settings.abnormal), policy says how far."""
    own = tender.settings.get("abnormal", {})
    found = {
        name: Decimal(str(own.get(name, facts.number_of(tender, f"abnormal_{figure}")[0])))
        for name, figure in (("average", "average"), ("next_lowest", "next"), ("ceiling", "ceiling"))
    }
    return LowRatios(found["average"], found["next_lowest"], found["ceiling"])


def _look_at_prices(system: Actor, tender: Tender, lot: TenderLot, row: LotEvaluation, at: datetime) -> None:
    corrections = corrections_of(tender)
    bids = facts.valid_bids(tender, lot.id)
    prices = {one.id: bid_price(one, corrections.get(one.id)) for one in bids}
    ceiling: Fraction | None = None
    if tender.price_form == "discount":
        ceiling = Fraction(1)
    elif lot.ceiling_fen is not None:
        ceiling = exact(lot.ceiling_fen)
    elif len(facts.lots_of(tender)) == 1:
        ceiling = exact(tender.budget_fen)
    found = low_review(prices, ratios_of(tender), ceiling)
    row.prices_at = at
    for one in bids:
        if one.id in found.triggers:
            ask_explanation(system, tender, lot, one, [trigger_row(each) for each in found.triggers[one.id]], at)


def trigger_row(trigger: LowTrigger) -> dict[str, Any]:
    return {
        "code": trigger.code, "article": labels.article(trigger.article), "price": to_text(trigger.price),
        "basis": to_text(trigger.basis), "ratio": str(shown(trigger.ratio)), "bound": to_text(trigger.bound),
        "price_fen": rounded(trigger.price), "bound_fen": rounded(trigger.bound),
    }  # fmt: skip


def ask_explanation(
    system: Actor, tender: Tender, lot: TenderLot, one: facts.BidFacts, reasons: list[dict[str, Any]], at: datetime
) -> AbnormalReview:
    row = AbnormalReview(
        bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot.id, bid_id=one.id,
        supplier_id=one.bid.supplier_id, reasons=reasons, asked_at=at,
        deadline=deadline_of(tender, "explanation", at), created_by=SYSTEM_ACCOUNT,
    )  # fmt: skip
    db.session.add(row)
    note(system, tender.id, "ask_explanation", "", "asked", lot_id=lot.id, reason=one.supplier.name)
    flush(db.session())
    tell_supplier(
        system, one.bid.supplier_id, "price_explanation", _("请说明报价：%(lot)s", lot=lot.title),
        f"/evaluation/explanations/{row.id}",
    )  # fmt: skip
    return row
