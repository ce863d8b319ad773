"""Challenges, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.challenges import api, views
from bureau.challenges.following import GUARD, PART, due
from bureau.challenges.permissions import RULES, Permission
from kernel.module import MenuItem, Module

MODULE = Module(
    name="challenges",
    permissions=RULES,
    menu=(
        MenuItem(_l("询问与质疑"), "challenges.own", "message-report", Permission.READ_OWN, None, 45),
        MenuItem(_l("质疑与投诉"), "challenges.board", "message-report", Permission.READ, _l("采购"), 68),
    ),
    pages=(views.blueprint,),
    api=(api.blp,),
    due=(due,),
    publishes=(GUARD, PART),
)
