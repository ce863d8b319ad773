"""What an actor may do to a person. An account may serve several schools and bureaus: who controls its password
controls all of that, so it may be touched only by who has authority over everything that it opens."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import exists, select

from bureau.people.permissions import Permission
from bureau.people.rules import grantable_roles
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import IDENTITY, within
from kernel.errors import Denied, RuleBroken
from kernel.identity.models import Membership, Person
from kernel.web.dates import today


def require_grantable(actor: Actor, role: str) -> None:
    """Raises Denied: nobody gives or ends a role above what is theirs to give."""
    if role not in grantable_roles(actor.level, actor.roles):
        raise Denied(Permission.MANAGE, _("您不能授予或撤销这个岗位。"))


def has_whole_authority(actor: Actor, person_id: UUID) -> bool:
    """Whether everything that this account opens, in any bureau, is the actor's to give."""
    live = select(Membership).where(Membership.person_id == person_id, Membership.ended_at.is_(None))
    elsewhere = exists().where(Person.id == person_id, Person.bureau_id != actor.bureau_id, Person.state == "active")
    session = db.session()
    with within(session, IDENTITY):
        memberships = session.scalars(live).all()
        if session.scalar(select(elsewhere)):
            return False
    grantable = grantable_roles(actor.level, actor.roles)
    return all(
        one.bureau_id == actor.bureau_id
        and one.role in grantable
        and (actor.level == "bureau" or (one.level == "school" and one.school_id == actor.school_id))
        for one in memberships
    )


def require_whole_authority(actor: Actor, person_id: UUID) -> None:
    if not has_whole_authority(actor, person_id):
        raise RuleBroken("account_not_ours", _("此账号不由您全权管理，口令、手机号等只能由本人或其上级管理员办理。"))


def require_another_admin(actor: Actor, *, without: UUID) -> None:
    """Raises RuleBroken where nobody but `without` could administer the bureau any more. Locks the administrators'
    roles, so that two of them cannot remove each other at the same moment."""
    day = today()
    admins = select(Membership).where(
        Membership.bureau_id == actor.bureau_id,
        Membership.level == "bureau",
        Membership.role == Role.BUREAU_ADMIN,
        Membership.ended_at.is_(None),
    )
    rows = db.session.scalars(admins.order_by(Membership.id).with_for_update()).all()
    ids = [
        row.person_id
        for row in rows
        if row.person_id != without and row.valid_from <= day and (row.valid_until is None or row.valid_until >= day)
    ]
    others = select(Person.id).where(Person.bureau_id == actor.bureau_id, Person.id.in_(ids), Person.state == "active")
    if db.session.scalar(others.limit(1)) is None:
        raise RuleBroken("last_admin", _("这是最后一位局管理员，请先指定另一位再操作。"))
