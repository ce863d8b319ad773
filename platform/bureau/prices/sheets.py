"""A price book as a spreadsheet."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from bureau.prices import labels
from bureau.prices.models import PriceBookLine
from kernel.sheets import Column, SheetSpec

LINES = SheetSpec(
    _l("价格册"),
    (
        Column("code", _l("编码"), kind="code"),
        Column("name", _l("名称"), width=20),
        Column("specification", _l("规格"), width=20),
        Column("category_name", _l("类别")),
        Column("unit", _l("单位"), width=8),
        Column("price", _l("参考价（元）"), kind="decimal", places=2),
        Column("previous", _l("上期（元）"), kind="decimal", places=2),
        Column("change", _l("变动（%）"), kind="decimal", places=2),
        Column("basis", _l("依据"), kind="choice", choices=labels.BASES),
        Column("source_count", _l("来源数"), kind="integer"),
        Column("report_count", _l("报价数"), kind="integer"),
        Column("outlier_count", _l("离群"), kind="integer"),
        Column("excluded_count", _l("不计入"), kind="integer"),
        Column("sources", _l("各来源价格（元）"), width=60),
        Column("remark", _l("说明"), width=40),
    ),
)


def rows_of(lines: Iterable[PriceBookLine]) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(line, name) for name in LINE_FIELDS}, "price": _yuan(line.price_fen),
            "previous": _yuan(line.previous_fen), "change": line.change_percent,
            "sources": "；".join(f"{source['name']} {source['price']}" for source in line.sources),
            "remark": line.correction_reason or (line.carried_from or ""),
        }
        for line in lines
    ]  # fmt: skip


LINE_FIELDS = (
    "code", "name", "specification", "category_name", "unit", "basis", "source_count", "report_count", "outlier_count",
    "excluded_count",
)  # fmt: skip


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100
