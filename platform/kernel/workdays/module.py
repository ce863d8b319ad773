"""Working days as a module; who reads and who manages is the composition root's to say."""

from flask_babel import lazy_gettext as _l

from kernel.access import Rule
from kernel.module import MenuItem, Module
from kernel.workdays.api import blueprint as api
from kernel.workdays.permissions import Permission
from kernel.workdays.views import blueprint as pages


def module(read: Rule, manage: Rule) -> Module:
    return Module(
        name="workdays",
        permissions={Permission.READ: read, Permission.MANAGE: manage},
        menu=[MenuItem(_l("工作日"), "workdays.index", "calendar-stats", Permission.READ, group=_l("设置"), order=885)],
        pages=[pages],
        api=[api],
    )
