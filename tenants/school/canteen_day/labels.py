"""The words for the codes of the canteen's day."""

from flask_babel import lazy_gettext as _l

from school.canteen_day import rules

FITNESS = {
    rules.Fitness.FIT: (_l("正常"), "success"),
    rules.Fitness.PUT_RIGHT: (_l("纠正后上岗"), "warning"),
    rules.Fitness.KEPT_AWAY: (_l("停止上岗"), "danger"),
    rules.Fitness.ABSENT: (_l("未到岗"), "neutral"),
}
FINDINGS = {
    rules.Finding.FEVER: _l("发热"),
    rules.Finding.DIARRHOEA: _l("腹泻"),
    rules.Finding.VOMITING: _l("呕吐"),
    rules.Finding.SORE_THROAT: _l("咽喉肿痛"),
    rules.Finding.JAUNDICE: _l("皮肤发黄"),
    rules.Finding.SKIN_INFECTION: _l("化脓性皮肤病"),
    rules.Finding.HAND_WOUND: _l("手部伤口"),
    rules.Finding.CLOTHING: _l("着装不整"),
    rules.Finding.NAILS: _l("指甲不合格"),
    rules.Finding.JEWELLERY: _l("佩戴饰物"),
}
METHODS = {
    rules.Method.STEAM: _l("蒸汽、煮沸"),
    rules.Method.DISHWASHER: _l("洗碗机"),
    rules.Method.INFRARED: _l("红外消毒柜"),
    rules.Method.CHLORINE: _l("含氯消毒液"),
}
LACKS = {
    rules.Lack.TOO_SHORT: _l("时间不足"),
    rules.Lack.TOO_COOL: _l("温度不足"),
    rules.Lack.TOO_WEAK: _l("浓度不足"),
}
COLD = {
    rules.ColdKind.CHILLED: _l("冷藏"),
    rules.ColdKind.FROZEN: _l("冷冻"),
    rules.ColdKind.SAMPLE: _l("留样专柜"),
}
RATINGS = {
    rules.Rating.GOOD: (_l("好"), "success"),
    rules.Rating.FAIR: (_l("一般"), "warning"),
    rules.Rating.POOR: (_l("差"), "danger"),
}
COMPANIONS = {
    rules.Companion.LEADER: _l("学校负责人"),
    rules.Companion.TEACHER: _l("教师"),
    rules.Companion.PARENT: _l("家长"),
}
MEMBERS = {
    rules.MemberKind.LEADER: _l("学校领导"),
    rules.MemberKind.LOGISTICS: _l("后勤管理人员"),
    rules.MemberKind.PUPIL: _l("学生代表"),
    rules.MemberKind.TEACHER: _l("教师代表"),
    rules.MemberKind.PARENT: _l("家长代表"),
}
WASTE = {
    rules.WasteKind.LEFTOVERS: _l("剩饭剩菜"),
    rules.WasteKind.KITCHEN: _l("厨余"),
    rules.WasteKind.OIL: _l("废弃油脂"),
}
PESTS = {
    rules.Pest.RODENTS: _l("老鼠"),
    rules.Pest.FLIES: _l("苍蝇"),
    rules.Pest.MOSQUITOES: _l("蚊子"),
    rules.Pest.COCKROACHES: _l("蟑螂"),
}
CONTROLS = {
    rules.ControlKind.DAILY: _l("日管控"),
    rules.ControlKind.WEEKLY: _l("周排查"),
    rules.ControlKind.MONTHLY: _l("月调度"),
}
FINDING_STATES = {
    rules.FindingState.OPEN: (_l("待整改"), "danger"),
    rules.FindingState.FIXED: (_l("待确认"), "warning"),
    rules.FindingState.CLOSED: (_l("已销号"), "success"),
}
FINDING_EVENTS = {
    rules.FindingEvent.FIX: _l("整改完成"),
    rules.FindingEvent.CONFIRM: _l("确认销号"),
    rules.FindingEvent.SEND_BACK: _l("退回重改"),
}
DISINFECTED = (
    _l("餐具"),
    _l("餐盘、勺筷"),
    _l("刀具、砧板"),
    _l("工用具、容器"),
    _l("操作台面"),
    _l("餐桌"),
    _l("毛巾、抹布"),
)
AREAS = (
    _l("操作间"), _l("切配间"), _l("备餐间"), _l("洗消间"), _l("仓库"), _l("餐厅"), _l("冰箱"), _l("排烟罩"), _l("下水道"), _l("垃圾桶"),
)  # fmt: skip
