"""Orders line by line as a spreadsheet."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from kernel.actor import Actor
from kernel.sheets import Column, SheetSpec, export_xlsx
from school.orders import labels
from school.orders.service.reading import list_lines

SPEC = SheetSpec(
    _l("订单明细"),
    (
        Column("number", _l("订单号"), width=16),
        Column("deliver_on", _l("送货日期"), kind="date", width=12),
        Column("school", _l("学校"), width=22),
        Column("supplier", _l("供应商"), width=22),
        Column("agreement", _l("协议"), width=16),
        Column("state", _l("状态"), kind="choice", choices=labels.STATES),
        Column("item", _l("物品"), width=18),
        Column("specification", _l("规格"), width=18),
        Column("unit", _l("单位"), width=8),
        Column("quantity", _l("订货数量"), kind="decimal"),
        Column("price", _l("单价（元）"), kind="decimal"),
        Column("amount", _l("金额（元）"), kind="decimal"),
        Column("received", _l("已收"), kind="decimal"),
        Column("rejected", _l("拒收"), kind="decimal"),
        Column("waived", _l("不再要"), kind="decimal"),
    ),
)


def orders_xlsx(actor: Actor, *, day: date | None = None, since: date | None = None) -> bytes:
    return export_xlsx(SPEC, _rows(actor, day, since))


def _rows(actor: Actor, day: date | None, since: date | None) -> Iterator[Mapping[str, Any]]:
    for order, line in list_lines(actor, day=day, since=since):
        yield {
            "number": order.number, "deliver_on": order.deliver_on, "school": order.school_name,
            "supplier": order.supplier_name, "agreement": order.agreement_number, "state": order.state,
            "item": line.item_name, "specification": line.specification, "unit": line.unit, "quantity": line.quantity,
            "price": Decimal(line.unit_price_fen) / 100, "amount": Decimal(line.amount_fen) / 100,
            "received": line.received_quantity, "rejected": line.rejected_quantity, "waived": line.waived_quantity,
        }  # fmt: skip
