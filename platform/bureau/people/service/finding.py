"""People as their bureau or school sees them. A school sees those who hold a role there, and only those roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from bureau.people.rules import Standing, standing
from bureau.roles import Role
from bureau.schools import service as schools
from bureau.suppliers.service.finding import names_of
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.database.scope import IDENTITY, within
from kernel.errors import NotFound
from kernel.identity.models import Account, Membership, Person
from kernel.identity.service.accounts import accounts_by_id, find_account
from kernel.web.dates import today


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role that was given, with the name of its place and what it is worth today."""

    membership: Membership
    place: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class PersonView:
    person: Person
    account: Account
    roles: Sequence[RoleView]

    @property
    def current_roles(self) -> list[RoleView]:
        return [view for view in self.roles if view.standing in (Standing.HELD, Standing.COMING)]


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """None: not filtered by. `text`: part of the name, or the whole user name or mobile number."""

    text: str | None = None
    role: str | None = None
    school_id: int | None = None
    state: str | None = None


def list_people(
    actor: Actor, filters: PeopleFilters | None = None, cursor: str | None = None, limit: int = 50
) -> Page[PersonView]:
    """By name, ascending."""
    filters = filters or PeopleFilters()
    chosen = select(Person).where(*_visible(actor))
    if filters.text:
        chosen = chosen.where(_matches(filters.text))
    if filters.state:
        chosen = chosen.where(Person.state == filters.state)
    if filters.role or filters.school_id:
        held = _live(actor)
        if filters.role:
            held = held.where(Membership.role == filters.role)
        if filters.school_id:
            held = held.where(Membership.school_id == filters.school_id)
        chosen = chosen.where(Person.id.in_(held))
    page = paginate(db.session(), chosen, [Person.search_name, Person.id], cursor, limit, ascending=True)
    return Page(_views(actor, page.items, ended=False), page.next_cursor)


def _live(actor: Actor) -> Any:
    """Ids of the persons who hold a live role that the actor sees."""
    query = select(Membership.person_id).where(Membership.bureau_id == actor.bureau_id, Membership.ended_at.is_(None))
    return query.where(Membership.school_id == actor.school_id) if actor.level == "school" else query


def _visible(actor: Actor) -> list[ColumnElement[bool]]:
    visible: list[ColumnElement[bool]] = [Person.bureau_id == actor.bureau_id]
    if actor.level == "school":
        visible.append(Person.id.in_(_live(actor)))
    return visible


def _matches(text: str) -> ColumnElement[bool]:
    session = db.session()
    with within(session, IDENTITY):
        account = find_account(session, text)
    part = func.strpos(Person.search_name, text.lower()) > 0
    return or_(part, Person.id == account.id) if account is not None else part


def find_person(actor: Actor, person_id: UUID, *, for_update: bool = False) -> Person:
    """NotFound for whoever is not of this bureau, or holds no role in this school."""
    wanted = select(Person).where(*_visible(actor), Person.id == person_id)
    if for_update:
        if actor.level == "school":
            # A school may read a person's row, not lock it; the version still refuses a stale edit.
            for_update = False
        else:
            wanted = wanted.with_for_update(of=Person).execution_options(populate_existing=True)
    person = db.session.scalar(wanted)
    if person is None:
        raise NotFound
    return person


def holds_any_role(actor: Actor, person_id: UUID) -> bool:
    """Whether the person still holds a role that the actor sees."""
    return db.session.scalar(_live(actor).where(Membership.person_id == person_id).limit(1)) is not None


def get_person(actor: Actor, person_id: UUID) -> PersonView:
    return _views(actor, [find_person(actor, person_id)], ended=True)[0]


def _views(actor: Actor, people: Sequence[Person], *, ended: bool) -> list[PersonView]:
    ids = [person.id for person in people]
    query = select(Membership).where(Membership.bureau_id == actor.bureau_id, Membership.person_id.in_(ids))
    if actor.level == "school":
        query = query.where(Membership.school_id == actor.school_id)
    if not ended:
        query = query.where(Membership.ended_at.is_(None))
    found = db.session.scalars(query.order_by(Membership.ended_at.desc().nulls_first(), Membership.id)).all()
    school_names = schools.school_names(actor, [one.school_id for one in found])
    zone_names = schools.zone_names(actor) if any(one.zone_id for one in found) else {}
    supplier_names = names_of(actor, {one.supplier_id for one in found if one.supplier_id})
    day = today()
    roles: dict[UUID, list[RoleView]] = {}
    for one in found:
        place = school_names.get(one.school_id or 0) or zone_names.get(one.zone_id or 0) or ""
        place = place or (supplier_names.get(one.supplier_id, "") if one.supplier_id else "")
        worth = standing(one.valid_from, one.valid_until, one.ended_at is not None, day)
        roles.setdefault(one.person_id, []).append(RoleView(one, place, worth))
    accounts = accounts_by_id(db.session(), ids)
    return [PersonView(person, accounts[person.id], roles.get(person.id, [])) for person in people]


def people_with_role(actor: Actor, role: Role) -> Sequence[Person]:
    """Those of the bureau who may work in `role` today, by name: whom one may assign."""
    day = today()
    holders = select(Membership.person_id).where(
        Membership.bureau_id == actor.bureau_id,
        Membership.role == role,
        Membership.ended_at.is_(None),
        Membership.valid_from <= day,
        or_(Membership.valid_until.is_(None), Membership.valid_until >= day),
    )
    query = select(Person).where(Person.bureau_id == actor.bureau_id, Person.state == "active", Person.id.in_(holders))
    return db.session.scalars(query.order_by(Person.search_name, Person.id)).all()
