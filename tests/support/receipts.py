"""Goods receipts for tests: what the service and the API take."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI, today
from school.supply.models import GoodsReceipt
from school.supply.service.recording import record_receipt

DAY = today() - timedelta(days=10)
MORNING = datetime.combine(DAY, time(6, 30), SHANGHAI)  # still the day before in UTC


def line(item_id: UUID, **changes: Any) -> dict[str, Any]:
    return {
        "item_id": item_id, "quantity": Decimal(10), "unit": "kg", "unit_price_fen": 520, "batch_no": "A1",
        "production_date": DAY - timedelta(days=1), "expiry_date": None, "temperature_celsius": None, **changes,
    }  # fmt: skip


def content(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "received_at": MORNING, "supplier_name": "演示供货商", "delivery_note_no": "", "second_receiver_name": "",
        "note": "", "lines": list(lines), "certificates": [], **changes,
    }  # fmt: skip


def record(actor: Actor, *lines: dict[str, Any], receipt_id: UUID | None = None, **changes: Any) -> GoodsReceipt:
    """Record as `actor`, in the actor's scope."""
    use_scope(db.session(), actor.scope)
    view, _ = record_receipt(actor, receipt_id or new_id(), **content(*lines, **changes))
    return view.receipt


def as_json(value: Any) -> Any:
    """The same content as a JSON body."""
    if isinstance(value, dict):
        return {name: as_json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
