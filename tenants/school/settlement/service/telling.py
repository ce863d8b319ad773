"""Notices between a school and its suppliers about statements."""

from collections.abc import Sequence

from flask_babel import gettext as _

from bureau.roles import Role
from bureau.suppliers.service.telling import people_of
from kernel.actor import Actor
from kernel.notices.service import notify
from kernel.web.dates import yuan
from school.orders.service.telling import school_people
from school.settlement.models import SupplierStatement
from school.settlement.permissions import PREPARERS

# Paths, not url_for: a service also runs where there is no request to build an address from.
OWN = "/supplier-statements/own/{id}"
PAGE = "/supplier-statements/{id}"


def tell_supplier(actor: Actor, statement: SupplierStatement, kind: str, title: str, body: str = "") -> None:
    people = people_of(actor, statement.supplier_id)
    notify(actor, people, kind, title, body=body or summary(statement), url=OWN.format(id=statement.id), by_mail=True)


def tell_school(
    actor: Actor, statement: SupplierStatement, kind: str, title: str, body: str = "",
    roles: Sequence[Role] = PREPARERS,
) -> None:  # fmt: skip
    people = school_people(actor, statement.school_id, roles)
    notify(
        actor, people, kind, title, body=body or summary(statement), url=PAGE.format(id=statement.id),
        school_id=statement.school_id,
    )  # fmt: skip


def summary(statement: SupplierStatement) -> str:
    return _(
        "%(school)s %(month)s，%(count)s 行，合计 %(amount)s。", school=statement.school_name,
        month=statement.month.strftime("%Y-%m"), count=statement.line_count, amount=yuan(statement.amount_fen),
    )  # fmt: skip
