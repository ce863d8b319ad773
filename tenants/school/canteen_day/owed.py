"""What a canteen owes every day, week, month and term; the records of this package and of its staff fulfil it."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l

from bureau.roles import Role
from duties.kinds import DutyKind, any_school, runs_canteen, serves_meals
from school.canteen_day import kinds
from school.canteen_day.kinds import Kind
from school.canteen_day.rules import ControlKind

GROUP = _l("食堂的一天")
KITCHEN = (Role.FOOD_SAFETY_OFFICER.value, Role.CANTEEN_MANAGER.value)
HEADS = (Role.LOGISTICS_DIRECTOR.value,)
LAW_45 = "《学校食品安全与营养健康管理规定》（第45号令）"


def _kind(kind: Kind, cadence: Any, roles: Sequence[str] = KITCHEN, **more: Any) -> DutyKind:
    def values(day: date, meal: str) -> Mapping[str, Any]:
        return {"record_kind": kind.code, "day": day.isoformat(), **({"meal": meal} if meal else {})}

    return DutyKind(
        kind.duty, kind.title, cadence, roles=tuple(roles), endpoint="canteen_day.enter", values=values, group=GROUP,
        **{"applies": runs_canteen, **more},
    )  # fmt: skip


def _control(kind: ControlKind, cadence: Any, title: Any, roles: Sequence[str], **more: Any) -> DutyKind:
    def values(day: date, _meal: str) -> Mapping[str, Any]:
        return {"record_kind": kinds.CONTROL.code, "control": kind.value}

    return DutyKind(
        kinds.CONTROL_DUTIES[kind], title, cadence, roles=tuple(roles), endpoint="canteen_day.enter", values=values,
        applies=serves_meals, group=GROUP, **more,
    )  # fmt: skip


DUTIES: Sequence[DutyKind] = (
    _kind(kinds.STAFF_CHECK, "daily", due_time=time(8), citation=LAW_45 + "（晨检，待确认）"),
    _kind(kinds.REFRIGERATOR, "daily", due_time=time(10), citation="《餐饮服务食品安全操作规范》（2018年）"),
    _kind(kinds.COOKING, "per_meal", minutes_after=30, citation="GB 31654-2021《餐饮服务通用卫生规范》"),
    _kind(kinds.TASTING, "per_meal", minutes_after=30, citation="地方惯例：餐前试尝"),
    _kind(
        kinds.SAMPLE, "per_meal", minutes_after=60, applies=serves_meals, citation=LAW_45 + "第四十条"
    ),
    _kind(
        kinds.ACCOMPANYING, "per_meal", roles=(Role.PRINCIPAL.value, *HEADS), minutes_after=90, applies=serves_meals,
        citation=LAW_45 + "陪餐制度条款",
    ),
    _kind(kinds.WASTE, "per_meal", minutes_after=150, citation="《反食品浪费法》"),
    _kind(kinds.DISINFECTION, "per_meal", minutes_after=180, citation="《餐饮服务食品安全操作规范》（2018年）"),
    _kind(kinds.CLEANING, "daily", due_time=time(19), citation="《餐饮服务食品安全操作规范》（2018年）"),
    _kind(kinds.PEST, "monthly", citation="《餐饮服务食品安全操作规范》（2018年）"),
    _kind(
        kinds.WATER, "weekly", roles=(*HEADS, *KITCHEN), applies=any_school,
        citation="地方惯例：饮水机每周检查一次，定期除垢、消毒",
    ),
    _control(
        ControlKind.DAILY, "daily", _l("日管控"), KITCHEN, due_time=time(18),
        citation="《集中用餐单位落实食品安全主体责任监督管理规定》日管控条款",
    ),
    _control(
        ControlKind.WEEKLY, "weekly", _l("周排查"), (Role.FOOD_SAFETY_OFFICER.value, *HEADS),
        citation="《集中用餐单位落实食品安全主体责任监督管理规定》周排查条款",
    ),
    _control(
        ControlKind.MONTHLY, "monthly", _l("月调度"), (Role.PRINCIPAL.value,),
        citation="《集中用餐单位落实食品安全主体责任监督管理规定》月调度条款",
    ),
    _kind(
        kinds.SUPERVISION, "monthly", roles=HEADS, applies=serves_meals,
        citation="地方规定：监督小组对食堂每月至少检查和评价一次",
    ),
    _kind(
        kinds.MEETING, "term", roles=(Role.PRINCIPAL.value, *HEADS), applies=serves_meals,
        citation="《学校食堂大宗食材采购验收管理工作指引》（2025年）",
    ),
    DutyKind(
        "satisfaction_survey", _l("师生满意度调查"), "biweekly", roles=HEADS, endpoint="canteen_day.group",
        applies=serves_meals, group=GROUP, citation="地方惯例：师生对饭菜质量的评价两周一次",
    ),
    DutyKind(
        "staff_training", _l("食堂人员培训"), "monthly", roles=(*KITCHEN, *HEADS), endpoint="canteen_staff.trainings",
        applies=runs_canteen, group=GROUP, citation="《食品安全法》第四十四条",
    ),
)  # fmt: skip
