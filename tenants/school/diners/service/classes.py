"""Classes: opened for a year, given their teacher, closed when they leave."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from school.diners import rules
from school.diners.models import Pupil, SchoolClass

FIELDS = ("name", "stage", "grade", "number", "teacher_id", "is_active")
NAME = "uq_school_classes_name"


def all_classes(actor: Actor, school_id: int) -> list[SchoolClass]:
    """Those in use first, in the order of the grades."""
    return list(
        db.session.scalars(
            select(SchoolClass)
            .where(SchoolClass.bureau_id == actor.bureau_id, SchoolClass.school_id == school_id)
            .order_by(SchoolClass.is_active.desc(), SchoolClass.grade, SchoolClass.number, SchoolClass.id)
        )
    )


def get_class(actor: Actor, school_id: int, class_id: UUID, *, for_update: bool = False) -> SchoolClass:
    wanted = select(SchoolClass).where(
        SchoolClass.bureau_id == actor.bureau_id, SchoolClass.school_id == school_id, SchoolClass.id == class_id
    )
    if for_update:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_("没有这个班级。"))
    return found


def open_class(actor: Actor, class_id: UUID, values: Mapping[str, Any]) -> SchoolClass:
    """Under the client's id; `name` empty: as its grade and number are called. Sent again it is the same class."""
    values = _named(values)
    existing = db.session.scalars(
        select(SchoolClass).where(
            SchoolClass.bureau_id == actor.bureau_id, SchoolClass.school_id == actor.own_school_id(),
            SchoolClass.id == class_id,
        )
    ).one_or_none()  # fmt: skip
    if existing is not None:
        if any(getattr(existing, name) != values[name] for name in ("stage", "grade", "number")):
            raise Conflict(_("同一编号的班级已存在且内容不同。"))
        return existing
    found = SchoolClass(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=class_id, created_by=actor.account_id, **values
    )
    db.session.add(found)
    _flush()
    return found


def edit_class(actor: Actor, class_id: UUID, seen_version: int | None, values: Mapping[str, Any]) -> SchoolClass:
    found = get_class(actor, actor.own_school_id(), class_id, for_update=True)
    require_version(found, seen_version)
    with db.session.no_autoflush:
        given = _named(values)
        if not given.get("is_active", True) and _has_pupils(actor, class_id):
            raise Invalid({"is_active": [_("班里还有在校学生，不能停用。")]})
        pupil_count = given.pop("pupil_count", None)
        for name, value in given.items():
            setattr(found, name, value)
        if pupil_count is not None and not _has_pupils(actor, class_id):
            found.pupil_count = pupil_count
            found.allergic_count = min(found.allergic_count, pupil_count)
    _flush()
    return found


def recount(actor: Actor, class_ids: Collection[UUID]) -> None:
    """Bring the numbers of these classes in step with their pupils, in one statement."""
    db.session.flush()
    there = (
        select(func.count())
        .where(
            Pupil.bureau_id == SchoolClass.bureau_id, Pupil.school_id == SchoolClass.school_id,
            Pupil.class_id == SchoolClass.id, Pupil.is_active,
        )
    )  # fmt: skip
    statement = (
        update(SchoolClass)
        .where(
            SchoolClass.bureau_id == actor.bureau_id, SchoolClass.school_id == actor.own_school_id(),
            SchoolClass.id.in_(set(class_ids)),
        )
        .values(
            pupil_count=there.scalar_subquery(),
            allergic_count=there.where(func.cardinality(Pupil.allergens) > 0).scalar_subquery(),
            version=SchoolClass.version + 1,
        )
    )  # fmt: skip
    db.session.execute(statement, execution_options={"synchronize_session": False})
    for row in list(db.session.identity_map.values()):
        if isinstance(row, SchoolClass):
            db.session.expire(row)


def _has_pupils(actor: Actor, class_id: UUID) -> bool:
    return (
        db.session.scalar(
            select(Pupil.id)
            .where(
                Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(),
                Pupil.class_id == class_id, Pupil.is_active,
            )
            .limit(1)
        )
        is not None
    )  # fmt: skip


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if not given.get("name"):
        given["name"] = rules.class_name(given["stage"], given["grade"], given["number"])
    return given


def _flush() -> None:
    flush(db.session(), {NAME: Invalid({"name": [_("已有同名的班级。")]})})
