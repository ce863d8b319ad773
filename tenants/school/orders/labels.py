"""Words for states, events and problems of orders."""

from flask_babel import lazy_gettext as _l

STATES = {
    "draft": _l("草稿"),
    "submitted": _l("待审批"),
    "approved": _l("已审批"),
    "sent": _l("已发送，待确认"),
    "confirmed": _l("供应商已确认"),
    "shipped": _l("配送中"),
    "received": _l("已收齐"),
    "closed": _l("已办结"),
    "refused": _l("审批未通过"),
    "cancelled": _l("已取消"),
    "declined": _l("供应商不接单"),
}
STATE_TONES = {
    "draft": "neutral", "submitted": "warning", "approved": "info", "sent": "info", "confirmed": "primary",
    "shipped": "primary", "received": "success", "closed": "success", "refused": "danger", "cancelled": "neutral",
    "declined": "danger",
}  # fmt: skip
EVENTS = {
    "create": _l("制单"),
    "edit": _l("修改"),
    "submit": _l("提交审批"),
    "withdraw": _l("撤回修改"),
    "approve": _l("审批通过"),
    "refuse": _l("审批退回"),
    "revise": _l("重新修改"),
    "send": _l("发送供应商"),
    "confirm": _l("供应商确认"),
    "decline": _l("供应商不接单"),
    "propose": _l("供应商提出改期"),
    "accept_day": _l("同意改期"),
    "keep_day": _l("不同意改期"),
    "cancel": _l("取消"),
    "ship": _l("发货"),
    "unship": _l("撤回发货"),
    "unship_one": _l("撤回发货"),
    "receive_part": _l("收货"),
    "receive": _l("收货，已收齐"),
    "unreceive": _l("收货单作废"),
    "close": _l("办结"),
    "credit": _l("拒收部分不再补货"),
}
SHIPMENT_STATES = {"sent": _l("配送中"), "received": _l("已收货"), "cancelled": _l("已撤回")}
SHIPMENT_TONES = {"sent": "primary", "received": "success", "cancelled": "neutral"}
SOURCES = {"manual": _l("自行制单"), "proposal": _l("按食谱建议"), "repeat": _l("重复以前的订单")}
SIDES = {"school": _l("学校"), "supplier": _l("供应商"), "system": _l("系统")}
PROBLEMS = {
    "in_past": _l("送货日期不能早于今天。"),
    "too_far": _l("送货日期太远。"),
    "batch_missing": _l("请填写批号；没有批号的，填写生产日期。"),
    "made_after": _l("生产日期晚于送达日期。"),
    "expires_before_made": _l("到期日应晚于生产日期。"),
    "expired": _l("送达时已过保质期，不得配送。"),
    "too_much": _l("超过可发货的数量。"),
}
