"""Deliveries counted on a phone, and the second person's word on them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Conflict, Denied, Invalid, NotFound
from school.offline_records.models import OfflineRecord
from school.offline_records.permissions import holds
from school.offline_records.schemas import OfflineConfirmation, OfflineReceipt
from school.offline_records.service.handed import Handed, loaded
from school.orders.models import Shipment
from school.supply.delivery_schemas import counted
from school.supply.labels import STATES
from school.supply.models import GoodsReceipt
from school.supply.permissions import Permission
from school.supply.rules import State
from school.supply.service import accepting, confirming
from school.supply.service.certificates import CertificateInput

KEPT_AS = "goods_receipt"
_RECEIPT, _CONFIRMATION = OfflineReceipt(), OfflineConfirmation()


def take(actor: Actor, handed: Handed) -> tuple[str, Sequence[UUID]]:
    """The first person's count; the receipt has the record's id and awaits its second person."""
    if not holds(actor, Permission.RECORD):
        raise Denied(Permission.RECORD)
    data = loaded(_RECEIPT, handed.body)
    pictures = handed.pictures()
    lots = [counted(row, [pictures[one] for one in row["photos"]]) for row in data.pop("lots")]
    papers = []
    for row in data.pop("certificates"):
        photo = row.pop("photo")
        papers.append(CertificateInput(**row, attachment_id=pictures[photo] if photo else None))
    try:
        view, _is_new = accepting.accept(
            actor, handed.id, lots=lots, certificates=papers, received_at=handed.claim.counts_at, **data
        )
    except Conflict as error:
        raise error.with_members(standing=standing(actor, data["shipment_id"])) from error
    return KEPT_AS, [view.receipt.id]


def confirm(actor: Actor, handed: Handed) -> tuple[str, Sequence[UUID]]:
    """The second person's own act, under their own token. It says what was seen: a count that was changed afterwards is
    not what they confirmed."""
    if not holds(actor, Permission.CONFIRM):
        raise Denied(Permission.CONFIRM)
    data = loaded(_CONFIRMATION, handed.body)
    if (data["seen"] is None) == (data["version"] is None):
        raise Invalid({"seen": [_("请指明确认的是哪一次点收。")]})
    confirming.require_receipt(actor, data["receipt_id"])
    version = data["version"] if data["seen"] is None else _version_seen(actor, data["receipt_id"], data["seen"])
    try:
        receipt = confirming.confirm(actor, data["receipt_id"], version, how="offline")
    except Conflict as error:
        raise error.with_members(standing=_standing_of(_receipt(actor, data["receipt_id"]))) from error
    return KEPT_AS, [receipt.id]


def _version_seen(actor: Actor, receipt_id: UUID, seen: str) -> int:
    """A receipt that was counted on a phone has no version there: its content's digest stands for it."""
    record = db.session.get(OfflineRecord, (actor.bureau_id, actor.own_school_id(), receipt_id))
    if record is None or record.digest != seen:
        raise Conflict(_("点收的内容与您确认时看到的不同，请重新核对。")).with_members(
            standing=_standing_of(_receipt(actor, receipt_id))
        )
    return _receipt(actor, receipt_id).version


def _receipt(actor: Actor, receipt_id: UUID) -> GoodsReceipt:
    found = db.session.get(GoodsReceipt, (actor.bureau_id, actor.own_school_id(), receipt_id))
    if found is None:
        raise NotFound(_("没有这张收货单。"))
    return found


def standing(actor: Actor, shipment_id: UUID) -> dict[str, Any] | None:
    """What stands in the way of a second count: the receipt that somebody else made of the shipment, or the shipment's
    own state."""
    if not db.session().is_active:  # a constraint refused it: the phone asks again and is told then
        return None
    query = select(GoodsReceipt).where(
        GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == actor.own_school_id(),
        GoodsReceipt.shipment_id == shipment_id, GoodsReceipt.state != State.VOIDED.value,
    )  # fmt: skip
    receipt = db.session.scalar(query)
    if receipt is not None:
        return _standing_of(receipt)
    state = db.session.scalar(
        select(Shipment.state).where(
            Shipment.bureau_id == actor.bureau_id, Shipment.school_id == actor.own_school_id(),
            Shipment.id == shipment_id,
        )
    )  # fmt: skip
    return None if state is None else {"shipment_state": state}


def _standing_of(receipt: GoodsReceipt) -> dict[str, Any]:
    return {
        "receipt_id": str(receipt.id), "number": receipt.number, "state": receipt.state,
        "state_label": str(STATES[State(receipt.state)]), "received_by_name": receipt.received_by_name,
        "received_at": receipt.received_at.isoformat(), "second_receiver_name": receipt.second_receiver_name,
    }  # fmt: skip
