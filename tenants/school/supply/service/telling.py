"""Who may be the second person at the door, and is told that somebody waits."""

from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.notices.service import notify
from school.orders.service.telling import school_people
from school.supply.models import GoodsReceipt
from school.supply.permissions import CONFIRMERS

URL = "/goods-receipts/{id}"


def tell_second(actor: Actor, receipt: GoodsReceipt) -> None:
    people = [one for one in school_people(actor, receipt.school_id, CONFIRMERS) if one != receipt.received_by]
    title = _("收货待第二人确认：%(number)s", number=receipt.number)
    body = _("%(name)s 已点收 %(supplier)s 的送货。", name=receipt.received_by_name, supplier=receipt.supplier_name)
    notify(actor, people, "receipt_awaiting", title, body=body, url=url_of(receipt.id), school_id=receipt.school_id)


def url_of(receipt_id: UUID) -> str:
    return URL.format(id=receipt_id)
