"""The form as canonical JSON (schema 1), and back. Defaults are left out, decimals are strings."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from decimal import Decimal
from typing import Any

from scorecards.form import (
    KINDS,
    METRICS,
    MODES,
    NA_POLICIES,
    NO_VETO,
    OPERATORS,
    REVIEWS,
    SCHEMA,
    VETO_EFFECTS,
    Additive,
    AllOrNothing,
    Band,
    Condition,
    CountDeduction,
    Entry,
    Form,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    Rule,
    Section,
    Unscored,
    VerdictRule,
    Verdicts,
    Veto,
    VetoOnly,
    YesNo,
    decimal_text,
)
from scorecards.form_reader import MAX_TEXT, Reader, as_code, as_count, as_text
from scorecards.problems import FormInvalid, Problem

SHAPES: dict[str, type] = {
    "all_or_nothing": AllOrNothing,
    "judged": Judged,
    "count_deduction": CountDeduction,
    "listed_deductions": ListedDeductions,
    "additive": Additive,
    "levels": Levels,
    "yes_no": YesNo,
    "veto_only": VetoOnly,
    "unscored": Unscored,
}
SHAPE_NAMES: dict[type, str] = {shape: name for name, shape in SHAPES.items()}

MAX_SECTIONS = 100
MAX_ITEMS = 1000
MAX_ENTRIES = 60
_NAMED_OTHERWISE = {"minimum": "min", "maximum": "max", "operator": "op", "any_of": "any"}


def shape_of(rule: Rule) -> str:
    return SHAPE_NAMES[type(rule)]


# --- out --------------------------------------------------------------------------------------------------------


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, tuple):
        return [_value(inner) for inner in value]
    if type(value) in SHAPE_NAMES:
        return {"shape": SHAPE_NAMES[type(value)], **_fields(value)}
    return _fields(value) if hasattr(value, "__dataclass_fields__") else value


def _fields(record: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for spec in fields(record):
        value = getattr(record, spec.name)
        if spec.default is MISSING or value != spec.default:
            out[_NAMED_OTHERWISE.get(spec.name, spec.name)] = _value(value)
    return out


def to_json(form: Form) -> dict[str, Any]:
    """Canonical: equal forms give equal documents, key order included."""
    return {"schema": SCHEMA, **_fields(form)}


# --- in ---------------------------------------------------------------------------------------------------------


def from_json(data: Any) -> Form:
    """Raises FormInvalid that lists every fault with its path."""
    problems: list[Problem] = []
    reader = Reader(data, "", problems)
    schema = reader.left.pop("schema", None)
    if reader.left and (schema != SCHEMA or isinstance(schema, bool)):
        reader.wrong("schema", "unknown_schema", known=SCHEMA)
    verdicts = reader.left.pop("verdicts", None)
    form = Form(
        title=reader.text("title", required=True, limit=200),
        kind=reader.choice("kind", KINDS),
        total=reader.optional_decimal("total"),
        mode=reader.choice("mode", MODES, "sum"),
        na_policy=reader.choice("na_policy", NA_POLICIES, "refuse"),
        places=reader.take("places", 1, lambda value: as_count(value, 0), "not_a_count", low=0),
        source=reader.text("source"),
        notes=reader.many("notes", lambda value, path: _note(value, path, problems), 50),
        sections=reader.many(
            "sections", lambda value, path: _section(value, path, problems), MAX_SECTIONS, required=True
        ),
        bands=reader.many("bands", lambda value, path: _band(value, path, problems), 20),
        verdicts=None if verdicts is None else _verdicts(verdicts, "verdicts", problems),
    )
    reader.done()
    if not problems:
        problems.extend(contradictions(form))
    if problems:
        raise FormInvalid(problems)
    return form


def _note(value: Any, path: str, problems: list[Problem]) -> str:
    text = as_text(value, MAX_TEXT, required=True)
    if text is None:
        problems.append(Problem(path, "not_a_text", {"limit": MAX_TEXT}))
    return text or ""


def _section(data: Any, path: str, problems: list[Problem]) -> Section:
    reader = Reader(data, path, problems)
    section = Section(
        code=reader.code("code"),
        title=reader.text("title", limit=200),
        points=reader.optional_decimal("points"),
        items=reader.many("items", lambda value, place: _item(value, place, problems), MAX_ITEMS),
        note=reader.text("note"),
    )
    reader.done()
    return section


def _item(data: Any, path: str, problems: list[Problem]) -> Item:
    reader = Reader(data, path, problems)
    reader.need("rule")
    rule = reader.left.pop("rule", None)
    veto = reader.left.pop("veto", None)
    item = Item(
        code=reader.code("code"),
        no=reader.text("no", limit=40),
        text=reader.text("text", required=True),
        points=reader.optional_decimal("points"),
        method=reader.text("method", limit=200),
        rule=AllOrNothing() if rule is None else _rule(rule, reader.at("rule"), problems),
        rule_text=reader.text("rule_text"),
        veto=NO_VETO if veto is None else _veto(veto, reader.at("veto"), problems),
        key=reader.flag("key"),
        na_allowed=reader.flag("na_allowed"),
        tags=reader.many("tags", lambda value, place: _tag(value, place, problems), 20),
        review=reader.choice("review", REVIEWS, ""),
        note=reader.text("note"),
    )
    reader.done()
    return item


def _tag(value: Any, path: str, problems: list[Problem]) -> str:
    code = as_code(value)
    if code is None:
        problems.append(Problem(path, "not_a_code"))
    return code or ""


def _veto(data: Any, path: str, problems: list[Problem]) -> Veto:
    reader = Reader(data, path, problems)
    veto = Veto(
        effect=reader.choice("effect", VETO_EFFECTS, "none"),
        label=reader.text("label", limit=100),
        condition=reader.text("condition", limit=500),
        on_loss=reader.flag("on_loss"),
    )
    reader.done()
    return veto


def _rule(data: Any, path: str, problems: list[Problem]) -> Rule:
    reader = Reader(data, path, problems)
    shape = SHAPES[reader.choice("shape", tuple(SHAPES))]
    rule: Rule
    if shape is Judged:
        rule = Judged(step=reader.optional_decimal("step") or Judged().step)
    elif shape is CountDeduction:
        rule = CountDeduction(
            unit_points=reader.decimal("unit_points"),
            unit_label=reader.text("unit_label", limit=20) or "处",
            cap=reader.optional_decimal("cap"),
            zero_at=reader.optional_count("zero_at", low=1),
            unresolved_factor=reader.optional_decimal("unresolved_factor") or Decimal(1),
        )
        if rule.unit_points == 0 and not problems:
            reader.wrong("unit_points", "not_positive")
    elif shape in (ListedDeductions, Additive, Levels):
        entries = reader.many(
            "entries", lambda value, place: _entry(value, place, problems), MAX_ENTRIES, required=True
        )
        rule = (
            ListedDeductions(entries, reader.optional_decimal("cap")) if shape is ListedDeductions else shape(entries)
        )
        _unique((entry.code for entry in entries), reader.at("entries"), "duplicate_code", problems)
    else:
        rule = shape()
    reader.done()
    return rule


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


def _band(data: Any, path: str, problems: list[Problem]) -> Band:
    reader = Reader(data, path, problems)
    band = Band(
        label=reader.text("label", required=True, limit=100),
        minimum=reader.decimal("min"),
        maximum=reader.optional_decimal("max"),
    )
    reader.done()
    return band


def _verdicts(data: Any, path: str, problems: list[Problem]) -> Verdicts:
    reader = Reader(data, path, problems)
    verdicts = Verdicts(
        rules=reader.many("rules", lambda value, place: _verdict_rule(value, place, problems), 20, required=True),
        min_key=reader.optional_count("min_key"),
        min_general=reader.optional_count("min_general"),
    )
    reader.done()
    return verdicts


def _verdict_rule(data: Any, path: str, problems: list[Problem]) -> VerdictRule:
    def conditions(raw: Any, place: str) -> tuple[Condition, ...]:
        return Reader({"all": raw}, place, problems).many("all", condition, 10, required=True)

    def condition(raw: Any, place: str) -> Condition:
        inner = Reader(raw, place, problems)
        found = Condition(
            metric=inner.choice("metric", METRICS),
            operator=inner.choice("op", OPERATORS),
            value=inner.decimal("value"),
        )
        inner.done()
        return found

    reader = Reader(data, path, problems)
    rule = VerdictRule(
        label=reader.text("label", required=True, limit=100),
        any_of=reader.many("any", conditions, 10, required=True),
    )
    reader.done()
    return rule


# --- what single fields cannot show -----------------------------------------------------------------------------


def _unique(values: Iterable[str], path: str, code: str, problems: list[Problem]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            problems.append(Problem(path, code, {"value": value}))
        seen.add(value)


def contradictions(form: Form) -> list[Problem]:
    """What makes a form impossible to score at all; what merely looks wrong is the doctor's (scorecards.doctor)."""
    problems: list[Problem] = []
    items = list(form.items())
    _unique((section.code for section in form.sections), "sections", "duplicate_code", problems)
    _unique((item.code for item in items), "items", "duplicate_code", problems)
    _unique((band.label for band in form.bands), "bands", "duplicate_label", problems)
    _unique((decimal_text(band.minimum) for band in form.bands), "bands", "duplicate_minimum", problems)
    if len(items) > MAX_ITEMS:
        problems.append(Problem("sections", "too_many_items", {"limit": MAX_ITEMS}))
    if form.total == 0:
        problems.append(Problem("total", "not_positive"))
    if form.places > 3:
        problems.append(Problem("places", "too_many_places", {"limit": 3}))
    if form.mode == "deduct" and form.total is None:
        problems.append(Problem("total", "required"))
    labels = {band.label for band in form.bands}
    for item in items:
        if isinstance(item.rule, VetoOnly) and item.veto.effect in ("none", "item_zero"):
            problems.append(Problem(f"items.{item.code}.veto", "veto_without_effect"))
        if item.veto.effect == "verdict" and not item.veto.label:
            problems.append(Problem(f"items.{item.code}.veto.label", "required"))
        if item.veto.effect == "band_cap" and item.veto.label not in labels:
            problems.append(Problem(f"items.{item.code}.veto.label", "unknown_band", {"value": item.veto.label}))
    return problems
