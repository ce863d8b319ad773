"""One transition, its row, and who may reach which hazard."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.hazards import rules
from bureau.hazards.models import Hazard, HazardEvent
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import NotFound, RuleBroken
from kernel.states import NoTransition


def get_hazard(actor: Actor, school_id: int, hazard_id: UUID, *, lock: bool = False) -> Hazard:
    """Within the actor's scope: a school's own, a zone's schools, the bureau's district."""
    outside = (actor.level == "school" and school_id != actor.own_school_id()) or (
        actor.level == "zone" and school_id not in actor.school_ids
    )
    query = select(Hazard).where(
        Hazard.bureau_id == actor.bureau_id, Hazard.school_id == school_id, Hazard.id == hazard_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    hazard = None if outside else db.session.scalar(query)
    if hazard is None:
        raise NotFound(_("没有这条隐患。"))
    return hazard


def move(actor: Actor, hazard: Hazard, event: str, words: str = "") -> Hazard:
    try:
        state = rules.next_state(hazard.state, event)
    except NoTransition as error:
        raise RuleBroken("hazard_state", _("隐患当前状态下不能进行此操作。")) from error
    before, hazard.state = hazard.state, state
    hazard.closed_at = now() if state in ("closed", "dismissed") else None
    note(actor, hazard, event, before, state, words)
    return hazard


def note(actor: Actor, hazard: Hazard, event: str, before: str, after: str, words: str = "") -> None:
    db.session.add(
        HazardEvent(
            bureau_id=hazard.bureau_id, school_id=hazard.school_id, id=new_id(), hazard_id=hazard.id, event=event,
            from_state=before, to_state=after, words=words, by=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip
