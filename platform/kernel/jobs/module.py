"""Background work as a module."""

from flask_babel import lazy_gettext as _l

from kernel.jobs.api import blp
from kernel.jobs.permissions import RULES, Permission
from kernel.jobs.views import blueprint
from kernel.module import MenuItem, Module

MODULE = Module(
    name="jobs",
    permissions=RULES,
    menu=[MenuItem(_l("后台任务"), "jobs.index", "loader", Permission.READ_OWN, group=_l("我的"), order=910)],
    pages=[blueprint],
    api=[blp],
)
