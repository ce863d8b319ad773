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

_roles: dict[str, Any] = {}


def name_roles(labels: Mapping[str, Any]) -> None:
    _roles.update({str(role): label for role, label in labels.items()})


def role_label(role: str) -> str:
    return str(_roles.get(role, role))
