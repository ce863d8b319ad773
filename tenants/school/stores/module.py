"""Declares stock to the composition root."""

from collections.abc import Sequence
from datetime import time

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from bureau.roles import Role
from duties.kinds import DutyKind, runs_canteen
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module, SearchHit
from school.stores import work_models
from school.stores.api import blueprint as api
from school.stores.commands import stores
from school.stores.demo import demo
from school.stores.feeds import INDICATOR
from school.stores.permissions import RULES, Permission
from school.stores.service import closing, counting, worklists
from school.stores.views import PAGES
from school.stores.work_api import blueprint as work_api

GROUP = _l("食材与供应")


def due(actor: Actor) -> Sequence[DueItem]:
    """What stock waits for, each for those who can do it."""
    if actor.level != "school" or actor.read_only:
        return ()
    keeps, decides, signs = may(Permission.KEEP), may(Permission.DECIDE), may(Permission.CONFIRM)
    if not (keeps or decides or signs):
        return ()
    found = worklists.waiting(actor, actor.own_school_id())
    items = []
    if keeps and found.expired:
        title = ngettext("有 %(num)s 批物品已过期", "有 %(num)s 批物品已过期", found.expired)
        detail = _("不得再用，请报损处置。")
        items.append(DueItem(title, url_for("stores.expiring"), "stores", detail=detail, overdue=True))
    if keeps and found.soon:
        title = ngettext("有 %(num)s 批物品七天内到期", "有 %(num)s 批物品七天内到期", found.soon)
        items.append(DueItem(title, url_for("stores.expiring"), "stores", detail=_("请先用。")))
    if keeps and found.low:
        title = ngettext("有 %(num)s 种物品低于下限", "有 %(num)s 种物品低于下限", found.low)
        items.append(DueItem(title, url_for("stores.index", low=1), "stores", detail=_("请补货。")))
    if keeps and found.to_issue:
        title = ngettext("有 %(num)s 张领用单待发放", "有 %(num)s 张领用单待发放", found.to_issue)
        items.append(DueItem(title, url_for("stores.requisitions", state="approved"), "stores"))
    if decides and found.to_decide:
        title = ngettext("有 %(num)s 张领用单待审批", "有 %(num)s 张领用单待审批", found.to_decide)
        items.append(DueItem(title, url_for("stores.requisitions", state="submitted"), "stores"))
    if decides and found.to_approve:
        title = ngettext("有 %(num)s 次盘点的差异待审批", "有 %(num)s 次盘点的差异待审批", found.to_approve)
        items.append(DueItem(title, url_for("stores.stocktakes"), "stores"))
    if signs and found.to_sign:
        title = ngettext("有 %(num)s 笔危险品收发待你确认", "有 %(num)s 笔危险品收发待你确认", found.to_sign)
        items.append(DueItem(title, url_for("stores.confirmations"), "stores"))
    return items


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    if actor.level != "school" or not may(Permission.READ):
        return ()
    return [
        SearchHit(good.name, url_for("stores.show_good", store_good_id=good.id), _("库存物品"), good.specification)
        for good in worklists.search_goods(actor, text)
    ]


DUTIES = (
    DutyKind(
        counting.DUTY, _l("库房月末盘点"), "monthly", due_time=time(18), days="every", endpoint="stores.stocktakes",
        roles=(Role.STOREKEEPER.value, Role.CANTEEN_MANAGER.value), applies=runs_canteen,
        citation="地方惯例：食堂库房每月盘点核算",
    ),
    DutyKind(
        closing.DUTY, _l("库存账月结"), "monthly", due_time=time(18), month_day=5, month_lag=1, days="every",
        endpoint="stores.months", roles=(Role.STOREKEEPER.value, Role.ACCOUNTANT.value), applies=runs_canteen,
        citation="地方惯例：食堂日清月结",
    ),
)  # fmt: skip

MODULE = Module(
    name="stores",
    permissions=RULES,
    menu=[
        MenuItem(_l("库存"), "stores.index", "building-warehouse", Permission.READ, GROUP, order=42),
        MenuItem(_l("领用申请"), "stores.requisitions", "inbox", Permission.READ_REQUESTS, GROUP, order=43),
        MenuItem(_l("库存过期物品"), "stores.oversight", "alert-triangle", Permission.OVERSEE, GROUP, order=49),
    ],
    pages=PAGES,
    api=[api, work_api],
    due=[due],
    search=[search],
    commands=[stores],
    publishes=[INDICATOR, *DUTIES],
    demo=demo,
)

__all__ = ["MODULE", "work_models"]
