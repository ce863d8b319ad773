"""Notices as a module."""

from flask_babel import lazy_gettext as _l

from kernel.access import MEMBER
from kernel.module import MenuItem, Module
from kernel.notices.api import blp
from kernel.notices.views import blueprint

MODULE = Module(
    name="notices",
    menu=[MenuItem(_l("通知"), "notices.inbox", "bell", MEMBER, group=_l("我的"), order=900)],
    pages=[blueprint],
    api=[blp],
)
