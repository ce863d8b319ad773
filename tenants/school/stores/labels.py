"""The words for the codes of stock."""

from flask_babel import lazy_gettext as _l

from school.stores.rules import DocumentKind, Freshness, GoodKind, Level, LocationKind

GOOD_KINDS = {
    GoodKind.FOOD: _l("食品"),
    GoodKind.CONSUMABLE: _l("耗材用品"),
    GoodKind.HAZARDOUS: _l("危险品"),
}
LOCATION_KINDS = {
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
DOCUMENT_KINDS = {
    DocumentKind.OPENING: _l("期初入库"),
    DocumentKind.RECEIPT: _l("入库"),
    DocumentKind.ISSUE: _l("出库"),
    DocumentKind.RETURN: _l("退库"),
    DocumentKind.TRANSFER: _l("移库"),
    DocumentKind.STOCKTAKE: _l("盘点调整"),
    DocumentKind.DISPOSAL: _l("报损处置"),
    DocumentKind.TAKE_BACK: _l("冲销"),
}
FRESHNESS = {
    Freshness.NONE: "",
    Freshness.GOOD: _l("在保质期内"),
    Freshness.SOON: _l("临近到期"),
    Freshness.TODAY: _l("今天到期"),
    Freshness.EXPIRED: _l("已过期"),
}
LEVELS = {Level.LOW: _l("低于下限"), Level.RIGHT: "", Level.HIGH: _l("高于上限")}
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
