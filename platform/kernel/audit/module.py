"""The audit as a module; who may read it is the composition root's to say."""

from flask_babel import lazy_gettext as _l

from kernel.access import Rule
from kernel.audit import service
from kernel.audit.api import blp
from kernel.audit.permissions import Permission
from kernel.audit.views import blueprint
from kernel.module import MenuItem, Module


def module(read: Rule) -> Module:
    return Module(
        name="audit",
        permissions={Permission.READ: read},
        menu=[MenuItem(_l("审计记录"), "audit.index", "shield-check", Permission.READ, group=_l("设置"), order=890)],
        pages=[blueprint],
        api=[blp],
        periodic={"seal": ("*/5 * * * *", service.seal)},
    )
