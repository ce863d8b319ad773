"""Declares settlement to the composition root."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import db
from kernel.module import MenuItem, Module, SearchHit
from school.orders.service.finding import own
from school.settlement import invoice_models
from school.settlement.api import blueprint as api
from school.settlement.commands import settlement
from school.settlement.demo import demo
from school.settlement.feeds import DISPUTED, STATEMENTS, UNPAID
from school.settlement.models import SupplierStatement
from school.settlement.permissions import RULES, Permission
from school.settlement.service.adjusting import note_due
from school.settlement.service.guarding import GUARD
from school.settlement.service.making import make_due
from school.settlement.views import PAGES
from school.settlement.watching import due

SUPPLY, PURCHASE = _l("食材与供应"), _l("采购")
MOST_HITS = 5


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    """By the beginning of a statement's number."""
    if actor.level == "school" and may(Permission.READ):
        endpoint, name = "settlement.show", "supplier_statement_id"
    elif actor.level == "supplier" and may(Permission.READ_OWN):
        endpoint, name = "settlement.own_one", "own_statement_id"
    else:
        return ()
    query = own(actor, select(SupplierStatement), SupplierStatement)
    query = query.where(SupplierStatement.number.op("^@")(text.upper()))
    if actor.level == "supplier":
        query = query.where(SupplierStatement.is_sent)
    found: list[SearchHit] = []
    for row in db.session.scalars(query.order_by(SupplierStatement.id.desc()).limit(MOST_HITS)):
        values: dict[str, Any] = {name: row.id}
        detail = row.school_name if actor.level == "supplier" else row.supplier_name
        found.append(SearchHit(row.number, url_for(endpoint, **values), _("对账单"), detail))
    return found


MODULE = Module(
    name="settlement",
    permissions=RULES,
    menu=(
        MenuItem(_l("供应商对账"), "settlement.index", "file-invoice", Permission.READ, SUPPLY, 48),
        MenuItem(_l("供应商对账监管"), "settlement.oversight", "file-invoice", Permission.OVERSEE, PURCHASE, 78),
        MenuItem(_l("对账单"), "settlement.own", "file-invoice", Permission.READ_OWN, None, 46),
    ),
    pages=PAGES,
    api=(api,),
    due=(due,),
    search=(search,),
    commands=(settlement,),
    periodic={"make": ("40 5 * * *", make_due), "note": ("50 5 * * *", note_due)},
    publishes=(GUARD, STATEMENTS, DISPUTED, UNPAID),
    demo=demo,
)

__all__ = ["MODULE", "invoice_models"]
