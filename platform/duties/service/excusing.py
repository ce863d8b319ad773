"""A school says why it could not do its duties of some days; the bureau or the zone confirms it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, text

from duties import rules
from duties.models import DutyExcuse, DutyExcuseEvent
from duties.service.generating import EXCUSE
from duties.service.reading import seen_school
from duties.service.tallying import recount
from kernel.actor import Actor, system_actor
from kernel.database import db, now
from kernel.database.paging import Page, paginate
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.notices.service import notify
from kernel.web.dates import span_of_days, today

LATEST = timedelta(days=31)  # a day longer ago is history
MOST_DAYS = timedelta(days=60)


def ask(
    actor: Actor,
    excuse_id: UUID,
    *,
    first_day: date,
    last_day: date,
    reason: str,
    note: str,
    kinds: Sequence[str] = (),
    meals: Sequence[str] = (),
) -> DutyExcuse:
    """By the school. Sent twice it is the same request."""
    school_id = actor.own_school_id()
    content = {
        "first_day": first_day, "last_day": last_day, "reason": reason, "note": note, "kinds": sorted(set(kinds)),
        "meals": [meal for meal in rules.MEALS if meal in set(meals)],
    }  # fmt: skip
    existing = db.session.get(DutyExcuse, (actor.bureau_id, school_id, excuse_id))
    if existing is not None:
        if any(getattr(existing, name) != value for name, value in content.items()):
            raise Conflict(_("同一编号的免除申请已存在且内容不同。"))
        return existing
    if last_day < first_day or last_day - first_day > MOST_DAYS:
        raise Invalid({"last_day": [_("结束日期应不早于开始日期，且不超过两个月。")]})
    if first_day < today() - LATEST:
        raise Invalid({"first_day": [_("只能申请近一个月内的任务。")]})
    row = DutyExcuse(
        bureau_id=actor.bureau_id, school_id=school_id, id=excuse_id, asked_by_name=actor.display_name,
        created_by=actor.account_id, **content,
    )  # fmt: skip
    db.session.add(row)
    flush(db.session(), {"pk_duty_excuses": Conflict(_("同一编号的免除申请已存在且内容不同。"))})
    _trace(actor, row, "ask", "", "asked", note)
    return row


def decide(
    actor: Actor, school_id: int, excuse_id: UUID, seen_version: int | None, event: str, why: str = ""
) -> DutyExcuse:
    """`event`: "confirm" or "refuse", by the bureau or the school's zone. What it covers is excused from then on."""
    row = get_excuse(actor, school_id, excuse_id)
    if event == "refuse" and not why:
        raise Invalid({"why": [_("请说明不予免除的理由。")]})
    _move(actor, row, seen_version, event, why)
    # The zone's supervisor may not add up a month; what follows from the decision is the system's work.
    with within(db.session(), system_actor(actor.bureau_id).scope):
        begin, _end = span_of_days(row.first_day, row.last_day)
        if row.state == "confirmed":
            place = {
                "bureau_id": row.bureau_id, "school_ids": [school_id], "first": row.first_day, "since": begin,
            }  # fmt: skip
            db.session.execute(EXCUSE, place)
        else:
            db.session.execute(
                text(
                    "UPDATE duties SET excuse_id = NULL WHERE bureau_id = :bureau_id AND school_id = :school_id"
                    " AND due_at >= :begin AND excuse_id = :id"
                ),
                {"bureau_id": row.bureau_id, "school_id": school_id, "begin": begin, "id": row.id},
            )
        for month in {row.first_day.replace(day=1), row.last_day.replace(day=1)}:
            recount(row.bureau_id, month, [school_id])
        notify(
            actor,
            [row.created_by],
            "duty_excuse",
            _("免除申请已确认") if row.state == "confirmed" else _("免除申请未获同意"),
            body=why,
            url=f"/duties/excuses/{row.id}",
            school_id=school_id,
        )
    return row


def withdraw(actor: Actor, excuse_id: UUID, seen_version: int | None) -> DutyExcuse:
    row = get_excuse(actor, actor.own_school_id(), excuse_id)
    _move(actor, row, seen_version, "withdraw", "")
    return row


def _move(actor: Actor, row: DutyExcuse, seen_version: int | None, event: str, why: str) -> None:
    require_version(row, seen_version)
    former = row.state
    try:
        row.state = rules.next_state(former, event)
    except rules.TransitionRefused as refusal:
        raise Conflict(_("这项申请已经处理过了。")) from refusal
    db.session.flush()
    _trace(actor, row, event, former, row.state, why)


def _trace(actor: Actor, row: DutyExcuse, event: str, former: str, state: str, why: str) -> None:
    db.session.add(
        DutyExcuseEvent(
            bureau_id=row.bureau_id, school_id=row.school_id, excuse_id=row.id, event=event, from_state=former,
            to_state=state, why=why, at=now(), by=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip
    db.session.flush()


def get_excuse(actor: Actor, school_id: int, excuse_id: UUID) -> DutyExcuse:
    seen_school(actor, school_id)
    row = db.session.get(DutyExcuse, (actor.bureau_id, school_id, excuse_id))
    if row is None:
        raise NotFound
    return row


def events_of(row: DutyExcuse) -> list[DutyExcuseEvent]:
    query = select(DutyExcuseEvent).where(
        DutyExcuseEvent.bureau_id == row.bureau_id, DutyExcuseEvent.school_id == row.school_id,
        DutyExcuseEvent.excuse_id == row.id,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(DutyExcuseEvent.id)))


def _seen(actor: Actor, query: Any) -> Any:
    query = query.where(DutyExcuse.bureau_id == actor.bureau_id)
    if actor.level == "school":
        return query.where(DutyExcuse.school_id == actor.own_school_id())
    return query.where(DutyExcuse.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def list_excuses(
    actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[DutyExcuse]:
    """Of one's own school, zone or bureau, newest first."""
    query = _seen(actor, select(DutyExcuse))
    if state is not None:
        query = query.where(DutyExcuse.state == state)
    return paginate(db.session(), query, [DutyExcuse.id], cursor, limit)


def waiting(actor: Actor) -> tuple[int, Any]:
    """How many wait for a decision, and since when."""
    count, oldest = db.session.execute(
        _seen(actor, select(func.count(), func.min(DutyExcuse.created_at))).where(DutyExcuse.state == "asked")
    ).one()
    return int(count), oldest
