from flask_babel import lazy_gettext as _l

from bureau.schools import api, views
from bureau.schools.commands import bureaus
from bureau.schools.demo import demo
from bureau.schools.duty_facts import SOURCE
from bureau.schools.permissions import RULES, Permission
from bureau.schools.search import search
from kernel.module import MenuItem, Module

SCHOOLS = _l("学校")
SETTINGS = _l("设置")

MODULE = Module(
    name="schools",
    permissions=RULES,
    menu=(
        MenuItem(_l("学校名录"), "schools.index", "building-community", Permission.SCHOOLS_LIST, SCHOOLS, 20),
        MenuItem(_l("片区"), "zones.index", "map-2", Permission.ZONES_READ, SCHOOLS, 21),
        MenuItem(_l("本校信息"), "schools.mine", "school", Permission.OWN_SCHOOL_READ, SCHOOLS, 22),
        MenuItem(_l("校历"), "terms.calendar", "calendar", Permission.TERMS_READ, SCHOOLS, 23),
        MenuItem(
            _l("教育局信息"), "bureau_profile.show", "building-bank", Permission.BUREAU_PROFILE_READ, SETTINGS, 900
        ),
        MenuItem(_l("学期"), "terms.index", "calendar-event", Permission.TERMS_MANAGE, SETTINGS, 901),
    ),
    pages=views.BLUEPRINTS,
    api=(api.blueprint,),
    search=(search,),
    commands=(bureaus,),
    publishes=(SOURCE,),
    demo=demo,
)
