"""Rule packs: which rules bind a tender, where their figures stand, and whether breaking one refuses or warns.

`order_87`  open tender of goods and services (财政部令第87号 and what stands above it)
`order_110` framework agreement (财政部令第110号): its first stage is a tender under Order 87, plus its own rules
`internal`  the bureau's own rules, where public money's rules do not bind: figures that the bureau may override both ways
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bureau.tendering.rules.report import Effect

ORDER_87 = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）"
ORDER_110 = "《政府采购框架协议采购方式管理暂行办法》（财政部令第110号）"
INTERNAL = "本系统内部招标规则"

# What a rule or a later step asks for by name → the policy row that holds the figure.
_NATIONAL: Mapping[str, str] = {
    "bid_period": "tender.bid_period.days",
    "notice": "tender.notice.workdays",
    "documents": "tender.documents.workdays",
    "clarification": "tender.clarification.days",
    "bidders_least": "tender.bidders.least",
    "committee_least": "tender.committee.least",
    "committee_least_large": "tender.committee.least_large",
    "committee_expert_percent": "tender.committee.expert_percent",
    "large_budget": "tender.large.fen",
    "price_weight_goods": "tender.price_weight.goods",
    "price_weight_services": "tender.price_weight.services",
    "report": "tender.report.workdays",
    "decision": "tender.decision.workdays",
    "result_notice": "tender.result_notice.workdays",
    "result_notice_period": "tender.result_notice.period_workdays",
    "contract": "tender.contract.days",
    "contract_publication": "tender.contract_publication.workdays",
    "contract_filing": "tender.contract_filing.workdays",
    "contract_supplement": "tender.contract_supplement.percent",
    "bond_refund": "tender.bond_refund.workdays",
    "bid_bond": "tender.bid_bond.percent",
    "performance_bond": "tender.performance_bond.percent",
    "demand_survey": "tender.demand_survey.fen",
    "small_firm_least": "tender.small_firm.least_percent",
    "small_firm_most": "tender.small_firm.most_percent",
    "reserved_goods": "tender.small_firm.reserved_goods_fen",
    "abnormal_average": "tender.abnormal.average_percent",
    "abnormal_next": "tender.abnormal.next_percent",
    "abnormal_ceiling": "tender.abnormal.ceiling_percent",
    "abnormal_most": "tender.abnormal.most_percent",
    "challenge": "tender.challenge.workdays",
    "challenge_answer": "tender.challenge_answer.workdays",
    "complaint": "tender.complaint.workdays",
    "framework_goods": "tender.framework.goods_years",
    "framework_services": "tender.framework.services_years",
    "elimination_price": "tender.framework.elimination_price_percent",
    "elimination_quality": "tender.framework.elimination_quality_percent",
    "elimination_least": "tender.framework.elimination_least",
    "framework_filing": "tender.framework.filing_workdays",
    "framework_list": "tender.framework.list_workdays",
}
_OWN = (
    "bid_period", "notice", "documents", "clarification", "bidders_least", "price_weight_goods", "price_weight_services",
    "bid_bond", "demand_survey",
)  # fmt: skip
KEYS: Mapping[str, Mapping[str, str]] = {
    "order_87": _NATIONAL,
    "order_110": _NATIONAL,
    "internal": {**_NATIONAL, **{name: f"internal.{_NATIONAL[name]}" for name in _OWN}},
}
PACKS = tuple(KEYS)


@dataclass(frozen=True, slots=True)
class Rule:
    """`code` names the check in rules/checks.py. `article`: shown where the rule has no figure (and so no policy row)."""

    code: str
    effect: Effect
    article: str = ""


_STRUCTURE = (
    Rule("lots_present", "refuse"),
    Rule("items_present", "refuse"),
    Rule("dates_present", "refuse"),
    Rule("lot_limits", "refuse"),
)
_ORDER_87 = (
    *_STRUCTURE,
    Rule("bid_period", "refuse"),
    Rule("documents_period", "refuse"),
    Rule("rest_day", "warn", f"{ORDER_87}第八十五条"),
    Rule("calendar_known", "warn", f"{ORDER_87}第八十五条"),
    Rule("budget", "refuse", f"{ORDER_87}第十二条"),
    Rule("no_least_price", "warn", f"{ORDER_87}第十二条"),
    Rule("no_size_condition", "warn", f"{ORDER_87}第十七条"),
    Rule("no_authorisation", "warn", f"{ORDER_87}第十七条"),
    Rule("documents_present", "refuse", f"{ORDER_87}第二十条"),
    Rule("large", "refuse"),
    Rule("price_criterion", "refuse", f"{ORDER_87}第五十四、五十五条"),
    Rule("points_sum", "refuse", f"{ORDER_87}第五十五条"),
    Rule("price_weight", "refuse"),
    Rule("qualification_not_scored", "refuse", f"{ORDER_87}第五十五条"),
    Rule("price_formula", "refuse", f"{ORDER_87}第五十五条"),
    Rule("levels_quantified", "refuse", f"{ORDER_87}第五十五条"),
    Rule("bid_bond", "refuse"),
    Rule("demand_survey", "refuse"),
    Rule("small_firms", "warn"),
)
RULES: Mapping[str, tuple[Rule, ...]] = {
    "order_87": _ORDER_87,
    "order_110": (
        *_ORDER_87,
        Rule("is_framework", "refuse", f"{ORDER_110}第二条、第六条"),
        # "一般不超过": the order itself leaves room for a reason.
        Rule("framework_term", "warn"),
        Rule("framework_ceilings", "refuse", f"{ORDER_110}入围阶段最高限制单价条款"),
        Rule("elimination", "warn"),
    ),
    "internal": tuple(
        rule if rule in _STRUCTURE else Rule(rule.code, "warn", INTERNAL)
        for rule in _ORDER_87
        if rule.code not in ("large", "small_firms")
    ),
}


def most_winners(qualified: int, percent: int | Decimal, least_out: int) -> int:
    """How many of `qualified` suppliers a framework's first stage may select: at least `percent` % of them and at least
    `least_out` go out; a share that is not whole is rounded up, "不得低于" being inclusive."""
    out = max(math.ceil(qualified * Fraction(percent) / 100), least_out)
    return max(0, qualified - out)
