"""Stock, cards and month statements as spreadsheets."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from kernel.actor import Actor
from kernel.sheets import Column, SheetSpec
from school.stores import labels
from school.stores.service import reading

STOCK = SheetSpec(
    _l("库存清单"),
    (
        Column("kind", _l("种类"), kind="choice", choices=labels.GOOD_KINDS, width=10),
        Column("name", _l("物品"), width=20),
        Column("specification", _l("规格"), width=20),
        Column("batch_no", _l("批号"), kind="code"),
        Column("location", _l("库位"), width=12),
        Column("quantity", _l("数量"), kind="decimal", places=6),
        Column("unit", _l("单位"), width=8),
        Column("amount", _l("金额（元）"), kind="decimal", places=2),
        Column("production_date", _l("生产日期"), kind="date"),
        Column("expiry_date", _l("到期日"), kind="date"),
        Column("freshness", _l("保质期"), kind="choice", choices=labels.FRESHNESS, width=12),
        Column("state", _l("状态"), kind="choice", choices=labels.BATCH_STATES, width=8),
        Column("received_on", _l("入库日期"), kind="date"),
        Column("supplier_name", _l("供货单位"), width=24),
    ),
)
CARD = SheetSpec(
    _l("收发存明细账"),
    (
        Column("seq", _l("行次"), kind="integer", width=8),
        Column("on_day", _l("日期"), kind="date"),
        Column("number", _l("单号"), kind="code"),
        Column("kind", _l("业务"), kind="choice", choices=labels.DOCUMENT_KINDS, width=10),
        Column("batch_no", _l("批号"), kind="code"),
        Column("source", _l("从"), width=12),
        Column("target", _l("到"), width=12),
        Column("quantity", _l("数量"), kind="decimal", places=6),
        Column("amount", _l("金额（元）"), kind="decimal", places=2),
        Column("quantity_after", _l("结存数量"), kind="decimal", places=6),
        Column("amount_after", _l("结存金额（元）"), kind="decimal", places=2),
        Column("person", _l("经手人"), width=12),
        Column("taker", _l("领用人"), width=12),
        Column("reason", _l("说明"), width=24),
    ),
)
PARTS = (
    ("opening", _l("期初")), ("received", _l("收入")), ("issued", _l("发出")), ("disposed", _l("报损")),
    ("difference", _l("盘盈亏")), ("closing", _l("期末")),
)  # fmt: skip
MONTH = SheetSpec(
    _l("收发存月报"),
    (
        Column("kind", _l("种类"), kind="choice", choices=labels.GOOD_KINDS, width=10),
        Column("name", _l("物品"), width=20),
        Column("unit", _l("单位"), width=8),
        *(
            column
            for part, title in PARTS
            for column in (
                Column(f"{part}_quantity", _l("%(part)s数量", part=title), kind="decimal", places=6),
                Column(f"{part}_amount", _l("%(part)s金额（元）", part=title), kind="decimal", places=2),
            )
        ),
    ),
)


def yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def stock_rows(actor: Actor, school_id: int) -> Iterator[dict[str, Any]]:
    for good, lots in reading.all_lots(actor, school_id):
        for lot in lots:
            yield {
                "kind": good.kind, "name": good.name, "specification": good.specification, "batch_no": lot.batch_no,
                "location": lot.location_name, "quantity": lot.quantity, "unit": good.base_unit,
                "amount": yuan(lot.amount_fen), "production_date": lot.production_date,
                "expiry_date": lot.expiry_date, "freshness": lot.freshness.value, "state": lot.state,
                "received_on": lot.received_on, "supplier_name": lot.supplier_name,
            }  # fmt: skip


def card_rows(actor: Actor, school_id: int, good_id: UUID, *, most: int) -> Iterator[dict[str, Any]]:
    for row in reading.whole_card(actor, school_id, good_id, most=most):
        yield {
            "seq": row.seq, "on_day": row.on_day, "number": row.number, "kind": row.kind, "batch_no": row.batch_no,
            "source": row.source_name, "target": row.target_name, "quantity": row.quantity,
            "amount": yuan(row.amount_fen), "quantity_after": row.quantity_after,
            "amount_after": yuan(row.amount_after_fen), "person": row.posted_by_name, "taker": row.taker_name,
            "reason": row.reason,
        }  # fmt: skip


def month_rows(lines: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for line in lines:
        row: dict[str, Any] = {"kind": line["kind"], "name": line["name"], "unit": line["base_unit"]}
        for part, _title in PARTS:
            row[f"{part}_quantity"] = line[f"{part}_quantity"]
            row[f"{part}_amount"] = yuan(line[f"{part}_fen"])
        yield row
