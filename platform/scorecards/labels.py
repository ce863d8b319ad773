"""Words for a form's codes: kinds, states, rule shapes, vetoes, what a school may have."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

KINDS: Mapping[str, Any] = {
    "canteen": _l("食堂"),
    "dormitory": _l("宿舍"),
    "safety": _l("校园安全"),
    "logistics": _l("后勤管理"),
}
VERSION_STATES: Mapping[str, Any] = {"draft": _l("草稿"), "published": _l("已发布")}
TEMPLATE_STATES: Mapping[str, Any] = {"active": _l("使用中"), "retired": _l("已停用")}
MODES: Mapping[str, Any] = {"sum": _l("得分相加"), "deduct": _l("从总分中扣分"), "pass_rate": _l("按合格率计分")}
NA_POLICIES: Mapping[str, Any] = {
    "refuse": _l("不允许答“不适用”"),
    "renormalise": _l("按合理缺项标化：实得 ÷（总分 − 缺项分）× 总分"),
    "full": _l("不适用的条目给满分"),
}
SHAPES: Mapping[str, Any] = {
    "all_or_nothing": _l("不符合扣该条全部分值"),
    "judged": _l("在分值内评分"),
    "count_deduction": _l("按数量扣分"),
    "listed_deductions": _l("按所列情形扣分"),
    "additive": _l("按所列内容得分"),
    "levels": _l("分等次得分"),
    "tiers": _l("按数量分档得分"),
    "required_count": _l("按应有数量扣分（如按学生数配备保安）"),
    "yes_no": _l("合格／不合格，不计分"),
    "veto_only": _l("红线项：发现即否决，不计分"),
    "unscored": _l("只记录，不计分"),
}
VETO_EFFECTS: Mapping[str, Any] = {
    "none": _l("没有否决"),
    "item_zero": _l("该条记 0 分"),
    "section_zero": _l("该部分记 0 分"),
    "form_zero": _l("总分记 0 分"),
    "band_cap": _l("等级最高只能是所填等级"),
    "verdict": _l("直接判定为所填结论"),
    "fail": _l("必达项：判定为所填结论，不评等级"),
    "no_band": _l("前置条件：不评等级"),
}
LIMIT_EFFECTS: Mapping[str, Any] = {
    effect: VETO_EFFECTS[effect] for effect in ("band_cap", "no_band", "verdict", "fail", "form_zero")
}
AGGREGATES: Mapping[str, Any] = {
    "mean": _l("各单元平均"),
    "minimum": _l("取最差的单元"),
    "sum": _l("各单元扣分相加"),
}
PARAMETER_SOURCES: Mapping[str, Any] = {
    "profile": _l("取自学校档案"),
    "asked": _l("检查时填写"),
    "unit": _l("每个单元填写"),
}
SHARES_OF: Mapping[str, Any] = {
    "points": _l("按该部分分值的百分比计"),
    "rest": _l("按其余部分得分率的百分比计"),
    "score": _l("该部分不计，总得分按百分比计"),
}
COUNTS: Mapping[str, Any] = {"defects": _l("数缺少或不合格的"), "present": _l("数已有的")}
ROUNDINGS: Mapping[str, Any] = {"up": _l("向上取整"), "down": _l("向下取整")}
REVIEWS: Mapping[str, Any] = {"": "", "confirm": _l("待确认"), "decide": _l("待确定")}
# What a school must have for an item to apply to it.
TAGS: Mapping[str, Any] = {
    "boarding": _l("寄宿"),
    "canteen": _l("食堂"),
    "delivered_meals": _l("校外供餐"),
    "school_bus": _l("校车"),
    "laboratory": _l("实验室"),
    "chemistry_lab": _l("化学实验室"),
    "lift": _l("电梯"),
    "boiler": _l("锅炉"),
    "gas": _l("燃气"),
    "swimming_pool": _l("游泳池"),
    "shop": _l("小卖部"),
}
FIELDS: Mapping[str, Any] = {
    "title": _l("名称"),
    "kind": _l("类别"),
    "total": _l("总分"),
    "mode": _l("计分方式"),
    "na_policy": _l("不适用的条目"),
    "places": _l("得分的小数位数"),
    "source": _l("来源"),
    "bands": _l("等级划分"),
    "points": _l("分值"),
    "no": _l("序号"),
    "text": _l("检查内容"),
    "method": _l("考核方法"),
    "rule_text": _l("评分标准"),
    "rule": _l("计分规则"),
    "veto": _l("否决"),
    "key": _l("重点项"),
    "na_allowed": _l("可以答“不适用”"),
    "tags": _l("只适用于有以下设施的学校"),
    "note": _l("备注"),
    "mark": _l("标记"),
    "bonus": _l("加分项"),
    "cap": _l("最多扣分"),
    "na_share": _l("整体不适用时的计分"),
    "repeat": _l("逐个单元重复填写"),
    "unit_label": _l("单元名称"),
    "aggregate": _l("各单元的合成方式"),
    "minimum_units": _l("最少单元数"),
    "parameters": _l("参数"),
    "limits": _l("累计限制"),
    "bonus_cap": _l("加分上限"),
    "tiers": _l("分档"),
    "required": _l("应有数量"),
    "free": _l("允许而不扣分的数量"),
}
