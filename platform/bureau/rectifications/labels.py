"""Words for states, colours and events of rectification."""

from flask_babel import lazy_gettext as _l

from bureau.inspections.labels import SEVERITIES

STATES = {
    "open": _l("待整改"),
    "replied": _l("待审核"),
    "accepted": _l("审核通过"),
    "recheck": _l("待回头看"),
    "unresolved": _l("未整改到位"),
    "closed": _l("已销号"),
    "withdrawn": _l("已撤销"),
}
STATE_TONES = {
    "open": "warning",
    "replied": "info",
    "accepted": "info",
    "recheck": "primary",
    "unresolved": "danger",
    "closed": "success",
    "withdrawn": "neutral",
}
OVERDUE = {"yellow": _l("黄色预警"), "orange": _l("橙色预警"), "red": _l("红色预警")}
OVERDUE_TONES = {"yellow": "warning", "orange": "warning", "red": "danger"}
EVENTS = {
    "open": _l("开出整改单"),
    "reply": _l("提交整改回复"),
    "send_back": _l("退回整改"),
    "accept": _l("审核通过"),
    "draw": _l("列入回头看"),
    "close": _l("销号"),
    "find_fixed": _l("回头看合格"),
    "find_unresolved": _l("回头看不合格"),
    "withdraw": _l("撤销"),
    "ask_extension": _l("申请延期"),
    "grant_extension": _l("同意延期"),
    "refuse_extension": _l("不同意延期"),
    "adjust": _l("调整期限"),
}
EXTENSIONS = {"asked": _l("待审批"), "granted": _l("已同意"), "refused": _l("未同意")}
OUTCOMES = {"accepted": _l("审核通过"), "sent_back": _l("已退回")}
# Done in the bureau's name: the school is not told which officer.
BUREAU_EVENTS = frozenset(EVENTS) - {"reply", "ask_extension"}

__all__ = [
    "BUREAU_EVENTS", "EVENTS", "EXTENSIONS", "OUTCOMES", "OVERDUE", "OVERDUE_TONES", "SEVERITIES", "STATES",
    "STATE_TONES",
]  # fmt: skip
