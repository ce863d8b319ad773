from flask_babel import lazy_gettext as _l

from bureau.people import api
from bureau.people.demo import demo
from bureau.people.permissions import RULES, Permission
from bureau.people.search import search
from bureau.people.views import demands, pages
from kernel.module import MenuItem, Module

SETTINGS = _l("设置")

MODULE = Module(
    name="people",
    permissions=RULES,
    menu=(
        MenuItem(_l("人员与岗位"), "people.index", "users", Permission.READ, SETTINGS, 910),
        MenuItem(
            _l("二次验证要求"), "second_factor_roles.show", "shield-check", Permission.SECOND_FACTOR, SETTINGS, 911
        ),
    ),
    pages=(pages, demands),
    api=(api.blueprint,),
    search=(search,),
    demo=demo,
)
