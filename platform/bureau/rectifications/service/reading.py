"""Lists: a school's own, the bureau's board over a thousand schools, and one with everything that belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select

from bureau.inspections.models import InspectionPlan
from bureau.inspections.service.visits import sees_every_visit
from bureau.rectifications import rules
from bureau.rectifications.models import (
    Rectification,
    RectificationEvent,
    RectificationExtension,
    RectificationPhoto,
    RectificationReply,
)
from bureau.rectifications.service.moving import figures_of, for_inspector
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.web.dates import today

MOST_EXPORTED = 50_000


@dataclass(frozen=True, slots=True)
class Filter:
    """`tone`: overdue in this colour; `group` "active": everything not ended."""

    state: str | None = None
    group: str | None = None
    tone: str | None = None
    severity: str | None = None
    kind: str | None = None
    zone_id: int | None = None
    school_id: int | None = None
    plan_id: UUID | None = None


def _conditions(actor: Actor, wanted: Filter, figures: rules.Figures) -> list[Any]:
    conditions: list[Any] = [Rectification.bureau_id == actor.bureau_id]
    if actor.level == "school":
        conditions.append(Rectification.school_id == actor.own_school_id())
    elif actor.level == "zone":
        conditions.append(Rectification.school_id.in_(actor.school_ids))
    elif not sees_every_visit(actor):
        conditions.append(for_inspector(actor))
    if wanted.state:
        conditions.append(Rectification.state == wanted.state)
    if wanted.group == "active":
        conditions.append(Rectification.state.not_in(rules.ENDED))
    if wanted.tone:
        tone: Any = wanted.tone
        first, last = rules.due_bounds(tone, today(), figures)
        conditions += [Rectification.state.in_(rules.SCHOOL_STATES), Rectification.due_on <= last]
        if first is not None:
            conditions.append(Rectification.due_on >= first)
    for column, value in (
        (Rectification.severity, wanted.severity), (Rectification.kind, wanted.kind),
        (Rectification.school_id, wanted.school_id), (Rectification.plan_id, wanted.plan_id),
        (School.zone_id, wanted.zone_id),
    ):  # fmt: skip
        if value is not None:
            conditions.append(column == value)
    return conditions


def _rows(conditions: Sequence[Any]) -> Any:
    return (
        select(
            Rectification, Rectification.due_on, Rectification.id, School.name.label("school_name"), School.zone_id,
            InspectionPlan.title.label("plan_title"),
        )
        .join(School, and_(School.bureau_id == Rectification.bureau_id, School.id == Rectification.school_id))
        .join(
            InspectionPlan,
            and_(InspectionPlan.bureau_id == Rectification.bureau_id, InspectionPlan.id == Rectification.plan_id),
        )
        .where(*conditions)
    )  # fmt: skip


def board(actor: Actor, wanted: Filter, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """What is due first comes first: rows (Rectification, due_on, id, school_name, zone_id, plan_title)."""
    conditions = _conditions(actor, wanted, figures_of(actor.bureau_id))
    keys = [Rectification.due_on, Rectification.id]
    return paginate(db.session(), _rows(conditions), keys, cursor, limit, scalars=False, ascending=True)


def every_row(actor: Actor, wanted: Filter) -> list[Any]:
    """As board, without pages, for a sheet."""
    conditions = _conditions(actor, wanted, figures_of(actor.bureau_id))
    query = _rows(conditions).order_by(Rectification.due_on, Rectification.id).limit(MOST_EXPORTED)
    return list(db.session.execute(query))


def counts(actor: Actor, wanted: Filter | None = None) -> Mapping[str, int]:
    """How many in each state and in each colour: {"open": n, …, "yellow": n, "orange": n, "red": n}. One query."""
    figures = figures_of(actor.bureau_id)
    day = today()
    colour: Any = case(
        *(
            (
                and_(
                    Rectification.state.in_(rules.SCHOOL_STATES),
                    Rectification.due_on <= last,
                    *([Rectification.due_on >= first] if first is not None else []),
                ),
                tone,
            )
            for tone in ("yellow", "orange", "red")
            for first, last in [rules.due_bounds(tone, day, figures)]
        ),
        else_="",
    )
    query = (
        select(Rectification.state, colour.label("tone"), func.count())
        .join(School, and_(School.bureau_id == Rectification.bureau_id, School.id == Rectification.school_id))
        .where(*_conditions(actor, wanted or Filter(), figures))
        .group_by(Rectification.state, colour)
    )
    found: dict[str, int] = dict.fromkeys((*rules.STATES, "yellow", "orange", "red"), 0)
    for state, tone, number in db.session.execute(query):
        found[state] += number
        if tone:
            found[tone] += number
    return found


def to_do(actor: Actor, limit: int = 10) -> list[Rectification]:
    """The school's own that wait for it, soonest first."""
    return list(
        db.session.scalars(
            select(Rectification)
            .where(
                Rectification.bureau_id == actor.bureau_id,
                Rectification.school_id == actor.own_school_id(),
                Rectification.state.in_(rules.SCHOOL_STATES),
            )
            .order_by(Rectification.due_on, Rectification.id)
            .limit(limit)
        )
    )


