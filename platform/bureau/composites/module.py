"""Composites, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.composites import api, views
from bureau.composites.demo import demo
from bureau.composites.permissions import RULES, Permission
from kernel.module import MenuItem, Module

MODULE = Module(
    name="composites",
    permissions=RULES,
    menu=(MenuItem(_l("综合评价"), "composites.index", "sum", Permission.READ, _l("检查分析"), 51),),
    pages=(views.blueprint,),
    api=(api.blp,),
    demo=demo,
)
