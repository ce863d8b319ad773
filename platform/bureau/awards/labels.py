"""Words for awards."""

from flask_babel import lazy_gettext as _l

PASSING = {
    "lot_limit": _l("达到兼投不兼中的上限"),
    "gave_up": _l("放弃中标"),
    "found_ineligible": _l("查实不符合中标条件"),
    "force_majeure": _l("因不可抗力不能履行合同"),
}
# Why an award was taken back.
CANCELLING = {**PASSING, "re_evaluated": _l("重新评审，原结果作废")}
LETTERS = {
    "award": _l("中标通知书"),
    "loss": _l("未中标告知书"),
    "invalid": _l("投标无效告知书"),
    "unopened": _l("标包未开标告知书"),
}
STATES = {"active": _l("有效"), "cancelled": _l("已撤销")}
STATE_TONES = {"active": "green", "cancelled": "secondary"}
SILENCE = _l("采购人逾期未确定，视为确定排名第一的中标候选人。")
