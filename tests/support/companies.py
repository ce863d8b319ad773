"""Further companies of a bureau, each with a person of its own: registered, and admitted to categories where asked for."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bureau.suppliers.credit_code import invented
from bureau.suppliers.models import BureauSupplier, Supplier, SupplierCategory, SupplierLicence
from bureau.suppliers.rules import LICENCES
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, Scope, use_scope
from kernel.identity.models import Account, Person

_NUMBERS = itertools.count(50_000)  # no two companies of a run share a credit code, a telephone or a room


@dataclass(frozen=True, slots=True)
class Company:
    actor: Actor
    credit_code: str
    name: str


def make(bureau_id: int, **given: Any) -> Company:
    """In service at the bureau, without a sign-in; nothing about it is like another's. `given`: what differs of its row
    there. Leaves the bureau's scope."""
    session = db.session()
    number = next(_NUMBERS)
    account_id, code, name = new_id(), invented(number), f"演示投标人 {number}"
    use_scope(session, IDENTITY)
    company = Supplier(id=new_id(), credit_code=code, name=name)
    session.add(company)
    session.add(
        Account(
            id=account_id, username=f"bidder-{number}@{bureau_id}", display_name=name, password_hash="!",
            must_change_password=False,
        )
    )  # fmt: skip
    session.flush()
    session.add(Person(bureau_id=bureau_id, id=account_id, display_name=name, search_name=name.lower()))
    session.flush()
    use_scope(session, Scope("houqin_bureau", bureau_id=bureau_id))
    row = {
        "size": "small", "address": f"演示路 1 号 {number} 室", "contact_name": f"演示联系人{number}",
        "contact_mobile": f"139{number:08d}", "contact_email": f"bidder-{number}@example.test",
    }  # fmt: skip
    session.add(
        BureauSupplier(
            bureau_id=bureau_id, id=company.id, credit_code=code, name=name, search_name=name.lower(), state="active",
            admitted_at=now(), created_by=account_id, **{**row, **given},
        )
    )  # fmt: skip
    session.flush()
    actor = Actor(
        account_id=account_id, display_name=name, level="supplier", bureau_id=bureau_id,
        roles=frozenset({"supplier_user"}), supplier_id=company.id,
    )  # fmt: skip
    return Company(actor, code, name)


def admit(bureau_id: int, supplier_ids: Sequence[UUID], category_ids: Sequence[UUID]) -> None:
    """Approved for the categories, with every licence that a category could ask for."""
    session = db.session()
    use_scope(session, Scope("houqin_bureau", bureau_id=bureau_id))
    by = new_id()
    for supplier_id in supplier_ids:
        session.add_all(
            SupplierLicence(
                bureau_id=bureau_id, id=new_id(), supplier_id=supplier_id, kind=kind, number=f"演示-{kind}",
                state="approved", decided_at=now(), decided_by=by, created_by=by,
            )
            for kind in LICENCES
        )  # fmt: skip
        session.add_all(
            SupplierCategory(
                bureau_id=bureau_id, id=new_id(), supplier_id=supplier_id, category_id=category_id, state="approved",
                decided_at=now(), decided_by=by, created_by=by,
            )
            for category_id in category_ids
        )  # fmt: skip
        session.flush()
