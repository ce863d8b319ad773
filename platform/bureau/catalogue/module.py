"""Declares the catalogue to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.catalogue.api import blueprint as api
from bureau.catalogue.demo import demo
from bureau.catalogue.permissions import RULES, Permission
from bureau.catalogue.service.items import list_items
from bureau.catalogue.views import PAGES
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import MenuItem, Module, SearchHit


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    if not may(Permission.READ):
        return ()
    return [
        SearchHit(item.name, url_for("catalogue.show", item_id=item.id), _("物品"), item.specification)
        for item in list_items(actor, q=text, limit=8).items
    ]


GROUP = _l("食材与供应")

MODULE = Module(
    name="catalogue",
    permissions=RULES,
    menu=[
        MenuItem(_l("采购目录"), "catalogue.index", "list-details", Permission.READ, GROUP, order=40),
        MenuItem(_l("本校可订物品"), "catalogue_ordering.index", "star", Permission.ORDERABLE, GROUP, order=41),
    ],
    pages=PAGES,
    api=[api],
    search=[search],
    demo=demo,
)
