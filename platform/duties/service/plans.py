"""Which kinds there are, and what each asks of each school: the plan that duties are generated from."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from duties.kinds import DutyKind, published_kinds
from duties.models import BureauDutyKind, DutySetting, SchoolDutyKind, SchoolDutySetting
from duties.resolving import Choice, Origin, Resolved, SchoolChoice, SchoolTypes, Setting, resolve, with_figures
from duties.rules import Pattern, SchoolCalendar
from duties.sources import SchoolFacts, meals_of, schools_source
from kernel.database import db
from kernel.policy import service as policy
from kernel.workdays import rules as workday_rules
from kernel.workdays import service as workdays

BUREAU_PREFIX, SCHOOL_PREFIX = "b-", "s-"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind, whoever made it. `published` None: fulfilled by a tick. `school_id`: of a school's own plan."""

    code: str
    title: Any
    pattern: Pattern
    roles: tuple[str, ...]
    origin: Origin
    applies: Callable[[SchoolFacts], bool]
    published: DutyKind | None = None
    detail: Any = ""
    group: Any = ""
    citation: str = ""
    needs_photo: bool = False
    needs_note: bool = False
    school_id: int | None = None
    id: UUID | None = None
    is_active: bool = True

    @property
    def is_ticked(self) -> bool:
        return self.published is None


@dataclass(frozen=True, slots=True)
class Owed:
    kind: Kind
    pattern: Pattern


@dataclass(slots=True)
class Plan:
    """What one school owes. `digest` changes when anything does that decides its occurrences."""

    facts: SchoolFacts
    owed: list[Owed]
    meals: tuple[str, ...]
    digest: str


@dataclass(slots=True)
class Planning:
    """Everything that decides a bureau's duties, read once."""

    bureau_id: int
    calendar: SchoolCalendar
    kinds: Mapping[str, Kind]
    settings: Mapping[str, Sequence[Setting]]
    school_kinds: Mapping[int, Sequence[Kind]]
    choices: Mapping[tuple[int, str], SchoolChoice]
    calendar_digest: str
    meals: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def resolved(self, kind: Kind, facts: SchoolFacts) -> Resolved:
        return resolve(
            kind.pattern, kind.applies, facts, self.settings.get(kind.code, ()), self.choices.get((facts.id, kind.code))
        )

    def plan_of(self, facts: SchoolFacts) -> Plan:
        kinds = (*(kind for kind in self.kinds.values() if kind.is_active), *self.school_kinds.get(facts.id, ()))
        owed = [
            Owed(kind, found.pattern)
            for kind in kinds
            if kind.is_active and (found := self.resolved(kind, facts)).pattern is not None
        ]
        meals = self.meals.get(facts.id, ())
        parts = [_digest_of(one.kind.code, one.pattern) for one in owed]
        text = "|".join([*sorted(parts), ",".join(meals), repr(facts.closed), self.calendar_digest])
        return Plan(facts, owed, meals, sha256(text.encode()).hexdigest())


@cache
def _digest_of(code: str, pattern: Pattern) -> str:
    return sha256(f"{code} {pattern!r}".encode()).hexdigest()[:16]


def planning(bureau_id: int, facts: Sequence[SchoolFacts]) -> Planning:
    """For these schools, in the scope of the bureau, of a zone or of the one school; a dozen queries."""
    school_ids = [school.id for school in facts]
    calendar, digest = calendar_of(bureau_id)
    return Planning(
        bureau_id, calendar, kinds_of_bureau(bureau_id), _settings(bureau_id), _school_kinds(bureau_id, school_ids),
        _choices(bureau_id, school_ids), digest, meals_of(bureau_id, facts),
    )  # fmt: skip


def calendar_of(bureau_id: int) -> tuple[SchoolCalendar, str]:
    """The calendar, and a digest of everything that it is made of."""
    terms = schools_source().terms(bureau_id)
    known = workdays.calendar(bureau_id)
    text = repr(terms) + repr(sorted(known.overrides.items()))
    return (
        SchoolCalendar(lambda day: workday_rules.is_workday(day, known), tuple(terms)),
        sha256(text.encode()).hexdigest()[:16],
    )


