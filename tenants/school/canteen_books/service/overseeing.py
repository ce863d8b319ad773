"""What the bureau sees of all schools' books at once: who has not closed or published, whose shares are out of band."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from bureau.schools.models import School
from bureau.schools.service import all_schools
from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import today
from school.canteen_books import rules
from school.canteen_books.models import BookFinding, BookMonth
from school.canteen_books.rules import MonthState
from school.canteen_books.service.statements import due_on


@dataclass(frozen=True, slots=True)
class SchoolMonth:
    """`month` None: the school's books do not reach it, or it keeps none. `is_late`: not published and past its day."""

    school: School
    month: BookMonth | None
    findings: Sequence[BookFinding] = field(default_factory=tuple)
    is_late: bool = False

    @property
    def standing(self) -> str:
        """none, open, closed, published."""
        if self.month is None:
            return "none"
        if self.month.published_at is not None:
            return "published"
        return "closed" if self.month.state in (MonthState.CLOSED, MonthState.REOPENING) else "open"


def month_of_schools(actor: Actor, month: date) -> list[SchoolMonth]:
    """Every school that keeps books or runs a canteen, with its month. Three reads for a thousand schools."""
    own = [BookMonth.bureau_id == actor.bureau_id, BookMonth.month == month]
    found = [BookFinding.bureau_id == actor.bureau_id, BookFinding.month == month]
    if actor.level == "zone":
        own.append(BookMonth.school_id.in_(actor.school_ids))
        found.append(BookFinding.school_id.in_(actor.school_ids))
    months = {row.school_id: row for row in db.session.scalars(select(BookMonth).where(*own))}
    findings: dict[int, list[BookFinding]] = {}
    for row in db.session.scalars(select(BookFinding).where(*found).order_by(BookFinding.id)):
        findings.setdefault(row.school_id, []).append(row)
    schools = [school for school in all_schools(actor) if school.id in months or school.canteen_mode == "self_run"]
    deadline = due_on(actor, schools[0].id, month)[0] if schools else today()
    is_past = today() > deadline
    return [
        SchoolMonth(
            school, months.get(school.id), findings.get(school.id, ()),
            is_past and (school.id not in months or months[school.id].published_at is None),
        )
        for school in schools
    ]  # fmt: skip


def last_due_month(actor: Actor) -> date:
    """The newest month whose statement may be asked for: the one before this."""
    return rules.previous_month(rules.month_of(today()))


def unpublished(actor: Actor, first: date, last: date) -> dict[int, int]:
    """School → months of its books within the span that are over and not published."""
    query = (
        select(BookMonth.school_id, func.count())
        .where(
            BookMonth.bureau_id == actor.bureau_id, BookMonth.month >= rules.month_of(first),
            BookMonth.month <= last, BookMonth.month < rules.month_of(today()), BookMonth.published_at.is_(None),
        )
        .group_by(BookMonth.school_id)
    )  # fmt: skip
    return _counted(actor, query, BookMonth)


def found_in(actor: Actor, first: date, last: date) -> dict[int, int]:
    """School → findings of its closed months within the span."""
    query = (
        select(BookFinding.school_id, func.count())
        .where(
            BookFinding.bureau_id == actor.bureau_id, BookFinding.month >= rules.month_of(first),
            BookFinding.month <= last,
        )
        .group_by(BookFinding.school_id)
    )  # fmt: skip
    return _counted(actor, query, BookFinding)


def _counted(actor: Actor, query: Any, model: Any) -> dict[int, int]:
    if actor.level == "zone":
        query = query.where(model.school_id.in_(actor.school_ids))
    return {school_id: int(count) for school_id, count in db.session.execute(query)}


def findings_of(actor: Actor, school_id: int, month: date) -> list[BookFinding]:
    return list(
        db.session.scalars(
            select(BookFinding)
            .where(
                BookFinding.bureau_id == actor.bureau_id, BookFinding.school_id == school_id,
                BookFinding.month == month,
            )
            .order_by(BookFinding.id)
        )
    )  # fmt: skip
