from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from bureau.demand.rules import Change, Proposal
from bureau.demand.service.sheets import plain

ROUND_STATE = {
    "open": lazy_pgettext("需求", "填报中"),
    "closed": lazy_pgettext("需求", "已截止"),
    "aggregated": lazy_pgettext("需求", "已汇总"),
    "tendered": lazy_pgettext("需求", "已用于招标"),
}
ROUND_TONE = {"open": "primary", "closed": "warning", "aggregated": "success", "tendered": "neutral"}
SHEET_STATE = {
    "draft": lazy_pgettext("需求", "待填报"),
    "submitted": lazy_pgettext("需求", "待审核"),
    "approved": lazy_pgettext("需求", "已通过"),
    "aggregated": lazy_pgettext("需求", "已汇总"),
    "returned": lazy_pgettext("需求", "已退回"),
}
SHEET_TONE = {
    "draft": "neutral",
    "submitted": "info",
    "approved": "success",
    "aggregated": "success",
    "returned": "danger",
}
ROUND_EVENT = {
    "open": _l("发起"),
    "close": _l("截止填报"),
    "reopen": _l("重新开放填报"),
    "aggregate": _l("汇总成标包"),
    "sheet_reopened": _l("有学校被退回，标包作废"),
    "tender": _l("用于招标"),
    "release": _l("招标终止，解除占用"),
    "scopes": _l("调整采购范围"),
    "norms": _l("修改人均定额"),
    "remind": _l("催报"),
}
SHEET_EVENT = {
    "submit": _l("提交"),
    "withdraw": _l("撤回"),
    "approve": _l("审核通过"),
    "return": _l("退回"),
    "aggregate": _l("汇总"),
}
SCOPE = {"district": _l("全区一个包"), "zone": _l("按片区分包")}
SOURCE = {"receipts": _l("上年收货"), "round": _l("上年需求"), "norm": _l("人均定额")}


def proposal_words(proposal: Proposal, change: Change, diners: int) -> str:
    """Where the figures come from, as the school reads it."""
    if proposal.source == "norm":
        return _(
            "建议值 = 人均每月定额 %(norm)s × 就餐 %(diners)s 人", norm=plain(proposal.from_months[0]), diners=diners
        )
    total = plain(sum((one for one in proposal.from_months if one is not None), start=Decimal(0)))
    figures = {"total": total, "before": change.before, "after": change.after}
    if proposal.source == "receipts":
        if change.of == "diners":
            return _("上年同期收货 %(total)s，按就餐人数 %(before)s→%(after)s 折算", **figures)
        if change.of == "enrolment":
            return _("上年同期收货 %(total)s，按在校人数 %(before)s→%(after)s 折算", **figures)
        return _("上年同期收货 %(total)s，不知上年人数，未折算", total=total)
    if change.of == "diners":
        return _("上年需求 %(total)s，按就餐人数 %(before)s→%(after)s 折算", **figures)
    if change.of == "enrolment":
        return _("上年需求 %(total)s，按在校人数 %(before)s→%(after)s 折算", **figures)
    return _("上年需求 %(total)s，不知上年人数，未折算", total=total)
