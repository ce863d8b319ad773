"""Words for seats, states, refusals of sealed bids."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from kernel.web.dates import SHANGHAI

SEATS: dict[str, Any] = {"procurement": _l("采购经办"), "supervision": _l("纪检监督"), "escrow": _l("第三方保管")}
KEY_STATES: dict[str, Any] = {"active": _l("使用中"), "retired": _l("已更换"), "lost": _l("已丢失")}
BID_STATES: dict[str, Any] = {
    "sealed": _l("已密封"),
    "withdrawn": _l("已撤回"),
    "unopened": _l("未开启"),
    "opened": _l("已开标"),
    "unopenable": _l("无法开启"),
    "qualified": _l("资格合格"),
    "disqualified": _l("资格不合格"),
    "invalid": _l("投标无效"),
    "scored": _l("已评审"),
    "won": _l("中标"),
    "lost": _l("未中标"),
}
BID_TONES = {
    "sealed": "primary", "withdrawn": "neutral", "unopened": "neutral", "opened": "success", "unopenable": "danger",
    "qualified": "success", "disqualified": "danger", "invalid": "danger", "scored": "info", "won": "success",
    "lost": "neutral",
}  # fmt: skip
SUBMISSION_STATES: dict[str, Any] = {"current": _l("当前有效"), "replaced": _l("已被替换"), "withdrawn": _l("已撤回")}
OPENING_STATES: dict[str, Any] = {
    "waiting": _l("等待开标"),
    "opened": _l("已开标"),
    "nothing_to_open": _l("没有可开启的标包"),
}
OPENING_TONES = {"waiting": "warning", "opened": "success", "nothing_to_open": "neutral"}

PROBLEMS: dict[str, Any] = {
    "broken": _l("密钥没有打开一份密钥片段"),
    "mismatch": _l("交出的密钥片段与投标时登记的不一致"),
}

MALFORMED: dict[str, Any] = {
    "not_json": _l("解密后的内容不是 JSON 文件。"),
    "not_a_bid": _l("解密后的内容不是本平台的投标文件（houqin-bid-2）。"),
    "shape": _l("投标文件的结构不符合格式要求（%(place)s）。"),
    "other_tender": _l("投标文件写的是另一个招标项目。"),
    "other_lot": _l("投标文件写的是另一个标包。"),
    "other_bid": _l("投标文件写的是另一份投标的编号。"),
    "other_supplier": _l("投标文件中的供应商与提交的供应商不一致。"),
    "price_form": _l("报价方式与招标文件不一致。"),
    "price": _l("报价数字无法读取（%(place)s）。"),
    "discount": _l("下浮率应大于等于 0 且小于 100，最多四位小数。"),
    "unknown_item": _l("报价明细中有不属于本标包的条目（%(place)s）。"),
    "item_twice": _l("报价明细中同一条目出现两次（%(place)s）。"),
    "file_twice": _l("附件编号重复（%(place)s）。"),
    "file_damaged": _l("附件已损坏或与其 SHA-256 不符（%(place)s）。"),
    "file_missing": _l("应答引用了不存在的附件（%(place)s）。"),
    "ciphertext_damaged": _l("密封文件已损坏，无法解密。"),
    "ciphertext_altered": _l("存放的密封文件与投标时登记的 SHA-256 不一致。"),
    "no_key": _l("三名开标人员的密钥片段都不能打开这份投标（提交时附带的密钥片段不正确）。"),
    "keys_lost": _l("能用的开标密钥不足两把，无法开启。"),
}


DECLARATION_GROUPS: dict[str, Any] = {
    "contact": _l("联系人"),
    "legal": _l("法定代表人"),
    "manager": _l("项目负责人"),
    "bond": _l("投标保证金"),
}
DECLARED: dict[str, Any] = {
    "contact_name": _l("联系人姓名"),
    "contact_mobile": _l("联系电话"),
    "contact_email": _l("电子邮箱"),
    "address": _l("联系地址（写到门牌或房号）"),
    "legal_representative": _l("法定代表人姓名"),
    "legal_mobile": _l("法定代表人电话"),
    "manager_name": _l("项目负责人姓名"),
    "manager_mobile": _l("项目负责人手机"),
    "manager_id_tail": _l("项目负责人身份证后四位"),
    "bond_form": _l("保证金形式"),
    "bond_payer": _l("保证金缴纳账户户名（保函填申请人）"),
    "bond_bank": _l("保证金缴纳账户开户行（保函填出具机构）"),
    "bond_account": _l("保证金缴纳账号（转账时填写）"),
}
BOND_FORMS: dict[str, Any] = {"transfer": _l("转账"), "guarantee": _l("保函")}


def declared_value(code: str, value: str) -> str:
    return str(BOND_FORMS.get(value, value)) if code == "bond_form" else value


def malformed(code: str, place: str = "") -> str:
    return str(MALFORMED[code]) % {"place": place}


def instant(value: datetime | None) -> str:
    """To the second, in Beijing time."""
    return "" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def shanghai_day(value: datetime) -> str:
    return value.astimezone(SHANGHAI).strftime("%Y%m%d")


def moment(text: str) -> str:
    """An instant as minutes and lists keep it, in Beijing time."""
    return instant(datetime.fromisoformat(text))


def plain_number(text: str) -> str:
    """Without the zeros that a column of fixed places adds."""
    return format(Decimal(text).normalize(), "f")
