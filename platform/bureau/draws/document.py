"""Pools and rules of a draw, read strictly: whatever is not as docs/draw-format.md says is refused, with its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bureau.draws.routes import Place

MOST = 10_000  # schools or inspectors in one draw
MOST_WEIGHT = 100_000  # 10,000 schools of this weight still add up below 2³²
ORDERS = ("route", "random")


class DocumentInvalid(ValueError):
    """`path` is where, e.g. "pools.schools.3.weight"."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


@dataclass(frozen=True, slots=True)
class School:
    id: int
    visit_id: str
    name: str
    zone: str
    stratum: str
    weight: int
    place: Place | None
    last_inspectors: frozenset[str]


@dataclass(frozen=True, slots=True)
class Inspector:
    """`capacity`: visits in this draw at most. `recused`: ids of schools. `away`: days on which they cannot be sent."""

    id: str
    name: str
    senior: bool
    capacity: int
    recused: frozenset[int]
    away: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pools:
    """Both sorted by id: an order that nobody chooses."""

    schools: tuple[School, ...]
    inspectors: tuple[Inspector, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    strata: Mapping[str, int]
    weighted: bool
    days: tuple[str, ...]
    team_size: int
    visits_a_day: int
    order: str
    mix: bool
    sections: tuple[tuple[str, int], ...] | None
    longitude_permille: int


def read_pools(document: Any) -> Pools:
    pools = _object(document, "pools")
    schools = _list(pools, "schools", "pools", _school)
    inspectors = _list(pools, "inspectors", "pools", _inspector)
    for name, ids in (
        ("schools", [one.id for one in schools]),
        ("schools.visit_id", [one.visit_id for one in schools]),
        ("inspectors", [one.id for one in inspectors]),
    ):
        if len(set(ids)) != len(ids):
            raise DocumentInvalid(f"pools.{name}", "named twice")
    return Pools(tuple(sorted(schools, key=lambda one: one.id)), tuple(sorted(inspectors, key=lambda one: one.id)))


def read_rules(document: Any) -> Rules:
    rules = _object(document, "rules")
    strata = _object(_of(rules, "strata", "rules"), "rules.strata")
    counts = {name: _whole(strata, name, "rules.strata", 0, MOST) for name in strata}
    days = tuple(_list(rules, "days", "rules", _day))
    if not days or list(days) != sorted(set(days)):
        raise DocumentInvalid("rules.days", "wanted: at least one day, ascending, none twice")
    order = _text(rules, "order", "rules")
    if order not in ORDERS:
        raise DocumentInvalid("rules.order", "neither route nor random")
    sections = None
    if rules.get("sections") is not None:
        sections = tuple(_list(rules, "sections", "rules", _section))
        if len({code for code, _ in sections}) != len(sections):
            raise DocumentInvalid("rules.sections", "named twice")
    return Rules(
        strata=counts,
        weighted=_flag(rules, "weighted", "rules"),
        days=days,
        team_size=_whole(rules, "team_size", "rules", 1, 20),
        visits_a_day=_whole(rules, "visits_a_day", "rules", 1, 50),
        order=order,
        mix=_flag(rules, "mix", "rules"),
        sections=sections,
        longitude_permille=_whole(rules, "longitude_permille", "rules", 0, 1000),
    )


def _school(row: Any, path: str) -> School:
    found = _object(row, path)
    latitude, longitude = found.get("latitude_e6"), found.get("longitude_e6")
    place = None
    if latitude is not None or longitude is not None:
        place = (
            _whole(found, "latitude_e6", path, -90_000_000, 90_000_000),
            _whole(found, "longitude_e6", path, -180_000_000, 180_000_000),
        )
    return School(
        id=_whole(found, "id", path, 1, 2**31 - 1),
        visit_id=_text(found, "visit_id", path),
        name=_text(found, "name", path),
        zone=_text(found, "zone", path),
        stratum=_text(found, "stratum", path),
        weight=_whole(found, "weight", path, 1, MOST_WEIGHT),
        place=place,
        last_inspectors=frozenset(_list(found, "last_inspectors", path, _plain_text)),
    )


def _inspector(row: Any, path: str) -> Inspector:
    found = _object(row, path)
    return Inspector(
        id=_text(found, "id", path),
        name=_text(found, "name", path),
        senior=_flag(found, "senior", path),
        capacity=_whole(found, "capacity", path, 0, 1_000_000),
        recused=frozenset(_list(found, "recused", path, _plain_whole)),
        away=frozenset(_list(found, "away", path, _day)),
    )


def _section(row: Any, path: str) -> tuple[str, int]:
    found = _object(row, path)
    return _text(found, "code", path), _whole(found, "items", path, 0, 100_000)


def _day(value: Any, path: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise DocumentInvalid(path, "not a day")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise DocumentInvalid(path, "not a day") from None
    return value


def _plain_text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise DocumentInvalid(path, "not a text")
    return value


def _plain_whole(value: Any, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise DocumentInvalid(path, "not a whole number")
    return value


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DocumentInvalid(path, "not an object")
    return value


def _of(found: Mapping[str, Any], name: str, path: str) -> Any:
    if name not in found:
        raise DocumentInvalid(f"{path}.{name}", "missing")
    return found[name]


def _list(found: Mapping[str, Any], name: str, path: str, read: Callable[[Any, str], Any]) -> list[Any]:
    value = _of(found, name, path)
    if not isinstance(value, list) or len(value) > MOST:
        raise DocumentInvalid(f"{path}.{name}", "not a list, or too long")
    return [read(row, f"{path}.{name}.{number}") for number, row in enumerate(value)]


def _text(found: Mapping[str, Any], name: str, path: str) -> str:
    return _plain_text(_of(found, name, path), f"{path}.{name}")


def _whole(found: Mapping[str, Any], name: str, path: str, least: int, most: int) -> int:
    value = _plain_whole(_of(found, name, path), f"{path}.{name}")
    if not least <= value <= most:
        raise DocumentInvalid(f"{path}.{name}", f"not within {least} … {most}")
    return value


def _flag(found: Mapping[str, Any], name: str, path: str) -> bool:
    value = _of(found, name, path)
    if not isinstance(value, bool):
        raise DocumentInvalid(f"{path}.{name}", "neither true nor false")
    return value
