"""Roles given and ended. Both take effect with the next request of the person."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.people import rules
from bureau.people.service.authority import require_another_admin, require_grantable
from bureau.people.service.finding import find_person
from bureau.roles import Role
from bureau.schools import service as schools
from bureau.suppliers.service.finding import get_supplier
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.identity.models import Membership, Person
from kernel.web.dates import today


def give_role(
    actor: Actor,
    person_id: UUID,
    membership_id: UUID,
    *,
    role: str,
    school_id: int | None = None,
    zone_id: int | None = None,
    supplier_id: UUID | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Membership:
    """Sent twice with the same content it is the same role. Raises Denied, NotFound, Invalid, Conflict, RuleBroken."""
    person = find_person(actor, person_id)
    return give_to(
        actor, person, membership_id, role=role, school_id=school_id, zone_id=zone_id,
        supplier_id=supplier_id, valid_from=valid_from, valid_until=valid_until,
    )  # fmt: skip


def give_to(
    actor: Actor,
    person: Person,
    membership_id: UUID,
    *,
    role: str,
    school_id: int | None,
    zone_id: int | None,
    supplier_id: UUID | None = None,
    valid_from: date | None,
    valid_until: date | None,
) -> Membership:
    """As `give_role`, for somebody who need not be visible to the actor yet."""
    require_grantable(actor, role)
    level, school_id, zone_id, supplier_id = place_of(actor, role, school_id, zone_id, supplier_id)
    if person.state != "active":
        raise RuleBroken("person_suspended", _("此人已停用，请先恢复再授予岗位。"))
    begin = valid_from or today()
    if valid_until is not None and valid_until < max(begin, today()):
        raise Invalid({"valid_until": [_("截止日期不能早于开始日期，也不能早于今天。")]})
    given = _given_already(actor, membership_id)
    content = (person.id, level, role, zone_id, school_id, supplier_id, valid_until)
    if given is not None:
        stored = (given.person_id, given.level, given.role, given.zone_id, given.school_id, given.supplier_id)
        same = (*stored, given.valid_until) == content
        if not same or given.ended_at is not None or (valid_from is not None and given.valid_from != valid_from):
            raise Conflict(_("这个编号已用于另一项岗位，请刷新后重试。"))
        return given
    _make_room(actor, person.id, role, zone_id, school_id, supplier_id)
    membership = Membership(
        bureau_id=actor.bureau_id, id=membership_id, person_id=person.id, level=level, role=role, zone_id=zone_id,
        school_id=school_id, supplier_id=supplier_id, valid_from=begin, valid_until=valid_until,
    )  # fmt: skip
    db.session.add(membership)
    taken = Conflict(_("此人已有这个岗位。"))
    flush(db.session(), {"uq_memberships_live": taken, "pk_memberships": Conflict(_("编号重复，请刷新后重试。"))})
    return membership


def place_of(
    actor: Actor, role: str, school_id: int | None, zone_id: int | None, supplier_id: UUID | None = None
) -> tuple[str, int | None, int | None, UUID | None]:
    """(level, school_id, zone_id, supplier_id) of a role given by `actor`. Raises Invalid where the place is missing,
    NotFound where it is not the actor's."""
    level = rules.level_of(role)
    if level == "school":
        if actor.level == "school":
            own = actor.own_school_id()
            if school_id not in (None, own):
                raise NotFound
            return level, own, None, None
        if school_id is None:
            raise Invalid({"school_id": [_("请选择学校。")]})
        school = schools.get_school(actor, school_id)
        if school.state != "active":
            raise RuleBroken("school_not_active", _("学校已停用或并入他校，不能授予岗位。"))
        return level, school.id, None, None
    if level == "zone":
        if zone_id is None:
            raise Invalid({"zone_id": [_("请选择片区。")]})
        return level, None, schools.get_zone(actor, zone_id).id, None
    if actor.level != "bureau":
        raise Denied
    if level == "supplier":
        if supplier_id is None:
            raise Invalid({"supplier_id": [_("请选择供应商。")]})
        return level, None, None, get_supplier(actor, supplier_id).id
    return level, None, None, None


def _given_already(actor: Actor, membership_id: UUID) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(Membership.bureau_id == actor.bureau_id, Membership.id == membership_id)
    )


def _make_room(
    actor: Actor, person_id: UUID, role: str, zone_id: int | None, school_id: int | None, supplier_id: UUID | None
) -> None:
    """A role that ran out is closed when it is given anew; one that still holds is a conflict."""
    former = db.session.scalar(
        select(Membership).where(
            Membership.bureau_id == actor.bureau_id,
            Membership.person_id == person_id,
            Membership.role == role,
            Membership.zone_id.is_not_distinct_from(zone_id),
            Membership.school_id.is_not_distinct_from(school_id),
            Membership.supplier_id.is_not_distinct_from(supplier_id),
            Membership.ended_at.is_(None),
        )
    )
    if former is None:
        return
    if former.valid_until is None or former.valid_until >= today():
        raise Conflict(_("此人已有这个岗位。"))
    former.ended_at = now()
    db.session.flush()


def end_role(actor: Actor, person_id: UUID, membership_id: UUID, version: int | None) -> Membership:
    """Ended twice it is ended once. Raises NotFound, Denied, Conflict (stale version), RuleBroken (last admin)."""
    find_person(actor, person_id)
    query = select(Membership).where(
        Membership.bureau_id == actor.bureau_id, Membership.id == membership_id, Membership.person_id == person_id
    )
    if actor.level == "school":
        query = query.where(Membership.school_id == actor.school_id)
    membership = db.session.scalar(query)
    if membership is None:
        raise NotFound
    require_grantable(actor, membership.role)
    if membership.ended_at is not None:
        return membership
    require_version(membership, version)
    if membership.role == Role.BUREAU_ADMIN and membership.level == "bureau":
        require_another_admin(actor, without=person_id)
    membership.ended_at = now()
    db.session.flush()
    return membership
