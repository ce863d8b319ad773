"""Take a delivery on an order over, the first person's part: count it against the delivery note, refuse what is not
good, look at the papers. It is in no books until somebody else has confirmed it (confirming.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert, select

from bureau.catalogue.labels import certificate_label
from bureau.catalogue.rules import to_base
from bureau.catalogue.service.categories import requirements_of
from bureau.catalogue.service.items import ReceivableItem, receivable_items
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.files.models import Attachment
from kernel.numbering.service import next_number
from kernel.web.dates import SHANGHAI, today
from school.orders.models import Shipment, ShipmentLine, SupplyOrder
from school.orders.service import certificates as papers
from school.orders.service import receiving as orders
from school.orders.service.finding import lines_of
from school.orders.service.shipping import lots_of
from school.supply import delivery_rules, rules
from school.supply.delivery_rules import Count, Lot
from school.supply.labels import DELIVERY_PROBLEMS, PROBLEMS
from school.supply.models import GoodsReceipt, GoodsReceiptLine
from school.supply.service import telling
from school.supply.service.certificates import CertificateInput, attach
from school.supply.service.figures import Limits
from school.supply.service.reading import ReceiptView, get_receipt
from school.supply.service.recording import NUMBER_KIND, repeated
from school.supply.service.warned import require_unwarned

SHIPMENT = "uq_goods_receipts_shipment"


@dataclass(frozen=True, slots=True)
class CountedLot:
    """One lot as it came. `net` None: as it arrived. `batch_no` and days None: as the delivery note says. `photos`: ids of
    the school's own attachments."""

    shipment_line_id: UUID
    arrived: Decimal
    net: Decimal | None = None
    rejected: Decimal = Decimal(0)
    reason: str = ""
    note: str = ""
    photos: Sequence[UUID] = ()
    temperature_celsius: Decimal | None = None
    batch_no: str | None = None
    production_date: date | None = None
    expiry_date: date | None = None

    @property
    def count(self) -> Count:
        net = self.arrived if self.net is None else self.net
        return Count(self.arrived, net, self.rejected, self.temperature_celsius, self.reason, bool(self.photos))

    def content(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"net": self.count.net}


def accept(
    actor: Actor, receipt_id: UUID, *, shipment_id: UUID, lots: Sequence[CountedLot],
    certificates: Sequence[CertificateInput] = (), received_at: datetime | None = None, wanted: str = "replace",
    note: str = "",
) -> tuple[ReceiptView, bool]:  # fmt: skip
    """The receipt, which awaits its second person, and whether it is new. Every lot of the shipment is named; one that did
    not come has arrived 0. Sent again with the same content it is the same receipt.

    Raises Invalid, Conflict (taken over already, other content), RuleBroken certificates_missing, lot_warned.
    """
    digest = rules.content_digest(
        {
            "shipment_id": shipment_id, "lots": [lot.content() for lot in lots], "received_at": received_at,
            "certificates": [one.content() for one in certificates], "wanted": wanted, "note": note,
        }
    )  # fmt: skip
    existing = repeated(actor, receipt_id, digest)
    if existing is not None:
        return get_receipt(actor, existing.school_id, receipt_id), False
    order, shipment = orders.locked(actor, shipment_id)
    if shipment.state != "sent":
        raise Conflict(_("这张送货单已经收货或已撤回。"), {"state": shipment.state, "version": shipment.version})
    taken = Conflict(_("这张送货单已有人收货，等待第二人确认。"))
    # Asked under the order's lock: the unique index would make this insert wait for a confirmation that waits for us.
    if live_receipt(actor, order.school_id, shipment.id) is not None:
        raise taken
    received_at = received_at or now()
    delivery = _Delivery(actor, order, shipment, received_at.astimezone(SHANGHAI).date())
    rows = delivery.rows(lots)
    require_unwarned(actor, shipment.supplier_id, order.supplier_name, _lots_of(delivery, rows))
    _require_papers(actor, delivery, rows, certificates)
    receipt = GoodsReceipt(
        bureau_id=actor.bureau_id, school_id=order.school_id, id=receipt_id, received_at=received_at,
        received_on=delivery.received_on,
        number=next_number(db.session(), actor.bureau_id, order.school_id, NUMBER_KIND, delivery.received_on.year),
        supplier_name=order.supplier_name, delivery_note_no=shipment.number, received_by=actor.account_id,
        received_by_name=actor.display_name, second_receiver_name="", note=note, line_count=len(rows),
        amount_fen=rules.total_fen(row["amount_fen"] for row in rows), has_missing_certificates=False,
        content_digest=digest, state=rules.State.AWAITING.value, order_id=order.id, shipment_id=shipment.id,
        supplier_id=order.supplier_id, refused=_refused(wanted, rows, lots), created_by=actor.account_id,
    )  # fmt: skip
    for row in rows:
        row["receipt_id"] = receipt_id
    db.session.add(receipt)
    flush(db.session(), {SHIPMENT: taken, "pk_goods_receipts": Conflict(_("同一编号的收货单已存在且内容不同。"))})
    db.session.execute(insert(GoodsReceiptLine.__table__), rows)
    attach(actor, receipt, certificates, {row["position"]: row["id"] for row in rows})
    telling.tell_second(actor, receipt)
    return get_receipt(actor, receipt.school_id, receipt_id), True


