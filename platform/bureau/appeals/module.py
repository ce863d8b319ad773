"""Appeals, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.appeals import api, views
from bureau.appeals.demo import demo
from bureau.appeals.following import PART, due
from bureau.appeals.permissions import RULES, Permission
from kernel.module import MenuItem, Module

GROUP = _l("检查")

MODULE = Module(
    name="appeals",
    permissions=RULES,
    menu=(
        MenuItem(_l("申诉"), "appeals.own", "message-report", Permission.READ_OWN, GROUP, 43),
        MenuItem(_l("申诉复核"), "appeals.district", "message-report", Permission.READ, GROUP, 44),
    ),
    pages=(views.blueprint,),
    api=(api.blp,),
    due=(due,),
    demo=demo,
    publishes=(PART,),
)
