"""Who holds a role today. Asked as the identity: a company's person may not see who serves a school or the bureau, but
may be heard by them."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from kernel.database import db
from kernel.database.scope import IDENTITY, within
from kernel.identity.models import Membership, Person
from kernel.web.dates import today


def in_force(day: date | None = None) -> ColumnElement[bool]:
    """The condition that a membership counts on that day."""
    day = day or today()
    return and_(
        Membership.ended_at.is_(None),
        Membership.valid_from <= day,
        or_(Membership.valid_until.is_(None), Membership.valid_until >= day),
    )


def at_bureau(bureau_id: int, roles: Iterable[str]) -> list[UUID]:
    return _people(bureau_id, roles, Membership.level == "bureau").get(0, [])


def at_school(bureau_id: int, school_id: int, roles: Iterable[str]) -> list[UUID]:
    return at_schools(bureau_id, [school_id], roles).get(school_id, [])


def at_schools(bureau_id: int, school_ids: Iterable[int], roles: Iterable[str]) -> dict[int, list[UUID]]:
    """School → its people, in one query for all of them; a school where nobody holds a role is left out."""
    return _people(bureau_id, roles, Membership.level == "school", Membership.school_id.in_(list(school_ids)))


def of_supplier(bureau_id: int, supplier_id: UUID) -> list[UUID]:
    return _people(bureau_id, None, Membership.supplier_id == supplier_id).get(0, [])


def _people(bureau_id: int, roles: Iterable[str] | None, *conditions: ColumnElement[bool]) -> dict[int, list[UUID]]:
    query = (
        select(Membership.school_id, Membership.person_id)
        .join(Person, (Person.bureau_id == Membership.bureau_id) & (Person.id == Membership.person_id))
        .where(Membership.bureau_id == bureau_id, Person.state == "active", in_force(), *conditions)
        .distinct()
    )
    if roles is not None:
        query = query.where(Membership.role.in_([str(role) for role in roles]))
    session: Any = db.session()
    found: dict[int, list[UUID]] = {}
    with within(session, IDENTITY):
        for school_id, person_id in session.execute(query):
            found.setdefault(school_id or 0, []).append(person_id)
    return found
