"""Words of recalls."""

from flask_babel import lazy_gettext as _l

from school.recall.rules import Trigger

TRIGGER = {
    Trigger.LOT: _l("批次号"),
    Trigger.CERTIFICATE: _l("证明编号"),
    Trigger.MEAL: _l("一餐"),
    Trigger.DISH: _l("菜品"),
}
STATE = {
    "open": _l("已追溯，未通知"), "active": _l("召回中"), "lifted": _l("已解除"), "closed": _l("已办结"),
    "dropped": _l("未召回"),
}  # fmt: skip
TONE = {"open": "warning", "active": "danger", "lifted": "success", "closed": "neutral", "dropped": "neutral"}
EVENT = {
    "begin": _l("追溯"), "freeze": _l("封存并通知"), "lift": _l("解除"), "close": _l("办结"), "drop": _l("不召回"),
}  # fmt: skip
PART = {"told": _l("待封存"), "secured": _l("已封存")}
PART_TONE = {"told": "danger", "secured": "success"}
INCIDENT = {"reported": _l("待处置"), "traced": _l("已追溯"), "dismissed": _l("已排除")}
INCIDENT_TONE = {"reported": "danger", "traced": "warning", "dismissed": "neutral"}
