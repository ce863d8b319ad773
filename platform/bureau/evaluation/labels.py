"""Words for the codes of the evaluation."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

COMMITTEE_STATES: Mapping[str, Any] = {
    "committed": _l("已公布承诺，待抽取"),
    "formed": _l("已组成，待声明"),
    "declared": _l("符合性审查"),
    "scoring": _l("独立评分"),
    "consensus": _l("汇总复核"),
    "signed": _l("已签署报告"),
    "dissolved": _l("已解散"),
}
LOT_STATES: Mapping[str, Any] = {
    "reviewing": _l("审查中"),
    "scoring": _l("评分中"),
    "consensus": _l("汇总复核"),
    "signed": _l("已签署报告"),
    "refused": _l("有效投标不足"),
}
SEATS: Mapping[str, Any] = {"expert": _l("评审专家"), "purchaser": _l("采购人代表")}
MEMBER_STATES: Mapping[str, Any] = {"invited": _l("待声明"), "declared": _l("已声明"), "recused": _l("已回避")}
BID_STATES: Mapping[str, Any] = {
    "sealed": _l("已密封"),
    "withdrawn": _l("已撤回"),
    "unopened": _l("未开启"),
    "opened": _l("已开启"),
    "unopenable": _l("无法开启"),
    "qualified": _l("资格合格"),
    "disqualified": _l("资格不合格"),
    "invalid": _l("投标无效"),
    "scored": _l("已评分"),
    "won": _l("中标"),
    "lost": _l("未中标"),
}
EXPERT_STATES: Mapping[str, Any] = {"active": _l("在库"), "paused": _l("暂停抽取"), "removed": _l("已移出")}
INTERESTS: Mapping[str, Any] = {
    "employed": _l("现在或曾经任职"),
    "shareholder": _l("控股股东或实际控制人"),
    "relative": _l("亲属关系"),
    "adviser": _l("担任顾问"),
    "other": _l("其他利害关系"),
}
PARTS: Mapping[str, Any] = {
    "qualification": _l("资格"),
    "conformity": _l("符合性"),
    "technical": _l("技术"),
    "commercial": _l("商务"),
    "price": _l("价格"),
}
CORRECTION_STATES: Mapping[str, Any] = {
    "asked": _l("待投标人确认"),
    "confirmed": _l("已确认"),
    "refused": _l("投标人不确认"),
    "lapsed": _l("逾期未确认"),
}
ABNORMAL_STATES: Mapping[str, Any] = {
    "asked": _l("待投标人说明"),
    "explained": _l("已说明，待表决"),
    "silent": _l("逾期未说明，待表决"),
    "accepted": _l("说明成立"),
    "rejected": _l("说明不成立"),
}
RESCORING_REASONS: Mapping[str, Any] = {
    "sum_error": _l("分值汇总计算错误"),
    "out_of_range": _l("分项评分超出评分标准范围"),
    "objective_differs": _l("客观评审因素评分不一致"),
    "extreme": _l("评分畸高、畸低"),
}
RE_EVALUATION_STATES: Mapping[str, Any] = {
    "asked": _l("待另一人确认"),
    "begun": _l("重新评审中"),
    "finished": _l("已完成"),
    "withdrawn": _l("已收回"),
}
RE_EVALUATION_TONES = {"asked": "warning", "begun": "info", "finished": "success", "withdrawn": "neutral"}
OPINIONS: Mapping[str, Any] = {
    "agrees": _l("同意"),
    "dissents": _l("有不同意见"),
    "deemed": _l("逾期未签署，视为同意"),
}
REPORT_STATES: Mapping[str, Any] = {"signing": _l("签署中"), "signed": _l("已签署"), "withdrawn": _l("已作废")}
DECIDED_BY: Mapping[str, Any] = {
    "score": _l("总得分"),
    "price": _l("投标报价"),
    "document": _l("招标文件规定"),
    "draw": _l("随机抽取"),
    "tied": _l("并列"),
}
CORRECTIONS: Mapping[str, Any] = {
    "opening_form": _l("以开标一览表为准"),
    "words": _l("以大写金额为准"),
    "shifted_point": _l("单价小数点明显错位，以总价为准"),
    "units_decide": _l("总价与单价汇总不一致，以单价计算结果为准"),
}
CORRECTED: Mapping[str, Any] = {
    "detail_total": _l("分项报价表合计"),
    "total": _l("投标总价"),
    "unit_price": _l("单价"),
    "amount": _l("分项金额"),
    "discount": _l("下浮率"),
}
QUESTIONS: Mapping[str, Any] = {
    "words_unreadable": _l("大写金额无法辨认"),
    "shift_unclear": _l("不止一个单价可能小数点错位"),
}
LOW_REASONS: Mapping[str, Any] = {
    "below_average": _l("低于通过符合性审查的投标报价平均值的规定比例"),
    "below_next": _l("低于次低报价的规定比例"),
    "below_ceiling": _l("低于最高限价（预算）的规定比例"),
    "judged_low": _l("评标委员会认为报价过低"),
}
ADMISSION: Mapping[str, Any] = {
    "over_ceiling": _l("报价超过最高限价"),
    "over_unit_ceiling": _l("单价超过最高限制单价"),
    "item_missing": _l("缺少报价项目"),
    "item_twice": _l("同一项目重复报价"),
    "item_unknown": _l("报价项目不在招标范围"),
    "item_without_price": _l("报价项目没有价格"),
    "quantity_changed": _l("数量与招标文件不一致"),
    "too_few_qualified": _l("资格合格的投标人不足"),
    "too_few_conforming": _l("通过符合性审查的投标人不足"),
}
INVALID: Mapping[str, Any] = {
    **ADMISSION,
    "disqualified": _l("资格审查不合格"),
    "nonconforming": _l("符合性审查不合格"),
    "correction_refused": _l("不确认报价修正"),
    "correction_lapsed": _l("逾期未确认报价修正"),
    "abnormally_low": _l("不能合理说明报价"),
}
COMPOSITION: Mapping[str, Any] = {
    "too_small": _l("人数不足"),
    "even": _l("人数应为单数"),
    "too_few_experts": _l("评审专家少于三分之二"),
    "purchaser_heads": _l("采购人代表不得担任组长"),
    "no_head": _l("没有组长"),
    "several_heads": _l("组长多于一人"),
    "twice": _l("同一人占两席"),
}
EVENTS: Mapping[str, Any] = {
    "qualify": _l("完成资格审查"),
    "refuse_lot": _l("标包有效投标不足"),
    "commit": _l("公布抽取承诺"),
    "draw": _l("抽取评审专家"),
    "declare": _l("声明无利害关系"),
    "recuse": _l("申请回避"),
    "replace": _l("递补成员"),
    "elect": _l("推选组长"),
    "close_conformity": _l("完成符合性审查"),
    "ask_correction": _l("要求确认报价修正"),
    "ask_explanation": _l("要求说明报价"),
    "decide_explanation": _l("表决报价说明"),
    "begin_scoring": _l("开始评分"),
    "lock": _l("锁定评分"),
    "compute": _l("计算结果"),
    "rescore": _l("复核改分"),
    "report": _l("生成评标报告"),
    "sign": _l("签署评标报告"),
    "finish": _l("评标结束"),
    "reopen": _l("重新评审"),
    "ask_re_evaluation": _l("提出重新评审"),
    "withdraw_re_evaluation": _l("收回重新评审"),
    "finish_re_evaluation": _l("重新评审结束"),
    "report_re_evaluation": _l("书面报告财政部门"),
    "dissolve": _l("解散评标委员会"),
    "disclose": _l("公布成员名单"),
}
DRAW_CHECKS: Mapping[str, Any] = {
    "format": _l("文件格式"),
    "commitment": _l("承诺 = SHA-256（种子‖名单‖规则）"),
    "public_value": _l("公开数值"),
    "order": _l("按种子重新抽取，顺序一致"),
    "result_digest": _l("结果摘要"),
    "recusals": _l("回避的专家没有被抽中"),
    "replacements": _l("递补按抽取顺序"),
}
ARTICLES: Mapping[str, str] = {
    "caiku_2026_2": "财库〔2026〕2号",
    "regulation_658:9": "《政府采购法实施条例》第九条",
    "tender_document": "招标文件",
}
_DIGITS = "零一二三四五六七八九"
ORDER_87 = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）"


def article(code: str) -> str:
    """order_87:59:4 → 《…》（财政部令第87号）第五十九条第四项. Names of law are Chinese in every language."""
    if code in ARTICLES:
        return ARTICLES[code]
    parts = code.split(":")
    if parts[0] != "order_87" or len(parts) < 2:
        return code
    return ORDER_87 + f"第{_chinese(int(parts[1]))}条" + (f"第{_chinese(int(parts[2]))}项" if len(parts) > 2 else "")


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens] + "十")) + (_DIGITS[ones] if ones else "")


def member_name(number: int) -> str:
    return str(_("评委%(number)s", number=number))
