"""A trace as a spreadsheet: one row per delivery, stock, shipment and meal."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.sheets import Column, SheetSpec, export_xlsx
from kernel.web.dates import shanghai
from school.diners.labels import MEALS
from school.diners.rules import Meal
from school.recall.service.tracing import Details, Trace

SPEC = SheetSpec(
    _l("追溯结果"),
    (
        Column("school", _l("学校"), width=22),
        Column("kind", _l("环节"), width=10),
        Column("number", _l("单号或餐次"), width=20),
        Column("at", _l("时间"), width=18),
        Column("item", _l("物品或菜品"), width=30),
        Column("batch", _l("批次号"), width=18),
        Column("quantity", _l("数量"), kind="decimal"),
        Column("unit", _l("单位"), width=8),
        Column("left", _l("现存"), kind="decimal"),
        Column("diners", _l("用餐人次"), kind="integer"),
        Column("classes", _l("班级数"), kind="integer"),
        Column("samples", _l("留样份数"), kind="integer"),
        Column("sure", _l("依据"), width=14),
    ),
)


def trace_xlsx(trace: Trace, details: Details) -> bytes:
    lots = "；".join(f"{lot.item_name} {lot.batch_no} {lot.supplier_name}" for lot in trace.lots)
    return export_xlsx(
        SPEC, _rows(trace, details), title=str(_("追溯结果")), footer=[_("追溯批次：%(lots)s", lots=lots)]
    )


def _rows(trace: Trace, details: Details) -> Iterator[Mapping[str, Any]]:
    empty: dict[str, Any] = {column.key: None for column in SPEC.columns}
    names = {part.school_id: part.school_name for part in trace.schools}
    for row in details.deliveries:
        yield {
            **empty, "school": names.get(row.school_id), "kind": _("收货"), "number": row.number,
            "at": shanghai(row.received_at), "item": row.item_name, "batch": row.batch_no, "quantity": row.quantity,
            "unit": row.unit,
        }  # fmt: skip
    for stock in details.stocks:
        yield {
            **empty, "school": names.get(stock.school_id), "kind": _("库存"), "item": stock.item_name,
            "batch": stock.batch_no, "quantity": stock.came, "unit": stock.unit, "left": stock.left,
        }  # fmt: skip
    for part in trace.schools:
        for transit in part.transits:
            yield {
                **empty, "school": part.school_name, "kind": _("在途"), "number": transit.number,
                "at": transit.expected_on.isoformat(), "batch": transit.batch_no, "quantity": transit.quantity,
            }  # fmt: skip
        for meal in part.meals:
            yield {
                **empty, "school": part.school_name, "kind": _("供餐"), "number": str(MEALS[Meal(meal.meal)]),
                "at": meal.on_day.isoformat(), "item": "、".join(meal.dishes), "diners": meal.diners,
                "classes": meal.classes, "samples": meal.samples,
                "sure": _("领用记录") if meal.is_recorded else _("按菜谱推断"),
            }  # fmt: skip
