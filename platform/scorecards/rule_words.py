"""A rule, a veto and a verdict in words, for the person who confirms what the import has read."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scorecards.form import (
    Additive,
    AllOrNothing,
    CountDeduction,
    Entry,
    Judged,
    Levels,
    ListedDeductions,
    Rule,
    VerdictRule,
    Veto,
    VetoOnly,
    YesNo,
    decimal_text,
)

METRICS: Mapping[str, Any] = {
    "key_failed": _l("重点项不合格数"),
    "general_failed": _l("一般项不合格数"),
    "general_rate": _l("一般项合格率"),
    "vetoes": _l("否决数"),
}
OPERATORS: Mapping[str, str] = {"<": "<", "<=": "≤", "=": "=", ">=": "≥", ">": ">"}


def _figure(value: Decimal | None) -> str:
    return "—" if value is None else decimal_text(value)


def rule_words(rule: Rule, points: Decimal | None) -> list[str]:
    """The first line names the rule, further lines its entries and limits."""
    match rule:
        case AllOrNothing():
            return [_("符合得 %(points)s 分，不符合得 0 分", points=_figure(points))]
        case Judged(step=step):
            return [_("在 0 至 %(points)s 分之间评分，间隔 %(step)s 分", points=_figure(points), step=_figure(step))]
        case CountDeduction():
            return _count(rule, points)
        case ListedDeductions(entries=entries, cap=cap):
            lines = [_("出现下列情形分别扣分，扣完为止")]
            lines += [_entry(entry, _("扣 %(points)s 分", points=_figure(entry.points))) for entry in entries]
            return [*lines, *_cap(cap)]
        case Additive(entries=entries):
            lines = [_("做到下列内容分别得分")]
            return lines + [_entry(entry, _("得 %(points)s 分", points=_figure(entry.points))) for entry in entries]
        case Levels(entries=entries):
            lines = [_("从下列等次中选一个")]
            return lines + [_entry(entry, _("得 %(points)s 分", points=_figure(entry.points))) for entry in entries]
        case YesNo():
            return [_("合格／不合格，不计分")]
        case VetoOnly():
            return [_("红线项：发现即否决，不计分")]
        case _:
            return [_("只记录，不计分")]


def _count(rule: CountDeduction, points: Decimal | None) -> list[str]:
    unit, each = rule.unit_label, _figure(rule.unit_points)
    lines = [_("每%(unit)s扣 %(points)s 分，扣完为止", unit=unit, points=each)]
    lines += _cap(rule.cap)
    if rule.zero_at is not None:
        lines.append(_("达到 %(count)s %(unit)s，该条记 0 分", count=rule.zero_at, unit=unit))
    if rule.unresolved_factor != 1:
        lines.append(_("上次已指出而未整改的，按 %(factor)s 倍扣", factor=_figure(rule.unresolved_factor)))
    return lines


def _cap(cap: Decimal | None) -> list[str]:
    return [] if cap is None else [_("最多扣 %(points)s 分", points=_figure(cap))]


def _entry(entry: Entry, amount: str) -> str:
    if entry.repeatable:
        return _("%(label)s：每次%(amount)s", label=entry.label, amount=amount)
    return _("%(label)s：%(amount)s", label=entry.label, amount=amount)


def veto_words(veto: Veto, *, on_finding: bool = False) -> str:
    """ "" without a veto. `on_finding`: of a red line, whose finding always triggers it."""
    if veto.effect == "none":
        return ""
    effect = {
        "item_zero": _("该条记 0 分"),
        "section_zero": _("该部分记 0 分"),
        "form_zero": _("总分记 0 分"),
        "band_cap": _("等级最高为“%(label)s”", label=veto.label),
        "verdict": _("判定为“%(label)s”", label=veto.label),
    }[veto.effect]
    if on_finding:
        return _("发现即%(effect)s", effect=effect)
    if veto.on_loss:
        return _("该条一有失分，%(effect)s", effect=effect)
    condition = veto.condition or _("检查员认定触发否决")
    return _("%(condition)s：%(effect)s", condition=condition, effect=effect)


def verdict_words(rule: VerdictRule) -> str:
    """ "重点项不合格数 ≤ 1，且一般项合格率 ≥ 70%"; alternatives are parted by 或."""
    ways = []
    for every in rule.any_of:
        conditions = [
            f"{METRICS[one.metric]} {OPERATORS[one.operator]} {decimal_text(one.value)}"
            + ("%" if one.metric == "general_rate" else "")
            for one in every
        ]
        ways.append(_("，且").join(conditions))
    return _("；或").join(ways)