def live_receipt(actor: Actor, school_id: int, shipment_id: UUID) -> UUID | None:
    """The receipt of a shipment that was not voided."""
    query = select(GoodsReceipt.id).where(
        GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == school_id,
        GoodsReceipt.shipment_id == shipment_id, GoodsReceipt.state != rules.State.VOIDED.value,
    )  # fmt: skip
    found: UUID | None = db.session.scalar(query)
    return found


def _refused(wanted: str, rows: Sequence[Mapping[str, Any]], lots: Sequence[CountedLot]) -> dict[str, Any]:
    by_lot = {lot.shipment_line_id: lot for lot in lots}
    lines = [
        {
            "line_id": str(row["id"]), "reason": lot.reason, "note": lot.note,
            "photos": [str(photo) for photo in lot.photos],
        }
        for row in rows
        if row["rejected_quantity"] and (lot := by_lot[row["shipment_line_id"]])
    ]  # fmt: skip
    return {"wanted": wanted, "lines": lines} if lines else {}


class _Delivery:
    """A shipment beside its order and the catalogue, as the checks need it."""

    def __init__(self, actor: Actor, order: SupplyOrder, shipment: Shipment, received_on: date) -> None:
        self.actor, self.order, self.shipment, self.received_on = actor, order, shipment, received_on
        self.lots = {lot.id: lot for lot in lots_of(shipment)}
        self.lines = {line.id: line for line in lines_of(order)}
        self.items = receivable_items(actor, [lot.item_id for lot in self.lots.values()])
        self.limits = Limits(actor, order.school_id, received_on)

    def rows(self, counted: Sequence[CountedLot]) -> list[dict[str, Any]]:
        """Rows for the table, of every lot of which anything came; or Invalid with every problem at its field."""
        self._require_all(counted)
        problems: dict[str, list[str]] = {}
        day_problem = rules.day_problem(self.received_on, today())
        if day_problem:
            problems["received_at"] = [str(PROBLEMS[day_problem])]
        rows: list[dict[str, Any]] = []
        for place, one in enumerate(counted):
            for name, text in self._problems(one).items():
                problems[f"lots.{place}.{name}"] = [text]
            if one.count.net > 0:
                rows.append(self._row(place, one))
        problems |= self._surpluses(counted)
        problems |= self._unknown_photos(counted)
        if not rows and not problems:
            problems["lots"] = [_("没有到货的物品；送货单未送达的，请联系供应商撤回。")]
        if problems:
            raise Invalid(problems)
        return rows

    def _require_all(self, counted: Sequence[CountedLot]) -> None:
        named = [one.shipment_line_id for one in counted]
        if sorted(named, key=str) != sorted(self.lots, key=str):
            raise Invalid({"lots": [_("请逐行填写送货单上的物品，未到的填 0。")]})

    def _lot(self, one: CountedLot) -> Lot:
        shipped = self.lots[one.shipment_line_id]
        line = self.lines[shipped.order_line_id]
        storage = self.items[shipped.item_id].storage if shipped.item_id in self.items else ""
        figure = self.limits.of(storage)
        return Lot(
            shipped.quantity, line.quantity, line.received_quantity, line.tolerance, storage,
            figure.number if figure else None,
        )  # fmt: skip

    def _problems(self, one: CountedLot) -> dict[str, str]:
        lot = self._lot(one)
        found: dict[str, str] = {}
        for name, code in delivery_rules.count_problems(lot, one.count).items():
            found[name] = str(DELIVERY_PROBLEMS[code]) if code != "too_warm" else self._too_warm(lot)
        shipped = self.lots[one.shipment_line_id]
        item = self.items.get(shipped.item_id)
        if one.count.accepted > 0:
            batch_no, production, expiry = self._label(one, item)
            facts = rules.LineFacts(
                quantity=one.count.accepted, unit="", factors=[""] if item else None, batch_no=batch_no,
                production_date=production, expiry_date=expiry, temperature=one.temperature_celsius,
            )  # fmt: skip
            for name, code in rules.line_problems(facts, self.received_on).items():
                found.setdefault({"item_id": "arrived_quantity"}.get(name, name), str(PROBLEMS[code]))
        return found

    def _too_warm(self, lot: Lot) -> str:
        figure = self.limits.of(lot.storage)
        assert figure is not None
        return _(
            "到货温度应%(limit)s，不得验收，请拒收。（%(citation)s）",
            limit=self.limits.hint(lot.storage), citation=figure.citation,
        )  # fmt: skip

    def _surpluses(self, counted: Sequence[CountedLot]) -> dict[str, list[str]]:
        by_line: dict[UUID, list[int]] = {}
        for place, one in enumerate(counted):
            by_line.setdefault(self.lots[one.shipment_line_id].order_line_id, []).append(place)
        found: dict[str, list[str]] = {}
        for line_id, places in by_line.items():
            over = delivery_rules.surplus([(self._lot(counted[one]), counted[one].count) for one in places])
            if over > 0:
                line = self.lines[line_id]
                found[f"lots.{places[-1]}.rejected_quantity"] = [
                    _(
                        "超过订货量的允许偏差 %(percent)s%%，多出的 %(over)s %(unit)s 请拒收。",
                        percent=format(line.tolerance.normalize(), "f"), over=format(over.normalize(), "f"),
                        unit=line.unit,
                    )
                ]  # fmt: skip
        return found

    def _unknown_photos(self, counted: Sequence[CountedLot]) -> dict[str, list[str]]:
        wanted = {photo for one in counted for photo in one.photos}
        if not wanted:
            return {}
        known = set(
            db.session.scalars(
                select(Attachment.id).where(
                    Attachment.bureau_id == self.actor.bureau_id, Attachment.school_id == self.order.school_id,
                    Attachment.id.in_(wanted),
                )
            )
        )  # fmt: skip
        return {
            f"lots.{place}.photos": [_("没有这个附件，请重新上传。")]
            for place, one in enumerate(counted)
            if set(one.photos) - known
        }

    def _label(self, one: CountedLot, item: ReceivableItem | None) -> tuple[str, date | None, date | None]:
        """Lot, production and expiry as the package says, which the delivery note is corrected by."""
        shipped = self.lots[one.shipment_line_id]
        production = one.production_date or shipped.production_date
        batch_no = rules.proposed_batch(one.batch_no or shipped.batch_no, production)
        expiry = one.expiry_date or shipped.expiry_date
        if expiry is None and item is not None:
            expiry = rules.proposed_expiry(production, item.shelf_life_days)
        return batch_no, production, expiry

    def _row(self, position: int, one: CountedLot) -> dict[str, Any]:
        shipped = self.lots[one.shipment_line_id]
        line = self.lines[shipped.order_line_id]
        item = self.items.get(shipped.item_id)
        if item is None:
            raise Invalid({"lots": [_("“%(name)s”已从目录下架，请联系教育局。", name=line.item_name)]})
        batch_no, production, expiry = self._label(one, item)
        count = one.count
        return {
            "bureau_id": self.order.bureau_id, "school_id": self.order.school_id, "id": new_id(),
            "position": position, "item_id": item.id, "item_version": item.version, "item_code": item.code,
            "item_name": item.name, "specification": item.specification, "storage": item.storage,
            "category_id": item.category_id, "category_name": item.category_name, "quantity": count.accepted,
            "unit": line.unit, "unit_factor": line.unit_factor, "base_unit": item.base_unit,
            "base_quantity": to_base(count.accepted, line.unit_factor), "unit_price_fen": line.unit_price_fen,
            "amount_fen": rules.amount_fen(count.accepted, line.unit_price_fen), "batch_no": batch_no,
            "production_date": production, "expiry_date": expiry, "temperature_celsius": one.temperature_celsius,
            "order_line_id": line.id, "shipment_line_id": shipped.id, "ordered_quantity": line.quantity,
            "shipped_quantity": shipped.quantity, "arrived_quantity": count.arrived, "net_quantity": count.net,
            "rejected_quantity": count.rejected, "tolerance_percent": line.tolerance,
        }  # fmt: skip


