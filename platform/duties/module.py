"""Declares duties to the composition root. Roles are known above: who may do what comes in from there."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from duties import api, jobs
from duties.commands import duties
from duties.demo import demo
from duties.labels import period_text
from duties.links import address
from duties.permissions import Permission
from duties.service import excusing, generating, reading
from duties.sources import RoleBook, schools_source
from duties.views import PAGES
from kernel.access import Rule
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module
from kernel.web.dates import today

GROUP = _l("任务")


def due_items(actor: Actor) -> Sequence[DueItem]:
    """One's own duties; a head sees besides, in one line, what others of the school are late with."""
    if actor.level != "school" or actor.read_only or not may(Permission.READ):
        return ()
    found = reading.owed_now(actor)
    own = reading.mine(actor, found) if found else []
    items = [
        DueItem(
            one.title, address(one), "duties", due_at=one.due_at,
            detail=period_text(one.period, one.first_day, one.meal), overdue=one.standing == "late",
        )
        for one in own
    ]  # fmt: skip
    others = [one for one in found if one.standing == "late" and one not in own]
    if others and reading.is_head(actor):
        title = ngettext("本校其他岗位逾期 %(num)s 项", "本校其他岗位逾期 %(num)s 项", len(others))
        names = "、".join(dict.fromkeys(one.title for one in others))
        items.append(
            DueItem(
                title,
                url_for("duties.index", all=1),
                "duties",
                due_at=others[0].due_at,
                detail=names[:80],
                overdue=True,
            )
        )
    return items


def decisions_due(actor: Actor) -> Sequence[DueItem]:
    """Excuses that wait for a word; and, for whoever keeps the terms, that duties are about to run out."""
    if actor.level not in ("bureau", "zone") or not may(Permission.DECIDE):
        return ()
    items = []
    count = excusing.waiting(actor)[0]
    if count:
        title = ngettext("%(num)s 项免除申请待确认", "%(num)s 项免除申请待确认", count)
        items.append(DueItem(title, url_for("duties.excuses_of_schools"), "duties"))
    if may(Permission.MANAGE):
        terms = schools_source().terms(actor.bureau_id)
        if terms and terms[-1][1] < today() + generating.WARN_AHEAD:
            title = _("还没有设置下学期")
            detail = _("本学期 %(day)s 结束后不再产生各校任务。", day=terms[-1][1].isoformat())
            items.append(DueItem(title, url_for("duties.list_settings"), "duties", detail=detail))
    return items


def module(
    *,
    read: Rule,
    tick: Rule,
    plan: Rule,
    excuse: Rule,
    oversee: Rule,
    decide: Rule,
    manage: Rule,
    roles: RoleBook,
) -> Module:
    return Module(
        name="duties",
        permissions={
            Permission.READ: read,
            Permission.TICK: tick,
            Permission.PLAN: plan,
            Permission.EXCUSE: excuse,
            Permission.FEED: read,
            Permission.OVERSEE: oversee,
            Permission.DECIDE: decide,
            Permission.MANAGE: manage,
        },
        menu=(
            MenuItem(_l("今日任务"), "duties.index", "checklist", Permission.READ, GROUP, 10),
            MenuItem(_l("任务日历"), "duties.calendar", "calendar", Permission.READ, GROUP, 11),
            MenuItem(_l("本校任务安排"), "duties.plan", "calendar-event", Permission.READ, GROUP, 12),
            MenuItem(_l("任务看板"), "duties.show_board", "layout-dashboard", Permission.OVERSEE, GROUP, 13),
            MenuItem(_l("按时完成情况"), "duties.show_history", "chart-bar", Permission.OVERSEE, GROUP, 14),
            MenuItem(_l("任务设置"), "duties.list_settings", "settings", Permission.MANAGE, GROUP, 15),
        ),
        pages=PAGES,
        api=(api.blueprint,),
        due=(due_items, decisions_due),
        jobs={"generate": jobs.generate},
        periodic={
            "write": ("7 * * * *", jobs.generate),
            "tell": ("*/15 * * * *", jobs.tell),
            "count": ("25 19 * * *", jobs.count),
        },
        commands=(duties,),
        publishes=(roles,),
        demo=demo,
    )
