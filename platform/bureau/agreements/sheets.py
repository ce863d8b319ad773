"""Prices and balances of an agreement as a spreadsheet."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.agreements import labels
from bureau.agreements.models import Agreement
from bureau.agreements.service.pricing import prices_of_agreement
from bureau.agreements.service.reading import balances_of
from kernel.actor import Actor
from kernel.sheets import Column, SheetSpec, export_xlsx
from kernel.web.dates import today

SPEC = SheetSpec(
    _l("协议价格和余量"),
    (
        Column("lot", _l("标包"), width=20),
        Column("item", _l("物品"), width=20),
        Column("specification", _l("规格"), width=20),
        Column("unit", _l("单位"), width=8),
        Column("rule", _l("计价方式"), kind="choice", choices=labels.PRICE_RULES),
        Column("discount", _l("下浮率（%）"), kind="decimal"),
        Column("book", _l("价格册")),
        Column("book_price", _l("参考价（元）"), kind="decimal"),
        Column("price", _l("今日单价（元）"), kind="decimal"),
        Column("school", _l("学校"), width=20),
        Column("quantity", _l("协议数量"), kind="decimal"),
        Column("reserved", _l("已占用"), kind="decimal"),
        Column("used", _l("已使用"), kind="decimal"),
        Column("free", _l("可用"), kind="decimal"),
        Column("amount", _l("协议金额（元）"), kind="decimal"),
        Column("free_amount", _l("可用金额（元）"), kind="decimal"),
    ),
)


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100


def agreement_xlsx(actor: Actor, agreement: Agreement) -> bytes:
    """One row per balance, with the day's price of its line."""
    return export_xlsx(
        SPEC,
        _rows(actor, agreement),
        title=f"{agreement.number} {agreement.title} {agreement.supplier_name}",
        footer=[_("价格日期：%(day)s", day=today().isoformat())],
    )


def _rows(actor: Actor, agreement: Agreement) -> Iterator[Mapping[str, Any]]:
    prices = prices_of_agreement(actor.bureau_id, agreement.id, today())
    for line in balances_of(actor, agreement.id):
        price = prices.get(line.item.id) if line.item else None
        stand = line.stand
        yield {
            "lot": f"{line.lot.number} {line.lot.title}", "item": line.item.name if line.item else _("标包金额"),
            "specification": line.item.specification if line.item else "", "unit": line.item.unit if line.item else "",
            "rule": line.lot.price_rule, "discount": price.discount if price else line.lot.discount,
            "book": price.book.book_number if price and price.book else "",
            "book_price": _yuan(price.book.price_fen) if price and price.book else None,
            "price": _yuan(price.fen) if price else None, "school": line.school_name or _("各校共用"),
            "quantity": stand.quantity, "reserved": stand.reserved, "used": stand.used, "free": stand.free,
            "amount": _yuan(stand.amount_fen), "free_amount": _yuan(stand.free_fen),
        }  # fmt: skip
