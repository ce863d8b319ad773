"""Surveys, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.surveys import api, views
from bureau.surveys.demo import demo
from bureau.surveys.permissions import RULES, Permission
from kernel.module import MenuItem, Module

MODULE = Module(
    name="surveys",
    permissions=RULES,
    menu=(MenuItem(_l("满意度问卷"), "surveys.index", "message-question", Permission.READ, _l("检查分析"), 50),),
    pages=(views.blueprint,),
    api=(api.blp,),
    demo=demo,
)
