"""A rule, a veto and a verdict in words, for the person who confirms what the import has read."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scorecards.form import (
    Additive,
    AllOrNothing,
    CountDeduction,
    Entry,
    Judged,
    Levels,
    Limit,
    ListedDeductions,
    NaShare,
    Repeat,
    RequiredCount,
    Rule,
    Scale,
    Tiers,
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
    "score": _l("得分"),
    "key_failures": _l("重点项失分数"),
}
OPERATORS: Mapping[str, str] = {"<": "<", "<=": "≤", "=": "=", ">=": "≥", ">": ">"}


def _figure(value: Decimal | None) -> str:
    return "—" if value is None else decimal_text(value)


Names: TypeAlias = Mapping[str, str]


def rule_words(rule: Rule, points: Decimal | None, parameters: Names | None = None) -> list[str]:
    """The first line names the rule, further lines its entries and limits. `parameters`: name → label."""
    names = parameters or {}
    match rule:
        case AllOrNothing():
            return [_("符合得 %(points)s 分，不符合得 0 分", points=_figure(points))]
        case Judged(step=step):
            return [_("在 0 至 %(points)s 分之间评分，间隔 %(step)s 分", points=_figure(points), step=_figure(step))]
        case CountDeduction():
            return _count(rule, names)
        case RequiredCount():
            return _required(rule, names)
        case Tiers():
            return _tiers(rule)
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


def _count(rule: CountDeduction, names: Names) -> list[str]:
    unit, each = rule.unit_label, _figure(rule.unit_points)
    lines = [_("每%(unit)s扣 %(points)s 分，扣完为止", unit=unit, points=each)]
    if rule.unit_points_by is not None:
        name = names.get(rule.unit_points_by.parameter, rule.unit_points_by.parameter)
        lines = [_("每%(unit)s的扣分随%(parameter)s而定，扣完为止", unit=unit, parameter=name)]
        for row in rule.unit_points_by.rows:
            cost = _("每%(unit)s扣 %(points)s 分", unit=unit, points=_figure(row.value))
            lines.append(
                _("%(parameter)s %(start)s 起：%(figure)s", parameter=name, start=_figure(row.start), figure=cost)
            )
    lines += _cap(rule.cap)
    if rule.free:
        lines.append(_("%(count)s %(unit)s以内不扣", count=rule.free, unit=unit))
    if rule.free_by is not None:
        lines.append(_("另允许不扣的数量：%(figure)s", figure="；".join(_scale(rule.free_by, names))))
    if rule.zero_at is not None:
        lines.append(_("达到 %(count)s %(unit)s，该条记 0 分", count=rule.zero_at, unit=unit))
    if rule.unresolved_factor != 1:
        lines.append(_("上次已指出而未整改的，按 %(factor)s 倍扣", factor=_figure(rule.unresolved_factor)))
    return lines


def _required(rule: RequiredCount, names: Names) -> list[str]:
    unit = rule.unit_label
    lines = [_("每缺一%(unit)s扣 %(points)s 分，扣完为止", unit=unit, points=_figure(rule.unit_points))]
    lines.append(_("应有数量：%(figure)s", figure="；".join(_scale(rule.required, names))))
    lines += _cap(rule.cap)
    if rule.zero_at is not None:
        lines.append(_("缺 %(count)s %(unit)s起，该条记 0 分", count=rule.zero_at, unit=unit))
    return lines


def _scale(scale: Scale, names: Names) -> list[str]:
    name = names.get(scale.parameter, scale.parameter)
    words = [
        _("%(parameter)s %(start)s 起：%(figure)s", parameter=name, start=_figure(row.start), figure=_figure(row.value))
        for row in scale.rows
    ]
    if scale.per is not None:
        rounding = _("不足部分进一") if scale.rounding == "up" else _("不足部分不计")
        words.append(
            _("%(parameter)s每 %(per)s 计 1，%(rounding)s", parameter=name, per=_figure(scale.per), rounding=rounding)
        )
    if scale.plus:
        words.append(_("另加 %(count)s", count=scale.plus))
    if scale.minimum:
        words.append(_("至少 %(count)s", count=scale.minimum))
    return words


def _tiers(rule: Tiers) -> list[str]:
    lines = [_("缺少或不合格的数量决定得分") if rule.counts == "defects" else _("已有的数量决定得分")]
    for tier, after in zip(rule.tiers, (*rule.tiers[1:], None), strict=True):
        last = None if after is None else after.start - 1
        earned = _("得 %(points)s 分", points=_figure(tier.points))
        if last is None:
            count = _("%(count)s %(unit)s以上", count=tier.start, unit=rule.unit_label)
        elif last == tier.start:
            count = _("%(count)s %(unit)s", count=tier.start, unit=rule.unit_label)
        else:
            count = _("%(count)s 至 %(last)s %(unit)s", count=tier.start, last=last, unit=rule.unit_label)
        lines.append(_("%(label)s：%(amount)s", label=count, amount=earned))
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
        "fail": _("判定为“%(label)s”，不评等级", label=veto.label),
        "no_band": _("不评等级"),
    }[veto.effect]
    if on_finding:
        return _("发现即%(effect)s", effect=effect)
    if veto.on_loss:
        return _("该条一有失分，%(effect)s", effect=effect)
    condition = veto.condition or _("检查员认定触发否决")
    return _("%(condition)s：%(effect)s", condition=condition, effect=effect)


def limit_words(limit: Limit) -> str:
    """ "重点项有 2 项以上失分：等级最高为“合格”"; the source's own words where it has some."""
    counted = _("标记 %(mark)s 的条目", mark=limit.mark) if limit.mark else _("重点项")
    effect = {
        "form_zero": _("总分记 0 分"),
        "band_cap": _("等级最高为“%(label)s”", label=limit.label),
        "verdict": _("判定为“%(label)s”", label=limit.label),
        "fail": _("判定为“%(label)s”，不评等级", label=limit.label),
        "no_band": _("不评等级"),
    }[limit.effect]
    return _("%(counted)s有 %(count)s 项以上失分：%(effect)s", counted=counted, count=limit.at_least, effect=effect)


def repeat_words(repeat: Repeat) -> str:
    how = {
        "mean": _("各%(unit)s平均", unit=repeat.unit_label),
        "minimum": _("以最差的%(unit)s计", unit=repeat.unit_label),
        "sum": _("各%(unit)s扣分相加", unit=repeat.unit_label),
    }[repeat.aggregate]
    return _("每%(unit)s填一次，至少 %(count)s，%(how)s", unit=repeat.unit_label, count=repeat.minimum_units, how=how)


def share_words(share: NaShare) -> str:
    percent = _figure(share.percent)
    return {
        "points": _("整体不适用时，按该部分分值的 %(percent)s%% 计", percent=percent),
        "rest": _("整体不适用时，按其余部分得分率的 %(percent)s%% 计", percent=percent),
        "score": _("整体不适用时，总得分按 %(percent)s%% 计", percent=percent),
    }[share.of]


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
