"""What duties need to know of layers above: put one of these into `Module.publishes`; they are looked for by type."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import current_app

from duties.facts import SchoolFacts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SchoolSource:
    """schools  (bureau_id, school_ids or None for all) → facts of those that the scope shows, by code; merged ones too
    zones    (bureau_id) → id and name, by code
    terms    (bureau_id) → first and last day of each, in order
    """

    schools: Callable[[int, Sequence[int] | None], Sequence[SchoolFacts]]
    zones: Callable[[int], Mapping[int, str]]
    terms: Callable[[int], tuple[tuple[date, date], ...]]


@dataclass(frozen=True, slots=True)
class MealSource:
    """served  (bureau_id, schools) → the meals that each serves, of those it knows. In one query: it is asked for a
    thousand schools at once."""

    served: Callable[[int, Sequence[SchoolFacts]], Mapping[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class RoleBook:
    """The roles that a school's people may hold: `labels` in the order of choice; `heads`: who answers for the whole
    school; `officers`: at the bureau, who are told of what stays undone; `supervisors`: the same of a zone."""

    labels: Mapping[str, object]
    heads: tuple[str, ...]
    officers: tuple[str, ...]
    supervisors: tuple[str, ...]


def offers(kind: type[T]) -> list[T]:
    """Everything of this type that any module publishes, in the modules' order."""
    modules = current_app.extensions["houqin.modules"]
    return [offer for module in modules for offer in module.publishes if isinstance(offer, kind)]


def schools_source() -> SchoolSource:
    return offers(SchoolSource)[0]


def role_book() -> RoleBook:
    return offers(RoleBook)[0]


def meals_of(bureau_id: int, schools: Sequence[SchoolFacts]) -> dict[int, tuple[str, ...]]:
    """School → its meals; a school without a canteen serves none."""
    told: dict[int, Sequence[str]] = {}
    for source in offers(MealSource):
        told.update(source.served(bureau_id, schools))
    return {
        school.id: () if school.canteen_mode == "none" else tuple(str(meal) for meal in told.get(school.id, ()))
        for school in schools
    }
