"""Declares the records of the canteen's day to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module, SearchHit
from kernel.web.dates import today
from school.canteen_day.api import blueprint as api
from school.canteen_day.demo import demo
from school.canteen_day.feeds import INDICATORS
from school.canteen_day.owed import DUTIES
from school.canteen_day.permissions import RULES, Permission
from school.canteen_day.service.findings import count_overdue
from school.canteen_day.service.samples import count_disposable, find_by_code
from school.canteen_day.views import PAGES


def due(actor: Actor) -> Sequence[DueItem]:
    """What has no duty of its own: samples whose time has come, problems that nobody has put right in time."""
    if actor.level != "school" or actor.read_only or not may(Permission.RECORD):
        return ()
    items = []
    overdue = count_overdue(actor, actor.own_school_id(), today())
    if overdue:
        title = ngettext("有 %(num)s 个食堂问题逾期未整改", "有 %(num)s 个食堂问题逾期未整改", overdue)
        items.append(DueItem(title, url_for("canteen_day.findings"), "canteen_day", overdue=True))
    samples = count_disposable(actor, actor.own_school_id())
    if samples:
        title = ngettext("有 %(num)s 份留样可以处置", "有 %(num)s 份留样可以处置", samples)
        items.append(DueItem(title, url_for("canteen_day.samples"), "canteen_day", detail=_("已满保存时间。")))
    return items


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    """A sample by what stands on its label: LY1125-…"""
    if actor.level != "school" or not may(Permission.READ) or not text.upper().startswith("LY"):
        return ()
    return [
        SearchHit(one.code, url_for("canteen_day.sample", food_sample_id=one.id), _("食品留样"), one.dish_name)
        for one in find_by_code(actor, text.strip())
    ]


MODULE = Module(
    name="canteen_day",
    permissions=RULES,
    menu=[
        MenuItem(_l("今天的食堂"), "canteen_day.index", "chef-hat", Permission.READ, _l("食堂"), order=31),
        MenuItem(_l("各校食堂"), "canteen_day.oversight", "chef-hat", Permission.OVERSEE, _l("食堂"), order=31),
    ],
    pages=PAGES,
    api=[api],
    due=[due],
    search=[search],
    publishes=[*DUTIES, *INDICATORS],
    demo=demo,
)
