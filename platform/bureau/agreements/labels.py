"""Words for states, events, changes, moves and differences."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.agreements.rules import Difference

STANDINGS = {
    "pending": _l("待签订"),
    "signed": _l("已签订，未到开始日"),
    "active": _l("履行中"),
    "suspended": _l("已暂停"),
    "terminated": _l("已终止"),
    "expired": _l("已到期"),
    "cancelled": _l("未签订，已取消"),
}
STANDING_TONES = {
    "pending": "warning", "signed": "info", "active": "success", "suspended": "danger", "terminated": "neutral",
    "expired": "neutral", "cancelled": "neutral",
}  # fmt: skip
EVENTS = {
    "create": _l("按中标结果生成"),
    "sign": _l("签订"),
    "cancel": _l("取消"),
    "suspend": _l("暂停"),
    "resume": _l("恢复"),
    "terminate": _l("终止"),
    "publish": _l("公告合同"),
    "file": _l("副本报备"),
    "cover": _l("调整覆盖学校"),
    "suspend_lot": _l("暂停标包"),
    "resume_lot": _l("恢复标包"),
    "confirm_stop": _l("确认紧急暂停"),
    "change": _l("变更生效"),
}
PRICE_RULES = {"fixed": _l("固定单价"), "discount": _l("参考价下浮")}
BALANCE_FORMS = {"pooled": _l("各校共用"), "per_school": _l("分校")}
SECOND_STAGES = {"direct": _l("直接选定"), "mini_competition": _l("二次竞价")}
CHANGE_KINDS = {
    "term_extension": _l("延长期限"),
    "price_change": _l("调整价格"),
    "item_added": _l("增加物品"),
    "quantity_supplement": _l("追加数量"),
    "supplier_data": _l("变更供应商信息"),
    "suspension": _l("暂停"),
    "resumption": _l("恢复"),
    "termination": _l("终止"),
}
CHANGE_STATES = {"pending": _l("待批准"), "active": _l("已生效"), "cancelled": _l("已取消")}
CHANGE_TONES = {"pending": "warning", "active": "success", "cancelled": "neutral"}
MOVES = {
    "allocate": _l("分配"),
    "supplement": _l("追加"),
    "transfer_out": _l("调出"),
    "transfer_in": _l("调入"),
    "reserve": _l("占用"),
    "release": _l("释放"),
    "consume": _l("使用"),
    "give_back": _l("退回"),
}
DOCUMENT_KINDS = {
    "signed": _l("签字盖章的协议"),
    "supplement": _l("补充协议"),
    "filing": _l("报备回执"),
    "other": _l("其他"),
}
SIDES = {"bureau": _l("采购人"), "supplier": _l("供应商")}
COMPETITION_STATES = {
    "open": _l("报价中"),
    "closed": _l("已截止"),
    "decided": _l("已成交"),
    "cancelled": _l("已取消"),
    "failed": _l("无有效报价"),
}
COMPETITION_TONES = {
    "open": "info", "closed": "warning", "decided": "success", "cancelled": "neutral", "failed": "neutral",
}  # fmt: skip
SUPPLIER_FIELDS = {
    "name": _l("名称"),
    "address": _l("地址"),
    "contact_name": _l("联系人"),
    "contact_mobile": _l("联系电话"),
    "bank": _l("开户行"),
    "bank_account": _l("账号"),
}
TERMS = {
    "supplier_id": _l("供应商"),
    "first_day": _l("开始日期"),
    "last_day": _l("截止日期"),
    "second_stage": _l("第二阶段方式"),
    "tender_lot_id": _l("标包"),
    "price_rule": _l("计价方式"),
    "discount": _l("下浮率"),
    "amount_fen": _l("金额"),
    "hold_days": _l("锁价天数"),
    "net_rate": _l("净菜率"),
    "settlement_notes": _l("结算约定"),
    "zone_id": _l("片区"),
    "balance_form": _l("余量方式"),
    "tender_item_id": _l("招标物品"),
    "unit": _l("单位"),
    "price_fen": _l("单价（分）"),
    "quantity": _l("数量"),
    "tolerance": _l("允许偏差"),
    "specification": _l("规格"),
}


def quantity_text(value: Decimal) -> str:
    """Without trailing zeros: 12.500 is 12.5."""
    return format(value.normalize(), "f") if value else "0"


def difference_text(one: Difference) -> str:
    where = _("标包 %(number)s", number=one.where.partition("/")[0]) if one.where else _("协议")
    if one.field == "missing":
        return _("%(where)s少了内容", where=where)
    if one.field == "added":
        return _("%(where)s多了内容", where=where)
    return _(
        "%(where)s的%(field)s中标为“%(awarded)s”，拟签为“%(proposed)s”",
        where=where, field=TERMS[one.field], awarded=one.awarded, proposed=one.proposed,
    )  # fmt: skip
