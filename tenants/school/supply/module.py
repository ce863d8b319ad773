"""Declares goods receipts to the composition root."""

from collections.abc import Sequence
from datetime import time

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from duties.kinds import DutyKind, runs_canteen
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import MenuItem, Module, SearchHit
from school.supply.api import blueprint as api
from school.supply.delivery_api import blueprint as deliveries
from school.supply.demand_history import HISTORY
from school.supply.demo import demo
from school.supply.feeds import INDICATOR, UNCERTIFIED
from school.supply.labels import PURCHASE_CHECK
from school.supply.permissions import RULES, Permission
from school.supply.rejections import models
from school.supply.rejections.warning import GUARD
from school.supply.service.posting import DUTY
from school.supply.service.reading import search_receipts
from school.supply.views import PAGES
from school.supply.watching import due


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    if actor.level != "school" or not may(Permission.READ):
        return ()
    return [
        SearchHit(row.number, url_for("supply.show", receipt_id=row.id), _("收货单"), row.supplier_name)
        for row in search_receipts(actor, text)
    ]


RECEIVING = DutyKind(
    DUTY, _l("食材收货验收"), "daily", due_time=time(10, 0), roles=("storekeeper", "canteen_manager"),
    endpoint="supply.index", applies=runs_canteen, citation=PURCHASE_CHECK,
)  # fmt: skip

MODULE = Module(
    name="supply",
    permissions=RULES,
    menu=[
        MenuItem(_l("收货"), "supply.index", "truck-delivery", Permission.READ, _l("食材与供应"), order=41),
        MenuItem(_l("拒收单"), "supply.own_rejections", "truck-delivery", Permission.READ_REJECTIONS, None, order=44),
        MenuItem(_l("批次警示"), "supply.all_warnings", "alert-triangle", Permission.OVERSEE, _l("采购"), order=77),
    ],
    pages=PAGES,
    api=[api, deliveries],
    due=[due],
    search=[search],
    publishes=[UNCERTIFIED, INDICATOR, HISTORY, GUARD, RECEIVING],
    demo=demo,
)

__all__ = ["MODULE", "models"]
