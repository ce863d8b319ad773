"""Words for codes."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.tendering.rules.report import Finding
from kernel.web.dates import yuan

STATES = {
    "draft": _l("起草"),
    "review": _l("待复核"),
    "bidding": _l("招标中"),
    "opening": _l("待开标"),
    "qualification_review": _l("资格审查"),
    "evaluation": _l("评标"),
    "report": _l("评标报告"),
    "award_decision": _l("定标"),
    "award_notice": _l("待公告结果"),
    "challenge_window": _l("质疑期"),
    "contracting": _l("签订合同"),
    "complete": _l("已完成"),
    "suspended": _l("已暂停"),
    "terminated": _l("已终止"),
    "failed": _l("招标失败"),
}
STATE_TONES = {
    "draft": "neutral", "review": "warning", "bidding": "primary", "opening": "primary", "qualification_review": "info",
    "evaluation": "info", "report": "info", "award_decision": "info", "award_notice": "info", "challenge_window": "info",
    "contracting": "info", "complete": "success", "suspended": "warning", "terminated": "danger", "failed": "danger",
}  # fmt: skip
LOT_STATES = {"active": _l("进行中"), "failed": _l("废标"), "awarded": _l("已定标"), "cancelled": _l("已取消")}
LOT_TONES = {"active": "primary", "failed": "danger", "awarded": "success", "cancelled": "neutral"}
RULE_PACKS = {
    "order_87": _l("公开招标（财政部令第87号）"),
    "order_110": _l("框架协议（财政部令第110号）"),
    "internal": _l("局内部规则"),
}
SUBJECTS = {"goods": _l("货物"), "services": _l("服务")}
AWARD_METHODS = {"comprehensive": _l("综合评分法"), "lowest_price": _l("最低评标价法")}
PRICE_FORMS = {"fixed": _l("固定单价"), "discount": _l("下浮率")}
SECOND_STAGES = {"direct": _l("直接选定"), "mini_competition": _l("二次竞价")}
COMPETITIONS = {"price": _l("价格优先"), "quality": _l("质量优先")}
PARTS = {
    "qualification": _l("资格条件"),
    "conformity": _l("符合性要求"),
    "technical": _l("技术"),
    "commercial": _l("商务"),
    "price": _l("价格"),
}
SCALES = {"judged": _l("评委打分"), "levels": _l("按档得分"), "formula": _l("公式"), "pass_fail": _l("通过或不通过")}
DOCUMENT_KINDS = {
    "tender_document": _l("招标文件"),
    "demand_survey": _l("需求调查报告"),
    "drawing": _l("图样和样品说明"),
    "contract_form": _l("合同文本"),
    "approval": _l("批准文件"),
    "other": _l("其他"),
}
# Kept by the bureau for its file; not part of what suppliers take.
INTERNAL_KINDS = ("demand_survey", "approval")
NOTICE_KINDS = {
    "tender_notice": _l("招标公告"),
    "clarification": _l("澄清公告"),
    "extension": _l("延期公告"),
    "suspension": _l("暂停公告"),
    "resumption": _l("恢复公告"),
    "termination": _l("终止公告"),
    "failure": _l("废标公告"),
    "result": _l("结果公告"),
    "re_evaluation": _l("重新评审公告"),
}
EVENTS = {
    "create": _l("新建"),
    "edit": _l("修改"),
    "submit": _l("提交复核"),
    "return": _l("退回修改"),
    "publish": _l("发布公告"),
    "drop": _l("放弃草稿"),
    "close_bidding": _l("投标截止"),
    "open": _l("开标"),
    "qualify": _l("完成资格审查"),
    "finish_evaluation": _l("完成评标"),
    "deliver_report": _l("送交评标报告"),
    "decide": _l("确定中标人"),
    "announce": _l("公告结果"),
    "close_window": _l("质疑期满"),
    "complete": _l("办结"),
    "re_evaluate": _l("重新评审"),
    "withdraw_award": _l("撤销定标"),
    "suspend": _l("暂停"),
    "resume": _l("恢复"),
    "terminate": _l("终止"),
    "fail": _l("招标失败"),
    "few_takers": _l("获取文件的供应商不足"),
    "extend": _l("延期"),
    "answer": _l("答复提问"),
    "amend": _l("澄清修改"),
    "document": _l("上传文件"),
    "lot_failed": _l("标包废标"),
    "silence_refused": _l("逾期未定标，候选人不具备资格"),
    "lot_cancelled": _l("取消标包"),
}
GUARDS = {
    "reason": _l("请写明原因。"),
    "not_drafter": _l("起草或修改过这个项目的人不能复核发布，请由另一人复核。"),
    "clock_only": _l("截止由系统按时间自动执行，任何人不能手动推进。"),
    "deadline_ahead": _l("投标截止时间应晚于现在。"),
    "deadline_reached": _l("还没有到投标截止时间。"),
    "live_lot": _l("没有进行中的标包。"),
    "no_live_lot": _l("还有进行中的标包。"),
}
GUARD_SOURCES = {
    "not_drafter": _l("采购内部控制：不相容岗位分离"),
    "deadline_reached": "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第三十九条",
}
RULES = {
    "lots_present": _l("有标包"),
    "items_present": _l("每个标包有采购清单"),
    "dates_present": _l("时间齐全且先后正确"),
    "lot_limits": _l("可中标包数不多于可投标包数"),
    "bid_period": _l("投标时间"),
    "documents_period": _l("招标文件提供期限"),
    "rest_day": _l("截止日是工作日"),
    "calendar_known": _l("节假日安排已录入"),
    "budget": _l("最高限价合计不超过预算"),
    "no_least_price": _l("不设最低限价"),
    "no_size_condition": _l("不以企业规模为条件"),
    "no_authorisation": _l("不以厂家授权为条件"),
    "documents_present": _l("已上传招标文件"),
    "large": _l("大额项目按七人以上评标"),
    "price_criterion": _l("价格因素设置正确"),
    "points_sum": _l("分值合计 100 分"),
    "price_weight": _l("价格分权重"),
    "qualification_not_scored": _l("资格条件不作评分因素"),
    "price_formula": _l("价格分按最低价比报价计算"),
    "levels_quantified": _l("分档标准已量化"),
    "bid_bond": _l("投标保证金比例"),
    "demand_survey": _l("需求调查"),
    "small_firms": _l("中小企业扶持"),
    "is_framework": _l("按框架协议采购"),
    "framework_term": _l("框架协议有效期"),
    "framework_ceilings": _l("入围阶段有最高限制单价"),
    "elimination": _l("入围淘汰率"),
}
# What to do about it, shown where the rule is not met.
RULE_HELP = {
    "lots_present": _l("至少添加一个标包。"),
    "items_present": _l("下列标包还没有采购品目。"),
    "dates_present": _l("填写文件提供截止、提问截止和投标截止时间；前两项不能晚于投标截止。"),
    "lot_limits": _l("最多可中的标包数应不多于最多可投的标包数。"),
    "bid_period": _l("请推迟投标截止时间。"),
    "documents_period": _l("请推迟招标文件提供的截止时间。"),
    "rest_day": _l("截止日是休息日，建议顺延到下一个工作日。"),
    "calendar_known": _l("下列年份的放假安排还没有录入，工作日只按周末计算。"),
    "budget": _l("各标包最高限价之和超过了预算金额。"),
    "no_least_price": _l("文中有疑似设定最低限价或限制下浮的词句。"),
    "no_size_condition": _l("文中有疑似以企业规模作条件的词句。"),
    "no_authorisation": _l("文中有疑似要求厂家授权的词句。"),
    "documents_present": _l("请上传招标文件。"),
    "large": _l("预算达到大额标准，请勾选“大额或复杂项目”。"),
    "price_criterion": _l("综合评分法每个标包有且只有一项价格因素；最低评标价法除价格外不打分。"),
    "points_sum": _l("下列标包的分值合计不是 100 分。"),
    "price_weight": _l("下列标包的价格分偏低。"),
    "qualification_not_scored": _l("下列评分因素与资格条件重复。"),
    "price_formula": _l("下浮率项目按价格系数（1－下浮率）评分，不能用下浮率之比。"),
    "levels_quantified": _l("下列因素的档次应不少于两档，最高档等于该项分值。"),
    "bid_bond": _l("请降低投标保证金。"),
    "demand_survey": _l("请先开展需求调查，并上传需求调查报告。"),
    "small_firms": _l("请预留给中小企业，或设置小微企业价格扣除比例；两者不同时使用。"),
    "is_framework": _l("请勾选“框架协议”。"),
    "framework_term": _l("有效期一般不超过规定年限，超过的请说明理由。"),
    "framework_ceilings": _l("下列标包有品目没有最高限制单价。"),
    "elimination": _l("投标人最少时能入围的数量少于计划，届时按淘汰率减少入围。"),
}
OUTCOMES = {"passed": _l("符合"), "warned": _l("提醒"), "refused": _l("不符合")}
OUTCOME_TONES = {"passed": "success", "warned": "warning", "refused": "danger"}


def rule_title(finding: Finding) -> Any:
    return RULES.get(finding.rule, finding.text or finding.rule)


def rule_help(finding: Finding) -> str:
    """What was not met, with the lots or words concerned; "" for what passed, and where the title says it all."""
    if finding.outcome == "passed" or finding.rule not in RULES:
        return ""
    return str(RULE_HELP[finding.rule]) + ("（" + "、".join(finding.places) + "）" if finding.places else "")


def by_weight(findings: Sequence[Finding]) -> list[Finding]:
    """For a page: what refuses first, then what warns."""
    return sorted(findings, key=lambda finding: ("refused", "warned", "passed").index(finding.outcome))


def amount(text: str, unit: str) -> str:
    """A finding's figure in words: "19", "days" → 19 天."""
    if not text:
        return ""
    if unit == "fen":
        return yuan(int(Decimal(text)))
    if unit == "days":
        return _("%(count)s 天", count=text)
    if unit == "workdays":
        return _("%(count)s 个工作日", count=text)
    if unit == "percent":
        return f"{text}%"
    if unit == "points":
        return _("%(count)s 分", count=text)
    if unit == "lots":
        return _("%(count)s 个标包", count=text)
    if unit == "suppliers":
        return _("%(count)s 家", count=text)
    if unit == "years" and text.isdigit():
        return _("%(count)s 年", count=text)
    return text


def span(first: date | None, last: date | None) -> str:
    return "" if first is None or last is None else f"{first.isoformat()} – {last.isoformat()}"
