"""Sealed bids and their opening, declared to the composition root."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.bids import api, views
from bureau.bids.commands import bids
from bureau.bids.following import CHECK, FOLLOWER, PART
from bureau.bids.permissions import RULES, Permission
from bureau.bids.service import cleaning, officers
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module


def due(actor: Actor) -> list[DueItem]:
    """For an officer: a key to confirm, an opening to come to."""
    if actor.level != "bureau" or not may(Permission.HOLD_KEY):
        return []
    found = []
    for officer, tender in officers.seats_of(actor):
        if tender.state == "opening":
            title, at = _("开标：%(title)s", title=tender.title), tender.bid_deadline
        elif officer.confirmed_at is None and tender.state in ("draft", "review"):
            title, at = _("确认开标密钥口令：%(title)s", title=tender.title), None
        else:
            continue
        found.append(DueItem(title, url_for("bids.show", tender_id=tender.id), "bids", at, detail=tender.number))
    return found


MODULE = Module(
    name="bids",
    permissions=RULES,
    menu=(
        MenuItem(_l("开标与密钥"), "bids.own", "key", Permission.HOLD_KEY, _l("采购"), 45),
        MenuItem(_l("我的投标"), "bids.index", "mail", Permission.READ_OWN, None, 32),
    ),
    pages=(views.blueprint,),
    api=(api.blp,),
    due=(due,),
    commands=(bids,),
    periodic={"clean": ("50 3 * * *", cleaning.clean)},
    publishes=(FOLLOWER, CHECK, PART),
)