def _lots_of(delivery: _Delivery, rows: Sequence[Mapping[str, Any]]) -> set[tuple[UUID, str]]:
    """What is accepted, by the number on the package and by the delivery note's: another label makes no other goods."""
    accepted = [row for row in rows if row["quantity"] > 0]
    noted = {(row["item_id"], delivery.lots[row["shipment_line_id"]].batch_no) for row in accepted}
    return noted | {(row["item_id"], row["batch_no"]) for row in accepted}


def provided_by(actor: Actor, shipment: Shipment, lots: Sequence[ShipmentLine]) -> list[papers.PaperOfLine]:
    """The supplier's papers with what looks wrong with them, as the receiving page shows them."""
    return papers.papers_of(actor, shipment, lots)


def _require_papers(
    actor: Actor, delivery: _Delivery, rows: Sequence[Mapping[str, Any]], certificates: Sequence[CertificateInput]
) -> None:
    """Every required paper of what is accepted: the supplier's that prove its lot, or one photographed at the door."""
    accepted = [row for row in rows if row["quantity"] > 0]
    place_of = {row["shipment_line_id"]: place for place, row in enumerate(accepted)}
    at_door = {row["position"]: place for place, row in enumerate(accepted)}
    provided = [
        rules.Provided(one.certificate.kind, place_of[one.shipment_line_id], True, one.certificate.valid_until)
        for one in provided_by(actor, delivery.shipment, list(delivery.lots.values()))
        if one.proves and one.shipment_line_id in place_of
    ]
    for certificate in certificates:
        line = None if certificate.line is None else at_door.get(certificate.line, -1)
        provided.append(rules.Provided(certificate.kind, line, certificate.has_copy, certificate.valid_until))
    categories = [row["category_id"] for row in accepted]
    required = requirements_of(actor, categories)
    missing = rules.missing_certificates(categories, required, provided, delivery.received_on)
    if missing:
        names = {row["category_id"]: row["category_name"] for row in accepted}
        listed = [
            f"{names[one.category]}：{certificate_label(one.requirement.kind, one.requirement.label)}"
            for one in missing
        ]
        raise RuleBroken(
            "certificates_missing",
            _("缺少必备证明，不得验收：%(list)s。请补传，或拒收相应物品。", list="；".join(listed)),
            delivery.limits.purchase_check,
        ).with_members(missing=listed)
