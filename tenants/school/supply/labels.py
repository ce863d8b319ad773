"""The words for the codes of goods receipts."""

from flask_babel import lazy_gettext as _l

from school.supply.rules import State

STATES = {State.AWAITING: _l("待第二人确认"), State.RECORDED: _l("已入账"), State.VOIDED: _l("已作废")}
PROBLEMS = {
    "item_unknown": _l("目录中没有这个物品，或已下架。"),
    "unit_unknown": _l("请选择该物品的单位。"),
    "not_positive": _l("数量应大于 0。"),
    "batch_missing": _l("请填写批号；没有批号的，填写生产日期。"),
    "made_after_receipt": _l("生产日期晚于收货日期。"),
    "expires_before_made": _l("到期日应晚于生产日期。"),
    "expired": _l("收货时已过保质期，不得收货。"),
    "implausible": _l("温度超出合理范围，请核对。"),
    "in_future": _l("收货日期不能晚于今天。"),
}
PURCHASE_CHECK = "《中华人民共和国食品安全法》第五十三条"
TWO_PEOPLE = "《中小学校园食品安全和膳食经费管理工作指引》（教体艺厅函〔2024〕39号）"
DELIVERY_PROBLEMS = {
    "negative": _l("数量不能小于 0。"),
    "over_arrived": _l("净重应在 0 与到货数量之间。"),
    "over_net": _l("拒收数量应在 0 与净重之间。"),
    "reason_missing": _l("请选择拒收原因。"),
    "photo_missing": _l("请拍照：拒收须有照片。"),
    "temperature_missing": _l("冷藏、冷冻食品请填写到货温度。"),
}
REASONS = {
    "spoiled": _l("腐败变质"),
    "contaminated": _l("污染、有异物"),
    "expired": _l("已过保质期"),
    "too_warm": _l("温度不符合要求"),
    "wrong_item": _l("品种、规格不符"),
    "bad_quality": _l("质量不符合约定"),
    "damaged": _l("包装破损"),
    "surplus": _l("超出订货数量"),
    "short_life": _l("剩余保质期过短"),
    "no_certificate": _l("缺少证明"),
    "bad_certificate": _l("证明虚假、不符"),
    "lot_warned": _l("该批次有警示"),
    "other": _l("其他"),
}
# Of warnings: refused by a school, or called back by the bureau.
WARNING_REASONS = {**REASONS, "recalled": _l("教育局召回")}
REJECTION_STATES = {
    "open": _l("待处理"),
    "replaced": _l("已补货"),
    "credited": _l("不再补货，已扣款"),
    "closed": _l("已办结"),
    "voided": _l("已作废"),
}
REJECTION_TONES = {
    "open": "warning", "replaced": "success", "credited": "success", "closed": "success", "voided": "neutral",
}  # fmt: skip
WANTED = {"replace": _l("补货"), "credit": _l("不补货，扣款")}
REJECTION_EVENTS = {
    "make": _l("拒收"),
    "answer": _l("供应商答复"),
    "ship": _l("发出补货"),
    "replace_part": _l("部分补货"),
    "replace": _l("补货完成"),
    "credit": _l("不再补货"),
    "settle": _l("办结"),
    "void": _l("收货单作废"),
    "reopen": _l("补货的收货单作废"),
}
HOW = {"here": _l("在同一台手机上登录确认"), "own": _l("在本人手机上确认"), "offline": _l("离线确认")}
FOUND_IN = {"ordered": _l("已下单"), "shipped": _l("在途"), "received": _l("已收货")}
