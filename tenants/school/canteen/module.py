"""Declares dishes and menus to the composition root."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.roles import Role
from duties.kinds import DutyKind, runs_canteen
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import MenuItem, Module, SearchHit
from school.canteen.api import blueprint as api
from school.canteen.demo import demo
from school.canteen.feeds import UNPUBLISHED
from school.canteen.jobs import propose
from school.canteen.permissions import RULES, Permission
from school.canteen.service.dishes import search_dishes
from school.canteen.service.publishing import DUTY
from school.canteen.views import PAGES


def _no_values(_day: date, _meal: str) -> Mapping[str, Any]:
    return {}


# About a week, due so many days before its Monday as the figure says.
MENU_PUBLISHED = DutyKind(
    DUTY, _l("公布一周菜谱"), "weekly", due_time=time(17, 0), roles=(Role.CANTEEN_MANAGER.value,),
    endpoint="canteen.menu_list", values=_no_values, applies=runs_canteen, weekday=0, lead_days=14,
    policy={"-shift_days": "menu.published.days_before"}, detail=_l("应在供餐前提前公布，家长可在公开页面查看。"),
)  # fmt: skip


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    if actor.level != "school" or not may(Permission.READ) or not text.strip():
        return ()
    return [
        SearchHit(dish.name, url_for("canteen.dish", dish_id=dish.id), _("菜品"), dish.code)
        for dish in search_dishes(actor, actor.own_school_id(), text, 5)
    ]


MODULE = Module(
    name="canteen",
    permissions=RULES,
    menu=[
        MenuItem(_l("菜谱"), "canteen.menu_list", "tools-kitchen-2", Permission.READ, _l("食堂"), order=32),
        MenuItem(_l("菜品"), "canteen.dish_list", "bowl", Permission.READ, _l("食堂"), order=33),
        MenuItem(_l("各校菜谱"), "canteen.overview_page", "tools-kitchen-2", Permission.OVERSEE, _l("食堂"), order=32),
        MenuItem(_l("推荐菜品"), "canteen.recommended_list", "star", Permission.READ_RECOMMENDED, _l("食堂"), order=34),
    ],
    pages=PAGES,
    api=[api],
    search=[search],
    jobs={"propose": propose},
    publishes=[UNPUBLISHED, MENU_PUBLISHED],
    demo=demo,
)
