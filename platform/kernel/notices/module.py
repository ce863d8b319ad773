"""Notices as a module; who sets up the group bots is the composition root's to say."""

from flask_babel import lazy_gettext as _l

from kernel.access import MEMBER, Rule
from kernel.module import MenuItem, Module
from kernel.notices.api import blp
from kernel.notices.channel_views import blueprint as channel_pages
from kernel.notices.delivery import deliver_due
from kernel.notices.permissions import Permission
from kernel.notices.views import blueprint


def module(manage_channels: Rule) -> Module:
    return Module(
        name="notices",
        permissions={Permission.MANAGE_CHANNELS: manage_channels},
        menu=[
            MenuItem(_l("通知"), "notices.inbox", "bell", MEMBER, group=_l("我的"), order=900),
            MenuItem(
                _l("群机器人"), "channels.index", "webhook", Permission.MANAGE_CHANNELS, group=_l("设置"), order=895
            ),
        ],
        pages=[blueprint, channel_pages],
        api=[blp],
        periodic={"deliver": ("* * * * *", deliver_due)},
    )
