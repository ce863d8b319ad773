"""Words for criteria, facts, states."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.catalogue.labels import certificate_label
from school.orders.certificate_labels import CODES as FINDING_CODES
from school.supply.labels import REASONS

CRITERIA: Mapping[str, Any] = {
    "on_time": _l("按时送达"), "short": _l("足量"), "rejected": _l("未被拒收"), "certificates": _l("票证齐全"),
    "response": _l("及时答复"),
}  # fmt: skip
MEANINGS: Mapping[str, Any] = {
    "on_time": _l("每次送货：是否在约定的日期和时段内送到；补货按承诺的日期。"),
    "short": _l("每个订货品种：订单完成时是否送足（在协议允许的偏差内）。学校提前放弃的不算。"),
    "rejected": _l("每个批次：是否因供应商的原因被拒收。超量、批次警示等其他原因不算。"),
    "certificates": _l("每个批次：是否因票证缺失或不合格被拒收；经教育局核查、属供应商责任的票证问题。"),
    "response": _l("每张订单、每次要求补货：是否按时答复；不接单算未履行。"),
}
STATES: Mapping[str, Any] = {"scored": _l("已评分"), "not_enough": _l("数据不足")}
KINDS: Mapping[str, Any] = {
    "delivery": _l("送货"), "replacement": _l("补货"), "order": _l("订单"), "order_line": _l("订货品种"),
    "receipt_line": _l("收货批次"), "finding": _l("票证核查"), "rejection": _l("拒收单"),
}  # fmt: skip
OUTCOMES: Mapping[str, Any] = {
    **REASONS,
    "on_time": _l("按时"), "late": _l("迟到"), "not_come": _l("到期未送"), "full": _l("足量"), "short": _l("短缺"),
    "accepted": _l("合格接收"), "complete": _l("票证齐全"), "answered": _l("按时答复"), "answered_late": _l("答复超时"),
    "unanswered": _l("未答复"), "declined": _l("不接单"),
}  # fmt: skip
OBJECTION_STATES: Mapping[str, Any] = {
    "open": _l("待处理"), "upheld": _l("成立"), "rejected": _l("不成立"), "withdrawn": _l("已撤回"),
}  # fmt: skip
OBJECTION_TONES = {"open": "warning", "upheld": "success", "rejected": "danger", "withdrawn": "neutral"}
OBJECTION_EVENTS: Mapping[str, Any] = {
    "object": _l("提出异议"), "uphold": _l("认定成立，不再计入"), "reject": _l("认定不成立"), "withdraw": _l("撤回异议"),
}  # fmt: skip
OBJECTION_PROBLEMS: Mapping[str, Any] = {
    "struck": _l("这条事实已不再计入评分。"),
    "kept": _l("这条事实对贵单位有利，无需提出异议。"),
    "superseded": _l("这条事实已随记录更正而失效。"),
    "too_late": _l("已过提出异议的期限。"),
}
DIFFERENCES: Mapping[str, Any] = {
    "not_enough": _l("数据不足"), "even": _l("无明显差距"), "worse": _l("明显较差"), "better": _l("明显较好"),
}  # fmt: skip
DIFFERENCE_TONES = {"not_enough": "neutral", "even": "neutral", "worse": "danger", "better": "success"}
GROUPS: Mapping[str, Any] = {
    "rural": _l("乡村学校"), "small": _l("小规模学校"), "small_rural": _l("乡村小规模学校"), "town": _l("镇区学校"),
}  # fmt: skip


def group_label(group: str, zones: Mapping[int, str]) -> str:
    kind, _colon, key = group.partition(":")
    return zones.get(int(key), key) if kind == "zone" else str(GROUPS[group])


def outcome_of(fact: Any) -> str:
    """Why it is kept or not."""
    return str((FINDING_CODES if fact.kind == "finding" else OUTCOMES)[fact.code])


def account_of(fact: Any) -> str:
    """What was compared, in a line."""
    detail, parts = fact.detail, []
    if item := detail.get("item"):
        parts.append(f"{item} {detail.get('batch', '')}".strip())
    if kind := detail.get("certificate"):
        parts.append(f"{certificate_label(kind)} {detail.get('batch', '')}".strip())
    if due := detail.get("due"):
        parts.append(_("应 %(time)s", time=due))
    if came := detail.get("came") or detail.get("answered"):
        parts.append(_("实 %(time)s", time=came))
    if "ordered" in detail:
        parts.append(_("订 %(quantity)s %(unit)s", quantity=detail["ordered"], unit=detail["unit"]))
        if detail["missing"] != "0":
            parts.append(_("缺 %(quantity)s %(unit)s", quantity=detail["missing"], unit=detail["unit"]))
    if refused := detail.get("refused"):
        parts.append(_("拒收 %(quantity)s %(unit)s", quantity=refused, unit=detail.get("unit", "")))
    if note := detail.get("note"):
        parts.append(note)
    return "，".join(parts)


def month_text(month: date | datetime) -> str:
    return month.strftime("%Y-%m")