def of_visit(actor: Actor, school_id: int, inspection_id: UUID) -> dict[str, Rectification]:
    """{item key: rectification} of one visit."""
    return {
        one.item_code: one
        for one in db.session.scalars(
            select(Rectification).where(
                Rectification.bureau_id == actor.bureau_id,
                Rectification.school_id == school_id,
                Rectification.inspection_id == inspection_id,
            )
        )
    }


def extensions_asked(actor: Actor) -> int:
    """Requests for more time that wait; one whose rectification has ended asks for nothing any more."""
    query = select(func.count()).select_from(Rectification).where(
        Rectification.bureau_id == actor.bureau_id, _waits_for_more_time(actor)
    )  # fmt: skip
    if actor.level == "zone":
        query = query.where(Rectification.school_id.in_(actor.school_ids))
    return db.session.scalar(query) or 0


def _waits_for_more_time(actor: Actor) -> ColumnElement[bool]:
    asked = select(RectificationExtension.rectification_id).where(
        RectificationExtension.bureau_id == actor.bureau_id, RectificationExtension.state == "asked"
    )
    return and_(Rectification.id.in_(asked), Rectification.state.not_in(rules.ENDED))


def with_extension_asked(actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """As board: those whose request for more time waits."""
    conditions = [*_conditions(actor, Filter(), figures_of(actor.bureau_id)), _waits_for_more_time(actor)]
    keys = [Rectification.due_on, Rectification.id]
    return paginate(db.session(), _rows(conditions), keys, cursor, limit, scalars=False, ascending=True)


@dataclass(frozen=True, slots=True)
class Pair:
    """One place before and after: attachment ids. `before` None: a photo of its own."""

    before: str | None
    after: list[RectificationPhoto]


@dataclass(frozen=True, slots=True)
class Detail:
    """`pairs`: the before-photos with what was handed in last, or is being collected, for each."""

    replies: list[RectificationReply]
    photos: list[RectificationPhoto]
    pairs: list[Pair]
    recheck_photos: list[RectificationPhoto]
    extensions: list[RectificationExtension]
    events: list[RectificationEvent]


def detail(actor: Actor, one: Rectification) -> Detail:
    def rows(model: Any, order: Any) -> list[Any]:
        return list(
            db.session.scalars(
                select(model)
                .where(
                    model.bureau_id == actor.bureau_id,
                    model.school_id == one.school_id,
                    model.rectification_id == one.id,
                )
                .order_by(order)
            )
        )

    photos = rows(RectificationPhoto, RectificationPhoto.id)
    replies = rows(RectificationReply, RectificationReply.number)
    # Before anything is handed in anew, the last reply's photos are the ones to compare with.
    newest = None if one.state in rules.SCHOOL_STATES else (replies[-1].id if replies else None)
    shown = [photo for photo in photos if photo.phase == "after" and photo.reply_id == newest]
    if actor.level != "school":
        shown = [photo for photo in photos if photo.phase == "after" and replies and photo.reply_id == replies[-1].id]
    pairs = [Pair(before, [photo for photo in shown if str(photo.before_id) == before]) for before in one.before_photos]
    loose = [photo for photo in shown if photo.before_id is None]
    if loose:
        pairs.append(Pair(None, loose))
    return Detail(
        replies, photos, pairs, [photo for photo in photos if photo.phase == "recheck"],
        rows(RectificationExtension, RectificationExtension.id), rows(RectificationEvent, RectificationEvent.id),
    )  # fmt: skip


def tone_of(one: Rectification, figures: rules.Figures, day: date) -> str:
    return rules.overdue(one.state, one.due_on, day, figures) or ""
