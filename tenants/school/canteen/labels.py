"""Words of dishes, menus, checks and what they find."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from school.canteen.checks.results import Check, Finding, Measure, Verdict
from school.canteen.costs import PriceSource
from school.canteen.nutrients import Nutrient
from school.canteen.rules import Band, DishKind, MenuEvent, MenuState, Portion, Style
from school.diners.labels import ALLERGENS, MEALS

KINDS = {
    DishKind.MEAT: _l("荤菜"),
    DishKind.HALF_MEAT: _l("半荤"),
    DishKind.VEGETABLE: _l("素菜"),
    DishKind.SOUP: _l("汤"),
    DishKind.STAPLE: _l("主食"),
    DishKind.FRUIT: _l("水果"),
    DishKind.DAIRY: _l("奶和豆浆"),
    DishKind.SNACK: _l("点心"),
    DishKind.OTHER: _l("其他"),
}
STYLES = {
    Style.COOKED: _l("热食"),
    Style.COLD: _l("冷食"),
    Style.RAW: _l("生食"),
    Style.DECORATED_CAKE: _l("裱花糕点"),
}
PORTIONS = {Portion.SCALED: _l("按年龄折算"), Portion.FIXED: _l("各年龄相同")}
BANDS = {
    Band.UNDER_6: _l("6 岁以下"),
    Band.AGE_6_8: _l("6～8 岁"),
    Band.AGE_9_11: _l("9～11 岁"),
    Band.AGE_12_14: _l("12～14 岁"),
    Band.AGE_15_17: _l("15～17 岁"),
}
STATES = {
    MenuState.DRAFT: _l("编制中"),
    MenuState.PUBLISHED: _l("已公布"),
    MenuState.WITHDRAWN: _l("已撤回"),
}
STATE_TONES = {MenuState.DRAFT: "neutral", MenuState.PUBLISHED: "success", MenuState.WITHDRAWN: "warning"}
EVENTS = {
    MenuEvent.PUBLISH: _l("公布"),
    MenuEvent.AMEND: _l("调整"),
    MenuEvent.WITHDRAW: _l("撤回"),
    MenuEvent.DISCARD: _l("放弃"),
}
PRICE_SOURCES = {
    PriceSource.AGREEMENT: _l("协议价"),
    PriceSource.RECEIPT: _l("最近进货价"),
    PriceSource.BOOK: _l("参考价"),
}
NUTRIENTS = {
    Nutrient.ENERGY: _l("能量"),
    Nutrient.PROTEIN: _l("蛋白质"),
    Nutrient.FAT: _l("脂肪"),
    Nutrient.CARBOHYDRATE: _l("碳水化合物"),
    Nutrient.FIBRE: _l("膳食纤维"),
    Nutrient.CALCIUM: _l("钙"),
    Nutrient.IRON: _l("铁"),
    Nutrient.ZINC: _l("锌"),
    Nutrient.VITAMIN_A: _l("维生素A"),
    Nutrient.VITAMIN_B1: _l("维生素B1"),
    Nutrient.VITAMIN_B2: _l("维生素B2"),
    Nutrient.VITAMIN_C: _l("维生素C"),
    Nutrient.SODIUM: _l("钠"),
}
UNITS = {
    "kcal": _l("千卡"),
    "g": _l("克"),
    "mg": _l("毫克"),
    "ug": _l("微克"),
    "%": "%",
    "kinds": _l("种"),
    "fen": _l("分"),
}
VERDICTS = {
    Verdict.MET: _l("符合"),
    Verdict.FAILED: _l("不符合"),
    Verdict.UNCLEAR: _l("待确认"),
    Verdict.NOT_APPLICABLE: _l("不适用"),
}
VERDICT_TONES = {
    Verdict.MET: "success", Verdict.FAILED: "danger", Verdict.UNCLEAR: "warning", Verdict.NOT_APPLICABLE: "neutral",
}  # fmt: skip
CHECKS = {
    "forbidden_food": _l("高风险食品"),
    "forbidden_style": _l("不得制售的品类"),
    "nitrite": _l("亚硝酸盐"),
    "published_ahead": _l("提前公布"),
    "empty_meals": _l("各餐都有菜"),
    "meal_set": _l("两荤两素一汤"),
    "meat_share": _l("荤菜含荤比例"),
    "repeated": _l("菜品不重复"),
    "allergens": _l("过敏学生"),
    "kinds_per_day": _l("每天食物种类"),
    "kinds_per_week": _l("每周食物种类"),
    "fresh_vegetables": _l("每天新鲜蔬菜"),
    "dark_vegetables": _l("深色蔬菜"),
    "liver": _l("动物肝脏"),
    "energy": _l("能量"),
    "protein": _l("蛋白质"),
    "protein_share": _l("蛋白质供能比"),
    "fat_share": _l("脂肪供能比"),
    "carbohydrate_share": _l("碳水化合物供能比"),
    "micronutrients": _l("矿物质、维生素和膳食纤维"),
    "quality_protein": _l("优质蛋白质"),
    "budget": _l("每人每天预算"),
    **{nutrient.value: name for nutrient, name in NUTRIENTS.items()},
}
SETS = {
    "set_meat": _l("荤菜"),
    "set_vegetable": _l("素菜"),
    "set_soup": _l("汤"),
    "set_staple": _l("主食"),
    "set_dairy": _l("奶和豆浆"),
    "set_fruit": _l("水果"),
    "set_snack": _l("点心"),
    "set_other": _l("其他"),
}
WEEKDAYS = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))


def number(value: Any, places: int = 1) -> str:
    """A figure as a person reads it: no padding zeros, no powers of ten."""
    rounded = round(Decimal(str(value)), places)
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def finding_text(finding: Finding) -> str:
    """One sentence, without its day and meal."""
    values: Mapping[str, Any] = {
        name: number(value) if isinstance(value, (Decimal, float, int)) else value
        for name, value in finding.values.items()
    }
    if finding.code in ("forbidden_food", "forbidden_style", "nitrite"):
        if finding.is_unclear:
            return _("“%(dish)s”中的“%(found)s”可能属于%(word)s，请确认。", **values)
        return _("“%(dish)s”含“%(found)s”，属于%(word)s，不得供应。", **values)
    if finding.code == "allergen":
        return _(
            "%(dishes)s：%(allergen)s，有 %(pupils)s 名学生对此过敏，请准备替代菜品。",
            dishes="、".join(f"“{name}”" for name in finding.values["dishes"]),
            allergen=ALLERGENS[finding.values["allergen"]],
            pupils=values["pupils"],
        )
    texts = {
        "published_late": _("距首餐 %(days)s 天，应提前 %(least)s 天公布。", **_some(values, "days", "least")),
        "empty_meal": _("这一餐还没有菜。"),
        "too_few_meat": _("荤菜 %(count)s 个，应不少于 %(least)s 个。", **_some(values, "count", "least")),
        "too_few_vegetable": _("素菜 %(count)s 个，应不少于 %(least)s 个。", **_some(values, "count", "least")),
        "too_few_soup": _("汤 %(count)s 个，应不少于 %(least)s 个。", **_some(values, "count", "least")),
        "no_recipe": _("“%(dish)s”没有配料，无法核对荤料比例。", **_some(values, "dish")),
        "little_meat": _(
            "“%(dish)s”荤料占 %(share)s%%，应不低于 %(least)s%%。", **_some(values, "dish", "share", "least")
        ),
        "repeated_dish": _(
            "“%(dish)s”一周供应 %(times)s 次，多于 %(most)s 次。", **_some(values, "dish", "times", "most")
        ),
        "few_kinds": _("食物 %(kinds)s 种，应不少于 %(least)s 种。", **_some(values, "kinds", "least")),
        "few_vegetables": _("新鲜蔬菜 %(kinds)s 种，应不少于 %(least)s 种。", **_some(values, "kinds", "least")),
        "few_dark_vegetables": _("深色蔬菜占 %(share)s%%，应不低于 %(least)s%%。", **_some(values, "share", "least")),
    }
    return texts[finding.code]


def _some(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values.get(name, "") for name in names}


def measure_text(measure: Measure) -> str:
    """What there is of it, and what there should be."""
    unit = UNITS.get(measure.unit, measure.unit)
    at_least = bool(measure.unknown_percent)
    amount = number(measure.amount)
    parts = [
        _("至少 %(amount)s %(unit)s", amount=amount, unit=unit) if at_least else f"{amount} {unit}",
        range_text(measure, str(unit)),
    ]
    if at_least:
        parts.append(_("有 %(percent)s%% 的重量成分未知", percent=number(measure.unknown_percent)))
    return "；".join(part for part in parts if part)


def range_text(measure: Measure, unit: str) -> str:
    if measure.least is not None and measure.most is not None:
        return _("应为 %(least)s～%(most)s %(unit)s", least=number(measure.least), most=number(measure.most), unit=unit)
    if measure.least is not None:
        return _("应不少于 %(least)s %(unit)s", least=number(measure.least), unit=unit)
    if measure.most is not None:
        return _("应不多于 %(most)s %(unit)s", most=number(measure.most), unit=unit)
    return ""


def place_text(day: Any, meal: str) -> str:
    """周三午餐, 周三, or nothing."""
    parts = []
    if day is not None:
        parts.append(str(WEEKDAYS[day.weekday()]))
    if meal:
        parts.append(str(MEALS[meal]))  # type: ignore[index]
    return "".join(parts)


def first_refusal(check: Check) -> str:
    finding = next((one for one in check.findings if not one.is_unclear), None)
    if finding is None:
        return _("%(check)s不符合要求。", check=CHECKS[check.code])
    return f"{place_text(finding.day, finding.meal)} {finding_text(finding)}".strip()
