"""The words for the catalogue's codes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from bureau.catalogue.rules import CertificateKind, ItemEvent, ItemState, Storage, Subject

STATES: Mapping[str, Any] = {
    ItemState.DRAFT: _l("草稿"),
    ItemState.PUBLISHED: _l("已发布"),
    ItemState.RETIRED: _l("已下架"),
}
EVENTS: Mapping[str, Any] = {ItemEvent.PUBLISH: _l("发布"), ItemEvent.RETIRE: _l("下架")}
STORAGE: Mapping[str, Any] = {
    Storage.AMBIENT: _l("常温"),
    Storage.CHILLED: _l("冷藏"),
    Storage.FROZEN: _l("冷冻"),
}
SUBJECTS: Mapping[str, Any] = {Subject.FOOD: _l("食品"), Subject.GOODS: _l("其他物资")}
# Of a version's fields, as a page names them.
FIELDS: Mapping[str, Any] = {
    "code": _l("编码"),
    "name": _l("名称"),
    "category_name": _l("类别"),
    "category_code": _l("类别编码"),
    "subject": _l("种类"),
    "specification": _l("规格"),
    "standard": _l("执行标准"),
    "base_unit": _l("基本单位"),
    "conversions": _l("单位换算"),
    "pack_sizes": _l("供货规格"),
    "shelf_life_days": _l("保质期（天）"),
    "storage": _l("储存条件"),
    "certificates": _l("收货时必备的证明"),
    "ingredient": _l("食物成分编码"),
    "brand_note": _l("核心产品要求"),
}
CERTIFICATES: Mapping[str, Any] = {
    CertificateKind.PRODUCTION_LICENCE: _l("食品生产许可证"),
    CertificateKind.BATCH_REPORT: _l("出厂检验报告"),
    CertificateKind.ANIMAL_QUARANTINE: _l("动物检疫合格证明"),
    CertificateKind.MEAT_INSPECTION: _l("肉品品质检验合格证"),
    CertificateKind.PRODUCE_CONFORMITY: _l("承诺达标合格证"),
    CertificateKind.PESTICIDE_TEST: _l("农药残留快检记录"),
    CertificateKind.PURCHASE_VOUCHER: _l("购货凭证"),
    CertificateKind.IMPORT_QUARANTINE: _l("入境货物检验检疫证明"),
    CertificateKind.COLD_CHAIN_RECORD: _l("冷链运输温度记录"),
    CertificateKind.SWINE_FEVER_TEST: _l("非洲猪瘟检测报告"),
    CertificateKind.OTHER: _l("其他证明"),
}


def certificate_label(kind: str, own_wording: str = "") -> str:
    """The bureau's wording where it has one; a kind of a later version shows as its code rather than not at all."""
    return own_wording or str(CERTIFICATES.get(kind, kind))


def field_text(field: str, value: Any) -> str:
    """A version's value in words; "" where there is none."""
    if field == "conversions":
        return "、".join(f"1 {row['unit']} = {row['factor']}" for row in value)
    if field == "pack_sizes":
        return "、".join(f"{row['label']}（{row['quantity']}）" for row in value)
    if field == "certificates":
        return "、".join(certificate_label(row["kind"], row["label"]) for row in value)
    if field == "storage":
        return str(STORAGE.get(value, value))
    if field == "subject":
        return str(SUBJECTS.get(value, value))
    return "" if value is None else str(value)
