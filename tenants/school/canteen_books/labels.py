"""The words for the codes of the books."""

from typing import Any

from flask_babel import lazy_gettext as _l

from kernel.web.dates import yuan
from school.canteen_books.chart import AccountKind, CostClass, Fund
from school.canteen_books.rules import EntryKind, MonthState, PayeeKind, VoucherState

# Read in a province's rule for school meals; the law's own article number is to be confirmed.
CASHIER_APART = "出纳不得兼任稽核、会计档案保管和收支、债权债务账目的登记，印鉴分管（省级校园餐财务管理规定）"
FUNDS: dict[str, Any] = {
    Fund.PUPILS: _l("学生伙食"),
    Fund.STAFF: _l("教职工伙食"),
    Fund.IMPROVEMENT: _l("营养改善计划"),
    Fund.AID: _l("困难学生生活补助"),
}
ACCOUNT_KINDS: dict[str, Any] = {
    AccountKind.ASSET: _l("资产"),
    AccountKind.LIABILITY: _l("负债"),
    AccountKind.SURPLUS: _l("结余"),
    AccountKind.INCOME: _l("收入"),
    AccountKind.COST: _l("成本"),
}
ENTRY_KINDS: dict[str, Any] = {
    EntryKind.OPENING: _l("期初"),
    EntryKind.VOUCHER: _l("收付凭证"),
    EntryKind.PAYMENTS: _l("收缴伙食费"),
    EntryKind.REFUNDS: _l("退还伙食费"),
    EntryKind.STORES: _l("出入库结转"),
    EntryKind.AID: _l("补助计入学生账户"),
    EntryKind.SURPLUS_RETURN: _l("结余退还学生"),
    EntryKind.CHARGES: _l("伙食费确认"),
    EntryKind.STAFF_SHARE: _l("教职工伙食分摊"),
    EntryKind.FUND_USE: _l("营养改善补助使用"),
    EntryKind.RESULT: _l("结转结余"),
}
MONTH_STATES: dict[str, Any] = {
    MonthState.OPEN: _l("记账中"),
    MonthState.PREPARED: _l("待审核结账"),
    MonthState.CLOSED: _l("已结账"),
    MonthState.REOPENING: _l("申请反结账"),
}
MONTH_TONES = {
    MonthState.OPEN: "primary",
    MonthState.PREPARED: "warning",
    MonthState.CLOSED: "success",
    MonthState.REOPENING: "danger",
}
VOUCHER_STATES: dict[str, Any] = {
    VoucherState.ENTERED: _l("待审核"),
    VoucherState.SIGNED: _l("出纳已签"),
    VoucherState.APPROVED: _l("已入账"),
    VoucherState.REFUSED: _l("已退回"),
    VoucherState.WITHDRAWN: _l("已撤回"),
}
VOUCHER_TONES = {
    VoucherState.ENTERED: "warning",
    VoucherState.SIGNED: "warning",
    VoucherState.APPROVED: "success",
    VoucherState.REFUSED: "danger",
    VoucherState.WITHDRAWN: "neutral",
}
EVENTS: dict[str, Any] = {
    "prepare": _l("提交结账"),
    "send_back": _l("退回"),
    "close": _l("审核结账"),
    "ask_reopening": _l("申请反结账"),
    "refuse_reopening": _l("不同意反结账"),
    "reopen": _l("反结账"),
    "sign": _l("出纳签字"),
    "approve": _l("审核入账"),
    "refuse": _l("退回"),
    "withdraw": _l("撤回"),
    "enter": _l("制单"),
    "publish": _l("公示"),
    "replace": _l("更正公示"),
    "pay": _l("已发放"),
    "void": _l("作废"),
}
TEMPLATES: dict[str, Any] = {
    "pay_supplier": _l("支付供货款"),
    "materials": _l("现购食材"),
    "utilities": _l("支付水电燃气费"),
    "wages": _l("支付食堂人员工资"),
    "overtime": _l("支付组织就餐加班费"),
    "consumables": _l("购买低值易耗品"),
    "repairs": _l("支付设施维修费"),
    "training": _l("支付培训费"),
    "culture": _l("支付食堂文化建设费"),
    "staff_income": _l("收到教职工伙食费"),
    "staff_settles": _l("教职工伙食支付分摊成本"),
    "other_income": _l("收到其他收入"),
    "improvement_received": _l("收到营养改善计划拨款"),
    "aid_received": _l("收到生活补助拨款"),
    "cash_banked": _l("现金存入银行"),
    "cash_drawn": _l("提取备用金"),
    "deposit_taken": _l("收到押金保证金"),
    "deposit_returned": _l("退还押金保证金"),
    "opening_bank": _l("登记期初银行存款"),
    "opening_stock": _l("登记期初库存"),
}
PAYEES: dict[str, Any] = {
    PayeeKind.SUPPLIER: _l("供货单位"),
    PayeeKind.CANTEEN_STAFF: _l("食堂从业人员"),
    PayeeKind.TEACHER: _l("教师"),
    PayeeKind.UTILITY: _l("水电燃气单位"),
    PayeeKind.SERVICE: _l("维修培训等服务单位"),
    PayeeKind.OTHER: _l("其他"),
}
METHODS: dict[str, Any] = {"cash": _l("现金"), "bank": _l("银行转账"), "platform": _l("缴费平台")}
PLAN_KINDS: dict[str, Any] = {"monthly": _l("包餐（按月）"), "per_meal": _l("按餐计费")}
REFUND_MODES: dict[str, Any] = {"carry": _l("结转抵下月"), "pay_out": _l("月底发放")}
REFUND_REASONS: dict[str, Any] = {"month": _l("缺餐退费"), "term": _l("学期结退"), "leaver": _l("离校结退")}
REFUND_STATES: dict[str, Any] = {"due": _l("待发放"), "paid": _l("已发放"), "void": _l("已作废")}
SETTINGS: dict[str, Any] = {"urban": _l("城区"), "town": _l("镇区"), "rural": _l("乡村")}
UNITS: dict[str, Any] = {"month": _l("每月"), "meal": _l("每餐")}
MOVE_PROBLEMS: dict[str, Any] = {
    "no_moves": _l("凭证没有分录。"),
    "unknown_account": _l("没有这个科目。"),
    "not_positive": _l("金额应大于 0。"),
    "same_account": _l("借贷不能是同一科目。"),
    "pupil": _l("预收学生伙食费应记到学生。"),
    "funds_mixed": _l("不同资金不得混用。"),
}
COSTS: dict[str, Any] = {
    CostClass.MATERIALS: _l("原辅材料"),
    CostClass.UTILITIES: _l("水电气"),
    CostClass.WAGES: _l("人员工资"),
    CostClass.OVERTIME: _l("组织就餐加班"),
    CostClass.CONSUMABLES: _l("低值易耗品"),
    CostClass.REPAIRS: _l("设施维修"),
    CostClass.TRAINING: _l("培训费"),
    CostClass.CULTURE: _l("食堂文化"),
}
FINDINGS: dict[str, Any] = {
    "teacher_wages": _l("食堂资金支付教师工资：%(payee)s %(money)s"),
    "payee_outside": _l("食堂资金付给食堂以外的对象：%(payee)s %(money)s"),
    "above_limit": _l("%(plan)s的价格 %(money)s 高于现行限额 %(limit_money)s"),
    "staff_free": _l("教职工就餐 %(meals)s 人次，没有伙食费收入"),
    "staff_below_cost": _l("教职工伙食费收入低于分摊成本 %(money)s"),
    "materials_low": _l("食材支出占伙食费收入 %(share)s，低于 %(limit)s%%"),
    "wages_high": _l("人员工资占伙食费收入 %(share)s，高于 %(limit)s%%"),
    "surplus_high": _l("本学期累计盈余率 %(share)s，超过 %(limit)s%%"),
    "deficit_high": _l("本学期累计亏损率 %(share)s，超过 %(limit)s%%"),
    "money_negative": _l("现金和银行存款合计为负 %(money)s，请核对账目"),
    "improvement_short": _l("营养改善计划拨款不足，欠 %(money)s"),
    "counts_differ": _l("报餐人数与考勤不一致 %(count)s 处"),
}
CHECKS: dict[str, Any] = {
    "over": _l("本月已到最后一天"),
    "earlier": _l("以前各月已结账"),
    "meal_days": _l("已核对供餐日"),
    "prices": _l("在用方案都有价格"),
    "payments": _l("缴费已全部入账"),
    "refunds": _l("已发放的退费全部入账"),
    "stores": _l("出入库已结转"),
    "vouchers": _l("凭证已全部审核"),
    "utilities": _l("已登记水电燃气费"),
    "wages": _l("已登记食堂人员工资"),
    "staff_income": _l("已登记教职工伙食费收入"),
    "plans": _l("缴费学生都在伙食方案中"),
    "improvement": _l("营养改善计划拨款足额"),
}


def finding_text(code: str, params: Any) -> str:
    """The words of a finding with its figures."""
    values = dict(params)
    values["money"] = yuan(values.get("fen"))
    values["limit_money"] = yuan(values.get("limit_fen"))
    if "share" in values:
        values["share"] = f"{values['share'] / 100:.2f}%"
    return str(FINDINGS[code]) % values
