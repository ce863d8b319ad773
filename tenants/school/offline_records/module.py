"""Receipts and daily records made under /fill/ without a network, and handed in when it is there again."""

from flask_babel import lazy_gettext as _l

from kernel.module import MenuItem, Module
from school.offline_records.api import blueprint as api
from school.offline_records.demo import demo
from school.offline_records.permissions import RULES, Permission
from school.offline_records.views import blueprint as pages

MODULE = Module(
    name="offline_records",
    permissions=RULES,
    menu=[
        MenuItem(_l("手机离线登记"), "offline_records.index", "device-mobile", Permission.FILL, _l("食堂"), order=39)
    ],
    pages=[pages],
    api=[api],
    demo=demo,
)
