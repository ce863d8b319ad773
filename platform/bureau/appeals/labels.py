"""Words for the states and events of appeals."""

from flask_babel import lazy_gettext as _l

STATES = {
    "draft": _l("草稿"),
    "sent": _l("待复核"),
    "withdrawn": _l("已撤回"),
    "rejected": _l("维持原结果"),
    "upheld": _l("申诉成立"),
}
STATE_TONES = {"draft": "neutral", "sent": "warning", "withdrawn": "neutral", "rejected": "info", "upheld": "success"}
EVENTS = {
    "send": _l("提交申诉"),
    "withdraw": _l("撤回申诉"),
    "uphold": _l("改判"),
    "reject": _l("维持"),
}
# Decided by the bureau as such: the school is not told which officer.
BUREAU_EVENTS = frozenset({"uphold", "reject"})
