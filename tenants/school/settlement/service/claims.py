"""What the books say a school owes its suppliers and no standing statement has said yet: the lines of the next ones.

A claim belongs to the month of its receipt, and is said by the statement of `rules.home(month, frozen months)`. Constant in
the number of suppliers: each kind is one query.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select

from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import span_of_days
from school.orders.models import Shipment, SupplyOrder, SupplyOrderLine
from school.settlement import rules
from school.settlement.invoice_models import PriceDifferenceNote, SettlementAdjustment
from school.settlement.models import SupplierStatement, SupplierStatementLine
from school.supply.models import GoodsReceipt, GoodsReceiptLine
from school.supply.rejections.models import GoodsRejection, GoodsRejectionLine
from school.supply.rules import amount_fen

Line = dict[str, Any]
KIND_ORDER = {kind: place for place, kind in enumerate(rules.KINDS)}


@dataclass(frozen=True, slots=True)
class Frozen:
    """Supplier → the months whose statements stand."""

    months: Mapping[UUID, frozenset[date]]

    def of(self, supplier_id: UUID) -> frozenset[date]:
        return self.months.get(supplier_id, frozenset())

    def home(self, supplier_id: UUID, month: date) -> date:
        return rules.home(month, self.of(supplier_id))

    def first(self, month: date, supplier_ids: Collection[UUID] | None) -> date:
        """The earliest month from which anything comes to `month`."""
        of = self.months if supplier_ids is None else {one: self.of(one) for one in supplier_ids}
        return min((rules.carried_months(month, months)[-1:] or [month])[0] for months in [*of.values(), frozenset()])


@dataclass
class Claims:
    """Of one supplier and statement, in the order of its lines."""

    lines: list[Line] = field(default_factory=list)

    @property
    def amount_fen(self) -> int:
        return sum(line["amount_fen"] for line in self.lines)


def frozen_months(actor: Actor, school_id: int, supplier_ids: Collection[UUID] | None = None) -> Frozen:
    query = select(SupplierStatement.supplier_id, SupplierStatement.month).where(
        SupplierStatement.bureau_id == actor.bureau_id, SupplierStatement.school_id == school_id,
        SupplierStatement.state.in_(rules.FROZEN),
    )  # fmt: skip
    if supplier_ids is not None:
        query = query.where(SupplierStatement.supplier_id.in_(supplier_ids))
    found: dict[UUID, set[date]] = {}
    for supplier_id, month in db.session.execute(query):
        found.setdefault(supplier_id, set()).add(month)
    return Frozen({one: frozenset(months) for one, months in found.items()})


def of_month(
    actor: Actor, school_id: int, month: date, supplier_ids: Collection[UUID] | None = None
) -> dict[UUID, Claims]:
    """Supplier → what a statement of `month` would say now; suppliers with nothing to say are left out."""
    frozen = frozen_months(actor, school_id, supplier_ids)
    search = _Search(actor.bureau_id, school_id, supplier_ids, frozen.first(month, supplier_ids), rules.last_day(month))
    found: dict[UUID, Claims] = {}
    for line in search.all_lines():
        if frozen.home(line["supplier_id"], line["month"]) == month:
            if line["kind"] == "receipt" and line["month"] != month:
                line["reasons"] = [*line["reasons"], rules.Reason("late").plain()]
            found.setdefault(line["supplier_id"], Claims()).lines.append(line)
    for claims in found.values():
        claims.lines.sort(key=_place)
        _explain_orders(claims.lines)
    return found


def _place(line: Line) -> tuple[Any, ...]:
    return (
        KIND_ORDER[line["kind"]],
        line["on_day"] or line["month"],
        line["receipt_number"],
        line["place"],
        str(line["source_id"]),
    )


def standing() -> Any:
    """Lines that count as stated: of the newest revision of a statement that stands."""
    return and_(
        SupplierStatement.bureau_id == SupplierStatementLine.bureau_id,
        SupplierStatement.school_id == SupplierStatementLine.school_id,
        SupplierStatement.id == SupplierStatementLine.statement_id,
        SupplierStatement.revision == SupplierStatementLine.revision, SupplierStatement.state.in_(rules.FROZEN),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Search:
    bureau_id: int
    school_id: int
    supplier_ids: Collection[UUID] | None
    first: date
    last: date

    def all_lines(self) -> list[Line]:
        return [*self.receipts(), *self.voided(), *self.credits(), *self.notes(), *self.adjustments()]

    def _of(self, model: Any) -> list[Any]:
        found = [model.bureau_id == self.bureau_id, model.school_id == self.school_id]
        if self.supplier_ids is not None:
            found.append(model.supplier_id.in_(self.supplier_ids))
        return found

    def _unstated(self, source: Any, kind: str) -> Any:
        query = (
            select(SupplierStatementLine.id)
            .join(SupplierStatement, standing())
            .where(
                SupplierStatementLine.bureau_id == self.bureau_id, SupplierStatementLine.school_id == self.school_id,
                SupplierStatementLine.source_id == source, SupplierStatementLine.kind == kind,
            )
        )  # fmt: skip
        return ~exists(query.correlate(source.class_))

    def receipts(self) -> list[Line]:
        """Lines of receipts in the books that nothing stands for yet."""
        begin, end = span_of_days(self.first, self.last)
        query = (
            select(GoodsReceiptLine, GoodsReceipt, SupplyOrderLine, SupplyOrder, Shipment)
            .join(GoodsReceipt, _same(GoodsReceipt, GoodsReceiptLine, GoodsReceiptLine.receipt_id))
            .outerjoin(SupplyOrderLine, _same(SupplyOrderLine, GoodsReceiptLine, GoodsReceiptLine.order_line_id))
            .outerjoin(SupplyOrder, _same(SupplyOrder, GoodsReceipt, GoodsReceipt.order_id))
            .outerjoin(Shipment, _same(Shipment, GoodsReceipt, GoodsReceipt.shipment_id))
            .where(
                *self._of(GoodsReceipt), GoodsReceipt.supplier_id.is_not(None), GoodsReceipt.state == "recorded",
                GoodsReceipt.received_at >= begin, GoodsReceipt.received_at < end,
                self._unstated(GoodsReceiptLine.id, "receipt"),
            )
            .order_by(GoodsReceipt.received_at, GoodsReceipt.id, GoodsReceiptLine.position)
        )  # fmt: skip
        rows = db.session.execute(query).all()
        refusals = self._refusals([line.id for line, *_ in rows if line.rejected_quantity])
        return [self._receipt(*row, refusals) for row in rows]

    def _refusals(self, line_ids: Sequence[UUID]) -> dict[UUID, str]:
        if not line_ids:
            return {}
        query = select(GoodsRejectionLine.receipt_line_id, GoodsRejectionLine.reason).where(
            GoodsRejectionLine.bureau_id == self.bureau_id, GoodsRejectionLine.school_id == self.school_id,
            GoodsRejectionLine.receipt_line_id.in_(line_ids),
        )  # fmt: skip
        return dict(db.session.execute(query).all())

    def _receipt(
        self, line: GoodsReceiptLine, receipt: GoodsReceipt, ordered: SupplyOrderLine | None,
        order: SupplyOrder | None, shipment: Shipment | None, refusals: Mapping[UUID, str],
    ) -> Line:  # fmt: skip
        replaces = shipment is not None and shipment.source_id is not None
        counted = rules.Counted(
            line.shipped_quantity, line.arrived_quantity, line.net_quantity, line.rejected_quantity, line.quantity
        )
        reasons = rules.lot_reasons(
            counted, is_replacement=replaces, is_priced=line.amount_fen is not None,
            why_refused=refusals.get(line.id, ""),
        )  # fmt: skip
        book = (ordered.price_account.get("book") or {}) if ordered is not None else {}
        assert receipt.supplier_id is not None
        return _line(
            "receipt", line.id, receipt.supplier_id, rules.month_of(receipt.received_on), line.amount_fen or 0,
            line.item_name, receipt_id=receipt.id, receipt_line_id=line.id, receipt_number=receipt.number,
            on_day=receipt.received_on, order_number=order.number if order else "", order_line_id=line.order_line_id,
            price_on=order.deliver_on if order else None, specification=line.specification, unit=line.unit,
            batch_no=line.batch_no, ordered_quantity=line.ordered_quantity, shipped_quantity=line.shipped_quantity,
            arrived_quantity=line.arrived_quantity, net_quantity=line.net_quantity,
            rejected_quantity=line.rejected_quantity, quantity=line.quantity, unit_price_fen=line.unit_price_fen,
            agreement_item_id=ordered.agreement_item_id if ordered else None,
            book_id=ordered.book_id if ordered else None, term_id=ordered.term_id if ordered else None,
            book_number=book.get("number") or "", reasons=[one.plain() for one in reasons], place=line.position,
            replaces=replaces, waived=ordered.waived_quantity if ordered else rules.ZERO,
        )  # fmt: skip

    def voided(self) -> list[Line]:
        """What was stated of receipts that were voided since: taken back."""
        total = func.sum(SupplierStatementLine.amount_fen)
        source = SupplierStatementLine.source_id
        head = (
            source, GoodsReceipt.id, GoodsReceipt.number, GoodsReceipt.received_on, GoodsReceipt.void_reason,
            SupplierStatementLine.supplier_id,
        )  # fmt: skip
        query = (
            select(*head, func.max(SupplierStatementLine.name), func.max(SupplierStatementLine.unit), total)
            .join(SupplierStatement, standing())
            .join(GoodsReceipt, _same(GoodsReceipt, SupplierStatementLine, SupplierStatementLine.receipt_id))
            .where(
                *self._of(SupplierStatementLine), GoodsReceipt.state == "voided",
                SupplierStatementLine.kind.in_(("receipt", "correction")),
                GoodsReceipt.received_on.between(self.first, self.last),
            )
            .group_by(*head)
            .having(total != 0)
        )  # fmt: skip
        return [
            _line(
                "correction", line_id, supplier_id, rules.month_of(day), -int(amount), name, receipt_id=receipt_id,
                receipt_line_id=line_id, receipt_number=number, on_day=day, unit=unit,
                reasons=[rules.Reason("voided", note=why).plain()],
            )
            for line_id, receipt_id, number, day, why, supplier_id, name, unit, amount in db.session.execute(query)
        ]  # fmt: skip

    def credits(self) -> list[Line]:
        """Refused goods that will not come again: never charged, so told for information."""
        told = (
            select(func.coalesce(func.sum(SupplierStatementLine.memo_fen), 0))
            .join(SupplierStatement, standing())
            .where(
                SupplierStatementLine.bureau_id == self.bureau_id, SupplierStatementLine.school_id == self.school_id,
                SupplierStatementLine.source_id == GoodsRejectionLine.id, SupplierStatementLine.kind == "credit",
            )
            .correlate(GoodsRejectionLine)
            .scalar_subquery()
        )  # fmt: skip
        begin, end = span_of_days(self.first, self.last)
        query = (
            select(GoodsRejectionLine, GoodsRejection, GoodsReceipt.number, GoodsReceipt.received_on, told)
            .join(GoodsRejection, _same(GoodsRejection, GoodsRejectionLine, GoodsRejectionLine.rejection_id))
            .join(GoodsReceipt, _same(GoodsReceipt, GoodsRejection, GoodsRejection.receipt_id))
            .where(
                *self._of(GoodsRejectionLine), GoodsRejectionLine.credited_quantity > 0,
                GoodsRejection.state != "voided", GoodsReceipt.received_at >= begin, GoodsReceipt.received_at < end,
            )
        )  # fmt: skip
        found = []
        for line, rejection, number, day, before in db.session.execute(query):
            memo = amount_fen(line.credited_quantity, line.unit_price_fen) - int(before)
            if memo:
                found.append(_line(
                    "credit", line.id, line.supplier_id, rules.month_of(day), 0, line.item_name, memo_fen=memo,
                    receipt_id=rejection.receipt_id, receipt_line_id=line.receipt_line_id, receipt_number=number,
                    on_day=day, unit=line.unit, batch_no=line.batch_no, rejected_quantity=line.credited_quantity,
                    unit_price_fen=line.unit_price_fen, note=rejection.number,
                    reasons=[rules.Reason("credited", line.credited_quantity).plain()],
                ))  # fmt: skip
        return found

    def notes(self) -> list[Line]:
        query = select(PriceDifferenceNote).where(
            *self._of(PriceDifferenceNote), PriceDifferenceNote.month.between(self.first, self.last),
            self._unstated(PriceDifferenceNote.id, "note"),
        )  # fmt: skip
        return [
            _line(
                "note", note.id, note.supplier_id, note.month, note.amount_fen, note.number,
                reasons=[rules.Reason("late_price").plain()],
            )
            for note in db.session.scalars(query)
        ]  # fmt: skip

    def adjustments(self) -> list[Line]:
        query = select(SettlementAdjustment).where(
            *self._of(SettlementAdjustment), SettlementAdjustment.withdrawn_at.is_(None),
            SettlementAdjustment.month.between(self.first, self.last),
            self._unstated(SettlementAdjustment.id, "adjustment"),
        )  # fmt: skip
        return [
            _line("adjustment", one.id, one.supplier_id, one.month, one.amount_fen, one.name, note=one.reason)
            for one in db.session.scalars(query)
        ]


def _same(model: Any, of: Any, column: Any) -> Any:
    return and_(model.bureau_id == of.bureau_id, model.school_id == of.school_id, model.id == column)


# The columns of a line that a claim fills; `place`, `replaces`, `waived` only help to arrange and explain.
BLANK: Mapping[str, Any] = {
    "receipt_id": None, "receipt_line_id": None, "receipt_number": "", "on_day": None, "order_number": "",
    "order_line_id": None, "price_on": None, "specification": "", "unit": "", "batch_no": "",
    "ordered_quantity": None, "shipped_quantity": None, "arrived_quantity": None, "net_quantity": None,
    "rejected_quantity": None, "quantity": None, "unit_price_fen": None, "agreement_item_id": None, "book_id": None,
    "term_id": None, "book_number": "", "memo_fen": 0, "reasons": (), "note": "",
    "place": 0, "replaces": False, "waived": rules.ZERO,
}  # fmt: skip
HELPERS = ("place", "replaces", "waived")


def _line(kind: str, source_id: UUID, supplier_id: UUID, month: date, amount: int, name: str, **more: Any) -> Line:
    line = {
        **BLANK, "kind": kind, "source_id": source_id, "supplier_id": supplier_id, "month": month,
        "amount_fen": amount, "name": name, **more,
    }  # fmt: skip
    line["reasons"] = list(line["reasons"])
    return line


def _explain_orders(lines: Sequence[Line]) -> None:
    """What was sent of an order's line beside what was ordered, said at its first lot."""
    groups: dict[UUID, list[Line]] = {}
    for line in lines:
        if line["kind"] == "receipt" and line["order_line_id"] is not None and not line["replaces"]:
            groups.setdefault(line["order_line_id"], []).append(line)
    for rows in groups.values():
        shipped = sum((row["shipped_quantity"] for row in rows), rules.ZERO)
        reason = rules.order_reason(rows[0]["ordered_quantity"], shipped, rows[0]["waived"])
        if reason is not None:
            rows[0]["reasons"] = [reason.plain(), *rows[0]["reasons"]]


def unknown_suppliers(actor: Actor, school_id: int, month: date, most: int = 200) -> Sequence[Any]:
    """Receipts of the month without a supplier on record: they stand apart, in no statement."""
    begin, end = span_of_days(month, rules.last_day(month))
    columns = (
        GoodsReceipt.id, GoodsReceipt.number, GoodsReceipt.received_on, GoodsReceipt.supplier_name,
        GoodsReceipt.line_count, GoodsReceipt.amount_fen,
    )  # fmt: skip
    query = select(*columns).where(
        GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == school_id,
        GoodsReceipt.state == "recorded", GoodsReceipt.supplier_id.is_(None), GoodsReceipt.received_at >= begin,
        GoodsReceipt.received_at < end,
    )  # fmt: skip
    return db.session.execute(query.order_by(GoodsReceipt.received_at, GoodsReceipt.id).limit(most)).all()
