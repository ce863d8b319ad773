"""Words for figures."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.policy.rules import Figure, Value

LEVELS: Mapping[str, Any] = {"national": _l("国家"), "bureau": _l("教育局"), "school": _l("学校")}
CERTAINTIES: Mapping[str, Any] = {"confirmed": _l("已核对"), "weak": _l("来源待核"), "to_confirm": _l("待确认")}
TONES = {"confirmed": "success", "weak": "warning", "to_confirm": "danger"}
DIRECTIONS: Mapping[str | None, Any] = {
    "higher": _l("地方标准只能更高"),
    "lower": _l("地方标准只能更低"),
    None: _l("地方可自行规定"),
}
REFUSALS: Mapping[str, Any] = {
    "looser": _l("比上级标准宽松，未采用"),
    "not_comparable": _l("与上级标准不是同一种内容，未采用"),
    "ambiguous": _l("同一天起有互相矛盾的规定，均未采用"),
}
GROUPS: Mapping[str, Any] = {
    "canteen": _l("食堂与食品安全"),
    "nutrition": _l("学生营养"),
    "menu": _l("菜谱"),
    "dormitory": _l("宿舍"),
    "fire": _l("消防与疏散"),
    "security": _l("安全保卫"),
    "bus": _l("校车"),
    "assets": _l("固定资产"),
    "inspection": _l("检查"),
    "grading": _l("量化分级"),
    "tender": _l("招标采购"),
    "supplier": _l("供应商"),
    "agreement": _l("框架协议"),
}


def group_label(key: str) -> str:
    prefix = key.partition(".")[0]
    return str(GROUPS.get(prefix, prefix))


def value_text(value: Value, unit: str = "") -> str:
    """The value as a person reads it, money in yuan."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Decimal):
        if unit == "分":
            return _("%(amount)s 元", amount=f"{value / 100:,.2f}")
        return f"{plain_number(value)} {unit}".strip()
    if isinstance(value, Mapping) and set(value) == {"least", "most"}:
        return f"{value['least']}～{value['most']} {unit}".strip()
    if isinstance(value, (list, tuple)):
        return "、".join(str(item) for item in value)
    return str(value)


def plain_number(value: Decimal) -> str:
    """Without padding zeros and never in powers of ten."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def span_text(figure: Figure) -> str:
    """From when to when a row is in force; the end is the last day, as people say it."""
    starts = _("一直有效") if figure.valid_from <= date(2000, 1, 1) else figure.valid_from.isoformat()
    if figure.valid_to is None:
        return starts if figure.valid_from <= date(2000, 1, 1) else _("自 %(day)s 起", day=starts)
    last = date.fromordinal(figure.valid_to.toordinal() - 1).isoformat()
    return _("%(first)s 至 %(last)s", first=starts, last=last)
