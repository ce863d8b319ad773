"""The words for the codes of the canteen's people and papers."""

from flask_babel import lazy_gettext as _l

from school.canteen_staff.rules import Duty, LicenceKind, PaperKind

DUTIES = {
    Duty.COOK: _l("厨师"),
    Duty.KITCHEN_HAND: _l("切配"),
    Duty.SERVER: _l("分餐"),
    Duty.STOREKEEPER: _l("库管"),
    Duty.CLEANER: _l("洗消保洁"),
    Duty.SAMPLE_KEEPER: _l("留样员"),
    Duty.MANAGER: _l("食堂负责人"),
    Duty.SAFETY_OFFICER: _l("食品安全员"),
    Duty.SAFETY_DIRECTOR: _l("食品安全总监"),
}
PAPERS = {
    PaperKind.HEALTH: _l("健康证"),
    PaperKind.TRAINING: _l("培训合格证"),
    PaperKind.SAFETY_OFFICER: _l("食品安全员考核合格证"),
    PaperKind.SAFETY_DIRECTOR: _l("食品安全总监考核合格证"),
}
LICENCES = {
    LicenceKind.FOOD_OPERATION: _l("食品经营许可证"),
    LicenceKind.SUPPLY_CONTRACT: _l("供餐（委托经营）合同"),
    LicenceKind.LIABILITY_INSURANCE: _l("校方食品安全责任险"),
    LicenceKind.WATER_TEST: _l("水质检测报告"),
    LicenceKind.OTHER: _l("其他证照"),
}
REFUSALS = {
    "health_missing": _l("%(name)s没有登记健康证，不得上岗。"),
    "health_expired": _l("%(name)s的健康证已过期，不得上岗。"),
    "training_expired": _l("%(name)s的培训合格证已过期，不得上岗。"),
}
STANDINGS = {
    "held": (_l("有效"), "success"),
    "soon": (_l("即将到期"), "warning"),
    "expired": (_l("已过期"), "danger"),
    "missing": (_l("未登记"), "danger"),
}
