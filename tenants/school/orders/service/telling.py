"""Notices between a school and its supplier, and within the school."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from bureau.roles import Role
from bureau.suppliers.service.telling import people_of
from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import IDENTITY, within
from kernel.identity.models import Membership, Person
from kernel.notices.service import notify
from kernel.web.dates import today
from school.orders.models import SupplyOrder
from school.orders.permissions import PREPARERS
from school.orders.rules import approving_roles
from school.orders.service.tiers import tiers

# Paths, not url_for: a service also runs where there is no request to build an address from.
OWN_ORDER = "/supply-orders/own/{id}"
ORDER = "/supply-orders/{id}"


def school_people(actor: Actor, school_id: int, roles: Sequence[Role]) -> list[UUID]:
    """Who holds one of these roles at the school today. A supplier may not see them, but may be heard by them: asked as
    the identity."""
    day = today()
    query = (
        select(Membership.person_id)
        .join(Person, (Person.bureau_id == Membership.bureau_id) & (Person.id == Membership.person_id))
        .where(
            Membership.bureau_id == actor.bureau_id, Membership.school_id == school_id, Membership.role.in_(roles),
            Membership.ended_at.is_(None), Membership.valid_from <= day,
            or_(Membership.valid_until.is_(None), Membership.valid_until >= day), Person.state == "active",
        )
        .distinct()
    )  # fmt: skip
    session = db.session()
    with within(session, IDENTITY):
        return list(session.scalars(query))


def tell_supplier(actor: Actor, order: SupplyOrder, kind: str, title: str, body: str = "", url: str = "") -> None:
    people = people_of(actor, order.supplier_id)
    notify(actor, people, kind, title, body=body, url=url or OWN_ORDER.format(id=order.id), by_mail=True)


def tell_school(
    actor: Actor, order: SupplyOrder, kind: str, title: str, body: str = "", roles: Sequence[Role] = PREPARERS
) -> None:
    people = school_people(actor, order.school_id, roles)
    notify(actor, people, kind, title, body=body, url=ORDER.format(id=order.id), school_id=order.school_id)


def tell_approvers(actor: Actor, order: SupplyOrder, title: str) -> None:
    """Everybody who may approve its amount, but not who handed it in."""
    roles = [Role(role) for role in approving_roles(order.amount_fen, tiers(actor, order.school_id))]
    tell_school(actor, order, "supply_order_submitted", title, summary(order), roles)


def summary(order: SupplyOrder) -> str:
    return _(
        "%(day)s 送达 %(school)s，%(count)s 种物品。", day=order.deliver_on.isoformat(), school=order.school_name,
        count=order.line_count,
    )  # fmt: skip
