"""Rectification, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.rectifications import api, views
from bureau.rectifications.demo import demo
from bureau.rectifications.following import PART, due
from bureau.rectifications.permissions import RULES, Permission
from bureau.rectifications.service.opening import FOLLOWER
from kernel.module import MenuItem, Module

GROUP = _l("检查")

MODULE = Module(
    name="rectifications",
    permissions=RULES,
    menu=(
        MenuItem(_l("整改"), "rectifications.own", "tool", Permission.READ_OWN, GROUP, 45),
        MenuItem(_l("整改台账"), "rectifications.board", "tool", Permission.READ, GROUP, 46),
    ),
    pages=(views.blueprint,),
    api=(api.blp,),
    due=(due,),
    demo=demo,
    publishes=(FOLLOWER, PART),
)
