"""A statement line by line, and a month's statements of all schools, as spreadsheets."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from kernel.actor import Actor
from kernel.sheets import Column, SheetSpec, export_xlsx
from kernel.web.dates import SHANGHAI
from school.settlement import labels
from school.settlement.models import SupplierStatement
from school.settlement.service import overseeing, sending
from school.settlement.service.finding import lines_of

LINES = SheetSpec(
    _l("对账单明细"),
    (
        Column("kind", _l("类别"), kind="choice", choices=labels.KINDS, width=10),
        Column("on_day", _l("收货日期"), kind="date", width=12),
        Column("receipt", _l("收货单"), width=16),
        Column("order", _l("订单"), width=16),
        Column("name", _l("物品"), width=20),
        Column("batch", _l("批号"), width=14),
        Column("unit", _l("单位"), width=8),
        Column("ordered", _l("订货"), kind="decimal"),
        Column("shipped", _l("送货"), kind="decimal"),
        Column("arrived", _l("到货"), kind="decimal"),
        Column("net", _l("净重"), kind="decimal"),
        Column("rejected", _l("拒收"), kind="decimal"),
        Column("quantity", _l("结算数量"), kind="decimal"),
        Column("price", _l("单价（元）"), kind="decimal"),
        Column("book", _l("参考价版本"), width=14),
        Column("amount", _l("金额（元）"), kind="decimal"),
        Column("memo", _l("拒收扣款（未计价，元）"), kind="decimal"),
        Column("reasons", _l("差异原因"), width=40),
    ),
)
STATEMENTS = SheetSpec(
    _l("各校对账单"),
    (
        Column("school", _l("学校"), width=24),
        Column("supplier", _l("供应商"), width=24),
        Column("month", _l("月份"), width=10),
        Column("number", _l("对账单"), width=16),
        Column("state", _l("状态"), kind="choice", choices=labels.STATES, width=16),
        Column("amount", _l("金额（元）"), kind="decimal"),
        Column("invoiced", _l("已开票（元）"), kind="decimal"),
        Column("paid", _l("已付（元）"), kind="decimal"),
        Column("sent_on", _l("发送日期"), kind="date", width=12),
        Column("agreed_on", _l("确认日期"), kind="date", width=12),
        Column("paid_on", _l("付清日期"), kind="date", width=12),
    ),
)


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100


def statement_xlsx(actor: Actor, statement: SupplierStatement) -> bytes:
    """As sent; a draft as it would be sent now."""
    follows = statement.state in ("draft", "disputed") and actor.level != "supplier"
    lines: Any = sending.preview(actor, statement).lines if follows else [vars(line) for line in lines_of(statement)]
    return export_xlsx(LINES, (_line(line) for line in lines))


def _line(line: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "kind": line["kind"], "on_day": line["on_day"], "receipt": line["receipt_number"],
        "order": line["order_number"], "name": line["name"], "batch": line["batch_no"], "unit": line["unit"],
        "ordered": line["ordered_quantity"], "shipped": line["shipped_quantity"], "arrived": line["arrived_quantity"],
        "net": line["net_quantity"], "rejected": line["rejected_quantity"], "quantity": line["quantity"],
        "price": _yuan(line["unit_price_fen"]), "book": line["book_number"], "amount": _yuan(line["amount_fen"]),
        "memo": _yuan(line["memo_fen"]) if line["memo_fen"] else None,
        "reasons": "；".join([*labels.reason_texts(line["reasons"], line["unit"]), *filter(None, [line["note"]])]),
    }  # fmt: skip


def statements_xlsx(actor: Actor, month: date) -> bytes:
    return export_xlsx(STATEMENTS, _statements(actor, month))


def _statements(actor: Actor, month: date) -> Iterator[Mapping[str, Any]]:
    for one in overseeing.list_rows(actor, month):
        yield {
            "school": one.school_name, "supplier": one.supplier_name, "month": f"{one.month:%Y-%m}",
            "number": one.number, "state": one.state, "amount": _yuan(one.amount_fen),
            "invoiced": _yuan(one.invoiced_fen), "paid": _yuan(one.paid_fen), "sent_on": _day(one.sent_at),
            "agreed_on": _day(one.agreed_at), "paid_on": _day(one.paid_at),
        }  # fmt: skip


def _day(instant: Any) -> date | None:
    return instant.astimezone(SHANGHAI).date() if instant else None
