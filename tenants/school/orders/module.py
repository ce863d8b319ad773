"""Call-off orders, declared to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import MenuItem, Module, SearchHit
from school.orders import views
from school.orders.api import blueprint as api
from school.orders.demo import demo
from school.orders.permissions import RULES, Permission
from school.orders.service.reading import search_orders
from school.orders.watching import due

SUPPLY, PURCHASE = _l("食材与供应"), _l("采购")


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    """By the beginning of an order's number."""
    if actor.level == "school" and may(Permission.READ):
        endpoint, name = "supply_orders.show", "order_id"
    elif actor.level == "supplier" and may(Permission.READ_OWN):
        endpoint, name = "supply_orders.own_one", "supplied_order_id"
    else:
        return ()
    return [
        SearchHit(
            row.number, url_for(endpoint, **{name: row.id}), _("订单"),
            row.school_name if actor.level == "supplier" else row.supplier_name,
        )
        for row in search_orders(actor, text)
    ]  # fmt: skip


MODULE = Module(
    name="orders",
    permissions=RULES,
    menu=(
        MenuItem(_l("订单"), "supply_orders.index", "clipboard-list", Permission.READ, SUPPLY, 40),
        MenuItem(_l("食材预算"), "supply_orders.list_budgets", "sum", Permission.READ, SUPPLY, 47),
        MenuItem(_l("学校订单"), "supply_orders.index_of_all", "clipboard-list", Permission.OVERSEE, PURCHASE, 75),
        MenuItem(_l("证明核查"), "supply_orders.findings", "shield-check", Permission.OVERSEE, PURCHASE, 76),
        MenuItem(_l("订单"), "supply_orders.own", "clipboard-list", Permission.READ_OWN, None, 40),
        MenuItem(_l("批次证明"), "supply_orders.own_certificates", "shield-check", Permission.READ_OWN, None, 42),
    ),
    pages=views.PAGES,
    api=(api,),
    due=(due,),
    search=(search,),
    demo=demo,
)
