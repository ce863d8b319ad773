"""Suspend and reopen a school; every change of state leaves a row: who, when, why."""

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.schools import labels, states
from bureau.schools.models import School, SchoolStateChange
from bureau.schools.service.schools import current_of, get_school
from kernel.actor import Actor
from kernel.database import db, now, writing
from kernel.errors import RuleBroken
from kernel.identity.models import Person


def suspend_school(actor: Actor, school_id: int, *, seen_version: int | None, reason: str) -> School:
    """Its people cannot sign in for it until it is reopened; its records stay as they are."""
    return change_state(actor, _locked(actor, school_id), "suspend", seen_version=seen_version, reason=reason)


def reopen_school(actor: Actor, school_id: int, *, seen_version: int | None, reason: str) -> School:
    return change_state(actor, _locked(actor, school_id), "reopen", seen_version=seen_version, reason=reason)


def state_changes(actor: Actor, school_id: int) -> list[SchoolStateChange]:
    """Newest first."""
    school = get_school(actor, school_id)
    return list(
        db.session.scalars(
            select(SchoolStateChange)
            .where(SchoolStateChange.bureau_id == actor.bureau_id, SchoolStateChange.school_id == school.id)
            .order_by(SchoolStateChange.id.desc())
        )
    )


def person_names(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, str]:
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Person.id, Person.display_name).where(Person.bureau_id == actor.bureau_id, Person.id.in_(wanted))
    )
    return {row.id: row.display_name for row in rows}


def change_state(
    actor: Actor,
    school: School,
    event: states.Event,
    *,
    seen_version: int | None,
    reason: str,
    target_id: int | None = None,
) -> School:
    """`school` is locked by the caller."""
    try:
        following = states.next_state(school.state, event)
    except states.TransitionRefused as refused:
        raise RuleBroken(
            f"school.{event}",
            _(
                "学校当前为“%(state)s”，不能%(event)s。",
                state=labels.STATE[refused.state],
                event=labels.EVENT[refused.event],
            ),
        ) from refused
    writing.require_version(school, seen_version, {**current_of(school), "state": school.state})
    db.session.add(
        SchoolStateChange(
            bureau_id=school.bureau_id,
            school_id=school.id,
            target_school_id=target_id,
            event=event,
            from_state=school.state,
            to_state=following,
            reason=reason,
            at=now(),
            by=actor.account_id,
        )
    )
    school.state, school.state_reason, school.merged_into_id = following, reason, target_id
    db.session.flush()
    return school


def _locked(actor: Actor, school_id: int) -> School:
    return get_school(actor, school_id, for_update=True)
