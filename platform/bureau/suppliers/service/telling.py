"""Notices between the bureau's procurement officers and a company's people."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import IDENTITY, within
from kernel.identity.models import Membership, Person
from kernel.notices import service as notices
from kernel.web.dates import today


def people_of(actor: Actor, supplier_id: UUID) -> list[UUID]:
    return _holders(actor, Membership.supplier_id == supplier_id)


def officers(actor: Actor) -> list[UUID]:
    return _holders(actor, Membership.level == "bureau", Membership.role == Role.PROCUREMENT_OFFICER)


def _holders(actor: Actor, *conditions: ColumnElement[bool]) -> list[UUID]:
    """A company's person may not see who serves the bureau, but may be heard by them: asked as the identity."""
    day = today()
    query = select(Membership.person_id).where(
        Membership.bureau_id == actor.bureau_id, Membership.ended_at.is_(None), Membership.valid_from <= day,
        or_(Membership.valid_until.is_(None), Membership.valid_until >= day), *conditions,
    )  # fmt: skip
    active = query.join(Person, (Person.bureau_id == Membership.bureau_id) & (Person.id == Membership.person_id))
    session = db.session()
    with within(session, IDENTITY):
        return list(session.scalars(active.where(Person.state == "active").distinct()))


def tell_company(actor: Actor, supplier_id: UUID, kind: str, title: str, body: str = "", url: str = "/company") -> int:
    people = people_of(actor, supplier_id)
    return notices.notify(actor, people, kind, title, body=body, url=url, by_mail=True)


def tell_officers(
    actor: Actor, supplier_id: UUID, kind: str, title: str, body: str = "", url: str | None = None
) -> int:
    return notices.notify(actor, officers(actor), kind, title, body=body, url=url or f"/suppliers/{supplier_id}")
