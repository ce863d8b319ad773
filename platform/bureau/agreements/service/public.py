"""What anybody may read of published agreements: for the public pages, which have no actor. Reads in the bureau's scope
and gives plain values; nothing of what is not published leaves here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select

from bureau.agreements import rules
from bureau.agreements.models import Agreement, AgreementLot
from bureau.agreements.price_rules import half_up
from bureau.agreements.service.finding import items_of, lots_of
from bureau.agreements.service.pricing import Price, prices_of_agreement
from bureau.prices.service.reading import prices_on
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import within
from kernel.web.dates import today


@dataclass(frozen=True, slots=True)
class PublicItem:
    """`price_fen`, `market_fen` for one `unit`; None where there is none today. `book`: number of the price book."""

    item_id: UUID
    name: str
    specification: str
    unit: str
    price_fen: int | None
    market_fen: int | None
    book: str

    @property
    def below_market_percent(self) -> Decimal | None:
        if self.price_fen is None or not self.market_fen:
            return None
        return (Decimal(self.market_fen - self.price_fen) * 100 / self.market_fen).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class PublicLot:
    number: int
    title: str
    price_rule: str
    discount: Decimal | None
    is_suspended: bool
    items: tuple[PublicItem, ...]


@dataclass(frozen=True, slots=True)
class PublicAgreement:
    id: UUID
    number: str
    title: str
    tender_id: UUID | None
    supplier_id: UUID
    supplier_name: str
    standing: str
    signed_on: date | None
    published_on: date | None
    first_day: date
    last_day: date
    original_amount_fen: int | None
    lots: tuple[PublicLot, ...] = ()


def active_agreements(bureau_id: int, on: date | None = None) -> list[PublicAgreement]:
    """Published agreements that hold on the day, without their lots, newest first."""
    day = on or today()
    with within(db.session(), system_actor(bureau_id).scope):
        query = select(Agreement).where(
            Agreement.bureau_id == bureau_id, Agreement.is_public.is_(True), Agreement.state.in_(("signed", "suspended")),
            Agreement.first_day <= day, Agreement.last_day >= day,
        )  # fmt: skip
        return [_plain(one, day) for one in db.session.scalars(query.order_by(Agreement.id.desc()).limit(500))]


def agreements_of_tender(bureau_id: int, tender_id: UUID) -> list[PublicAgreement]:
    """The published agreements that came of a tender, whatever became of them."""
    with within(db.session(), system_actor(bureau_id).scope):
        query = select(Agreement).where(
            Agreement.bureau_id == bureau_id, Agreement.tender_id == tender_id, Agreement.is_public.is_(True)
        )
        return [_plain(one, today()) for one in db.session.scalars(query.order_by(Agreement.number))]


def public_agreement(bureau_id: int, agreement_id: UUID, on: date | None = None) -> PublicAgreement | None:
    """One published agreement with its items and the day's prices beside the market's. None: no such, or not public."""
    day = on or today()
    with within(db.session(), system_actor(bureau_id).scope):
        agreement = db.session.scalar(
            select(Agreement).where(
                Agreement.bureau_id == bureau_id, Agreement.id == agreement_id, Agreement.is_public.is_(True)
            )
        )
        if agreement is None:
            return None
        actor = system_actor(bureau_id)
        lots = [lot for lot in lots_of(actor, [agreement.id]) if lot.state != "cancelled"]
        items = items_of(actor, [lot.id for lot in lots])
        prices = prices_of_agreement(bureau_id, agreement.id, day)
        market = prices_on(bureau_id, [item.item_id for item in items], day)
    found = _plain(agreement, day)
    shown: dict[UUID, list[PublicItem]] = {}
    for item in items:
        price: Price | None = prices.get(item.id)
        book = market.get(item.item_id)
        market_fen = half_up(_of_unit(book.price_fen, item.unit_factor)) if book else None
        shown.setdefault(item.lot_id, []).append(
            PublicItem(
                item.item_id, item.name, item.specification, item.unit, price.fen if price else None, market_fen,
                book.book_number if book else "",
            )
        )  # fmt: skip
    return PublicAgreement(
        **{name: getattr(found, name) for name in PublicAgreement.__dataclass_fields__ if name != "lots"},
        lots=tuple(_lot(lot, shown.get(lot.id, [])) for lot in lots),
    )


def _of_unit(fen: int, factor: Decimal) -> Fraction:
    return Fraction(fen) * Fraction(factor)


def _lot(lot: AgreementLot, items: list[PublicItem]) -> PublicLot:
    return PublicLot(lot.number, lot.title, lot.price_rule, lot.discount, lot.state == "suspended", tuple(items))


def _plain(agreement: Agreement, day: date) -> PublicAgreement:
    return PublicAgreement(
        agreement.id, agreement.number, agreement.title, agreement.tender_id, agreement.supplier_id,
        agreement.supplier_name, rules.standing(agreement.state, agreement.first_day, agreement.last_day, day),
        agreement.signed_on, agreement.published_on, agreement.first_day, agreement.last_day,
        agreement.original_amount_fen,
    )  # fmt: skip
