"""The words for the codes of goods receipts."""

from flask_babel import lazy_gettext as _l

from school.supply.rules import State

STATES = {State.RECORDED: _l("已入账"), State.VOIDED: _l("已作废")}
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
