"""Who is told by notices: before a duty is due whoever does it, after it the school's heads, then zone and bureau.

Each duty passes each mark of the clock once (`duty_clocks`), so nobody is told of the same thing twice; what a person is
told at one time is one notice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from duties.models import Duty, DutyClock
from duties.rules import SHANGHAI
from duties.service.plans import every_kind
from duties.sources import SchoolFacts, role_book, schools_source
from kernel.actor import Actor, system_actor
from kernel.database import db, now
from kernel.identity.holders import in_force
from kernel.identity.models import Membership, Person
from kernel.notices.service import notify
from kernel.policy import service as policy

BUREAU_HOUR = 17  # of the day, in Shanghai: what the bureau is told comes once a day
ONCE = timedelta(hours=12)  # the clock comes by several times within that hour
MOST_LATE = timedelta(hours=26)  # after a longer silence of the clock old things are not told anew
NAMED = 12  # titles in one notice


@dataclass(frozen=True, slots=True)
class Told:
    """Numbers of people."""

    reminded: int = 0
    heads: int = 0
    bureau: int = 0


def run(bureau_id: int) -> Told:
    """In the bureau's scope; called by the clock as often as one likes."""
    at = now()
    figures = policy.effective_numbers(
        bureau_id, ("duty.reminder.minutes", "duty.escalation.head_hours", "duty.escalation.bureau_hours")
    )
    lead = timedelta(minutes=int(figures["duty.reminder.minutes"]))
    heads_at = at - timedelta(hours=int(figures["duty.escalation.head_hours"]))
    bureau_at = at - timedelta(hours=int(figures["duty.escalation.bureau_hours"]))
    clock = db.session.scalar(select(DutyClock).where(DutyClock.bureau_id == bureau_id).with_for_update())
    if clock is None:
        clock = DutyClock(
            bureau_id=bureau_id, reminded_through=at, heads_told_through=heads_at, bureau_told_through=bureau_at
        )
        db.session.add(clock)
        db.session.flush()
    book = _Book(bureau_id, at)
    reminded = _remind(book, max(clock.reminded_through, at), at + lead)
    clock.reminded_through = max(clock.reminded_through, at + lead)
    heads = _tell_heads(book, max(clock.heads_told_through, heads_at - MOST_LATE), heads_at)
    clock.heads_told_through = max(clock.heads_told_through, heads_at)
    bureau = 0
    if at.astimezone(SHANGHAI).hour == BUREAU_HOUR and bureau_at - clock.bureau_told_through > ONCE:
        bureau = _tell_bureau(book, max(clock.bureau_told_through, bureau_at - MOST_LATE), bureau_at)
        clock.bureau_told_through = max(clock.bureau_told_through, bureau_at)
    db.session.flush()
    return Told(reminded, heads, bureau)


class _Book:
    """People by place and role, schools, titles: read when somebody has to be told."""

    def __init__(self, bureau_id: int, at: datetime) -> None:
        self.actor: Actor = system_actor(bureau_id)
        self.at = at
        self.titles: Mapping[str, Any] = {}
        self.roles: Mapping[str, tuple[str, ...]] = {}
        self.schools: Mapping[int, SchoolFacts] = {}
        self.people: dict[tuple[str, int], dict[str, set[UUID]]] = defaultdict(lambda: defaultdict(set))

    def undone(self, after: datetime, until: datetime) -> list[Any]:
        """(school, kind, meal, due) of what is due in (after, until] and not done."""
        if until <= after:
            return []
        query = select(Duty.school_id, Duty.kind, Duty.meal, Duty.due_at).where(
            Duty.bureau_id == self.actor.bureau_id, Duty.due_at > after, Duty.due_at <= until,
            Duty.fulfilled_at.is_(None), Duty.excuse_id.is_(None), Duty.is_long.in_((False, True)),
        )  # fmt: skip
        rows = list(db.session.execute(query.order_by(Duty.due_at, Duty.kind)))
        if rows and not self.schools:
            self._read()
        day = self.at.astimezone(SHANGHAI).date()
        return [row for row in rows if row.school_id in self.schools and self.schools[row.school_id].in_service(day)]

    def _read(self) -> None:
        bureau_id = self.actor.bureau_id
        self.schools = {school.id: school for school in schools_source().schools(bureau_id, None)}
        kinds = every_kind(bureau_id, list(self.schools), figures=False)
        self.titles = {code: kind.title for code, kind in kinds.items()}
        self.roles = {code: kind.roles for code, kind in kinds.items()}
        day = self.at.astimezone(SHANGHAI).date()
        query = (
            select(Membership.level, Membership.role, Membership.school_id, Membership.zone_id, Membership.person_id)
            .join(Person, (Person.bureau_id == Membership.bureau_id) & (Person.id == Membership.person_id))
            .where(
                Membership.bureau_id == bureau_id, Membership.level.in_(("bureau", "zone", "school")),
                in_force(day), Person.state == "active",
            )
        )  # fmt: skip
        for row in db.session.execute(query):
            self.people[row.level, row.school_id or row.zone_id or 0][row.role].add(row.person_id)

    def holders(self, level: str, place: int, roles: Iterable[str]) -> set[UUID]:
        held = self.people.get((level, place), {})
        return {person for role in roles for person in held.get(role, ())}

    def doers(self, school_id: int, kind: str) -> set[UUID]:
        """Whose task it is; where nobody holds one of the roles, the heads'."""
        found = self.holders("school", school_id, self.roles.get(kind, ()))
        return found or self.holders("school", school_id, role_book().heads)

    def title(self, kind: str) -> str:
        return str(self.titles.get(kind, kind))


