"""Suppliers in the search of the whole service."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from bureau.suppliers import labels
from bureau.suppliers.permissions import Permission
from bureau.suppliers.service import reading
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import SearchHit

MOST = 8


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    if not may(Permission.READ):
        return ()
    page = reading.list_suppliers(actor, reading.Filters(text=text), limit=MOST)
    return [
        SearchHit(
            one.supplier.name, url_for("suppliers.show", supplier_id=one.supplier.id), _("供应商"),
            f"{one.supplier.credit_code} {labels.STATES[one.supplier.state]}",
        )
        for one in page.items
    ]  # fmt: skip
