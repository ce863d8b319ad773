"""Words for codes: kinds, states, reasons of the account."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scorecards.labels import KINDS
from scorecards.problem_text import PROBLEMS, REASONS
from scorecards.problems import Problem

STATES = {
    "planned": _l("待检查"),
    "in_progress": _l("检查中"),
    "submitted": _l("已提交"),
    "reviewed": _l("已复核"),
    "released": _l("已告知学校"),
    "appealed": _l("申诉中"),
    "published": _l("已公布"),
    "closed": _l("已销号"),
    "cancelled": _l("已取消"),
}
STATE_TONES = {
    "planned": "neutral",
    "in_progress": "info",
    "submitted": "warning",
    "reviewed": "info",
    "released": "success",
    "appealed": "warning",
    "published": "success",
    "closed": "neutral",
    "cancelled": "neutral",
}
EVENTS = {
    "plan": _l("安排检查"),
    "start": _l("开始检查"),
    "submit": _l("提交结果"),
    "return": _l("退回补正"),
    "review": _l("复核通过"),
    "release": _l("告知学校"),
    "appeal": _l("学校申诉"),
    "settle": _l("申诉办结"),
    "publish": _l("公布结果"),
    "close": _l("整改销号"),
    "reopen": _l("重新整改"),
    "cancel": _l("取消检查"),
}
# How soon what was lost is to be put right; the releaser may choose, rectifications follow.
SEVERITIES = {
    "immediate": _l("立即整改"),
    "urgent": _l("限期整改（急）"),
    "normal": _l("限期整改"),
    "term": _l("学期内整改"),
}
BLOCKED = {
    "not_told": _l("结果未告知学校"),
    "appealed": _l("申诉未办结"),
    "window_open": _l("申诉期未过"),
}
CAUSES = {
    "submission": _l("原始结果"),
    "appeal": _l("申诉改判"),
    "unresolved": _l("回头看加倍扣分"),
}
WINDOWS = {
    "open": _l("申诉期内"),
    "acknowledged": _l("学校已确认"),
    "expired": _l("逾期未申诉，视为认可"),
}
VETO_EFFECTS = {
    "item_zero": _l("该项记 0 分"),
    "section_zero": _l("该部分记 0 分"),
    "form_zero": _l("总分记 0 分"),
    "band_cap": _l("等级受限"),
    "verdict": _l("直接判定"),
}
PLAN_STATES = {"open": _l("进行中"), "closed": _l("已结束")}


def reason_text(line: Mapping[str, Any]) -> str:
    """Why an item got the points it got, in words; `line` is one of an account's lines as JSON."""
    return str(REASONS[line["reason"]]) % dict(line.get("params") or {})


def problem_text(problem: Problem) -> str:
    """What is wrong with an answer, in words."""
    return str(PROBLEMS[problem.code]) % dict(problem.params)


def chosen_text(line: Mapping[str, Any]) -> str:
    """Which of the item's entries were ticked; "" where it has none."""
    return "；".join(
        _("%(label)s（%(times)s 次）", label=entry["label"], times=entry["times"])
        if entry["times"] > 1
        else entry["label"]
        for entry in line.get("chosen", ())
    )


__all__ = [
    "BLOCKED",
    "CAUSES",
    "EVENTS",
    "KINDS",
    "PLAN_STATES",
    "SEVERITIES",
    "STATES",
    "STATE_TONES",
    "VETO_EFFECTS",
    "WINDOWS",
    "chosen_text",
    "problem_text",
    "reason_text",
]
