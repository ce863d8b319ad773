"""Words for codes: states, kinds of interest, risk, reasons, checks."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.draws.rules import Reason

STATES = {
    "committed": _l("已公布承诺，待抽取"),
    "drawn": _l("已抽取，待公布"),
    "published": _l("已公布"),
    "withdrawn": _l("已撤回"),
}
STATE_TONES = {"committed": "warning", "drawn": "info", "published": "success", "withdrawn": "neutral"}
INTERESTS = {
    "former_school": _l("曾在该校任职"),
    "relative": _l("有近亲属在该校"),
    "declared": _l("其他利害关系"),
}
TIERS = {"high": _l("高风险"), "medium": _l("中风险"), "low": _l("低风险")}
TIER_TONES = {"high": "danger", "medium": "warning", "low": "success"}
RISK_PARTS = {
    "score": _l("上次得分"),
    "hazards": _l("未销号的重大隐患"),
    "boarding": _l("寄宿"),
    "months": _l("距上次检查"),
}
ORDERS = {"random": _l("随机（当天顺序不可预测）"), "route": _l("按路程最短")}
REASONS = {
    "too_few_schools": _l("“%(stratum)s”层要抽 %(wanted)s 所，只有 %(have)s 所"),
    "too_few_inspectors": _l("%(school)s：回避和上次检查过的除外，只剩 %(have)s 名检查员可派，需要 %(wanted)s 名"),
    "too_little_capacity": _l("检查员的总量只够 %(have)s 人次，需要 %(wanted)s 人次"),
    "too_few_days": _l("按片区分成 %(trips)s 个日程，而所选日期和检查员只排得下 %(slots)s 个"),
    "no_combination": _l("试了 %(attempts)s 次，回避和日期使得没有可行的组合；请增加检查员或日期"),
}
CHECKS = {
    "format": _l("文件格式"),
    "commitment": _l("承诺 = SHA-256（种子‖名单‖规则）"),
    "public_value": _l("公开数值"),
    "result": _l("按种子重新抽取，结果一致"),
    "result_digest": _l("结果摘要"),
    "strata": _l("各层抽取数量"),
    "teams": _l("每组人数"),
    "recusals": _l("回避"),
    "last_inspectors": _l("不连续两次由同一人检查"),
    "visits_a_day": _l("每人每天的学校数和日期"),
    "capacity": _l("每人总量"),
    "sections": _l("分工：每个部分恰好一人"),
}
SAMPLED = {"rooms": _l("宿舍房间"), "windows": _l("售饭窗口"), "pupils": _l("学生")}


def reason_text(reason: Reason) -> str:
    params = dict(reason.params)
    if params.get("stratum") in TIERS:
        params["stratum"] = TIERS[params["stratum"]]
    return str(REASONS[reason.code]) % params


def reasons_text(reasons: Iterable[Reason]) -> str:
    return _("没有可行的安排：%(why)s。", why="；".join(reason_text(reason) for reason in reasons))
