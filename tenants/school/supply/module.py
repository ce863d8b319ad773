"""Declares goods receipts to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module, SearchHit
from kernel.web.dates import today
from school.supply.api import blueprint as api
from school.supply.demand_history import HISTORY
from school.supply.demo import demo
from school.supply.feeds import INDICATOR, UNCERTIFIED
from school.supply.permissions import RULES, Permission
from school.supply.rejections import models
from school.supply.service.reading import count_missing, days_back, search_receipts
from school.supply.views import PAGES


def due(actor: Actor) -> Sequence[DueItem]:
    """Certificates that are still missing, for those who can add them."""
    if actor.level != "school" or actor.read_only or not may(Permission.RECORD):
        return ()
    count = count_missing(actor, actor.own_school_id(), days_back(today()))
    if not count:
        return ()
    title = ngettext("有 %(num)s 张收货单缺少证明", "有 %(num)s 张收货单缺少证明", count)
    return [DueItem(title, url_for("supply.index", missing=1), "supply", detail=_("近 30 天收货，请补拍证明照片。"))]


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    if actor.level != "school" or not may(Permission.READ):
        return ()
    return [
        SearchHit(row.number, url_for("supply.show", receipt_id=row.id), _("收货单"), row.supplier_name)
        for row in search_receipts(actor, text)
    ]


MODULE = Module(
    name="supply",
    permissions=RULES,
    menu=[MenuItem(_l("收货"), "supply.index", "truck-delivery", Permission.READ, _l("食材与供应"), order=41)],
    pages=PAGES,
    api=[api],
    due=[due],
    search=[search],
    publishes=[UNCERTIFIED, INDICATOR, HISTORY],
    demo=demo,
)

__all__ = ["MODULE", "models"]
