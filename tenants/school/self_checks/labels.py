"""Words for codes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from bureau.roles import LABELS
from school.self_checks.permissions import FILLERS

RHYTHMS: Mapping[str, Any] = {
    "daily": _l("每天"),
    "weekly": _l("每周"),
    "monthly": _l("每月"),
    "term": _l("每学期"),
    "once": _l("一次"),
}
STATES: Mapping[str, Any] = {"draft": _l("填写中"), "submitted": _l("已提交")}
STANDINGS: Mapping[str, Any] = {
    "ahead": _l("未到"),
    "open": _l("待做"),
    "late": _l("逾期待补"),
    "missed": _l("漏做"),
    "on_time": _l("按时完成"),
    "done_late": _l("逾期完成"),
}
TONES: Mapping[str, str] = {
    "ahead": "neutral", "open": "info", "late": "warning", "missed": "danger", "on_time": "success",
    "done_late": "warning",
}  # fmt: skip
OWNERS: Mapping[str, Any] = {"school": _l("学校"), "bureau": _l("教育局")}
WEEKDAYS: Mapping[int, Any] = {
    0: _l("周一"),
    1: _l("周二"),
    2: _l("周三"),
    3: _l("周四"),
    4: _l("周五"),
    5: _l("周六"),
    6: _l("周日"),
}
ROLES: Mapping[str, Any] = {str(role): LABELS[role] for role in FILLERS}
