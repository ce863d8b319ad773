"""The words of settlement."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from school.supply.labels import REASONS as REFUSALS

STATES = {
    "draft": _l("草稿"),
    "sent": _l("待供应商确认"),
    "disputed": _l("供应商有异议"),
    "agreed": _l("已确认，待发票"),
    "invoiced": _l("发票相符，待批付款"),
    "approved": _l("已批准，待付款"),
    "paid": _l("已付清"),
    "withdrawn": _l("已撤销"),
}
TONES = {
    "draft": "neutral", "sent": "info", "disputed": "danger", "agreed": "primary", "invoiced": "warning",
    "approved": "warning", "paid": "success", "withdrawn": "neutral",
}  # fmt: skip
EVENTS = {
    "make": _l("生成对账单"),
    "send": _l("发送供应商"),
    "withdraw": _l("撤销"),
    "agree": _l("供应商确认"),
    "dispute": _l("供应商提出异议"),
    "answer": _l("学校答复异议"),
    "invoice": _l("登记发票"),
    "check": _l("发票核对无误"),
    "refuse_invoice": _l("退回发票"),
    "void_invoice": _l("发票作废"),
    "match": _l("发票与对账单相符"),
    "unmatch": _l("发票不再相符"),
    "settle": _l("金额为零，直接结清"),
    "approve": _l("批准付款"),
    "revoke": _l("收回付款批准"),
    "refuse": _l("不批准付款"),
    "pay_part": _l("部分付款"),
    "pay": _l("付清"),
    "note": _l("生成差价单"),
}
SIDES = {"school": _l("学校"), "supplier": _l("供应商"), "system": _l("系统")}
KINDS = {
    "receipt": _l("收货"),
    "credit": _l("拒收扣款"),
    "correction": _l("收货更正"),
    "note": _l("差价"),
    "adjustment": _l("更正"),
}
INVOICE_STATES = {
    "recorded": _l("待学校核对"),
    "checked": _l("已核对"),
    "refused": _l("已退回"),
    "voided": _l("已作废"),
}
INVOICE_TONES = {"recorded": "warning", "checked": "success", "refused": "danger", "voided": "neutral"}


def reason_text(reason: Mapping[str, str], unit: str = "") -> str:
    """One difference in words."""
    quantity = f"{reason.get('quantity', '')} {unit}".strip()
    code, note = reason["code"], reason.get("note", "")
    if code == "rejected":
        why = "、".join(str(REFUSALS.get(one, one)) for one in note.split(",") if one)
        return (
            _("拒收 %(quantity)s：%(why)s", quantity=quantity, why=why)
            if why
            else _("拒收 %(quantity)s", quantity=quantity)
        )
    texts = {
        "no_order": _("手工登记的收货，没有订单"),
        "no_price": _("收货单没有单价，按 0 元计"),
        "replacement": _("补送此前拒收的货"),
        "short_arrived": _("到货比送货单少 %(quantity)s", quantity=quantity),
        "over_arrived": _("到货比送货单多 %(quantity)s", quantity=quantity),
        "tare": _("扣除包装、水分等后净重少 %(quantity)s", quantity=quantity),
        "part_shipped": _("本单送货比订货少 %(quantity)s：少送或分批送", quantity=quantity),
        "waived": _("本单送货比订货少 %(quantity)s：订单已办结，不再要", quantity=quantity),
        "over_shipped": _("送货比订货多 %(quantity)s：称重品允许偏差内", quantity=quantity),
        "voided": _("收货单已作废：%(note)s", note=note),
        "credited": _("拒收 %(quantity)s 不再补货，未计价，不另扣", quantity=quantity),
        "late": _("上次对账后才入账"),
        "late_price": _("当日价格在对账后才确定"),
    }  # fmt: skip
    return texts.get(code, note or code)


def reason_texts(reasons: Iterable[Mapping[str, str]], unit: str = "") -> list[str]:
    return [reason_text(one, unit) for one in reasons]
