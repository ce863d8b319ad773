"""Read receipts: lists by columns and by index, one receipt whole, what a school usually receives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bureau.catalogue.labels import certificate_label
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.errors import NotFound
from school.supply import rules
from school.supply.models import GoodsReceipt, GoodsReceiptCertificate, GoodsReceiptLine, MissingCertificate
from school.supply.rules import State

ROW = (
    GoodsReceipt.id, GoodsReceipt.school_id, GoodsReceipt.number, GoodsReceipt.received_at, GoodsReceipt.received_on,
    GoodsReceipt.supplier_name, GoodsReceipt.received_by_name, GoodsReceipt.line_count, GoodsReceipt.amount_fen,
    GoodsReceipt.has_missing_certificates, GoodsReceipt.state, GoodsReceipt.version,
)  # fmt: skip
NEWEST = select(*ROW)
DUE_DAYS = 30  # how long a missing certificate stays on the landing page; older ones stay in the list


def _of_school(actor: Actor, school_id: int, query: Any) -> Any:
    return query.where(GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == school_id)


def list_receipts(
    actor: Actor, school_id: int, *, missing: bool = False, from_day: date | None = None,
    until_day: date | None = None, supplier: str = "", cursor: str | None = None, limit: int = 50,
) -> Page[Any]:  # fmt: skip
    """Rows of ROW, newest first; one query, no entities: lists are the most read page there is."""
    query = _of_school(actor, school_id, NEWEST)
    if missing:
        query = query.where(GoodsReceipt.has_missing_certificates, GoodsReceipt.state == State.RECORDED.value)
    if from_day:
        query = query.where(GoodsReceipt.received_at >= rules.begin_of(from_day))
    if until_day:
        query = query.where(GoodsReceipt.received_at < rules.begin_of(until_day + timedelta(days=1)))
    if supplier:
        query = query.where(func.strpos(GoodsReceipt.supplier_name, supplier) > 0)
    keys = (GoodsReceipt.received_at, GoodsReceipt.id)
    return paginate(db.session(), query, keys, cursor, limit, scalars=False)


RECEIPT_FIELDS = (
    "id", "school_id", "number", "received_at", "received_on", "supplier_name", "received_by_name", "line_count",
    "amount_fen", "has_missing_certificates", "state", "version", "delivery_note_no", "second_receiver_name", "note",
    "void_reason", "voided_at", "order_id", "shipment_id", "supplier_id", "confirmed_at",
)  # fmt: skip
LINE_FIELDS = (
    "id", "position", "item_id", "item_version", "item_code", "item_name", "specification", "storage", "category_id",
    "category_name", "quantity", "unit", "unit_factor", "base_unit", "base_quantity", "unit_price_fen", "amount_fen",
    "batch_no", "production_date", "expiry_date", "temperature_celsius", "order_line_id", "shipment_line_id", "ordered_quantity",
    "shipped_quantity", "arrived_quantity", "net_quantity", "rejected_quantity", "tolerance_percent",
)  # fmt: skip
CERTIFICATE_FIELDS = ("id", "line_id", "kind", "number", "valid_until", "attachment_id")
MISSING_FIELDS = ("category_id", "category_name", "kind", "label")


def _columns(model: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(model, name) for name in names]


RECEIPT = select(*_columns(GoodsReceipt, (*RECEIPT_FIELDS, "created_at", "voided_by", "received_by", "refused")))
LINES = select(*_columns(GoodsReceiptLine, LINE_FIELDS)).order_by(GoodsReceiptLine.position)
CERTIFICATES = select(*_columns(GoodsReceiptCertificate, CERTIFICATE_FIELDS)).order_by(
    GoodsReceiptCertificate.kind, GoodsReceiptCertificate.id
)
MISSING = select(*_columns(MissingCertificate, MISSING_FIELDS)).order_by(
    MissingCertificate.category_name, MissingCertificate.kind
)


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One receipt whole; its parts carry the fields named above. Every value is the record's own: nothing is looked
    up in today's catalogue."""

    receipt: Any
    lines: Sequence[Any]
    certificates: Sequence[Any]
    missing: Sequence[Any]

    def as_dict(self) -> dict[str, Any]:
        """As schemas.GoodsReceiptOut gives it."""
        positions = {line.id: line.position for line in self.lines}
        return {
            **{name: getattr(self.receipt, name) for name in RECEIPT_FIELDS},
            "lines": [{name: getattr(line, name) for name in LINE_FIELDS} for line in self.lines],
            "certificates": [
                {
                    "id": row.id, "kind": row.kind, "label": certificate_label(row.kind), "number": row.number,
                    "line": positions.get(row.line_id), "valid_until": row.valid_until,
                    "attachment_id": row.attachment_id,
                }
                for row in self.certificates
            ],
            "missing_certificates": [
                {
                    "category_id": row.category_id, "category_name": row.category_name, "kind": row.kind,
                    "label": certificate_label(row.kind, row.label),
                }
                for row in self.missing
            ],
        }  # fmt: skip


