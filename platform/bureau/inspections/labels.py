"""Words for codes: kinds, states, reasons of the account."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

KINDS = {
    "canteen": _l("食堂"),
    "dormitory": _l("宿舍"),
    "safety": _l("校园安全"),
    "logistics": _l("后勤管理"),
}
STATES = {
    "planned": _l("待检查"),
    "in_progress": _l("检查中"),
    "submitted": _l("已提交"),
    "released": _l("已告知学校"),
    "cancelled": _l("已取消"),
}
STATE_TONES = {
    "planned": "neutral",
    "in_progress": "info",
    "submitted": "warning",
    "released": "success",
    "cancelled": "neutral",
}
EVENTS = {
    "plan": _l("安排检查"),
    "start": _l("开始检查"),
    "submit": _l("提交结果"),
    "return": _l("退回补正"),
    "release": _l("告知学校"),
    "cancel": _l("取消检查"),
}
PLAN_STATES = {"open": _l("进行中"), "closed": _l("已结束")}


def reason_text(line: Mapping[str, Any]) -> str:
    """Why an item got the points it got, in words, from the engine's reason code and parameters."""
    params = {key: str(value) for key, value in (line.get("params") or {}).items()}
    lost = str(line.get("lost", "0"))
    texts = {
        "full": _("符合要求，得满分"),
        "not_met": _("不符合，扣除该项全部分值"),
        "judged": _("检查员在分值内评分"),
        "count": _("按发现次数扣分，共扣 %(lost)s 分", lost=lost),
        "count_capped": _("按发现次数扣分，已扣至上限 %(lost)s 分", lost=lost),
        "count_zero": _("发现次数达到清零标准，该项得 0 分"),
        "listed": _("按列出的情形扣 %(lost)s 分", lost=lost),
        "listed_capped": _("按列出的情形扣分，已扣至上限 %(lost)s 分", lost=lost),
        "additive": _("按达到的要点得分"),
        "level": _("按所选等次得分"),
        "passed": _("合格"),
        "failed": _("不合格"),
        "not_found": _("未发现"),
        "found": _("发现该情形"),
        "unscored": _("此项不计分"),
        "not_applicable": _("不适用：%(reason)s", reason=params.get("reason") or line.get("na_reason") or "—"),
        "tag_absent": _("学校无此情形，不参与计分"),
        "unanswered": _("未填写"),
        "veto_item": _("触发本项否决，得 0 分"),
        "veto_section": _("触发本部分否决，得 0 分"),
    }
    return texts.get(str(line.get("reason")), str(line.get("reason")))


def answer_text(line: Mapping[str, Any]) -> str:
    """The inspector's answer in words; "" where the item was not answered."""
    answer = line.get("answer") or {}
    if "not_applicable" in answer:
        return _("不适用")
    if "met" in answer:
        return _("符合") if answer["met"] else _("不符合")
    if "found" in answer:
        return _("发现") if answer["found"] else _("未发现")
    if "count" in answer:
        return _("发现 %(count)s 处", count=answer["count"])
    if "judged" in answer:
        return _("评 %(points)s 分", points=answer["judged"])
    if "level" in answer or "checked" in answer:
        return ""
    return ""
