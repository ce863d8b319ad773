"""Tenders for anybody: rows that row-level security shows to nobody in particular, and what the last release says of
bids, awards and contracts. Nothing else is read, so nothing else can slip out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Date, cast, func, or_, select

from bureau.agreements.service.public import PublicAgreement, agreements_of_tender
from bureau.bids.models import Opening
from bureau.ocds.models import OcdsRelease
from bureau.ocds.rules.values import COMPANY_SCHEME
from bureau.procurement_portal import labels
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender, TenderLot, TenderNotice
from bureau.tendering.service import notices as notice_service
from bureau.tendering.service.public import PublicTender, public_tender
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.database.scope import IDENTITY, within
from kernel.errors import NotFound
from kernel.identity.models import Bureau
from kernel.web.dates import SHANGHAI

MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class ShownLot:
    """As a TenderLot, with the state that the world may know."""

    id: UUID
    number: int
    title: str
    state: str
    ceiling_fen: int | None
    fail_reason: str


@dataclass(frozen=True, slots=True)
class ShownBid:
    """`price_fen` or `discount`: as read out; neither for a bid that could not be read."""

    lot: str
    supplier: str
    price_fen: int | None
    discount: float | None
    status: str


@dataclass(frozen=True, slots=True)
class ShownAward:
    lot: str
    supplier: str
    supplier_id: UUID | None
    price_fen: int | None
    discount: float | None
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShownTender:
    """`release` None: the first is under way. `bids` None: not opened. `steps`: (code, when), in their order."""

    whole: PublicTender
    lots: Sequence[ShownLot]
    opening: Opening | None
    release: OcdsRelease | None
    bids: Sequence[ShownBid] | None
    unopened: int
    awards: Sequence[ShownAward]
    agreements: Sequence[PublicAgreement]
    steps: Sequence[tuple[str, datetime]]

    @property
    def tender(self) -> Tender:
        return self.whole.tender


def listing(
    bureau_id: int, cursor: str | None, limit: int, *, group: str | None = None, text: str = "", year: int | None = None
) -> Page[Tender]:  # fmt: skip
    """Published tenders, newest first. `text`: within the title, or how the number begins."""
    query = select(Tender).where(Tender.bureau_id == bureau_id, Tender.is_public)
    if group:
        query = query.where(Tender.state.in_(labels.GROUPS[group]))
    if words := text.strip():
        begins = Tender.number.op("^@")(words.upper())
        query = query.where(or_(Tender.title.contains(words, autoescape=True), begins))
    if year:
        first, after = (datetime(one, 1, 1, tzinfo=SHANGHAI) for one in (year, year + 1))
        query = query.where(Tender.published_at >= first, Tender.published_at < after)
    with within(db.session(), IDENTITY):
        return paginate(db.session(), query, [Tender.id], cursor, limit)


def years(bureau_id: int) -> list[int]:
    """In which anything was published, newest first."""
    local = func.timezone("Asia/Shanghai", Tender.published_at)
    year = func.date_part("year", cast(local, Date))
    with within(db.session(), IDENTITY):
        rows = db.session.scalars(
            select(year).where(Tender.bureau_id == bureau_id, Tender.is_public).distinct().order_by(year.desc())
        )
        return [int(one) for one in rows][:MOST_YEARS]


def shown_tender(bureau: Bureau, tender_id: UUID) -> ShownTender:
    whole = public_tender(bureau.id, tender_id)
    with within(db.session(), IDENTITY):
        opening = db.session.get(Opening, (bureau.id, tender_id))
        release = db.session.scalar(
            select(OcdsRelease)
            .where(OcdsRelease.bureau_id == bureau.id, OcdsRelease.tender_id == tender_id)
            .order_by(OcdsRelease.number.desc())
            .limit(1)
        )
        body: Mapping[str, Any] = release.body if release else {}
        awards = _awards(bureau.id, body, whole.lots)
    agreements = agreements_of_tender(bureau.id, tender_id) if body.get("contracts") else []
    bids = body.get("bids")
    return ShownTender(
        whole=whole,
        lots=_lots(whole.lots, body),
        opening=opening,
        release=release,
        bids=None if bids is None else _bids(bids, whole.lots),
        unopened=sum(one["value"] for one in (bids or {}).get("statistics", ()) if one["id"] == "unopened"),
        awards=awards,
        agreements=agreements,
        steps=_steps(whole, body),
    )


def _lots(rows: Sequence[TenderLot], body: Mapping[str, Any]) -> list[ShownLot]:
    """That a lot is decided shows with its winner, as in the release."""
    told = {lot["id"] for lot in body.get("tender", {}).get("lots", ()) if lot["status"] == "complete"}
    return [
        ShownLot(
            row.id, row.number, row.title, "active" if row.state == "awarded" and str(row.id) not in told else row.state,
            row.ceiling_fen, row.fail_reason,
        )
        for row in rows
    ]  # fmt: skip


def _titles(lots: Sequence[TenderLot]) -> dict[str, str]:
    return {str(lot.id): f"{lot.number}. {lot.title}" for lot in lots}


def _bids(bids: Mapping[str, Any], lots: Sequence[TenderLot]) -> list[ShownBid]:
    titles = _titles(lots)
    order = list(titles)
    rows = sorted(bids["details"], key=lambda one: (order.index(one["relatedLots"][0]), one["date"]))
    found = []
    for one in rows:
        rates = [response["value"] for response in one.get("requirementResponses", ())]
        found.append(
            ShownBid(
                titles[one["relatedLots"][0]], one["tenderers"][0]["name"], _fen(one), rates[0] if rates else None,
                one["status"],
            )
        )  # fmt: skip
    return found


def _awards(bureau_id: int, body: Mapping[str, Any], lots: Sequence[TenderLot]) -> list[ShownAward]:
    rows = body.get("awards", ())
    if not rows:
        return []
    titles = _titles(lots)
    codes = {one["suppliers"][0]["id"].removeprefix(f"{COMPANY_SCHEME}-") for one in rows}
    ids = dict(
        db.session.execute(
            select(BureauSupplier.credit_code, BureauSupplier.id).where(
                BureauSupplier.bureau_id == bureau_id, BureauSupplier.credit_code.in_(codes)
            )
        ).all()
    )
    return [
        ShownAward(
            titles[one["relatedLots"][0]], one["suppliers"][0]["name"],
            ids.get(one["suppliers"][0]["id"].removeprefix(f"{COMPANY_SCHEME}-")), _fen(one),
            one.get("houqin_discountPercent"), one["status"], one.get("description", ""),
        )
        for one in rows
    ]  # fmt: skip


def _fen(thing: Mapping[str, Any]) -> int | None:
    value = thing.get("value")
    return None if value is None else round(value["amount"] * 100)


def _steps(whole: PublicTender, body: Mapping[str, Any]) -> list[tuple[str, datetime]]:
    tender = whole.tender
    found: list[tuple[str, datetime | None]] = [
        ("published", tender.published_at),
        ("questions_until", tender.questions_until),
        ("deadline", tender.bid_deadline),
        ("opened", tender.opened_at if body.get("bids") else None),
        ("result", next((one.published_at for one in reversed(whole.notices) if one.kind == "result"), None)),
        ("signed", _signed(body)),
    ]
    return [(code, at) for code, at in found if at is not None]


def _signed(body: Mapping[str, Any]) -> datetime | None:
    days = [one["dateSigned"] for one in body.get("contracts", ())]
    return datetime.fromisoformat(min(days)).astimezone(UTC) if days else None


def shown_notice(bureau_id: int, notice_id: UUID) -> tuple[Tender, TenderNotice, bool]:
    """A notice with its tender, and whether it still says what it said."""
    with within(db.session(), IDENTITY):
        row = db.session.execute(
            select(Tender, TenderNotice)
            .join(TenderNotice, (TenderNotice.bureau_id == Tender.bureau_id) & (TenderNotice.tender_id == Tender.id))
            .where(Tender.bureau_id == bureau_id, Tender.is_public, TenderNotice.id == notice_id)
        ).one_or_none()
    if row is None:
        raise NotFound(_("没有这份公告。"))
    return row[0], row[1], notice_service.is_intact(row[1])
