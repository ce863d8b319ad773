"""A person's duties as a calendar that their phone reads: a secret address, kept as a hash, good until it is revoked or
the person leaves the school."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from duties import ical
from duties.labels import period_text
from duties.models import DutyFeed
from duties.service.reading import Shown, between, is_head, mine
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Invalid, NotFound
from kernel.identity.loading import digest
from kernel.identity.service.scopes import scopes_of
from kernel.web.dates import today

BACK, AHEAD = timedelta(days=14), timedelta(days=60)
MOST_FEEDS = 10
LENGTH = timedelta(minutes=30)  # how long an event stands in the calendar before it is due
ALARM = 30  # minutes


@dataclass(frozen=True, slots=True)
class NewFeed:
    """`secret` is shown once."""

    feed: DutyFeed
    secret: str


def create_feed(actor: Actor, name: str) -> NewFeed:
    if len(list_feeds(actor)) >= MOST_FEEDS:
        raise Invalid({"name": [_("最多保留 %(count)s 个订阅地址，请先停用不用的。", count=MOST_FEEDS)]})
    secret = secrets.token_urlsafe(32)
    row = DutyFeed(
        bureau_id=actor.bureau_id, id=new_id(), school_id=actor.own_school_id(), person_id=actor.account_id,
        name=name, token_hash=digest(secret), created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return NewFeed(row, secret)


def list_feeds(actor: Actor) -> list[DutyFeed]:
    """One's own at this school, those in use, newest first."""
    query = select(DutyFeed).where(
        DutyFeed.bureau_id == actor.bureau_id, DutyFeed.school_id == actor.own_school_id(),
        DutyFeed.person_id == actor.account_id, DutyFeed.revoked_at.is_(None),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(DutyFeed.id.desc())))


def revoke_feed(actor: Actor, feed_id: UUID) -> None:
    """At once: the next reading finds nothing."""
    row = db.session.scalar(
        select(DutyFeed).where(
            DutyFeed.bureau_id == actor.bureau_id, DutyFeed.school_id == actor.own_school_id(),
            DutyFeed.person_id == actor.account_id, DutyFeed.id == feed_id,
        )
    )  # fmt: skip
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = now()
    db.session.flush()


def read_feed(bureau_id: int, secret: str, link: Callable[[Shown], str]) -> bytes:
    """The calendar behind an address, as its person may see it today; NotFound says nothing of why. `link`: a duty's
    whole address."""
    session = db.session()
    use_scope(session, system_actor(bureau_id).scope)
    row = session.scalar(
        select(DutyFeed).where(
            DutyFeed.bureau_id == bureau_id, DutyFeed.token_hash == digest(secret), DutyFeed.revoked_at.is_(None)
        )
    )
    if row is None:
        raise NotFound
    use_scope(session, IDENTITY)
    place = next(
        (
            one for one in scopes_of(row.person_id)
            if (one.level, one.bureau_id, one.school_id) == ("school", bureau_id, row.school_id) and not one.is_history
        ),
        None,
    )  # fmt: skip
    if place is None:
        raise NotFound
    actor = Actor(
        row.person_id, "", "school", bureau_id, row.school_id, roles=frozenset(place.roles), scope_label=place.label,
        read_only=True,
    )  # fmt: skip
    use_scope(session, actor.scope)
    day = today()
    found = between(actor, row.school_id, day - BACK, day + AHEAD)
    if not is_head(replace(actor, read_only=False)):
        found = mine(actor, found)
    events = [_event(one, bureau_id, row.school_id, link(one)) for one in found if one.standing != "excused"]
    return ical.calendar(_("%(school)s后勤任务", school=place.label), events, now())


def _event(one: Shown, bureau_id: int, school_id: int, url: str) -> ical.Event:
    is_done = one.standing in ("on_time", "done_late")
    return ical.Event(
        uid=f"{one.code}.{one.period}.{school_id}.{bureau_id}@houqin",
        begins=max(one.opens_at, one.due_at - LENGTH) if one.opens_at < one.due_at else one.due_at - LENGTH,
        ends=one.due_at,
        summary=_("%(title)s（已完成）", title=one.title) if is_done else one.title,
        description=period_text(one.period, one.first_day, one.meal),
        url=url,
        category=str(one.kind.group) if one.kind is not None else "",
        alarm_minutes=None if is_done else ALARM,
    )
