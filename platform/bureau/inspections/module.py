"""Scored visits, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.inspections import api, api_follow_up, views
from bureau.inspections.demo import demo
from bureau.inspections.due import due
from bureau.inspections.permissions import RULES, Permission
from bureau.inspections.search import search
from kernel.module import MenuItem, Module

GROUP = _l("检查")

MODULE = Module(
    name="inspections",
    permissions=RULES,
    menu=(
        MenuItem(_l("我的检查"), "inspections.mine", "clipboard-text", Permission.FILL, GROUP, 40),
        MenuItem(_l("检查计划"), "inspections.plans", "calendar-search", Permission.COMPARE, GROUP, 41),
        MenuItem(_l("检查结果"), "inspections.own_results", "clipboard-check", Permission.READ_OWN_RESULT, GROUP, 42),
    ),
    pages=(views.blueprint,),
    api=(api.blp, api_follow_up.blp),
    due=(due,),
    search=(search,),
    demo=demo,
)
