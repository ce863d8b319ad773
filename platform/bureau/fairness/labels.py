"""Codes → lazy texts of comparison, strictness and data flags."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

WHY_NOT = {
    "none": _l("还没有估计过检查员宽严。没有它就不知道得分的误差，名次只按得分排列，不分档。"),
    "no_data": _l("这段时间没有已提交的检查，无法估计。"),
    "few_inspectors": _l("检查次数足够的检查员不到三人，无法比较宽严。"),
    "few_schools": _l("被这些检查员检查过的学校太少，无法区分是学校差还是检查员严。"),
    "unconnected": _l(
        "检查员之间没有共同检查过的学校，分成互不相连的几组，组与组之间无法比较。请安排交叉检查或背靠背复评。"
    ),
    "no_repeats": _l("检查员之间只靠个别学校相连，估计会全部压在这几所学校上。请增加交叉检查或背靠背复评。"),
}
STANDING = {
    "estimated": _l("已估计"),
    "few_visits": _l("检查次数不足五次"),
    "unconnected": _l("与其他检查员没有共同的学校"),
}
FLAG = {
    "impossible_speed": _l("填写过快"),
    "answers_in_one_go": _l("集中在一分钟内填写"),
    "straight_line": _l("全部满分"),
    "one_spot": _l("照片都在同一处拍摄"),
    "far_from_school": _l("照片位置离学校较远"),
    "position_jump": _l("照片位置跳变"),
    "item_always_full": _l("各校都满分"),
    "item_never_used": _l("没有学校用到"),
    "round_preference": _l("只给整数分"),
}


def flag_detail(code: str, params: Mapping[str, Any]) -> str:
    """What the sign consists of, in figures."""
    texts = {
        "impossible_speed": lambda: _("每项之间中位间隔 %(seconds)s 秒", **params),
        "answers_in_one_go": lambda: _("%(of)s 次作答中有 %(items)s 次在同一分钟内", **params),
        "straight_line": lambda: _("%(items)s 项全部未失分，而其他学校同一表单常有失分", **params),
        "one_spot": lambda: _("%(photos)s 张照片分属多个部分，位置相差不到 %(metres)s 米", **params),
        "far_from_school": lambda: _("%(photos)s 张照片离学校最远 %(metres)s 米", **params),
        "position_jump": lambda: _("%(seconds)s 秒内移动 %(metres)s 米", **params),
        "item_always_full": lambda: _("%(visits)s 次检查都未失分", **params),
        "item_never_used": lambda: _("%(visits)s 次检查都没有作答或不适用", **params),
        "round_preference": lambda: _("%(share)s%% 是整数分", **params),
    }
    return texts[code]() if code in texts else ""
