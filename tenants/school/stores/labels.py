"""The words for the codes of stock."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from school.stores.flows import Confirmation, Month, Requisition, Stocktake
from school.stores.rules import DocumentKind, Freshness, GoodKind, Level, LocationKind

GOOD_KINDS: Mapping[str, Any] = {
    GoodKind.FOOD: _l("食品"),
    GoodKind.CONSUMABLE: _l("耗材用品"),
    GoodKind.HAZARDOUS: _l("危险品"),
}
LOCATION_KINDS: Mapping[str, Any] = {
    LocationKind.STORE: _l("库房"),
    LocationKind.KITCHEN: _l("厨房"),
    LocationKind.FRIDGE: _l("冷藏"),
    LocationKind.FREEZER: _l("冷冻"),
    LocationKind.HAZARDOUS: _l("危险品柜"),
    LocationKind.QUARANTINE: _l("待处理区"),
    LocationKind.SUPPLIER: _l("供货方"),
    LocationKind.CONSUMED: _l("领用"),
    LocationKind.DISPOSED: _l("报损处置"),
    LocationKind.DIFFERENCE: _l("盘点差异"),
    LocationKind.OPENING: _l("期初"),
}
DOCUMENT_KINDS: Mapping[str, Any] = {
    DocumentKind.OPENING: _l("期初入库"),
    DocumentKind.RECEIPT: _l("入库"),
    DocumentKind.ISSUE: _l("出库"),
    DocumentKind.RETURN: _l("退库"),
    DocumentKind.TRANSFER: _l("移库"),
    DocumentKind.STOCKTAKE: _l("盘点调整"),
    DocumentKind.DISPOSAL: _l("报损处置"),
    DocumentKind.TAKE_BACK: _l("冲销"),
}
FRESHNESS: Mapping[str, Any] = {
    Freshness.NONE: "",
    Freshness.GOOD: _l("在保质期内"),
    Freshness.SOON: _l("临近到期"),
    Freshness.TODAY: _l("今天到期"),
    Freshness.EXPIRED: _l("已过期"),
}
BATCH_STATES = {"free": _l("可用"), "frozen": _l("已封存")}
LEVELS: Mapping[str, Any] = {Level.LOW: _l("低于下限"), Level.RIGHT: "", Level.HIGH: _l("高于上限")}
# The beginning of a document's number, per kind.
NUMBERS = {
    DocumentKind.OPENING: "QC",
    DocumentKind.RECEIPT: "RK",
    DocumentKind.ISSUE: "CK",
    DocumentKind.RETURN: "TK",
    DocumentKind.TRANSFER: "YK",
    DocumentKind.STOCKTAKE: "PDT",
    DocumentKind.DISPOSAL: "BS",
    DocumentKind.TAKE_BACK: "CX",
}
# The places that a school has from the first day on: code, kind, name. The names are data, as a school would type them.
PLACES = (
    ("01", LocationKind.STORE, "食品库"),
    ("02", LocationKind.FRIDGE, "冷藏柜"),
    ("03", LocationKind.FREEZER, "冷冻柜"),
    ("04", LocationKind.STORE, "物料库"),
    ("05", LocationKind.HAZARDOUS, "危险品柜"),
    ("06", LocationKind.QUARANTINE, "待处理区"),
    ("07", LocationKind.KITCHEN, "厨房"),
    ("V1", LocationKind.SUPPLIER, "供货方"),
    ("V2", LocationKind.CONSUMED, "领用"),
    ("V3", LocationKind.DISPOSED, "报损处置"),
    ("V4", LocationKind.DIFFERENCE, "盘点差异"),
    ("V5", LocationKind.OPENING, "期初"),
)
# Where a good is put unless somebody says otherwise: by what it is and how it is kept.
USUAL_PLACE = {
    ("food", "ambient"): "01",
    ("food", "chilled"): "02",
    ("food", "frozen"): "03",
    ("consumable", "ambient"): "04",
    ("hazardous", "ambient"): "05",
}
EXPIRED_FOOD = "《中华人民共和国食品安全法》第三十四条第（十）项"

WEEKDAYS = {1: _l("周一"), 2: _l("周二"), 3: _l("周三"), 4: _l("周四"), 5: _l("周五"), 6: _l("周六"), 7: _l("周日")}
REQUISITION_STATES = {
    Requisition.SUBMITTED: _l("待审批"),
    Requisition.APPROVED: _l("待发放"),
    Requisition.PREPARED: _l("待第二人确认"),
    Requisition.ISSUED: _l("已发放"),
    Requisition.REFUSED: _l("不同意"),
    Requisition.CANCELLED: _l("已撤销"),
}
STOCKTAKE_STATES = {
    Stocktake.COUNTING: _l("盘点中"),
    Stocktake.COUNTED: _l("待审批差异"),
    Stocktake.POSTED: _l("已完成"),
    Stocktake.CANCELLED: _l("已取消"),
}
STOCKTAKE_KINDS = {"spot": _l("抽盘"), "monthly": _l("月末盘点"), "term": _l("学期末盘点"), "year": _l("年终盘点")}
CONFIRMATION_STATES = {
    Confirmation.WAITING: _l("待第二人确认"),
    Confirmation.CONFIRMED: _l("已确认"),
    Confirmation.REFUSED: _l("已退回"),
}
MONTH_STATES = {Month.OPEN: _l("未结账"), Month.CLOSED: _l("已结账")}
EVENTS = {
    "submit": _l("提交"), "approve": _l("批准"), "refuse": _l("退回"), "cancel": _l("撤销"), "prepare": _l("备货"),
    "issue": _l("发放"), "undo": _l("退回重备"), "start": _l("开始"), "count": _l("清点"), "finish": _l("提交盘点"), "recount": _l("重新盘点"),
    "propose": _l("提交"), "confirm": _l("确认"), "close": _l("结账"), "reopen": _l("反结账"),
}  # fmt: skip
TONES = {
    "submitted": "warning", "approved": "primary", "prepared": "warning", "issued": "success", "refused": "danger",
    "cancelled": "neutral", "counting": "primary", "counted": "warning", "posted": "success", "waiting": "warning",
    "confirmed": "success", "open": "primary", "closed": "neutral", "expired": "danger", "today": "danger",
    "soon": "warning", "good": "success", "none": "neutral", "low": "danger", "high": "warning", "right": "neutral",
}  # fmt: skip


def weekdays_text(days: Iterable[int]) -> str:
    """周一、周三."""
    return _("、").join(str(WEEKDAYS[day]) for day in sorted(days))
