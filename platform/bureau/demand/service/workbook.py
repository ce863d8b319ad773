"""A school's sheet to Excel and back, and lots to Excel. All or nothing: one wrong cell and nothing is changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.demand import rules
from bureau.demand.models import DemandLot, DemandRound, DemandSheet
from bureau.demand.service.lots import SchoolShare
from bureau.demand.service.moving import get_round, get_sheet
from bureau.demand.service.rounds import categories_of, items_of
from bureau.demand.service.sheets import RowChange, lines_of, save_rows
from kernel.actor import Actor
from kernel.sheets import Column, Parsed, Problem, SheetSpec, export_xlsx, read_xlsx

MOST = Decimal(99_999_999)  # of a month, in the item's unit
PLACES = 3


def month_name(month: date) -> str:
    """2026-09: a heading that a spreadsheet program leaves alone and people read at once."""
    return _("%(year)s年%(month)s月", year=month.year, month=month.month)


def month_columns(row: DemandRound) -> list[Column]:
    return [
        Column(
            f"m{number}", month_name(month), kind="decimal", least=0, greatest=MOST, places=PLACES, width=12,
            aliases=(f"{month:%Y-%m}",),
        )
        for number, month in enumerate(rules.months_of(row.first_month, row.month_count), 1)
    ]  # fmt: skip


def sheet_spec(row: DemandRound) -> SheetSpec:
    return SheetSpec(
        _l("需求表"),
        (
            Column("code", _l("编码"), required=True, kind="code", most=20),
            Column("category", _l("类别"), width=14),
            Column("name", _l("名称"), width=20),
            Column("specification", _l("规格"), width=20),
            Column("unit", _l("单位"), width=8),
            *month_columns(row),
        ),
    )


def sheet_xlsx(actor: Actor, row: DemandRound, sheet: DemandSheet, title: str) -> bytes:
    """All items of the round with what stands in the sheet: the template to fill in is the sheet itself."""
    names = {one.category_id: one.name for one in categories_of(actor, row.id)}
    lines = lines_of(actor, sheet)
    rows = []
    for item in items_of(actor, row.id):
        line = lines.get(item.item_id)
        months = line.months if line is not None else [None] * row.month_count
        cells = {f"m{number}": one for number, one in enumerate(months[: row.month_count], 1)}
        rows.append(
            {
                "code": item.code, "category": names.get(item.category_id, ""), "name": item.name,
                "specification": item.specification, "unit": item.unit, **cells,
            }
        )  # fmt: skip
    return export_xlsx(sheet_spec(row), rows, title=title)


def import_sheet(actor: Actor, round_id: UUID, data: bytes) -> tuple[SheetSpec, Parsed, list[Problem], int]:
    """Rows by the item's code; an item that the table leaves out stays as it is, an empty cell empties the month.

    (columns, what was read, problems, how many items changed); with a problem nothing is changed.
    """
    row = get_round(actor, round_id)
    sheet = get_sheet(actor, actor.own_school_id(), round_id)
    spec = sheet_spec(row)
    parsed = read_xlsx(spec, data)
    if parsed.problems:
        return spec, parsed, list(parsed.problems), 0
    items = {item.code: item for item in items_of(actor, round_id)}
    lines = lines_of(actor, sheet)
    problems: list[Problem] = []
    changes: dict[UUID, RowChange] = {}
    for read in parsed.rows:
        item = items.get(read.values["code"])
        unit = read.values["unit"]
        if item is None:
            problems.append(Problem("refused", read.number, "code", text=_("这一轮里没有这个编码的物品。")))
        elif item.item_id in changes:
            problems.append(Problem("refused", read.number, "code", text=_("同一物品出现了两次。")))
        elif unit and unit != item.unit:
            text = _("单位应为“%(unit)s”，请按此单位折算。", unit=item.unit)
            problems.append(Problem("refused", read.number, "unit", text=text))
        else:
            months = [read.values[f"m{number}"] for number in range(1, row.month_count + 1)]
            line = lines.get(item.item_id)
            if (line.months[: row.month_count] if line is not None else [None] * row.month_count) != months:
                changes[item.item_id] = RowChange(item.item_id, line.version if line is not None else 0, months)
    if not problems and changes:
        save_rows(actor, round_id, list(changes.values()))
    return spec, parsed, problems, 0 if problems else len(changes)


def lots_xlsx(lots: Sequence[DemandLot], title: str) -> bytes:
    spec = SheetSpec(
        _l("标包"),
        (
            Column("number", _l("包号"), kind="integer", width=8),
            Column("title", _l("标包"), width=28),
            Column("code", _l("编码"), kind="code"),
            Column("name", _l("名称"), width=20),
            Column("specification", _l("规格"), width=20),
            Column("unit", _l("单位"), width=8),
            Column("quantity", _l("数量"), kind="decimal"),
            Column("school_count", _l("学校数"), kind="integer", width=8),
            Column("price", _l("参考单价（元）"), kind="decimal"),
            Column("amount", _l("估算金额（元）"), kind="decimal"),
        ),
    )
    rows = [
        {
            "number": lot.number, "title": lot.title, "code": item.code, "name": item.name,
            "specification": item.specification, "unit": item.unit, "quantity": item.quantity,
            "school_count": item.school_count, "price": _yuan(item.price_fen), "amount": _yuan(item.amount_fen),
        }
        for lot in lots
        for item in lot.items
    ]  # fmt: skip
    return export_xlsx(spec, rows, title=title)


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100


def shares_xlsx(row: DemandRound, lot: DemandLot, shares: Sequence[SchoolShare], title: str) -> bytes:
    """A lot opened into its schools: one row for each school and item."""
    spec = SheetSpec(
        _l("学校明细"),
        (
            Column("school_code", _l("学校代码"), kind="code"),
            Column("school_name", _l("学校"), width=28),
            Column("code", _l("编码"), kind="code"),
            Column("name", _l("名称"), width=20),
            Column("unit", _l("单位"), width=8),
            *month_columns(row),
            Column("total", _l("合计"), kind="decimal"),
        ),
    )
    items = {item.item_id: item for item in lot.items}
    rows: list[Mapping[str, Any]] = [
        {
            "school_code": share.school_code, "school_name": share.school_name, "code": items[share.item_id].code,
            "name": items[share.item_id].name, "unit": items[share.item_id].unit, "total": share.total,
            **{f"m{number}": one for number, one in enumerate(share.months, 1)},
        }
        for share in shares
    ]  # fmt: skip
    return export_xlsx(spec, rows, title=title)
