"""Words for the codes of this package; role names are handed in by the composition root."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from kernel.identity.rules import LONG_ENOUGH, MAX_LENGTH, MIN_LENGTH

PASSWORD_PROBLEMS = {
    "too_short": _l("口令至少 %(least)s 个字符。", least=MIN_LENGTH),
    "too_long": _l("口令不能超过 %(most)s 个字符。", most=MAX_LENGTH),
    "contains_name": _l("口令中不能含有用户名或手机号。"),
    "common": _l("这个口令太常见，容易被猜到，请换一个。"),
    "monotonous": _l("口令中重复的字符太多，请换一个。"),
    "not_mixed": _l("口令需同时包含字母和数字；达到 %(least)s 个字符时不限。", least=LONG_ENOUGH),
    "unchanged": _l("新口令不能与原口令相同。"),
}

LEVELS = {
    "bureau": _l("教育局"),
    "zone": _l("片区"),
    "school": _l("学校"),
    "supplier": _l("供应商"),
}

# What an API token may be allowed to do, from narrow to everything.
TOKEN_SCOPES = {
    "account:profile:read": _l("只读取本人信息"),
    "school:*": _l("学校业务"),
    "bureau:*": _l("教育局业务"),
    "*": _l("本人的全部权限"),
}

_DEVICES = (
    ("iPhone", _l("iPhone 手机")),
    ("iPad", _l("iPad 平板")),
    ("Android", _l("安卓设备")),
    ("Windows", _l("Windows 电脑")),
    ("Macintosh", _l("苹果电脑")),
    ("Linux", _l("Linux 电脑")),
)
# In this order: most browsers claim to be several others too.
_BROWSERS = (
    ("MicroMessenger", _l("微信")),
    ("DingTalk", _l("钉钉")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_label(user_agent: str) -> str:
    """A name that a person recognises their device by; the user agent itself where it is none that we know."""
    parts = []
    for known in (_DEVICES, _BROWSERS):
        parts += [str(label) for mark, label in known if mark in user_agent][:1]
    return " · ".join(parts) or user_agent[:60] or str(_l("未知设备"))


_roles: dict[str, Any] = {}


def name_roles(labels: Mapping[Any, Any]) -> None:
    _roles.update({str(role): label for role, label in labels.items()})


def role_label(role: str) -> str:
    return str(_roles.get(role, role))


def known_roles() -> frozenset[str]:
    return frozenset(_roles)
