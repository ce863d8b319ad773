"""The form as canonical JSON (schema 1), and back. Defaults are left out, decimals are strings."""

from dataclasses import MISSING, fields
from decimal import Decimal
from typing import Any, TypeVar

from scorecards.contradictions import MAX_ITEMS, contradictions
from scorecards.form import (
    AGGREGATES,
    KINDS,
    LIMIT_EFFECTS,
    METRICS,
    MODES,
    NA_POLICIES,
    NO_VETO,
    OPERATORS,
    PARAMETER_SOURCES,
    REVIEWS,
    SCHEMA,
    SHARES_OF,
    VETO_EFFECTS,
    AllOrNothing,
    Band,
    Condition,
    Form,
    Item,
    Limit,
    NaShare,
    Parameter,
    Repeat,
    Rule,
    Section,
    VerdictRule,
    Verdicts,
    Veto,
    decimal_text,
)
from scorecards.form_reader import MAX_TEXT, Reader, as_code, as_count, as_text
from scorecards.problems import FormInvalid, Problem
from scorecards.rule_reader import MAX_ENTRIES, SHAPE_NAMES, SHAPES, optional, read_rule

T = TypeVar("T")

MAX_SECTIONS = 100
_NAMED_OTHERWISE = {"operator": "op", "any_of": "any", "start": "from"}
_BAND_NAMES = {"minimum": "min", "maximum": "max"}

__all__ = ["MAX_ENTRIES", "MAX_ITEMS", "MAX_SECTIONS", "SHAPES", "contradictions", "from_json", "shape_of", "to_json"]


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
    names = _BAND_NAMES if isinstance(record, Band) else _NAMED_OTHERWISE
    for spec in fields(record):
        value = getattr(record, spec.name)
        if spec.default is MISSING or value != spec.default:
            out[names.get(spec.name, spec.name)] = _value(value)
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
        bands=reader.many("bands", lambda value, path: read_band(value, path, problems), 20),
        verdicts=None if verdicts is None else _verdicts(verdicts, "verdicts", problems),
        parameters=reader.many("parameters", lambda value, path: _parameter(value, path, problems), 20),
        limits=reader.many("limits", lambda value, path: _limit(value, path, problems), 20),
        repeat=optional(reader, "repeat", _repeat),
        bonus_cap=reader.optional_decimal("bonus_cap"),
    )
    reader.done()
    if not problems:
        problems.extend(contradictions(form))
    if problems:
        raise FormInvalid(problems)
    return form


def _parameter(data: Any, path: str, problems: list[Problem]) -> Parameter:
    reader = Reader(data, path, problems)
    parameter = Parameter(
        name=reader.code("name"),
        label=reader.text("label", required=True, limit=40),
        unit=reader.text("unit", limit=20),
        source=reader.choice("source", PARAMETER_SOURCES, "profile"),
    )
    reader.done()
    return parameter


def _limit(data: Any, path: str, problems: list[Problem]) -> Limit:
    reader = Reader(data, path, problems)
    reader.need("at_least")
    limit = Limit(
        at_least=reader.optional_count("at_least", low=1) or 1,
        effect=reader.choice("effect", LIMIT_EFFECTS),
        label=reader.text("label", limit=100),
        mark=reader.text("mark", limit=20),
        note=reader.text("note", limit=500),
    )
    reader.done()
    return limit


def _repeat(data: Any, path: str, problems: list[Problem]) -> Repeat:
    reader = Reader(data, path, problems)
    repeat = Repeat(
        unit_label=reader.text("unit_label", required=True, limit=20),
        aggregate=reader.choice("aggregate", AGGREGATES, "mean"),
        minimum_units=reader.take("minimum_units", 1, lambda value: as_count(value, 0), "not_a_count", low=0),
    )
    reader.done()
    return repeat


def _na_share(data: Any, path: str, problems: list[Problem]) -> NaShare:
    reader = Reader(data, path, problems)
    share = NaShare(percent=reader.decimal("percent"), of=reader.choice("of", SHARES_OF, "points"))
    reader.done()
    return share


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
        cap=reader.optional_decimal("cap"),
        na_allowed=reader.flag("na_allowed"),
        na_share=optional(reader, "na_share", _na_share),
        repeat=optional(reader, "repeat", _repeat),
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
        rule=AllOrNothing() if rule is None else read_rule(rule, reader.at("rule"), problems),
        rule_text=reader.text("rule_text"),
        veto=NO_VETO if veto is None else _veto(veto, reader.at("veto"), problems),
        key=reader.flag("key"),
        na_allowed=reader.flag("na_allowed"),
        tags=reader.many("tags", lambda value, place: _tag(value, place, problems), 20),
        review=reader.choice("review", REVIEWS, ""),
        note=reader.text("note"),
        mark=reader.text("mark", limit=20),
        bonus=reader.flag("bonus"),
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


def read_band(data: Any, path: str, problems: list[Problem]) -> Band:
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