def _remind(book: _Book, after: datetime, until: datetime) -> int:
    by_person: dict[tuple[int, UUID], list[Any]] = defaultdict(list)
    for row in book.undone(after, until):
        for person in book.doers(row.school_id, row.kind):
            by_person[row.school_id, person].append(row)
    # People with the same list get the same notice.
    groups: dict[tuple[int, tuple[Any, ...]], list[UUID]] = defaultdict(list)
    for (school_id, person), rows in by_person.items():
        groups[school_id, tuple(rows)].append(person)
    told = 0
    for (school_id, listed), people in groups.items():
        title = _("%(count)s 项任务即将到期", count=len(listed))
        told += notify(
            book.actor, people, "duty_due", title, body=_lines(book, listed), url="/duties/today", school_id=school_id
        )
    return told


def _tell_heads(book: _Book, after: datetime, until: datetime) -> int:
    by_school: dict[int, list[Any]] = defaultdict(list)
    for row in book.undone(after, until):
        by_school[row.school_id].append(row)
    told = 0
    for school_id, rows in by_school.items():
        people = book.holders("school", school_id, role_book().heads)
        title = _("本校有 %(count)s 项任务逾期未做", count=len(rows))
        told += notify(
            book.actor, people, "duty_late", title, body=_lines(book, rows), url="/duties/today", school_id=school_id
        )
    return told


def _tell_bureau(book: _Book, after: datetime, until: datetime) -> int:
    rows = book.undone(after, until)
    by_zone: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_zone[book.schools[row.school_id].zone_id or 0].append(row)
    told = 0
    for zone_id, of_zone in by_zone.items():
        people = book.holders("zone", zone_id, role_book().supervisors)
        told += _tell_of_schools(book, people, of_zone)
    if rows:
        told += _tell_of_schools(book, book.holders("bureau", 0, role_book().officers), rows)
    return told


def _tell_of_schools(book: _Book, people: Iterable[UUID], rows: list[Any]) -> int:
    by_school: dict[int, int] = defaultdict(int)
    for row in rows:
        by_school[row.school_id] += 1
    worst = sorted(by_school.items(), key=lambda pair: (-pair[1], pair[0]))
    title = _("%(schools)s 所学校有 %(count)s 项任务长时间未做", schools=len(worst), count=len(rows))
    body = "\n".join(
        _("%(school)s：%(count)s 项", school=book.schools[school_id].name, count=count)
        for school_id, count in worst[:NAMED]
    )
    return notify(book.actor, people, "duty_neglected", title, body=body, url="/duties/board")


def _lines(book: _Book, rows: Iterable[Any]) -> str:
    listed = list(rows)
    lines = [f"{row.due_at.astimezone(SHANGHAI):%m-%d %H:%M} {book.title(row.kind)}" for row in listed[:NAMED]]
    if len(listed) > NAMED:
        lines.append(_("另有 %(count)s 项", count=len(listed) - NAMED))
    return "\n".join(lines)
