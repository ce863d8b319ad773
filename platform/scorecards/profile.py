"""Figures that a school's record gives to a form's parameters, by the names that forms use."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

PROFILE_PARAMETERS: Mapping[str, Any] = {
    "pupils": _l("学生数"),
    "boarders": _l("住宿生数"),
    "boarders_male": _l("男住宿生数"),
    "boarders_female": _l("女住宿生数"),
    "classes": _l("班级数"),
    "staff": _l("教职工数"),
    "diners": _l("就餐人数"),
}
