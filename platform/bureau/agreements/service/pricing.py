"""The price of an item for a school on a day: one function, with its account. Nothing else in this service computes one.

What a price rests on is never altered afterwards: lines and their lots, terms set by changes, and lines of price books
are append-only. So a pin (which line, which book, which term) gives the same price for ever.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements import price_rules, rules
from bureau.agreements.models import Agreement, AgreementChange, AgreementItem, AgreementLot, AgreementPriceTerm
from bureau.agreements.price_rules import Term, amount_fen, half_up
from bureau.prices.service.reading import BookPrice, prices_in, prices_on
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import within
from kernel.errors import NotFound, RuleBroken


@dataclass(frozen=True, slots=True)
class Pin:
    """All that a price was computed from. An order's line keeps it; recompute() gives the same price from it."""

    agreement_item_id: UUID
    book_id: UUID | None  # None: a fixed price
    term_id: UUID | None  # None: as first agreed


@dataclass(frozen=True, slots=True)
class Price:
    """`fen` for one `unit`, rounded half up once from `exact`. The rest is the account of it.

    `reference_day`: the day whose book decided (with a hold, the first day of its period).
    """

    fen: int
    unit: str
    exact: Fraction
    agreement_id: UUID
    agreement_number: str
    supplier_id: UUID
    supplier_name: str
    lot_id: UUID
    lot_number: int
    agreement_item_id: UUID
    item_id: UUID
    name: str
    rule: str
    on: date
    reference_day: date | None
    first_fen: int | None  # the fixed price as first agreed
    discount: Decimal | None
    unit_factor: Decimal
    book: BookPrice | None
    term_id: UUID | None
    change_id: UUID | None
    change_number: int | None
    hold_days: int | None

    @property
    def pin(self) -> Pin:
        return Pin(self.agreement_item_id, self.book.book_id if self.book else None, self.term_id)

    def account(self) -> dict[str, Any]:
        """Plain JSON, as an order or a page shows it."""
        book = self.book
        return {
            "fen": self.fen, "unit": self.unit, "exact": f"{self.exact.numerator}/{self.exact.denominator}",
            "rounding": "half_up_fen_once", "rule": self.rule, "on": self.on.isoformat(),
            "agreement": self.agreement_number, "supplier": self.supplier_name, "lot": self.lot_number,
            "line": str(self.agreement_item_id), "item": self.name,
            "first_fen": self.first_fen, "discount": None if self.discount is None else str(self.discount),
            "unit_factor": str(self.unit_factor), "hold_days": self.hold_days,
            "reference_day": self.reference_day.isoformat() if self.reference_day else None,
            "change": self.change_number,
            "book": None if book is None else {
                "id": str(book.book_id), "number": book.book_number, "line": str(book.line_id), "unit": book.unit,
                "price_fen": book.price_fen, "begins_on": book.begins_on.isoformat(), "basis": book.basis,
                "sources": [dict(source) for source in book.sources],
            },
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _PinnedTerm(Term):
    row: AgreementPriceTerm
    change_id: UUID


@dataclass(frozen=True, slots=True)
class _Line:
    item: AgreementItem
    lot: AgreementLot
    agreement: Agreement


def price_of(bureau_id: int, agreement_id: UUID, item_id: UUID, school_id: int | None, on: date) -> Price:
    """The price of a catalogue item under an agreement for a school on a day. `school_id` None: as the agreement says
    it to everybody (its first lot with the item). Raises NotFound, RuleBroken price_missing."""
    with within(db.session(), system_actor(bureau_id).scope):
        lines = _read(bureau_id, Agreement.id == agreement_id, AgreementItem.item_id == item_id)
        lines = [line for line in lines if school_id is None or _covers(line, school_id)]
        if not lines:
            raise NotFound(_("这份协议对该学校没有这项物品。"))
        found = _prices(bureau_id, lines[:1], on)
    price = found.get(lines[0].item.id)
    if price is None:
        raise RuleBroken("price_missing", _("%(name)s当日没有生效的参考价，无法计价。", name=lines[0].item.name))
    return price


def prices_for_school(bureau_id: int, school_id: int, on: date) -> dict[UUID, list[Price]]:
    """Catalogue item → its prices under every agreement that a school may order from on that day, cheapest first. The
    number of queries does not grow with agreements or items, only with the different days that holds refer to."""
    with within(db.session(), system_actor(bureau_id).scope):
        lines = [
            line
            for line in _read(
                bureau_id, Agreement.state == "signed", Agreement.first_day <= on, Agreement.last_day >= on,
                AgreementLot.state == "active",
            )
            if _covers(line, school_id)
        ]  # fmt: skip
        prices = _prices(bureau_id, lines, on)
    found: dict[UUID, list[Price]] = {}
    for price in sorted(prices.values(), key=_cheapest):
        found.setdefault(price.item_id, []).append(price)
    return found


def prices_of_agreement(bureau_id: int, agreement_id: UUID, on: date) -> dict[UUID, Price]:
    """Agreement item → its price on a day, whether one may order then or not; lines without a price are missing."""
    with within(db.session(), system_actor(bureau_id).scope):
        return _prices(bureau_id, _read(bureau_id, Agreement.id == agreement_id), on)


def discount_on(bureau_id: int, lot: AgreementLot, on: date) -> Decimal:
    """The discount of a lot on a day, as first agreed or as a change set it."""
    assert lot.discount is not None
    term = price_rules.term_on(_terms(bureau_id, [lot.id]).get((lot.id, None), ()), on)
    return lot.discount if term is None or term.row.discount is None else term.row.discount


def _cheapest(price: Price) -> tuple[Any, ...]:
    """By the price of a base unit: a bag and a kilogram compare."""
    return (Fraction(price.fen) / Fraction(price.unit_factor), price.supplier_name, str(price.agreement_item_id))


def _covers(line: _Line, school_id: int) -> bool:
    return rules.covers(line.lot.covers_all, line.lot.school_ids, school_id)


def _read(bureau_id: int, *conditions: Any) -> list[_Line]:
    query = (
        select(AgreementItem, AgreementLot, Agreement)
        .join(AgreementLot, (AgreementLot.bureau_id == AgreementItem.bureau_id) & (AgreementLot.id == AgreementItem.lot_id))
        .join(Agreement, (Agreement.bureau_id == AgreementLot.bureau_id) & (Agreement.id == AgreementLot.agreement_id))
        .where(AgreementItem.bureau_id == bureau_id, *conditions)
        .order_by(Agreement.id, AgreementLot.number, AgreementItem.position)
    )  # fmt: skip
    return [_Line(*row) for row in db.session.execute(query)]


def _prices(bureau_id: int, lines: Sequence[_Line], on: date) -> dict[UUID, Price]:
    terms = _terms(bureau_id, {line.lot.id for line in lines})
    days: dict[date, list[UUID]] = {}
    for line in lines:
        if line.lot.price_rule == "discount":
            day = price_rules.reference_day(line.agreement.first_day, line.lot.hold_days, on)
            days.setdefault(day, []).append(line.item.item_id)
    books = {day: prices_on(bureau_id, ids, day) for day, ids in days.items()}
    found: dict[UUID, Price] = {}
    for line in lines:
        term = _term_of(line, terms, on)
        day = price_rules.reference_day(line.agreement.first_day, line.lot.hold_days, on)
        book = books.get(day, {}).get(line.item.item_id) if line.lot.price_rule == "discount" else None
        price = _compute(line, term, book, on, day)
        if price is not None:
            found[line.item.id] = price
    return found


def _terms(bureau_id: int, lot_ids: Collection[UUID]) -> dict[tuple[UUID, UUID | None], list[_PinnedTerm]]:
    query = (
        select(AgreementPriceTerm, AgreementChange.number)
        .join(AgreementChange, (AgreementChange.bureau_id == AgreementPriceTerm.bureau_id) & (AgreementChange.id == AgreementPriceTerm.change_id))
        .where(AgreementPriceTerm.bureau_id == bureau_id, AgreementPriceTerm.lot_id.in_(lot_ids))
    )  # fmt: skip
    found: dict[tuple[UUID, UUID | None], list[_PinnedTerm]] = {}
    for row, number in db.session.execute(query):
        found.setdefault((row.lot_id, row.agreement_item_id), []).append(
            _PinnedTerm(row.from_day, number, row, row.change_id)
        )
    return found


def _term_of(
    line: _Line, terms: Mapping[tuple[UUID, UUID | None], Iterable[_PinnedTerm]], on: date
) -> _PinnedTerm | None:
    key = (line.lot.id, line.item.id if line.lot.price_rule == "fixed" else None)
    return price_rules.term_on(terms.get(key, ()), on)


def _compute(
    line: _Line, term: _PinnedTerm | None, book: BookPrice | None, on: date, reference_day: date
) -> Price | None:
    """The one place where a price comes about. None: a discount without a book."""
    item, lot, agreement = line.item, line.lot, line.agreement
    discount = None
    if lot.price_rule == "fixed":
        fixed = term.row.price_fen if term else item.fixed_price_fen
        assert fixed is not None
        exact = price_rules.fixed_price(fixed)
    elif book is None:
        return None
    else:
        discount = term.row.discount if term else lot.discount
        assert discount is not None
        exact = price_rules.discounted_price(book.price_fen, item.unit_factor, discount)
    return Price(
        fen=half_up(exact), unit=item.unit, exact=exact, agreement_id=agreement.id, agreement_number=agreement.number,
        supplier_id=agreement.supplier_id, supplier_name=agreement.supplier_name, lot_id=lot.id, lot_number=lot.number,
        agreement_item_id=item.id, item_id=item.item_id, name=item.name, rule=lot.price_rule, on=on,
        reference_day=reference_day if book else None, first_fen=item.fixed_price_fen, discount=discount,
        unit_factor=item.unit_factor, book=book, term_id=term.row.id if term else None,
        change_id=term.change_id if term else None, change_number=term.order if term else None,
        hold_days=lot.hold_days,
    )  # fmt: skip


# --- what was settled once --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PinnedLine:
    """A line of an invoice: the quantity in the line's unit and what its price was pinned to."""

    pin: Pin
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Recomputed:
    line: PinnedLine
    price_fen: int
    amount_fen: int


def recompute(bureau_id: int, lines: Sequence[PinnedLine]) -> list[Recomputed]:
    """Price and amount of each line from its pin alone, in its order, whatever books and changes came since. Raises
    NotFound for a pin that never was."""
    with within(db.session(), system_actor(bureau_id).scope):
        known = {
            line.item.id: line
            for line in _read(bureau_id, AgreementItem.id.in_({one.pin.agreement_item_id for one in lines}))
        }
        term_ids = {one.pin.term_id for one in lines if one.pin.term_id}
        terms = {
            row.id: row
            for row in db.session.scalars(
                select(AgreementPriceTerm).where(
                    AgreementPriceTerm.bureau_id == bureau_id, AgreementPriceTerm.id.in_(term_ids)
                )
            )
        }  # fmt: skip
        books = {
            book_id: prices_in(bureau_id, book_id)
            for book_id in {one.pin.book_id for one in lines if one.pin.book_id}
        }  # fmt: skip
    found: list[Recomputed] = []
    for one in lines:
        line = known.get(one.pin.agreement_item_id)
        row = terms.get(one.pin.term_id) if one.pin.term_id else None
        if line is None or (one.pin.term_id and (row is None or row.lot_id != line.lot.id)):
            raise NotFound(_("计价依据不存在。"))
        term = _PinnedTerm(row.from_day, 0, row, row.change_id) if row else None
        book = books.get(one.pin.book_id, {}).get(line.item.item_id) if one.pin.book_id else None
        price = _compute(line, term, book, line.agreement.first_day, line.agreement.first_day)
        if price is None:
            raise NotFound(_("计价依据不存在。"))
        found.append(Recomputed(one, price.fen, amount_fen(price.fen, one.quantity)))
    return found


@dataclass(frozen=True, slots=True)
class SettledLine(PinnedLine):
    """`on`: the day whose price is owed, e.g. of the delivery; `school_id`: whose line it is."""

    school_id: int
    on: date


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """`difference_fen` is owed on top; negative: to be given back. `pin`: what the line is to be pinned to from now."""

    line: SettledLine
    settled_fen: int
    due_fen: int
    price: Price

    @property
    def difference_fen(self) -> int:
        return self.due_fen - self.settled_fen

    @property
    def pin(self) -> Pin:
        return self.price.pin


def difference_note(bureau_id: int, lines: Sequence[SettledLine]) -> list[DifferenceLine]:
    """Lines whose price of the day came to be known only after they were settled, with the amount of the difference.
    Lines that were settled right are left out; the note's amount is the sum of the differences."""
    settled = recompute(bureau_id, lines)
    with within(db.session(), system_actor(bureau_id).scope):
        known = {
            line.item.id: line
            for line in _read(bureau_id, AgreementItem.id.in_({one.pin.agreement_item_id for one in lines}))
        }
        by_day: dict[date, dict[UUID, Price]] = {}
        for day in {one.on for one in lines}:
            wanted = [known[one.pin.agreement_item_id] for one in lines if one.on == day]
            by_day[day] = _prices(bureau_id, wanted, day)
    found: list[DifferenceLine] = []
    for one, was in zip(lines, settled, strict=True):
        price = by_day[one.on].get(one.pin.agreement_item_id)
        if price is None:
            continue
        line = DifferenceLine(one, was.amount_fen, amount_fen(price.fen, one.quantity), price)
        if line.difference_fen:
            found.append(line)
    return found
