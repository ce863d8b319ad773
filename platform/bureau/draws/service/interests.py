"""What keeps an inspector from a school: declared by themselves or entered by the bureau, taken back, never deleted."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from bureau.draws.models import InspectorInterest
from bureau.roles import Role
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.identity.models import Membership, Person

CONTENT = ("person_id", "school_id", "kind", "reason", "valid_from", "valid_until")


def declare(
    actor: Actor,
    *,
    id: UUID,
    person_id: UUID,
    school_id: int,
    kind: str,
    reason: str,
    valid_from: date,
    valid_until: date | None,
) -> InspectorInterest:
    """An inspector's own interest, or one that the bureau enters for them (`manages`). Sent twice it is the same."""
    _require_own(actor, person_id)
    values: dict[str, Any] = {
        "person_id": person_id, "school_id": school_id, "kind": kind, "reason": reason or "",
        "valid_from": valid_from, "valid_until": valid_until,
    }  # fmt: skip
    existing = db.session.get(InspectorInterest, (actor.bureau_id, id))
    if existing is not None:
        if {name: getattr(existing, name) for name in CONTENT} == values:
            return existing
        raise Conflict(_("这个编号已用于另一条申报。"))
    if valid_until is not None and valid_until < valid_from:
        raise Invalid({"valid_until": [_("结束日期不能早于开始日期。")]})
    if not _is_inspector(actor, person_id):
        raise Invalid({"person_id": [_("请选择本局检查员。")]})
    school = db.session.scalar(
        select(School.id).where(School.bureau_id == actor.bureau_id, School.id == school_id, School.state != "merged")
    )
    if school is None:
        raise Invalid({"school_id": [_("请选择本局在册的学校。")]})
    interest = InspectorInterest(bureau_id=actor.bureau_id, id=id, created_by=actor.account_id, **values)
    db.session.add(interest)
    flush(db.session(), {"pk_inspector_interests": Conflict(_("这个编号已用于另一条申报。"))})
    return interest


def withdraw_interest(actor: Actor, interest_id: UUID, seen: int | None) -> InspectorInterest:
    """It no longer holds from now on; that it was declared stays on record."""
    interest = get_interest(actor, interest_id)
    if interest.withdrawn_at is not None:
        return interest
    require_version(interest, seen)
    interest.withdrawn_at, interest.withdrawn_by = now(), actor.account_id
    flush(db.session())
    return interest


def get_interest(actor: Actor, interest_id: UUID) -> InspectorInterest:
    """One's own, or any of the bureau for whoever manages them; else as if there were none."""
    interest = db.session.scalar(
        select(InspectorInterest).where(
            InspectorInterest.bureau_id == actor.bureau_id, InspectorInterest.id == interest_id
        )
    )
    if interest is None or not (manages(actor) or interest.person_id == actor.account_id):
        raise NotFound(_("没有这条申报。"))
    return interest


def list_interests(actor: Actor, person_id: UUID | None = None) -> list[tuple[InspectorInterest, str, str]]:
    """(interest, inspector's name, school's name), newest first; an inspector's own ones only."""
    query = (
        select(InspectorInterest, Person.display_name, School.name)
        .join(
            Person,
            (Person.bureau_id == InspectorInterest.bureau_id) & (Person.id == InspectorInterest.person_id),
        )
        .join(School, (School.bureau_id == InspectorInterest.bureau_id) & (School.id == InspectorInterest.school_id))
        .where(InspectorInterest.bureau_id == actor.bureau_id)
        .order_by(InspectorInterest.withdrawn_at.is_not(None), InspectorInterest.id.desc())
    )
    if not manages(actor):
        person_id = actor.account_id
    if person_id is not None:
        query = query.where(InspectorInterest.person_id == person_id)
    return [(interest, person, school) for interest, person, school in db.session.execute(query)]


def recusals(actor: Actor, first: date, last: date, people: Collection[UUID] | None = None) -> dict[UUID, set[int]]:
    """Person → schools they must not be sent to on some day from `first` to `last`."""
    query = select(InspectorInterest.person_id, InspectorInterest.school_id).where(
        InspectorInterest.bureau_id == actor.bureau_id,
        InspectorInterest.withdrawn_at.is_(None),
        InspectorInterest.valid_from <= last,
        or_(InspectorInterest.valid_until.is_(None), InspectorInterest.valid_until >= first),
    )
    if people is not None:
        query = query.where(InspectorInterest.person_id.in_(people))
    found: dict[UUID, set[int]] = {}
    for person_id, school_id in db.session.execute(query):
        found.setdefault(person_id, set()).add(school_id)
    return found


def manages(actor: Actor) -> bool:
    from bureau.inspections.permissions import PLANNERS

    return actor.level == "bureau" and ("system" in actor.roles or bool(actor.roles & set(PLANNERS)))


def _require_own(actor: Actor, person_id: UUID) -> None:
    if person_id != actor.account_id and not manages(actor):
        raise Denied("bureau:interest:manage", _("只能申报本人的利害关系。"))


def _is_inspector(actor: Actor, person_id: UUID) -> bool:
    """Whoever holds or held the role: an interest may be entered before somebody begins."""
    return (
        db.session.scalar(
            select(Membership.id)
            .where(
                Membership.bureau_id == actor.bureau_id,
                Membership.person_id == person_id,
                Membership.role == str(Role.INSPECTOR),
            )
            .limit(1)
        )
        is not None
    )
