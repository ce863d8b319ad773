"""What every use case of a rectification needs: the row, its figures, its transitions."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select

from bureau.inspections.models import InspectionInspector
from bureau.inspections.service.visits import sees_every_visit
from bureau.rectifications import rules
from bureau.rectifications.models import Rectification, RectificationEvent
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import NotFound, RuleBroken
from kernel.policy import service as policy
from kernel.states import NoTransition

FIGURES = {
    "immediate_days": "rectification.days.immediate",
    "urgent_days": "rectification.days.urgent",
    "normal_days": "rectification.days.normal",
    "urgent_share": "rectification.share.urgent",
    "normal_share": "rectification.share.normal",
    "orange_days": "rectification.overdue.orange_days",
    "red_days": "rectification.overdue.red_days",
}


def figures_of(bureau_id: int) -> rules.Figures:
    numbers = policy.effective_numbers(bureau_id, list(FIGURES.values()))
    return rules.Figures(**{name: int(numbers[key]) for name, key in FIGURES.items()})


def get_rectification(actor: Actor, school_id: int, rectification_id: UUID, *, lock: bool = False) -> Rectification:
    """Within the actor's scope. An inspector reaches those of their own visits and those that wait for a look."""
    if actor.level == "school":
        school_id = actor.own_school_id() if school_id == actor.school_id else -1
    elif actor.level == "zone" and school_id not in actor.school_ids:
        raise NotFound(_("没有这张整改单。"))
    query = select(Rectification).where(
        Rectification.bureau_id == actor.bureau_id,
        Rectification.school_id == school_id,
        Rectification.id == rectification_id,
    )
    if actor.level == "bureau" and not sees_every_visit(actor):
        query = query.where(for_inspector(actor))
    if lock:
        query = query.with_for_update(of=Rectification).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("没有这张整改单。"))
    return found


def for_inspector(actor: Actor) -> ColumnElement[bool]:
    mine = select(InspectionInspector.inspection_id).where(
        InspectionInspector.bureau_id == actor.bureau_id, InspectionInspector.person_id == actor.account_id
    )
    return or_(Rectification.state == "recheck", Rectification.inspection_id.in_(mine))


def own_rectification(actor: Actor, rectification_id: UUID, *, lock: bool = False) -> Rectification:
    return get_rectification(actor, actor.own_school_id(), rectification_id, lock=lock)


def move(
    actor: Actor, rectification: Rectification, event: str, reason: str = "", *, at: datetime | None = None
) -> None:
    """Carry out a transition and leave its row."""
    try:
        state = rules.next_state(rectification.state, event)
    except NoTransition as error:
        raise RuleBroken("rectification_state", _("整改单当前状态下不能进行此操作。")) from error
    at = at or now()
    before, rectification.state = rectification.state, state
    rectification.closed_at = at if state in rules.ENDED else None
    note(actor, rectification, event, before, state, reason, at=at)


def note(
    actor: Actor,
    rectification: Rectification,
    event: str,
    before: str,
    after: str,
    reason: str = "",
    *,
    at: datetime | None = None,
) -> None:
    """A row of the course; also of what moves no state (a deadline moved)."""
    db.session.add(
        RectificationEvent(
            bureau_id=rectification.bureau_id, school_id=rectification.school_id, rectification_id=rectification.id,
            event=event, from_state=before, to_state=after, reason=reason, at=at or now(), by=actor.account_id,
            by_name=actor.display_name,
        )
    )  # fmt: skip
