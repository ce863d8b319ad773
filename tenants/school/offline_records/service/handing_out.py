"""Everything that a phone needs to work a school's day without a network: what is due today and tomorrow with its forms,
what is at the door, what awaits a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.catalogue.labels import certificate_label
from bureau.catalogue.rules import plain_text
from bureau.catalogue.service.categories import requirements_of
from bureau.catalogue.service.items import ReceivableItem, receivable_items
from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db, now
from kernel.digests import digest
from kernel.identity.models import Bureau
from kernel.web.dates import today
from school.canteen_day import labels as day_labels
from school.canteen_day.kinds import CONTROL, KINDS
from school.canteen_day.permissions import FILERS
from school.canteen_day.rules import ControlKind
from school.canteen_day.service.day import Task, day_of_school
from school.canteen_day.views.words import words_of
from school.diners.labels import MEALS
from school.offline_records import forms, labels
from school.offline_records.permissions import holds
from school.offline_records.rules import CONFIRMATION, RECEIPT
from school.orders import certificate_labels
from school.orders.models import Shipment, ShipmentLine
from school.orders.service import finding
from school.orders.service.shipping import lots_of
from school.supply import labels as supply_labels
from school.supply.models import GoodsReceipt
from school.supply.permissions import Permission
from school.supply.rejections import warning
from school.supply.rejections.models import LotWarning
from school.supply.rules import State
from school.supply.service import accepting, confirming, reading
from school.supply.service.figures import Limits

DAYS = 2  # today and tomorrow: a phone that was online in the evening works the next morning
LOOK_BACK, LOOK_AHEAD = timedelta(days=30), timedelta(days=3)
MOST_SHIPMENTS = 30


def person(actor: Actor) -> dict[str, Any]:
    bureau = db.session.scalar(select(Bureau.name).where(Bureau.id == actor.bureau_id))
    return {
        "person": {"id": str(actor.account_id), "name": actor.display_name},
        "bureau": {"id": actor.bureau_id, "name": bureau or ""},
        "school": {"id": actor.own_school_id(), "name": get_school(actor, actor.own_school_id()).name},
    }


def school_day(actor: Actor) -> dict[str, Any]:
    """With a digest over all but the hour: a phone that has it already need not be sent it again."""
    content = {
        **person(actor),
        "kinds": _kinds(actor),
        "days": [_day(actor, today() + timedelta(days=number)) for number in range(DAYS)],
        "receiving": _receiving(actor),
    }
    return {**content, "digest": digest(content), "server_time": now().isoformat()}


def _kinds(actor: Actor) -> list[dict[str, Any]]:
    """What this person may record."""
    codes = [
        *([RECEIPT] if holds(actor, Permission.RECORD) else []),
        *([CONFIRMATION] if holds(actor, Permission.CONFIRM) else []),
        *(kind.code for kind in KINDS.values() if holds(actor, kind.permission)),
    ]
    return [{"code": code, "title": str(labels.TITLES[code])} for code in codes]


# --- the canteen's day ------------------------------------------------------------------------------------------------


def _day(actor: Actor, day: date) -> dict[str, Any]:
    page = day_of_school(actor, actor.own_school_id(), day)
    tasks = [
        *page.before,
        *(task for meal in page.meals for task in meal.tasks),
        *page.after,
        *page.control,
    ]
    return {
        "day": day.isoformat(),
        "tasks": [_task(page.facts, task) for task in tasks if _is_theirs(actor, task)],
    }


def _is_theirs(actor: Actor, task: Task) -> bool:
    if task.kind is CONTROL and actor.roles.isdisjoint(FILERS[task.control]):
        return False
    return holds(actor, task.kind.permission)


def _task(facts: Any, task: Task) -> dict[str, Any]:
    title = day_labels.CONTROLS[ControlKind(task.control)] if task.control else task.kind.title
    return {
        "key": task.key,
        "kind": task.kind.code,
        "meal": task.meal,
        "meal_name": str(MEALS[task.meal]) if task.meal else "",
        "title": str(title),
        "state": task.state,
        "words": words_of(task),
        "due_at": task.due_at.isoformat() if task.due_at else None,
        "is_occasional": task.is_occasional,
        "form": forms.form_of(facts, task.kind, task.meal, task.control),
    }


# --- at the door ------------------------------------------------------------------------------------------------------


def _receiving(actor: Actor) -> dict[str, Any]:
    may_count, may_confirm = holds(actor, Permission.RECORD), holds(actor, Permission.CONFIRM)
    under_way = _under_way(actor) if may_count else []
    door = _door(actor, under_way) if under_way else None
    return {
        "receivers": confirming.receivers(actor, actor.own_school_id()),
        "reasons": _pairs(supply_labels.REASONS),
        "wanted": _pairs(supply_labels.WANTED),
        "source": supply_labels.TWO_PEOPLE,
        "shipments": [_shipment(actor, one, door) for one in under_way] if door else [],
        "awaiting": [_awaiting(actor, row.id) for row in confirming.awaiting(actor)] if may_confirm else [],
    }


def _pairs(words: Any) -> list[dict[str, str]]:
    return [{"value": value, "label": str(text)} for value, text in words.items()]


def _under_way(actor: Actor) -> Sequence[Shipment]:
    """Sent and not counted by anybody yet, those awaited first first."""
    counted = select(GoodsReceipt.id).where(
        GoodsReceipt.bureau_id == Shipment.bureau_id, GoodsReceipt.school_id == Shipment.school_id,
        GoodsReceipt.shipment_id == Shipment.id, GoodsReceipt.state != State.VOIDED.value,
    )  # fmt: skip
    query = select(Shipment).where(
        Shipment.bureau_id == actor.bureau_id, Shipment.school_id == actor.own_school_id(), Shipment.state == "sent",
        Shipment.expected_on.between(today() - LOOK_BACK, today() + LOOK_AHEAD), ~counted.exists(),
    )  # fmt: skip
    return db.session.scalars(query.order_by(Shipment.expected_on, Shipment.id).limit(MOST_SHIPMENTS)).all()


@dataclass(frozen=True, slots=True)
class _Door:
    """What is known of all that is under way, asked for once."""

    lots: Mapping[UUID, Sequence[ShipmentLine]]  # by shipment
    items: Mapping[UUID, ReceivableItem]
    required: Mapping[UUID, Sequence[Any]]  # by category
    warned: Mapping[Any, LotWarning]
    limits: Limits


def _door(actor: Actor, shipments: Sequence[Shipment]) -> _Door:
    lots = {shipment.id: lots_of(shipment) for shipment in shipments}
    every = [(shipment.supplier_id, lot) for shipment in shipments for lot in lots[shipment.id]]
    items = receivable_items(actor, list({lot.item_id for _supplier, lot in every}))
    return _Door(
        lots, items, requirements_of(actor, list({item.category_id for item in items.values()})),
        warning.in_force(actor, {(supplier_id, lot.item_id, lot.batch_no) for supplier_id, lot in every}),
        Limits(actor, actor.own_school_id()),
    )  # fmt: skip


def _shipment(actor: Actor, shipment: Shipment, door: _Door) -> dict[str, Any]:
    order = finding.get_order(actor, shipment.order_id)
    lots = door.lots[shipment.id]
    papers = accepting.provided_by(actor, shipment, lots)
    proven = {(one.shipment_line_id, one.certificate.kind) for one in papers if one.proves}
    lines = {line.id: line for line in finding.lines_of(order)}

    def lot_of(lot: ShipmentLine) -> dict[str, Any]:
        line, item = lines[lot.order_line_id], door.items.get(lot.item_id)
        storage = item.storage if item else ""
        limit = door.limits.of(storage)
        warns = door.warned.get((shipment.supplier_id, lot.item_id, lot.batch_no))
        asked = door.required.get(item.category_id, ()) if item else ()
        return {
            "shipment_line_id": str(lot.id), "item": line.item_name, "specification": line.specification,
            "unit": line.unit, "shipped": plain_text(lot.quantity), "ordered": plain_text(line.quantity),
            "received": plain_text(line.received_quantity), "tolerance": plain_text(line.tolerance),
            "order_line": str(line.id), "storage": storage, "is_cold": limit is not None,
            "most_celsius": plain_text(limit.number) if limit else None, "limit_hint": door.limits.hint(storage),
            "batch_no": lot.batch_no, "production_date": _text(lot.production_date),
            "expiry_date": _text(lot.expiry_date),
            "papers": [
                {
                    "kind": one.certificate.kind, "label": certificate_label(one.certificate.kind),
                    "number": one.certificate.number, "proves": one.proves,
                    "findings": [certificate_labels.text(found) for found in one.findings],
                }
                for one in papers
                if one.shipment_line_id == lot.id
            ],
            "missing": [
                {"kind": one.kind, "label": certificate_label(one.kind, one.label)}
                for one in asked
                if (lot.id, one.kind) not in proven
            ],
            "warning": str(supply_labels.WARNING_REASONS[warns.reason]) if warns else "",
        }  # fmt: skip

    return {
        "shipment_id": str(shipment.id), "number": shipment.number, "code": shipment.code,
        "supplier": order.supplier_name, "order": order.number, "expected_on": shipment.expected_on.isoformat(),
        "shipped_at": shipment.shipped_at.isoformat(), "plate": shipment.plate, "note": shipment.note,
        "temperature_celsius": None if shipment.temperature_celsius is None else plain_text(shipment.temperature_celsius),
        "is_replacement": shipment.source_id is not None, "lots": [lot_of(lot) for lot in lots],
    }  # fmt: skip


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _awaiting(actor: Actor, receipt_id: UUID) -> dict[str, Any]:
    """A count as its second person must be able to hold it against the goods."""
    view = reading.get_receipt(actor, actor.own_school_id(), receipt_id)
    receipt = view.receipt
    refused = {one["line_id"]: one["reason"] for one in receipt.refused.get("lines", ())}
    return {
        "receipt_id": str(receipt.id), "version": receipt.version, "number": receipt.number,
        "supplier": receipt.supplier_name, "received_by": str(receipt.received_by),
        "received_by_name": receipt.received_by_name, "received_at": receipt.received_at.isoformat(),
        "shipment": receipt.delivery_note_no,
        "lines": [
            {
                "item": line.item_name, "unit": line.unit, "batch_no": line.batch_no,
                "shipped": _number(line.shipped_quantity), "arrived": _number(line.arrived_quantity),
                "net": _number(line.net_quantity), "rejected": _number(line.rejected_quantity),
                "reason": str(supply_labels.REASONS[refused[str(line.id)]]) if str(line.id) in refused else "",
                "temperature_celsius": _number(line.temperature_celsius),
            }
            for line in view.lines
        ],
    }  # fmt: skip


def _number(value: Any) -> str | None:
    return None if value is None else plain_text(value)
