"""Pupils: read by their own school, entered one by one or from a table, never deleted."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.web.dates import today
from school.diners import labels, rules
from school.diners.models import Pupil, SchoolClass
from school.diners.service.classes import get_class, recount

NUMBER = "uq_pupils_bureau_id_school_id_number"
FIELDS = (
    "class_id", "number", "name", "sex", "birth_date", "is_boarder", "allergens", "allergy_note", "left_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PupilFilters:
    """None: not filtered by. `text`: the beginning of a name or of a number."""

    class_id: UUID | None = None
    text: str | None = None
    is_allergic: bool = False
    has_left: bool = False


def list_pupils(
    actor: Actor, filters: PupilFilters | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[Pupil]:
    """By number, ascending."""
    filters = filters or PupilFilters()
    chosen = _own(actor).where(Pupil.is_active.is_(not filters.has_left))
    if filters.class_id is not None:
        chosen = chosen.where(Pupil.class_id == filters.class_id)
    if filters.text:
        text = filters.text.lower()
        chosen = chosen.where(or_(Pupil.search_name.op("^@")(text), Pupil.number.op("^@")(filters.text)))
    if filters.is_allergic:
        chosen = chosen.where(func.cardinality(Pupil.allergens) > 0)
    return paginate(db.session(), chosen, [Pupil.number], cursor, limit, ascending=True)


def all_pupils(actor: Actor, *, class_id: UUID | None = None, with_left: bool = False) -> list[Pupil]:
    """For exports and sheets: by class, then number."""
    chosen = (
        _own(actor)
        .join(
            SchoolClass,
            (SchoolClass.bureau_id == Pupil.bureau_id)
            & (SchoolClass.school_id == Pupil.school_id)
            & (SchoolClass.id == Pupil.class_id),
        )
        .order_by(SchoolClass.grade, SchoolClass.number, Pupil.number)
    )
    if class_id is not None:
        chosen = chosen.where(Pupil.class_id == class_id)
    if not with_left:
        chosen = chosen.where(Pupil.is_active)
    return list(db.session.scalars(chosen))


def get_pupil(actor: Actor, school_id: int, pupil_id: UUID, *, for_update: bool = False) -> Pupil:
    wanted = select(Pupil).where(Pupil.bureau_id == actor.bureau_id, Pupil.school_id == school_id, Pupil.id == pupil_id)
    if for_update:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_("没有这名学生。"))
    return found


def add_pupil(actor: Actor, pupil_id: UUID, values: Mapping[str, Any]) -> Pupil:
    """Under the client's id; sent again with the same content it is the same pupil."""
    existing = db.session.scalars(_own(actor).where(Pupil.id == pupil_id)).one_or_none()
    if existing is not None:
        if any(getattr(existing, name) != values[name] for name in FIELDS if name in values):
            raise Conflict(_("同一编号的学生已存在且内容不同。"))
        return existing
    _require_sound(values)
    get_class(actor, actor.own_school_id(), values["class_id"])
    found = Pupil(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=pupil_id, created_by=actor.account_id,
        search_name=values["name"].lower(), is_active=values.get("left_on") is None, **values,
    )  # fmt: skip
    db.session.add(found)
    _flush()
    recount(actor, [found.class_id])
    return found


def edit_pupil(actor: Actor, pupil_id: UUID, seen_version: int | None, values: Mapping[str, Any]) -> Pupil:
    found = get_pupil(actor, actor.own_school_id(), pupil_id, for_update=True)
    require_version(found, seen_version)
    _require_sound(values)
    get_class(actor, actor.own_school_id(), values["class_id"])
    classes = {found.class_id, values["class_id"]}
    for name, value in values.items():
        setattr(found, name, value)
    found.search_name = found.name.lower()
    found.is_active = found.left_on is None
    _flush()
    recount(actor, classes)
    return found


def allergic_pupils(actor: Actor, *, class_id: UUID | None = None) -> list[tuple[str, Pupil]]:
    """(class, pupil) of those who must not eat something: what hangs in the kitchen and at the class's counter."""
    chosen = (
        select(SchoolClass.name, Pupil)
        .join(
            SchoolClass,
            (SchoolClass.bureau_id == Pupil.bureau_id)
            & (SchoolClass.school_id == Pupil.school_id)
            & (SchoolClass.id == Pupil.class_id),
        )
        .where(
            Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(), Pupil.is_active,
            func.cardinality(Pupil.allergens) > 0,
        )
        .order_by(SchoolClass.grade, SchoolClass.number, Pupil.number)
    )  # fmt: skip
    if class_id is not None:
        chosen = chosen.where(Pupil.class_id == class_id)
    return [(name, pupil) for name, pupil in db.session.execute(chosen)]


def allergen_numbers(actor: Actor) -> dict[str, int]:
    """Allergen → how many of the school's pupils; for a recipe's warning."""
    rows = db.session.execute(
        select(func.unnest(Pupil.allergens).label("allergen"), func.count())
        .where(Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(), Pupil.is_active)
        .group_by("allergen")
    )
    return {allergen: int(count) for allergen, count in rows}


def _own(actor: Actor) -> Any:
    return select(Pupil).where(Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id())


def _require_sound(values: Mapping[str, Any]) -> None:
    allergens: Sequence[str] = values.get("allergens") or ()
    facts = rules.PupilFacts(values.get("birth_date"), values.get("left_on"), allergens)
    problems = rules.pupil_problems(facts, today())
    if problems:
        raise Invalid({field: [str(labels.PROBLEMS[code])] for field, code in problems.items()})


def _flush() -> None:
    flush(db.session(), {NUMBER: Invalid({"number": [_("这个学号已经有人使用。")]})})


def age_on(birth_date: date, day: date) -> int:
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def names_of(actor: Actor, pupil_ids: Collection[UUID]) -> dict[UUID, str]:
    """Pupil → number and name; those of other schools are left out."""
    rows = db.session.execute(
        select(Pupil.id, Pupil.number, Pupil.name).where(
            Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(), Pupil.id.in_(list(pupil_ids))
        )
    )
    return {pupil: f"{number} {name}" for pupil, number, name in rows}


def by_numbers(actor: Actor, text: str) -> list[UUID]:
    """The pupils whose numbers stand in a text, separated by anything that is no number. Invalid names the first that
    nobody has."""
    numbers = list(dict.fromkeys(re.findall(r"[0-9A-Za-z-]+", text)))
    rows = db.session.execute(
        select(Pupil.number, Pupil.id).where(
            Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(), Pupil.number.in_(numbers)
        )
    )
    known = {row.number: row.id for row in rows}
    for number in numbers:
        if number not in known:
            raise Invalid({"numbers": [_("没有学号为 %(number)s 的学生。", number=number)]})
    return [known[number] for number in numbers]
