"""Write down what came in: checked, numbered, with what is still missing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bureau.catalogue.rules import to_base
from bureau.catalogue.service.categories import requirements_of
from bureau.catalogue.service.items import ReceivableItem, receivable_items
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import constraint_of
from kernel.errors import Conflict, Invalid
from kernel.numbering.service import next_number
from kernel.web.dates import SHANGHAI, today
from school.supply import rules
from school.supply.labels import PROBLEMS
from school.supply.models import GoodsReceipt, GoodsReceiptLine
from school.supply.service import posting
from school.supply.service.certificates import CertificateInput, attach, replace_missing
from school.supply.service.reading import ReceiptView, get_receipt
from school.supply.service.warned import require_unwarned

NUMBER_KIND = "SH"  # 收货
KEY = "pk_goods_receipts"


def record_receipt(
    actor: Actor, receipt_id: UUID, *, received_at: datetime | None, supplier_name: str, delivery_note_no: str,
    second_receiver_name: str, note: str, lines: Sequence[Mapping[str, Any]],
    certificates: Sequence[CertificateInput],
) -> tuple[ReceiptView, bool]:  # fmt: skip
    """The receipt whole, and whether it is new. Sent again with the same content it is the same receipt; with other
    content it is a Conflict. `received_at` None: now. `lines` and `certificates` as schemas.GoodsReceiptSchema loads them.
    """
    digest = rules.content_digest(
        {
            "received_at": received_at, "supplier_name": supplier_name, "delivery_note_no": delivery_note_no,
            "second_receiver_name": second_receiver_name, "note": note, "lines": lines,
            "certificates": [certificate.content() for certificate in certificates],
        }
    )  # fmt: skip
    existing = repeated(actor, receipt_id, digest)
    if existing is not None:
        return get_receipt(actor, existing.school_id, receipt_id), False
    received_at = received_at or now()
    received_on = received_at.astimezone(SHANGHAI).date()
    items = receivable_items(actor, [line["item_id"] for line in lines])
    rows = _checked(actor, lines, items, received_on, len(certificates))
    require_unwarned(actor, None, supplier_name, {(row["item_id"], row["batch_no"]) for row in rows})
    receipt = GoodsReceipt(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=receipt_id,
        number=next_number(db.session(), actor.bureau_id, actor.own_school_id(), NUMBER_KIND, received_on.year),
        received_at=received_at, received_on=received_on,
        supplier_name=supplier_name, delivery_note_no=delivery_note_no, received_by=actor.account_id,
        received_by_name=actor.display_name, second_receiver_name=second_receiver_name, note=note,
        line_count=len(rows), amount_fen=rules.total_fen(row["amount_fen"] for row in rows),
        has_missing_certificates=False, content_digest=digest, created_by=actor.account_id,
    )  # fmt: skip
    for row in rows:
        row["receipt_id"] = receipt_id
    provided = _provided(certificates)
    required = requirements_of(actor, [row["category_id"] for row in rows])
    missing = rules.missing_certificates([row["category_id"] for row in rows], required, provided, received_on)
    receipt.has_missing_certificates = bool(missing)
    db.session.add(receipt)
    try:
        db.session.flush()
    except IntegrityError as error:
        if constraint_of(error) != KEY:
            raise
        # The same receipt arrived twice at the same moment and the other one won. Nothing else stands in this
        # transaction yet, and the number taken in it must go back: start over and look at the winner.
        db.session.rollback()
        winner = repeated(actor, receipt_id, digest)
        if winner is None:
            raise Conflict(_("同一编号的收货单已存在且内容不同。")) from error
        return get_receipt(actor, winner.school_id, receipt_id), False
    db.session.execute(insert(GoodsReceiptLine.__table__), rows)
    papers = attach(actor, receipt, certificates, {row["position"]: row["id"] for row in rows})
    names = {row["category_id"]: row["category_name"] for row in rows}
    gaps = replace_missing(receipt, missing, names, is_new=True)
    # Put together from what was just written: reading it back would cost as much as writing it.
    lines_written = [GoodsReceiptLine(**row) for row in rows]
    posting.into_stock(actor, receipt, lines_written)
    return ReceiptView(receipt, lines_written, sorted(papers, key=lambda row: (row.kind, row.id)), gaps), True


def repeated(actor: Actor, receipt_id: UUID, digest: str) -> GoodsReceipt | None:
    existing = db.session.scalars(
        select(GoodsReceipt).where(
            GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == actor.own_school_id(),
            GoodsReceipt.id == receipt_id,
        )
    ).one_or_none()  # fmt: skip
    if existing is not None and existing.content_digest != digest:
        raise Conflict(
            _("同一编号的收货单已存在且内容不同。"), {"number": existing.number, "version": existing.version}
        )
    return existing


def _provided(certificates: Sequence[CertificateInput]) -> list[rules.Provided]:
    return [
        rules.Provided(certificate.kind, certificate.line, certificate.has_copy, certificate.valid_until)
        for certificate in certificates
    ]


def _checked(
    actor: Actor, lines: Sequence[Mapping[str, Any]], items: Mapping[UUID, ReceivableItem], received_on: date,
    certificates: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows for the table, or Invalid with every problem at its field."""
    problems: dict[str, list[str]] = {}
    day_problem = rules.day_problem(received_on, today())
    if day_problem:
        problems["received_at"] = [PROBLEMS[day_problem]]
    rows = []
    for position, line in enumerate(lines):
        item = items.get(line["item_id"])
        row = _row(actor, position, line, item)
        facts = rules.LineFacts(
            quantity=row["quantity"], unit=row["unit"], factors=item.factors if item else None,
            batch_no=row["batch_no"], production_date=row["production_date"], expiry_date=row["expiry_date"],
            temperature=row["temperature_celsius"],
        )  # fmt: skip
        for field, code in rules.line_problems(facts, received_on).items():
            problems[f"lines.{position}.{field}"] = [PROBLEMS[code]]
        rows.append(row)
    if problems:
        raise Invalid(problems)
    return rows


def _row(actor: Actor, position: int, line: Mapping[str, Any], item: ReceivableItem | None) -> dict[str, Any]:
    price = line["unit_price_fen"]
    row: dict[str, Any] = {
        "bureau_id": actor.bureau_id,
        "school_id": actor.own_school_id(),
        "id": new_id(),
        "position": position,
        "quantity": line["quantity"],
        "unit": line["unit"],
        "unit_price_fen": price,
        "amount_fen": None if price is None else rules.amount_fen(line["quantity"], price),
        "batch_no": rules.proposed_batch(line["batch_no"], line["production_date"]),
        "production_date": line["production_date"],
        "expiry_date": line["expiry_date"],
        "temperature_celsius": line["temperature_celsius"],
        "rejected_quantity": Decimal(0),
    }
    if item is None:
        return row
    factor = item.factors.get(line["unit"])
    row.update(
        item_id=item.id, item_version=item.version, item_code=item.code, item_name=item.name,
        specification=item.specification, storage=item.storage, category_id=item.category_id,
        category_name=item.category_name, base_unit=item.base_unit, unit_factor=factor,
        base_quantity=None if factor is None else to_base(line["quantity"], factor),
    )  # fmt: skip
    if row["expiry_date"] is None:
        row["expiry_date"] = rules.proposed_expiry(row["production_date"], item.shelf_life_days)
    return row
