"""Short words for readers who never saw a tender."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from bureau.tendering import labels as tendering
from bureau.tendering.rules.states import RUNNING

NOTICE_KINDS = tendering.NOTICE_KINDS
LOT_STATES, LOT_TONES = tendering.LOT_STATES, tendering.LOT_TONES
PARTS, SCALES = tendering.PARTS, tendering.SCALES
DOCUMENT_KINDS = tendering.DOCUMENT_KINDS
AWARD_METHODS, PRICE_FORMS = tendering.AWARD_METHODS, tendering.PRICE_FORMS

# What is being judged, and that the purchaser has decided, looks the same from outside until the result is announced.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "open": ("bidding",),
    "evaluated": (*(one for one in RUNNING if one not in ("bidding", "challenge_window", "contracting")), "suspended"),
    "awarded": ("challenge_window", "contracting"),
    "ended": ("complete", "terminated", "failed"),
}
GROUP_NAMES = {"open": _l("正在招标"), "evaluated": _l("评审中"), "awarded": _l("已出结果"), "ended": _l("已结束")}
_OWN = {
    "bidding": _l("正在招标"), "opening": _l("等待开标"), "suspended": _l("已暂停"),
    "challenge_window": _l("结果公示"), "contracting": _l("签订协议"), "complete": _l("已完成"),
    "terminated": _l("已终止"), "failed": _l("招标失败"),
}  # fmt: skip
STATES = {state: _OWN.get(state, _l("评审中")) for states in GROUPS.values() for state in states}
TONES = {
    "bidding": "info", "suspended": "warning", "challenge_window": "success", "contracting": "success",
    "complete": "success", "terminated": "danger", "failed": "danger",
}  # fmt: skip
STANDINGS = {
    "signed": _l("尚未开始"), "active": _l("履行中"), "suspended": _l("暂停中"), "terminated": _l("已终止"),
    "expired": _l("已到期"),
}  # fmt: skip
STANDING_TONES = {"active": "success", "signed": "info", "suspended": "warning", "terminated": "danger"}
PRICE_RULES = {"fixed": _l("固定价"), "discount": _l("按市场价下浮")}
BID_STATUSES = {"valid": _l("有效"), "disqualified": _l("无效")}
AWARD_STATUSES = {"active": _l("中标"), "cancelled": _l("已撤销")}
STEPS = {
    "published": _l("发布公告"), "questions_until": _l("提问截止"), "deadline": _l("投标截止并开标"),
    "opened": _l("开标结束"), "result": _l("公告结果"), "signed": _l("签订协议"),
}  # fmt: skip
