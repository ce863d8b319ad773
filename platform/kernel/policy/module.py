"""Figures as a module; who reads and who overrides is the composition root's to say."""

from flask_babel import lazy_gettext as _l

from kernel.access import Rule
from kernel.module import MenuItem, Module
from kernel.policy.api import blueprint as api
from kernel.policy.permissions import Permission
from kernel.policy.views import blueprint as pages


def module(read: Rule, override: Rule) -> Module:
    return Module(
        name="policy",
        permissions={Permission.READ: read, Permission.OVERRIDE: override},
        menu=[MenuItem(_l("标准与指标"), "figures.index", "scale", Permission.READ, group=_l("设置"), order=880)],
        pages=[pages],
        api=[api],
    )
