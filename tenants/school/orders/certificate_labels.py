"""Words for what looks wrong with a certificate."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from school.orders.certificate_rules import BLOCKING, Finding

CODES = {
    "expired": _l("已过有效期"),
    "not_yet_valid": _l("尚未生效"),
    "wrong_supplier": _l("不是这家供应商的"),
    "wrong_item": _l("不是这种物品的"),
    "wrong_lot": _l("不是这个批次的"),
    "issued_after": _l("出具日期晚于送达日期"),
    "number_reused": _l("同一编号用于其他批次"),
    "file_reused": _l("同一扫描件用于其他批次"),
    "over_covered": _l("各校送货合计超过证明载明的数量"),
}


def text(finding: Finding) -> str:
    label = str(CODES[finding.code])
    return _("%(label)s（%(detail)s）", label=label, detail=finding.detail) if finding.detail else label


def tone(finding: Finding) -> str:
    return "danger" if finding.code in BLOCKING else "warning"
