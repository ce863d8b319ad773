"""Notices between a school and its supplier, and within the school."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _

from bureau.roles import Role
from bureau.suppliers.service.telling import people_of
from kernel.actor import Actor
from kernel.identity import holders
from kernel.notices.service import notify
from school.orders.models import SupplyOrder
from school.orders.permissions import PREPARERS
from school.orders.rules import approving_roles
from school.orders.service.tiers import tiers

# Paths, not url_for: a service also runs where there is no request to build an address from.
OWN_ORDER = "/supply-orders/own/{id}"
ORDER = "/supply-orders/{id}"


def school_people(actor: Actor, school_id: int, roles: Sequence[Role]) -> list[UUID]:
    return holders.at_school(actor.bureau_id, school_id, roles)


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
