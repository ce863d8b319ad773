"""Looking over a tender's opened bids. Said twice is found once: a second look adds only what is new."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.bids.models import Bid, OpenedBid
from bureau.collusion.models import CollusionRun, CollusionSign, CollusionSignBid
from bureau.collusion.rules.facts import BidFacts, Sign, Thresholds
from bureau.collusion.rules.radar import look as detect
from bureau.collusion.rules.rotation import PastLot, rotation
from bureau.collusion.service.facts import bids_by_lot, known_of
from bureau.draws.chance import digest
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.service import moving
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import RuleBroken
from kernel.policy import service as policy

FIGURES = {
    "least_items": "collusion.items.least",
    "ratio_spread": "collusion.ratio.spread_percent",
    "same_prices": "collusion.same_prices.percent",
    "series_tolerance": "collusion.series.percent",
    "same_sentences": "collusion.same_text.percent",
    "least_sentences": "collusion.same_text.least",
    "same_files": "collusion.same_files.least",
    "device_minutes": "collusion.device.minutes",
    "least_rounds": "collusion.rotation.rounds",
}
WHOLE = ("least_items", "least_sentences", "same_files", "device_minutes", "least_rounds")


def thresholds_of(actor: Actor) -> Thresholds:
    numbers = policy.effective_numbers(actor.bureau_id, list(FIGURES.values()))
    values = {name: numbers[key] for name, key in FIGURES.items()}
    typed: dict[str, Any] = {name: int(value) if name in WHOLE else value for name, value in values.items()}
    return Thresholds(**typed)


def look(actor: Actor, tender_id: UUID) -> CollusionRun:
    """Runs the detectors and keeps what is new. Refused before the opening. Locks the tender: looks queue."""
    tender = moving.locked(actor, tender_id)
    if tender.opened_at is None:
        raise RuleBroken(
            "collusion_before_opening",
            _("开标之前不能查看投标情况，开标后系统自动比对。"),
            _("《政府采购货物和服务招标投标管理办法》（财政部令第87号）第三十三条、第三十九条"),
        )
    thresholds = thresholds_of(actor)
    lots = bids_by_lot(actor, tender)
    found: list[tuple[UUID | None, Sign]] = list(detect(lots, known_of(actor, tender), thresholds))
    bidders = frozenset(bid.supplier for bids in lots.values() for bid in bids)
    found += [(None, sign) for sign in rotation(_history(actor, tender), thresholds, bidders)]
    by_key: dict[Any, BidFacts] = {bid.key: bid for bids in lots.values() for bid in bids}
    told = set(
        db.session.scalars(
            select(CollusionSign.content_sha256).where(
                CollusionSign.bureau_id == actor.bureau_id, CollusionSign.tender_id == tender.id
            )
        )
    )
    run = CollusionRun(
        bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, ran_at=now(), by_id=actor.account_id,
        by_name=actor.display_name, bids=len(by_key), signs=len(found), new_signs=0,
        thresholds={name: str(getattr(thresholds, name)) for name in FIGURES},
    )  # fmt: skip
    fresh = []
    for lot_id, sign in found:
        row = _sign(run, lot_id, sign, by_key)
        if row.content_sha256 not in told:
            told.add(row.content_sha256)
            fresh.append((row, sign))
    run.new_signs = len(fresh)
    db.session.add(run)
    db.session.flush()
    db.session.add_all(row for row, _sign_ in fresh)
    db.session.flush()
    for row, sign in fresh:
        db.session.add_all(_concerned(row, sign, by_key))
    db.session.flush()
    return run


def _sign(run: CollusionRun, lot_id: UUID | None, sign: Sign, bids: Mapping[Any, BidFacts]) -> CollusionSign:
    parties = _parties(sign, bids)
    evidence = [_plain(row) for row in sign.evidence]
    figures = _plain(sign.figures)
    said = {
        "lot": str(lot_id), "kind": sign.kind, "method": sign.method, "parties": parties, "evidence": evidence,
    }  # fmt: skip
    return CollusionSign(
        bureau_id=run.bureau_id, id=new_id(), tender_id=run.tender_id, lot_id=lot_id, run_id=run.id, kind=sign.kind,
        method=sign.method, article=sign.article, parties=parties, evidence=evidence, figures=figures,
        content_sha256=digest(said), found_at=run.ran_at,
    )  # fmt: skip


def _parties(sign: Sign, bids: Mapping[Any, BidFacts]) -> list[dict[str, str]]:
    """Each supplier once, by name. Those of a rotation stand for themselves."""
    if sign.kind == "rotation":
        names = {bid.supplier: bid.name for bid in bids.values()}
        found = {str(supplier): names[supplier] for supplier in sign.bids}
    else:
        found = {str(bids[key].supplier): bids[key].name for key in sign.bids}
    return [{"supplier_id": supplier, "name": name} for supplier, name in sorted(found.items())]


def _concerned(row: CollusionSign, sign: Sign, bids: Mapping[Any, BidFacts]) -> list[CollusionSignBid]:
    if sign.kind == "rotation":
        concerned = [bid for bid in bids.values() if bid.supplier in sign.bids]
    else:
        concerned = [bids[key] for key in sign.bids]
    return [
        CollusionSignBid(
            bureau_id=row.bureau_id, id=new_id(), sign_id=row.id, bid_id=bid.key, supplier_id=bid.supplier
        )
        for bid in concerned
    ]  # fmt: skip


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(value)
    return value if isinstance(value, str | int | bool) else str(value)


def _history(actor: Actor, tender: Tender) -> Sequence[PastLot]:
    """Lots awarded before this tender was opened, oldest first."""
    rows = db.session.execute(
        select(TenderLot.id, TenderLot.title, OpenedBid.supplier_id, Bid.state)
        .select_from(OpenedBid)
        .join(Bid, (Bid.bureau_id == OpenedBid.bureau_id) & (Bid.id == OpenedBid.id))
        .join(TenderLot, (TenderLot.bureau_id == OpenedBid.bureau_id) & (TenderLot.id == OpenedBid.lot_id))
        .join(Tender, (Tender.bureau_id == TenderLot.bureau_id) & (Tender.id == TenderLot.tender_id))
        .where(
            OpenedBid.bureau_id == actor.bureau_id,
            Tender.opened_at < tender.opened_at,
            Tender.winners_per_lot == 1,
        )
        .order_by(Tender.opened_at, TenderLot.number, OpenedBid.id)
    ).all()
    lots: dict[UUID, tuple[str, set[UUID], list[UUID]]] = {}
    for lot_id, title, supplier_id, state in rows:
        _title, bidders, winners = lots.setdefault(lot_id, (title, set(), []))
        bidders.add(supplier_id)
        if state == "won":
            winners.append(supplier_id)
    return [
        PastLot(lot_id, title, frozenset(bidders), winners[0])
        for lot_id, (title, bidders, winners) in lots.items()
        if winners
    ]
