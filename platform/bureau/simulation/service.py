"""Trying a draft's weights on bids of the past or on a table, and keeping what came out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from bureau.bids.models import OpenedBidItem
from bureau.evaluation.models import BidResult
from bureau.evaluation.rules.exact import from_text, shown, to_text
from bureau.evaluation.rules.prices import price_factor
from bureau.simulation import labels
from bureau.simulation.models import TenderSimulation
from bureau.simulation.rules import PRICE, Factor, Simulation, TriedBid, simulate
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender, TenderCriterion, TenderLot
from bureau.tendering.service import reading as tenders
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.sheets import Column, Parsed, SheetSpec, read_xlsx

DRAFTING = ("draft", "review")
# Results of these are known to everybody who bid: nothing of a running evaluation can be learned from them.
PAST = ("award_notice", "challenge_window", "contracting", "complete")
MOST_BIDS = 200


@dataclass(frozen=True, slots=True)
class Source:
    lot_id: UUID
    title: str


def draft_of(actor: Actor, tender_id: UUID) -> Tender:
    """The tender whose weights may be tried: never one that is open for bids or being evaluated."""
    tender = tenders.get_tender(actor, tender_id)
    if tender.state not in DRAFTING:
        raise RuleBroken("simulation_after_publication", _("评分办法只能在发布之前试算。"))
    return tender


def factors_of(actor: Actor, tender: Tender, lot_id: UUID | None = None) -> list[TenderCriterion]:
    found = tenders.criteria_of(actor, tender.id, lot_id)
    return [row for row in found if row.points and (row.lot_id is None or row.lot_id == lot_id)]


def sources(actor: Actor, tender: Tender) -> list[Source]:
    """Lots of other tenders whose results were announced, newest first."""
    rows = db.session.execute(
        select(TenderLot.id, TenderLot.title, Tender.number, Tender.title.label("tender_title"))
        .join(Tender, (Tender.bureau_id == TenderLot.bureau_id) & (Tender.id == TenderLot.tender_id))
        .where(
            TenderLot.bureau_id == actor.bureau_id,
            Tender.id != tender.id,
            Tender.state.in_(PAST),
            Tender.price_form == tender.price_form,
            Tender.award_method == "comprehensive",
            TenderLot.state.in_(("active", "awarded")),
        )
        .order_by(Tender.id.desc(), TenderLot.number)
        .limit(100)
    )
    return [Source(row.id, f"{row.number} {row.tender_title} · {row.title}") for row in rows]


def bids_of_lot(actor: Actor, source_lot_id: UUID, criteria: Sequence[TenderCriterion]) -> list[TriedBid]:
    """Valid bids of a past lot. Its criteria are matched by code, then by title; what has no match counts nothing."""
    results = db.session.execute(
        select(BidResult, BureauSupplier.name)
        .join(
            BureauSupplier,
            (BureauSupplier.bureau_id == BidResult.bureau_id) & (BureauSupplier.id == BidResult.supplier_id),
        )
        .where(BidResult.bureau_id == actor.bureau_id, BidResult.lot_id == source_lot_id, BidResult.is_valid)
        .order_by(BidResult.place)
    ).all()
    if not results:
        raise NotFound(_("没有这个标包的评审结果。"))
    old = {
        str(row.id): row
        for row in db.session.scalars(
            select(TenderCriterion).where(
                TenderCriterion.bureau_id == actor.bureau_id, TenderCriterion.tender_id == results[0][0].tender_id
            )
        )
    }
    brands: dict[UUID, set[str]] = {}
    for bid_id, brand in db.session.execute(
        select(OpenedBidItem.bid_id, OpenedBidItem.brand).where(
            OpenedBidItem.bureau_id == actor.bureau_id, OpenedBidItem.bid_id.in_([row.bid_id for row, _name in results])
        )
    ):
        brands.setdefault(bid_id, set()).add(brand)
    return [_tried(row, name, old, criteria, tuple(sorted(brands.get(row.bid_id, ())))) for row, name in results]


def _tried(
    row: BidResult,
    name: str,
    old: Mapping[str, TenderCriterion],
    criteria: Sequence[TenderCriterion],
    brands: tuple[str, ...],
) -> TriedBid:
    shares: dict[str, Fraction] = {}
    by_code = {criterion.code: str(criterion.id) for criterion in criteria}
    by_title = {criterion.title: str(criterion.id) for criterion in criteria}
    for line in row.account.get("criteria", []):
        before = old.get(line["criterion"])
        if before is None or not before.points:
            continue
        target = by_code.get(before.code) or by_title.get(before.title)
        if target is not None:
            shares[target] = min(Fraction(1), from_text(line["mean"]["exact"]) / Fraction(before.points))
    price = from_text(row.account["price"]["bid"]["exact"])
    deduction = from_text(row.account["price"]["deduction_percent"]["exact"])
    return TriedBid(str(row.bid_id), name, price, shares, deduction, brands)


def sheet_of(tender: Tender, criteria: Sequence[TenderCriterion]) -> SheetSpec:
    """The table somebody may bring: bidders down, criteria across."""
    price = (
        Column("price", _l("投标报价（元）"), required=True, kind="decimal", places=2, least=Decimal("0.01"), aliases=("报价", "投标报价"))
        if tender.price_form == "fixed"
        else Column("price", _l("下浮率（%）"), required=True, kind="decimal", places=4, least=0, greatest=Decimal("99.9999"), aliases=("下浮率",))
    )  # fmt: skip
    scored = [
        Column(
            str(row.id), f"{row.title}（{row.points.normalize():f}分）", required=True, kind="decimal", places=4, least=0,
            greatest=row.points, aliases=(row.title, row.code),
        )
        for row in criteria
        if row.part != PRICE
    ]  # fmt: skip
    return SheetSpec(
        _l("评分试算"),
        (
            Column("name", _l("投标人"), required=True, most=100, example="演示投标人"),
            price,
            Column("brand", _l("品牌"), most=200),
            *scored,
        ),
        most_rows=MOST_BIDS,
    )


def bids_of_table(tender: Tender, criteria: Sequence[TenderCriterion], data: bytes) -> tuple[list[TriedBid], Parsed]:
    parsed = read_xlsx(sheet_of(tender, criteria), data)
    points = {str(row.id): Fraction(row.points) for row in criteria if row.part != PRICE}
    bids = []
    for number, row in enumerate(parsed.rows if not parsed.problems else [], 1):
        given = row.values
        price = Fraction(given["price"]) * 100 if tender.price_form == "fixed" else price_factor(given["price"])
        shares = {key: Fraction(given[key]) / most for key, most in points.items()}
        brands = tuple(part for part in (given.get("brand") or "").replace("，", "、").split("、") if part)
        bids.append(TriedBid(str(number), given["name"], price, shares, brands=brands))
    return bids, parsed


def csv_of(pasted: str) -> bytes:
    """What a spreadsheet puts on the clipboard (tabs) as a file that the reader knows."""
    rows = [line.split("\t") for line in pasted.splitlines() if line.strip()]
    quoted = [",".join('"' + cell.replace('"', '""').strip() + '"' for cell in row) for row in rows]
    return ("\ufeff" + "\r\n".join(quoted)).encode()


def run(
    actor: Actor,
    tender_id: UUID,
    simulation_id: UUID,
    *,
    lot_id: UUID | None,
    points: Mapping[UUID, Decimal],
    bids: Sequence[TriedBid],
    source_lot_id: UUID | None,
    source_title: str,
) -> TenderSimulation:
    """Under the client's id; said twice it is the same. `points`: criterion → points to try, all that are scored."""
    tender = draft_of(actor, tender_id)
    criteria = factors_of(actor, tender, lot_id)
    if lot_id is not None:
        tenders.get_lot(actor, tender.id, lot_id)
    tried = [
        Factor(
            PRICE if row.part == PRICE else str(row.id),
            row.title,
            Fraction(points.get(row.id, row.points)),
            row.description,
        )
        for row in criteria
    ]
    try:
        found = simulate(tried, bids)
    except ValueError as refusal:
        words = labels.REFUSALS.get(str(refusal))
        if words is None:
            raise
        raise Invalid({"_form": [str(words)]}) from None
    values: dict[str, Any] = {
        "tender_id": tender.id, "lot_id": lot_id, "source": "past" if source_lot_id else "table",
        "source_lot_id": source_lot_id, "source_title": source_title,
        "factors": [{"key": one.key, "title": one.title, "points": to_text(one.points)} for one in tried],
        "bids": [_kept(bid) for bid in bids], "report": report_of(found),
    }  # fmt: skip
    before = db.session.scalar(
        select(TenderSimulation).where(
            TenderSimulation.bureau_id == actor.bureau_id, TenderSimulation.id == simulation_id
        )
    )
    if before is not None:
        if any(getattr(before, name) != value for name, value in values.items()):
            raise Conflict(_("同一编号的试算已存在且内容不同。"), {"id": str(simulation_id)})
        return before
    row = TenderSimulation(
        bureau_id=actor.bureau_id, id=simulation_id, made_at=now(), made_by=actor.account_id,
        made_by_name=actor.display_name, **values,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _kept(bid: TriedBid) -> dict[str, Any]:
    return {
        "key": bid.key, "name": bid.name, "price": to_text(bid.price), "deduction": to_text(bid.deduction),
        "shares": {key: to_text(share) for key, share in bid.shares.items()}, "brands": list(bid.brands),
    }  # fmt: skip


def report_of(found: Simulation) -> dict[str, Any]:
    return {
        "ranked": [
            {
                "key": one.key, "name": one.name, "place": one.place, "total": str(shown(one.total)),
                "points": {key: str(shown(value)) for key, value in one.points.items()},
            }
            for one in found.ranked
        ],
        "hints": [
            {"code": hint.code, "factor": hint.factor, "bids": list(hint.bids), "figures": dict(hint.figures)}
            for hint in found.hints
        ],
        "steps": [{"weight": step.weight, "order": list(step.order)} for step in found.steps],
        "changes": [list(pair) for pair in found.changes],
    }  # fmt: skip


def get_simulation(actor: Actor, tender_id: UUID, simulation_id: UUID) -> TenderSimulation:
    row = db.session.scalar(
        select(TenderSimulation).where(
            TenderSimulation.bureau_id == actor.bureau_id,
            TenderSimulation.tender_id == tender_id,
            TenderSimulation.id == simulation_id,
        )
    )
    if row is None:
        raise NotFound(_("没有这次试算。"))
    return row


def simulations_of(actor: Actor, tender_id: UUID) -> Sequence[TenderSimulation]:
    return db.session.scalars(
        select(TenderSimulation)
        .where(TenderSimulation.bureau_id == actor.bureau_id, TenderSimulation.tender_id == tender_id)
        .order_by(TenderSimulation.id.desc())
    ).all()
