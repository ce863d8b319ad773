"""What waits for whom at the door: deliveries expected, second people, papers, refusals, warned lots."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem
from kernel.web.dates import SHANGHAI, today
from school.orders.service.reading import expected_shipments
from school.supply.permissions import Permission
from school.supply.rejections import warning
from school.supply.rejections.finding import list_rejections
from school.supply.service.confirming import awaiting
from school.supply.service.reading import count_missing, days_back

MODULE = "supply"


def due(actor: Actor) -> Sequence[DueItem]:
    if actor.level == "supplier":
        return _of_supplier(actor) if may(Permission.ANSWER_REJECTIONS) else ()
    if actor.level == "bureau" and may(Permission.LIFT):
        return [
            DueItem(
                _("批次警示待核实：%(item)s 批号 %(batch)s", item=row[0].item_name, batch=row[0].batch_no),
                url_for("supply.all_warnings"), MODULE, detail=row[0].raised_by_school_name,
            )
            for row in warning.list_warnings(actor, is_open=True, limit=20).items
        ]  # fmt: skip
    if actor.level != "school" or actor.read_only:
        return ()
    items: list[DueItem] = []
    if may(Permission.CONFIRM):
        items += _warned(actor)
        items += [
            DueItem(
                _("第二人确认收货：%(supplier)s", supplier=row.supplier_name),
                url_for("supply.show", receipt_id=row.id), MODULE,
                detail=_("%(number)s，%(name)s 已点收", number=row.number, name=row.received_by_name),
            )
            for row in awaiting(actor)
        ]  # fmt: skip
    if may(Permission.RECORD):
        items += _expected(actor)
        items += _missing(actor)
        items += [
            DueItem(
                _("处理拒收单 %(number)s：供应商不补货", number=one.number),
                url_for("supply.rejection", rejection_id=one.id), MODULE, detail=one.supplier_name,
            )
            for one in list_rejections(actor, state="open", limit=20).items
            if one.answer == "credit"
        ]  # fmt: skip
    return items


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _warned(actor: Actor) -> list[DueItem]:
    return [
        DueItem(
            _("批次警示：%(item)s 批号 %(batch)s", item=one.item_name, batch=one.batch_no),
            url_for("supply.warnings"), MODULE, detail=one.supplier_name, overdue=True,
        )
        for one, _told in warning.to_acknowledge(actor)
    ]  # fmt: skip


def _expected(actor: Actor) -> list[DueItem]:
    """Deliveries of today and tomorrow that nobody has taken over."""
    counted = {row.shipment_id for row in awaiting(actor, mine=True)}
    return [
        DueItem(
            _("收货：%(supplier)s", supplier=supplier), url_for("supply.deliver", shipment_id=shipment.id), MODULE,
            due_at=_end_of(shipment.expected_on), overdue=shipment.expected_on < today(),
            detail=f"{shipment.number} {shipment.plate}".strip(),
        )
        for shipment, supplier, _number in expected_shipments(actor)
        if shipment.id not in counted
    ]  # fmt: skip


def _missing(actor: Actor) -> list[DueItem]:
    """Certificates that are still missing, for those who can add them."""
    count = count_missing(actor, actor.own_school_id(), days_back(today()))
    if not count:
        return []
    title = ngettext("有 %(num)s 张收货单缺少证明", "有 %(num)s 张收货单缺少证明", count)
    return [DueItem(title, url_for("supply.index", missing=1), MODULE, detail=_("近 30 天收货，请补拍证明照片。"))]


def _of_supplier(actor: Actor) -> list[DueItem]:
    return [
        DueItem(
            _("答复拒收单：%(school)s", school=one.school_name),
            url_for("supply.own_rejection", own_rejection_id=one.id), MODULE, detail=one.number,
        )
        for one in list_rejections(actor, state="open", limit=20).items
        if not one.answer
    ]  # fmt: skip
