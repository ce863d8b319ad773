"""An item's rule from its JSON."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from scorecards.contradictions import unique
from scorecards.form import (
    COUNTS,
    ROUNDINGS,
    Additive,
    AllOrNothing,
    CountDeduction,
    Entry,
    Judged,
    Levels,
    ListedDeductions,
    RequiredCount,
    Rule,
    Scale,
    ScaleRow,
    Tier,
    Tiers,
    Unscored,
    VetoOnly,
    YesNo,
)
from scorecards.form_reader import Reader, as_count
from scorecards.problems import Problem

SHAPES: dict[str, type] = {
    "all_or_nothing": AllOrNothing,
    "judged": Judged,
    "count_deduction": CountDeduction,
    "listed_deductions": ListedDeductions,
    "additive": Additive,
    "levels": Levels,
    "tiers": Tiers,
    "required_count": RequiredCount,
    "yes_no": YesNo,
    "veto_only": VetoOnly,
    "unscored": Unscored,
}
SHAPE_NAMES: dict[type, str] = {shape: name for name, shape in SHAPES.items()}

T = TypeVar("T")

MAX_ENTRIES = 60
MAX_ROWS = 30


def optional(reader: Reader, key: str, read: Callable[[Any, str, list[Problem]], T]) -> T | None:
    data = reader.left.pop(key, None)
    return None if data is None else read(data, reader.at(key), reader.problems)


def read_rule(data: Any, path: str, problems: list[Problem]) -> Rule:
    reader = Reader(data, path, problems)
    shape = SHAPES[reader.choice("shape", tuple(SHAPES))]
    rule: Rule
    if shape is Judged:
        rule = Judged(step=reader.optional_decimal("step") or Judged().step)
    elif shape is CountDeduction:
        by = optional(reader, "unit_points_by", _scale)
        dearest = max((row.value for row in by.rows), default=None) if by else None
        rule = CountDeduction(
            unit_points=reader.decimal("unit_points") if dearest is None else _given(reader, dearest),
            unit_label=reader.text("unit_label", limit=20) or "处",
            cap=reader.optional_decimal("cap"),
            zero_at=reader.optional_count("zero_at", low=1),
            unresolved_factor=reader.optional_decimal("unresolved_factor") or Decimal(1),
            unit_points_by=by,
            free=reader.take("free", 0, lambda value: as_count(value, 0), "not_a_count", low=0),
            free_by=optional(reader, "free_by", _scale),
        )
        if rule.unit_points == 0 and not problems:
            reader.wrong("unit_points", "not_positive")
    elif shape is RequiredCount:
        reader.need("required")
        rule = RequiredCount(
            required=optional(reader, "required", _scale) or Scale(parameter=""),
            unit_points=reader.decimal("unit_points"),
            unit_label=reader.text("unit_label", limit=20) or "名",
            cap=reader.optional_decimal("cap"),
            zero_at=reader.optional_count("zero_at", low=1),
        )
        if rule.unit_points == 0 and not problems:
            reader.wrong("unit_points", "not_positive")
    elif shape is Tiers:
        rule = Tiers(
            tiers=reader.many("tiers", lambda value, place: _tier(value, place, problems), MAX_ROWS, required=True),
            unit_label=reader.text("unit_label", limit=20) or "项",
            counts=reader.choice("counts", COUNTS, "defects"),
        )
    elif shape in (ListedDeductions, Additive, Levels):
        entries = reader.many(
            "entries", lambda value, place: _entry(value, place, problems), MAX_ENTRIES, required=True
        )
        rule = (
            ListedDeductions(entries, reader.optional_decimal("cap")) if shape is ListedDeductions else shape(entries)
        )
        unique((entry.code for entry in entries), reader.at("entries"), "duplicate_code", problems)
    else:
        rule = shape()
    reader.done()
    return rule


def _given(reader: Reader, dearest: Decimal) -> Decimal:
    """The printed unit cost beside a table of costs; without one, the table's dearest stands for it."""
    given = reader.optional_decimal("unit_points")
    return dearest if given is None else given


def _scale(data: Any, path: str, problems: list[Problem]) -> Scale:
    reader = Reader(data, path, problems)
    scale = Scale(
        parameter=reader.code("parameter"),
        rows=reader.many("rows", lambda value, place: _scale_row(value, place, problems), MAX_ROWS),
        per=reader.optional_decimal("per"),
        rounding=reader.choice("rounding", ROUNDINGS, "up"),
        plus=reader.take("plus", 0, lambda value: as_count(value, 0), "not_a_count", low=0),
        minimum=reader.take("minimum", 0, lambda value: as_count(value, 0), "not_a_count", low=0),
    )
    reader.done()
    return scale


def _scale_row(data: Any, path: str, problems: list[Problem]) -> ScaleRow:
    reader = Reader(data, path, problems)
    row = ScaleRow(start=reader.decimal("from"), value=reader.decimal("value"))
    reader.done()
    return row


def _tier(data: Any, path: str, problems: list[Problem]) -> Tier:
    reader = Reader(data, path, problems)
    reader.need("from")
    tier = Tier(start=reader.optional_count("from") or 0, points=reader.decimal("points"))
    reader.done()
    return tier


def _entry(data: Any, path: str, problems: list[Problem]) -> Entry:
    reader = Reader(data, path, problems)
    entry = Entry(
        code=reader.code("code"),
        label=reader.text("label", required=True, limit=200),
        points=reader.decimal("points"),
        repeatable=reader.flag("repeatable"),
    )
    reader.done()
    return entry