def get_receipt(actor: Actor, school_id: int, receipt_id: UUID) -> ReceiptView:
    """Columns, not entities: three statements, four where certificates are missing."""
    receipt = db.session.execute(
        _of_school(actor, school_id, RECEIPT).where(GoodsReceipt.id == receipt_id)
    ).one_or_none()
    if receipt is None:
        raise NotFound
    key = (actor.bureau_id, school_id, receipt_id)
    missing = _parts(MISSING, MissingCertificate, key) if receipt.has_missing_certificates else ()
    return ReceiptView(
        receipt, _parts(LINES, GoodsReceiptLine, key), _parts(CERTIFICATES, GoodsReceiptCertificate, key), missing
    )


def _parts(query: Any, model: Any, key: tuple[int, int, UUID]) -> Sequence[Any]:
    bureau_id, school_id, receipt_id = key
    query = query.where(model.bureau_id == bureau_id, model.school_id == school_id, model.receipt_id == receipt_id)
    return db.session.execute(query).all()


def count_missing(actor: Actor, school_id: int, since: date) -> int:
    """Recorded receipts received since that day that lack a certificate."""
    query = _of_school(actor, school_id, select(func.count())).where(
        GoodsReceipt.has_missing_certificates, GoodsReceipt.state == State.RECORDED.value,
        GoodsReceipt.received_at >= rules.begin_of(since),
    )  # fmt: skip
    return db.session.scalar(query) or 0


def recent_names(actor: Actor, most: int = 20) -> tuple[list[str], list[str]]:
    """Suppliers and second receivers of the latest receipts, the latest first: nobody types them twice."""
    columns = (GoodsReceipt.supplier_name, GoodsReceipt.second_receiver_name, GoodsReceipt.received_at)
    latest = (
        _of_school(actor, actor.own_school_id(), select(*columns)).order_by(GoodsReceipt.received_at.desc()).limit(200)
    )
    rows = db.session.execute(latest).all()
    suppliers = dict.fromkeys(row.supplier_name for row in rows)
    receivers = dict.fromkeys(row.second_receiver_name for row in rows if row.second_receiver_name)
    return list(suppliers)[:most], list(receivers)[:most]


def usual_items(actor: Actor, most: int = 8) -> list[UUID]:
    """What this school received most often in its last receipts."""
    latest = (
        _of_school(actor, actor.own_school_id(), select(GoodsReceipt.id, GoodsReceipt.received_at))
        .where(GoodsReceipt.state == State.RECORDED.value)
        .order_by(GoodsReceipt.received_at.desc(), GoodsReceipt.id.desc())
        .limit(20)
    )
    ids = [receipt_id for receipt_id, _ in db.session.execute(latest)]
    if not ids:
        return []
    counted = (
        select(GoodsReceiptLine.item_id)
        .where(
            GoodsReceiptLine.bureau_id == actor.bureau_id, GoodsReceiptLine.school_id == actor.own_school_id(),
            GoodsReceiptLine.receipt_id.in_(ids),
        )
        .group_by(GoodsReceiptLine.item_id)
        .order_by(func.count().desc(), GoodsReceiptLine.item_id)
        .limit(most)
    )  # fmt: skip
    return list(db.session.scalars(counted))


def search_receipts(actor: Actor, text: str, most: int = 8) -> Sequence[Any]:
    """By the beginning of the number, or part of the supplier's name among the newest."""
    school_id = actor.own_school_id()
    by_number = _of_school(actor, school_id, NEWEST).where(GoodsReceipt.number.op("^@")(text.upper()))
    found = list(db.session.execute(by_number.order_by(GoodsReceipt.number.desc()).limit(most)))
    if not found:
        found = list(list_receipts(actor, school_id, supplier=text, limit=most).items)
    return found


def days_back(today: date, days: int = DUE_DAYS) -> date:
    return today - timedelta(days=days)


def prefill(view: ReceiptView, *, whole: bool) -> Mapping[str, Any]:
    """Form values to record a similar delivery: goods, units and prices; `whole` (after a mistake): everything but
    the certificates' photos."""
    receipt = view.receipt
    values: dict[str, Any] = {"supplier_name": receipt.supplier_name}
    if whole:
        values |= {
            "received_at": receipt.received_at, "delivery_note_no": receipt.delivery_note_no,
            "second_receiver_name": receipt.second_receiver_name, "note": receipt.note,
        }  # fmt: skip
    values["lines"] = [
        {
            "item_id": str(line.item_id),
            "unit": line.unit,
            "unit_price": "" if line.unit_price_fen is None else f"{Decimal(line.unit_price_fen) / 100:.2f}",
        }
        | (
            {
                "quantity": format(line.quantity.normalize(), "f"), "batch_no": line.batch_no,
                "production_date": line.production_date, "expiry_date": line.expiry_date,
                "temperature_celsius": line.temperature_celsius,
            }
            if whole
            else {}
        )
        for line in view.lines
    ]  # fmt: skip
    return values
