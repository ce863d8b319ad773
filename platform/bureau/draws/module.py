"""Draws of schools, inspectors and days, declared to the composition root."""

from flask_babel import lazy_gettext as _l

from bureau.draws import api, views
from bureau.draws.commands import draw
from bureau.draws.demo import demo
from bureau.draws.permissions import RULES, Permission
from bureau.draws.visit_panel import visit_panel
from bureau.inspections.module import GROUP
from bureau.inspections.panels import VisitPart
from bureau.inspections.permissions import Permission as Inspecting
from kernel.module import MenuItem, Module

MODULE = Module(
    name="draws",
    permissions=RULES,
    menu=(
        MenuItem(_l("检查日历"), "draws.calendar", "calendar-event", Inspecting.READ, GROUP, 43),
        MenuItem(_l("我的利害关系"), "draws.my_interests", "user-off", Permission.DECLARE, GROUP, 48),
        MenuItem(_l("利害关系"), "draws.all_interests", "users-minus", Permission.MANAGE_INTERESTS, GROUP, 49),
    ),
    pages=(views.blueprint,),
    api=(api.blp,),
    commands=(draw,),
    publishes=(VisitPart(panel=visit_panel, order=20),),
    demo=demo,
)
