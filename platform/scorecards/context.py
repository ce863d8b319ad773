"""What scoring needs beside the answers: the school's parameters, and the units of what repeats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scorecards.form import Form, decimal_text
from scorecards.form_reader import as_code, as_decimal
from scorecards.problems import Problem

MAX_UNITS = 500
MAX_LABEL = 60


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    label: str = ""
    parameters: Mapping[str, Decimal] = field(default_factory=dict)


def as_number(raw: Any) -> Decimal | None:
    """A number or its text, ≥ 0, at most nine digits before and four after the point."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, Decimal):
        raw = decimal_text(raw) if raw.is_finite() else None
    elif isinstance(raw, (int, float)):
        raw = str(raw)
    return as_decimal(raw)


def read_parameters(form: Form, data: Any, path: str, problems: list[Problem]) -> dict[str, Decimal]:
    """Of the declared ones; others are a school's own business. None and absent are the same."""
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        problems.append(Problem(path, "not_an_object"))
        return {}
    values: dict[str, Decimal] = {}
    for parameter in form.parameters:
        raw = data.get(parameter.name)
        if raw is None:
            continue
        value = as_number(raw)
        if value is None:
            problems.append(Problem(f"{path}.{parameter.name}", "not_a_number"))
        else:
            values[parameter.name] = value
    return values


def read_units(form: Form, data: Any, problems: list[Problem]) -> dict[str, tuple[Unit, ...]]:
    """By section code, "" for a form that repeats; places that were not given are left out."""
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        problems.append(Problem("units", "not_an_object"))
        return {}
    known = repeating(form)
    units: dict[str, tuple[Unit, ...]] = {}
    for place, raw in data.items():
        path = f"units.{str(place)[:60]}"
        if not isinstance(raw, Sequence) or isinstance(raw, (str, bytes)):
            problems.append(Problem(path, "not_a_list", {"limit": MAX_UNITS}))
        elif place not in known:
            if raw:
                problems.append(Problem(path, "no_units_here"))
        elif len(raw) > MAX_UNITS:
            problems.append(Problem(path, "too_many_units", {"limit": MAX_UNITS}))
        else:
            units[place] = _units(form, raw, path, problems)
    return units


def repeating(form: Form) -> set[str]:
    """The places that repeat: section codes, or "" for the form."""
    return {""} if form.repeat else {section.code for section in form.sections if section.repeat}


def _units(form: Form, rows: Sequence[Any], path: str, problems: list[Problem]) -> tuple[Unit, ...]:
    units: dict[str, Unit] = {}
    for place, raw in enumerate(rows):
        where = f"{path}.{place}"
        row = raw if isinstance(raw, Mapping) else {"code": raw}
        code, label = as_code(row.get("code")), row.get("label", "")
        if isinstance(raw, Unit):
            code, label, row = as_code(raw.code), raw.label, {"parameters": raw.parameters}
        if code is None:
            problems.append(Problem(f"{where}.code", "not_a_code"))
        elif code in units:
            problems.append(Problem(f"{where}.code", "duplicate_code", {"value": code}))
        elif not isinstance(label, str) or len(label) > MAX_LABEL:
            problems.append(Problem(f"{where}.label", "not_a_text", {"limit": MAX_LABEL}))
        else:
            values = read_parameters(form, row.get("parameters"), f"{where}.parameters", problems)
            units[code] = Unit(code, label, values)
    return tuple(units.values())


def units_in(keys: Iterable[str], names: frozenset[str], problems: list[Problem]) -> tuple[Unit, ...]:
    """The units that the answers to these items (or sections) name, sorted by code."""
    codes: set[str] = set()
    for key in keys:
        name, at, unit = key.partition("@")
        if at and name in names:
            if as_code(unit) is None:
                problems.append(Problem(key[:100], "not_a_code"))
            else:
                codes.add(unit)
    if len(codes) > MAX_UNITS:
        problems.append(Problem("units", "too_many_units", {"limit": MAX_UNITS}))
        return ()
    return tuple(Unit(code) for code in sorted(codes))