def kinds_of_bureau(bureau_id: int, *, figures: bool = True) -> dict[str, Kind]:
    """Published kinds with the figures in force (`figures` False: as declared, where only their names are wanted), and
    the bureau's own; those it has ended too (`is_active` False)."""
    published = published_kinds()
    keys = {key for kind in published.values() for key in kind.policy.values()} if figures else set()
    numbers = policy.effective_numbers(bureau_id, sorted(keys)) if keys else {}
    found = {}
    for code, kind in published.items():
        values = {name: int(numbers[key]) for name, key in kind.policy.items() if key in numbers}
        found[code] = Kind(
            code, kind.title, with_figures(kind.pattern, values), kind.roles, "module", kind.applies, kind,
            detail=kind.detail, group=kind.group, citation=kind.citation,
        )  # fmt: skip
    rows = db.session.scalars(
        select(BureauDutyKind).where(BureauDutyKind.bureau_id == bureau_id).order_by(BureauDutyKind.id)
    )
    for row in rows:
        made = kind_of_bureau_row(row)
        found[made.code] = made
    return found


def kind_of_bureau_row(row: BureauDutyKind) -> Kind:
    types = types_of(row)
    return Kind(
        f"{BUREAU_PREFIX}{row.id}", row.title, pattern_of(row), tuple(row.roles), "bureau", types.fits,
        detail=row.detail, group=_l("本区要求"), citation=row.citation, needs_photo=row.needs_photo,
        needs_note=row.needs_note, id=row.id, is_active=row.is_active,
    )  # fmt: skip


def kind_of_school_row(row: SchoolDutyKind) -> Kind:
    return Kind(
        f"{SCHOOL_PREFIX}{row.id}", row.title, pattern_of(row), tuple(row.roles), "school",
        lambda facts: True, detail=row.detail, group=_l("本校安排"), needs_photo=row.needs_photo,
        needs_note=row.needs_note, school_id=row.school_id, id=row.id, is_active=row.is_active,
    )  # fmt: skip


def pattern_of(row: BureauDutyKind | SchoolDutyKind) -> Pattern:
    return Pattern(
        row.cadence, due_time=row.due_time, days=row.days, weekday=row.weekday, month_day=row.month_day,  # type: ignore[arg-type]
        months=tuple(row.months), anchor=row.anchor, shift_days=row.shift_days, lead_days=row.lead_days,  # type: ignore[arg-type]
        minutes_after=row.minutes_after, once_on=row.once_on, grace=timedelta(hours=row.grace_hours),
        needed=row.needed, starts_on=row.starts_on, ends_on=row.ends_on,
    )  # fmt: skip


def types_of(row: BureauDutyKind | DutySetting) -> SchoolTypes:
    return SchoolTypes(
        tuple(row.stages), row.boarding, tuple(row.canteen_modes), row.least_diners, row.most_diners
    )  # fmt: skip


def choice_of(row: DutySetting | SchoolDutySetting) -> Choice:
    grace = row.grace_hours if isinstance(row, DutySetting) else None
    return Choice(row.due_time, row.weekday, row.month_day, row.minutes_after, grace)


def _settings(bureau_id: int) -> dict[str, list[Setting]]:
    found: dict[str, list[Setting]] = defaultdict(list)
    for row in db.session.scalars(select(DutySetting).where(DutySetting.bureau_id == bureau_id)):
        found[row.kind].append(Setting(types_of(row), row.is_on, choice_of(row)))
    return found


def _school_kinds(bureau_id: int, school_ids: Iterable[int]) -> dict[int, list[Kind]]:
    query = select(SchoolDutyKind).where(
        SchoolDutyKind.bureau_id == bureau_id, SchoolDutyKind.school_id.in_(list(school_ids))
    )
    found: dict[int, list[Kind]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(SchoolDutyKind.id)):
        found[row.school_id].append(kind_of_school_row(row))
    return found


def _choices(bureau_id: int, school_ids: Iterable[int]) -> dict[tuple[int, str], SchoolChoice]:
    query = select(SchoolDutySetting).where(
        SchoolDutySetting.bureau_id == bureau_id, SchoolDutySetting.school_id.in_(list(school_ids))
    )
    return {
        (row.school_id, row.kind): SchoolChoice(row.is_added, choice_of(row)) for row in db.session.scalars(query)
    }  # fmt: skip


def every_kind(bureau_id: int, school_ids: Sequence[int] = (), *, figures: bool = True) -> dict[str, Kind]:
    """For showing rows: with the schools' own kinds, ended ones too. A row's kind may be gone (a module was taken out)."""
    found = kinds_of_bureau(bureau_id, figures=figures)
    if school_ids:
        for kinds in _school_kinds(bureau_id, school_ids).values():
            found.update({kind.code: kind for kind in kinds})
    return found


def from_day(pattern: Pattern, day: date) -> Pattern:
    """The same, beginning not before `day`."""
    return pattern if pattern.starts_on and pattern.starts_on >= day else replace(pattern, starts_on=day)
