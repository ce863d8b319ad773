"""The wording of problems (scorecards.problems) and of the account's reasons (scorecards.result)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from scorecards.composite import PartLine
from scorecards.form import decimal_text
from scorecards.result import Line, Step

PROBLEMS: Mapping[str, Any] = {
    # a form's data
    "not_an_object": _l("应为一组键值"),
    "unknown_schema": _l("不认识的表单格式版本（应为 %(known)s）"),
    "required": _l("不能为空"),
    "unknown_key": _l("不认识的键"),
    "not_a_text": _l("应为文字，不超过 %(limit)s 字"),
    "not_a_code": _l("编码只能用字母、数字、点、横线和下划线，不超过 40 个"),
    "not_a_decimal": _l("应为加引号的非负小数，最多四位小数"),
    "not_a_flag": _l("应为 true 或 false"),
    "not_a_choice": _l("应为其中之一：%(choices)s"),
    "not_a_list": _l("应为列表，最多 %(limit)s 个"),
    "not_positive": _l("应大于 0"),
    "duplicate_code": _l("编码 %(value)s 重复"),
    "duplicate_label": _l("名称 %(value)s 重复"),
    "duplicate_minimum": _l("起点分 %(value)s 重复"),
    "too_many_items": _l("条目超过 %(limit)s 条"),
    "too_many_places": _l("小数最多 %(limit)s 位"),
    "veto_without_effect": _l("否决项没有规定后果"),
    "unknown_band": _l("没有“%(value)s”这一等级"),
    "repeats_twice": _l("整张表已逐个单元重复填写，其中的部分不能再重复"),
    "section_code_taken": _l("可整体答“不适用”的部分，编码 %(value)s 不能与条目相同"),
    "percent_above_100": _l("百分比不能超过 100"),
    "unknown_parameter": _l("表单没有声明参数 %(value)s"),
    "parameter_without_units": _l("参数 %(value)s 属于每个单元，只能用在逐个单元重复的部分"),
    "scale_needs_one": _l("应在“按区间取值”与“按比例计算”中选一种"),
    "scale_needs_rows": _l("应按区间列出数值"),
    "rows_not_ascending": _l("各行起点应从小到大，不重复"),
    "not_whole": _l("应为整数"),
    "tiers_from_zero": _l("第一档应从 0 起"),
    "tiers_not_monotone": _l("各档得分应逐档递减（按有的数量计时逐档递增）"),
    "bonus_shape": _l("加分项只能用符合得分、评分、按内容得分、分等次或按数量分档的规则"),
    "bonus_repeats": _l("加分项不能放在逐个单元重复的部分里"),
    "limit_without_items": _l("没有一条是这条限制所数的条目（标记“%(value)s”）"),
    # answers
    "unknown_item": _l("表中没有这一条"),
    "not_one_answer": _l("一条只能有一个答案"),
    "wrong_kind": _l("答案类型不对（应为 %(expected)s，给的是 %(given)s）"),
    "not_a_count": _l("应为不小于 %(low)s 的整数"),
    "unresolved_above_count": _l("未整改数应为 0 到 %(count)s 的整数"),
    "not_a_number": _l("应为数字"),
    "mark_out_of_range": _l("应在 %(low)s 到 %(high)s 分之间"),
    "mark_off_step": _l("应为 %(step)s 分的整数倍"),
    "not_entries": _l("应为勾选的小项"),
    "unknown_entry": _l("没有小项 %(entry)s"),
    "entry_not_repeatable": _l("小项 %(entry)s 只能勾一次"),
    "unknown_level": _l("没有等次 %(level)s"),
    "na_not_allowed": _l("这一条不能答“不适用”"),
    "na_without_reason": _l("答“不适用”要写理由"),
    "veto_on_absent_item": _l("不适用的条目不能同时否决"),
    "item_has_no_veto": _l("这一条没有否决规定"),
    "unit_required": _l("这一条逐个单元填写，键应为“条目@单元”"),
    "no_units_here": _l("这里不逐个单元填写"),
    "unknown_unit": _l("没有单元 %(unit)s"),
    "too_many_units": _l("单元超过 %(limit)s 个"),
    "in_absent_section": _l("这一部分已整体答“不适用”，其中的条目不能再答"),
    "section_takes_absence": _l("整个部分只能答“不适用”并写理由"),
    "parameter_below_rows": _l("参数 %(parameter)s 为 %(value)s，小于表中最小的 %(least)s"),
}

REASONS: Mapping[str, Any] = {
    "full": _l("符合，不扣分"),
    "not_met": _l("不符合，扣全部分值"),
    "judged": _l("评为 %(mark)s 分"),
    "count": _l("%(count)s %(unit_label)s，每%(unit_label)s扣 %(unit_points)s 分"),
    "count_capped": _l("%(count)s %(unit_label)s，每%(unit_label)s扣 %(unit_points)s 分，以 %(cap)s 分为限"),
    "count_zero": _l("%(count)s %(unit_label)s，达到 %(zero_at)s %(unit_label)s，记 0 分"),
    "listed": _l("所列问题共扣 %(raw)s 分"),
    "listed_capped": _l("所列问题共 %(raw)s 分，以 %(cap)s 分为限"),
    "count_free": _l("%(count)s %(unit_label)s，在允许的 %(free)s %(unit_label)s以内，不扣分"),
    "additive": _l("只得所列小分"),
    "tier": _l("%(count)s %(unit_label)s，得 %(points)s 分"),
    "short": _l(
        "应有 %(required)s %(unit_label)s，实有 %(count)s，缺 %(short)s，每缺一%(unit_label)s扣 %(unit_points)s 分"
    ),
    "short_capped": _l(
        "应有 %(required)s %(unit_label)s，实有 %(count)s，缺 %(short)s，"
        "每缺一%(unit_label)s扣 %(unit_points)s 分，以 %(cap)s 分为限"
    ),
    "short_zero": _l("应有 %(required)s %(unit_label)s，实有 %(count)s，缺 %(short)s，记 0 分"),
    "bonus": _l("加分 %(points)s 分"),
    "no_bonus": _l("不加分"),
    "level": _l("评为该等次"),
    "passed": _l("合格"),
    "failed": _l("不合格"),
    "not_found": _l("未发现"),
    "found": _l("发现"),
    "unscored": _l("不计分"),
    "not_applicable": _l("不适用：%(reason)s"),
    "tag_absent": _l("本校没有此项，不适用"),
    "section_absent": _l("这一部分不适用：%(reason)s"),
    "unanswered": _l("未填"),
    "parameter_missing": _l("缺少参数“%(label)s”，暂不能计分"),
    "veto_item": _l("触发否决，该条记 0 分"),
    "veto_section": _l("条目 %(item)s 触发否决，这一部分记 0 分"),
}


STEPS: Mapping[str, Any] = {
    "section_capped": _l("共扣 %(lost)s 分，以 %(cap)s 分为限"),
    "units": _l("%(count)s 个单元%(how)s，得 %(points)s 分"),
    "section_credit": _l("整体不适用，按%(basis)s的 %(percent)s%% 计 %(points)s 分"),
    "section_share": _l("整体不适用，总得分按 %(percent)s%% 计"),
    "renormalised": _l("实得 %(earned)s ÷ 应得 %(at_stake)s，折算为 %(points)s 分"),
    "bonus": _l("加分 %(points)s 分"),
    "zero": _l("触发否决，记 0 分"),
}
_HOW: Mapping[str, Any] = {"mean": _l("平均"), "minimum": _l("取最差"), "sum": _l("扣分相加")}
_BASIS: Mapping[str, Any] = {"points": _l("该部分分值"), "rest": _l("其余部分得分率")}


def _shown(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: decimal_text(value) if hasattr(value, "as_tuple") else value for key, value in params.items()}


def reason_text(line: Line) -> str:
    return str(REASONS[line.reason]) % _shown(line.params)


def step_text(step: Step) -> str:
    """What happened; where (section, unit) is for the caller to say."""
    params = _shown(step.params)
    if step.step == "units":
        params["how"] = str(_HOW[params["aggregate"]])
    elif step.step == "section_credit":
        params["basis"] = str(_BASIS[params["of"]])
    return str(STEPS[step.step]) % params


PART_REASONS: Mapping[str, Any] = {
    "weighted": _l("得分 %(score)s ÷ %(maximum)s，权重 %(weight)s，计 %(points)s"),
    "weighted_full": _l("得分超过满分，按满分计，权重 %(weight)s，计 %(points)s"),
    "part_missing": _l("没有得分"),
    "weight_passed_on": _l("没有得分，权重并入其他部分"),
}


def part_text(line: PartLine) -> str:
    return str(PART_REASONS[line.reason]) % _shown(line._asdict())
