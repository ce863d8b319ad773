"""What the bureau knows of diners: numbers per school and day, never a pupil."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db
from school.diners.models import DinerCount, SchoolClass


@dataclass(frozen=True, slots=True)
class SchoolNumbers:
    """`reported`: classes that said how many eat at the meal most of them said it for; `planned`: the day's biggest meal."""

    classes: int = 0
    pupils: int = 0
    allergic: int = 0
    reported: int = 0
    planned: int = 0
    actual: int | None = None


def numbers(actor: Actor, day: date) -> dict[int, SchoolNumbers]:
    """School → its numbers of a day; only schools that keep classes here."""
    own = SchoolClass.bureau_id == actor.bureau_id
    counted = DinerCount.bureau_id == actor.bureau_id
    if actor.level == "zone":
        own &= SchoolClass.school_id.in_(actor.school_ids)
        counted &= DinerCount.school_id.in_(actor.school_ids)
    found = {
        row.school_id: SchoolNumbers(row.classes, int(row.pupils or 0), int(row.allergic or 0))
        for row in db.session.execute(
            select(
                SchoolClass.school_id, func.count().label("classes"),
                func.sum(SchoolClass.pupil_count).label("pupils"), func.sum(SchoolClass.allergic_count).label("allergic"),
            )
            .where(own, SchoolClass.is_active)
            .group_by(SchoolClass.school_id)
        )
    }  # fmt: skip
    rows = db.session.execute(
        select(
            DinerCount.school_id, DinerCount.meal, func.count(DinerCount.class_id), func.sum(DinerCount.planned),
            func.sum(DinerCount.actual),
        )
        .where(counted, DinerCount.on_day == day)
        .group_by(DinerCount.school_id, DinerCount.meal)
    )  # fmt: skip
    for school_id, _meal, reported, planned, actual in rows:
        before = found.get(school_id, SchoolNumbers())
        if planned >= before.planned:
            found[school_id] = SchoolNumbers(
                before.classes, before.pupils, before.allergic, int(reported), int(planned),
                None if actual is None else int(actual),
            )  # fmt: skip
    return found
