"""Dishes and menus from and to Excel. All or nothing: one wrong cell and nothing is changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.catalogue.service.items import published_items
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.sheets import Column, Parsed, Problem, SheetSpec
from school.canteen import labels
from school.canteen.models import Menu
from school.canteen.rules import monday_of
from school.canteen.schemas import MOST_INGREDIENTS
from school.canteen.service import dishes, menus
from school.diners.labels import ALLERGENS, MEALS

SEPARATORS = re.compile(r"[；;、,，/\n|\s]+")
KINDS: Mapping[str, Any] = {str(code): label for code, label in labels.KINDS.items()}
STYLES: Mapping[str, Any] = {str(code): label for code, label in labels.STYLES.items()}
PORTIONS: Mapping[str, Any] = {str(code): label for code, label in labels.PORTIONS.items()}
MEAL_CHOICES: Mapping[str, Any] = {str(code): label for code, label in MEALS.items()}
BANDS = ("under_6", "6_8", "12_14", "15_17")

DISHES = SheetSpec(
    _l("菜品"),
    (
        Column("code", _l("编码"), required=True, kind="code", most=20, example="D001"),
        Column("name", _l("菜名"), required=True, most=40, example="青椒肉片"),
        Column("kind", _l("类型"), required=True, kind="choice", choices=KINDS, example="荤菜"),
        Column("meals", _l("适用餐次"), most=60, example="午餐、晚餐", help=_l("多个用顿号隔开，不填则按类型")),
        Column("style", _l("供应方式"), kind="choice", choices=STYLES, help=_l("不填为热食")),
        Column("portion", _l("份量"), kind="choice", choices=PORTIONS, help=_l("不填则按年龄折算")),
        Column("allergens", _l("另有过敏原"), most=60, help=_l("配料自带的过敏原会自动加上")),
        Column("ingredient", _l("食材"), required=True, most=60, example="猪肉丝", help=_l("一行一种食材，同一道菜编码相同")),
        Column("net_grams", _l("每人净重(克)"), required=True, kind="decimal", least=Decimal("0.001"), greatest=2000, example="22"),
        Column("edible_percent", _l("可食率(%)"), kind="decimal", least=Decimal("0.01"), greatest=100, places=2),
        Column("is_meat", _l("是否荤料"), kind="flag", help=_l("不填则按食物成分表")),
        Column("item", _l("目录编码"), kind="code", most=20, help=_l("采购目录中的编码，用于算用量和成本")),
        Column("unit_grams", _l("每单位克重"), kind="decimal", least=Decimal("0.001"), greatest=100_000, help=_l("目录单位为盒、个等时填写")),
        *(
            Column(f"band_{band}", _l("%(band)s克重", band=labels.BANDS[band]), kind="decimal", least=0, greatest=2000,  # type: ignore[index]
                   help=_l("不填则按年龄折算"))
            for band in BANDS
        ),
    ),
)  # fmt: skip
MENU = SheetSpec(
    _l("一周菜谱"),
    (
        Column("on_day", _l("日期"), required=True, kind="date", example="2026-09-07"),
        Column("meal", _l("餐次"), required=True, kind="choice", choices=MEAL_CHOICES, example="午餐"),
        Column("dish", _l("菜品"), required=True, most=40, example="青椒肉片", help=_l("本校菜品的名称或编码，一行一道")),
    ),
    most_rows=400,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """`problems` not empty: nothing was changed."""

    added: int = 0
    changed: int = 0
    problems: Sequence[Problem] = ()


def import_dishes(actor: Actor, parsed: Parsed) -> Imported:
    """By code: known ones take the sheet's recipe, others are added. A dish's own columns count on its first row."""
    if parsed.problems:
        return Imported(problems=parsed.problems)
    known = {
        view.dish.code: view.dish for view in dishes.all_dishes(actor, actor.own_school_id(), _codes(actor, parsed))
    }
    items = {item.code: item.id for item in published_items(actor)}
    problems: list[Problem] = []
    wanted: dict[str, tuple[int, dict[str, Any], list[dict[str, Any]]]] = {}
    for row in parsed.rows:
        values = row.values
        if values["code"] not in wanted:
            wanted[values["code"]] = (row.number, _dish_values(values, row.number, problems), [])
        lines = wanted[values["code"]][2]
        if values["item"] and values["item"] not in items:
            problems.append(Problem("refused", row.number, "item", text=_("目录中没有这项物品。")))
        if any(line["name"] == values["ingredient"] for line in lines):
            problems.append(Problem("refused", row.number, "ingredient", text=_("同一种食材请合并为一行。")))
        if len(lines) >= MOST_INGREDIENTS:
            problems.append(Problem("refused", row.number, "ingredient", text=_("一道菜最多 40 种配料。")))
        lines.append(
            {
                "name": values["ingredient"], "net_grams": values["net_grams"], "food_code": "",
                "item_id": items.get(values["item"] or ""), "edible_percent": values["edible_percent"],
                "is_meat": values["is_meat"], "unit_grams": values["unit_grams"],
                "band_grams": {band: values[f"band_{band}"] for band in BANDS if values[f"band_{band}"] is not None},
            }
        )  # fmt: skip
    if problems:
        return Imported(problems=problems)
    added = changed = 0
    for code, (number, values, lines) in wanted.items():
        dish = known.get(code)
        try:
            dishes.save_dish(
                actor, dish.id if dish else new_id(), dish.version if dish else None, code=code, note=dish.note if dish else "",
                is_active=True, ingredients=lines, **values,
            )  # fmt: skip
        except Invalid as error:
            text = "；".join(message for messages in error.fields.values() for message in messages)
            problems.append(Problem("refused", number, None, text=text))
            continue
        added, changed = (added, changed + 1) if dish else (added + 1, changed)
    return Imported(problems=problems) if problems else Imported(added, changed)


def _codes(actor: Actor, parsed: Parsed) -> list[UUID]:
    """Ids of the dishes that the sheet names, set aside ones too."""
    codes = {row.values["code"] for row in parsed.rows}
    return [row.id for row in dishes.by_codes(actor, actor.own_school_id(), codes)]


def _dish_values(values: Mapping[str, Any], number: int, problems: list[Problem]) -> dict[str, Any]:
    return {
        "name": values["name"], "kind": values["kind"], "style": values["style"] or "cooked",
        "portion": values["portion"] or "scaled", "meals": _some(values["meals"], MEALS, number, "meals", problems),
        "allergens": _some(values["allergens"], ALLERGENS, number, "allergens", problems),
    }  # fmt: skip


def _some(text: str | None, words: Mapping[Any, Any], number: int, key: str, problems: list[Problem]) -> list[str]:
    """Codes of the words that a cell lists, by their label or code."""
    known = {**{str(label): str(code) for code, label in words.items()}, **{str(code): str(code) for code in words}}
    found = []
    for part in SEPARATORS.split(text or ""):
        if not part:
            continue
        if part not in known:
            problems.append(Problem("refused", number, key, text=_("不认识“%(word)s”。", word=part)))
        else:
            found.append(known[part])
    return found


def exported_dishes(actor: Actor, school_id: int) -> list[dict[str, Any]]:
    """As the import takes them."""
    items = {item.id: item.code for item in published_items(actor)}
    rows = []
    for view in sorted(dishes.all_dishes(actor, school_id), key=lambda view: view.dish.code):
        dish = view.dish
        base = {
            "code": dish.code, "name": dish.name, "kind": dish.kind, "style": dish.style, "portion": dish.portion,
            "meals": "、".join(str(MEALS[meal]) for meal in dish.meals),  # type: ignore[index]
            "allergens": "、".join(str(ALLERGENS[code]) for code in dish.allergens),  # type: ignore[index]
        }  # fmt: skip
        for line in view.lines:
            bands = {f"band_{band}": Decimal(str(line.band_grams[band])) for band in BANDS if band in line.band_grams}
            rows.append(
                {
                    **dict.fromkeys(f"band_{band}" for band in BANDS), **base, **bands, "ingredient": line.name,
                    "net_grams": line.net_grams, "edible_percent": line.edible_percent, "is_meat": line.is_meat,
                    "item": items.get(line.item_id) if line.item_id else None, "unit_grams": line.unit_grams,
                }
            )  # fmt: skip
    return rows


def import_menu(actor: Actor, menu_id: UUID, seen_version: int | None, parsed: Parsed) -> Imported:
    """Into a draft: the meals that the sheet names take its dishes, in its order; the others stay."""
    if parsed.problems:
        return Imported(problems=parsed.problems)
    menu = menus.draft_for_edit(actor, menu_id, seen_version)
    by_word: dict[str, UUID] = {}
    for view in dishes.all_dishes(actor, menu.school_id):
        by_word.setdefault(view.dish.name, view.dish.id)
        by_word[view.dish.code] = view.dish.id
    problems: list[Problem] = []
    meals: dict[tuple[date, str], list[UUID]] = {}
    for row in parsed.rows:
        values = row.values
        if monday_of(values["on_day"]) != menu.monday:
            problems.append(Problem("refused", row.number, "on_day", text=_("日期不在这一周内。")))
        dish_id = by_word.get(values["dish"])
        if dish_id is None:
            problems.append(Problem("refused", row.number, "dish", text=_("本校没有这道菜，请先添加。")))
        else:
            meals.setdefault((values["on_day"], values["meal"]), []).append(dish_id)
    if problems:
        return Imported(problems=problems)
    grid = menus.grid_of(actor, menu)
    for (day, meal), dish_ids in meals.items():
        row_of_meal = grid.meal_at(day, meal) or menus.add_meal(menu, day, meal)
        menus.write_dishes(actor, menu, row_of_meal, dish_ids)
    menus.touch(menu)
    return Imported(changed=len(meals))


def exported_menu(actor: Actor, menu: Menu) -> list[dict[str, Any]]:
    grid = menus.grid_of(actor, menu)
    return [
        {"on_day": meal.on_day, "meal": meal.meal, "dish": dish.dish_name}
        for meal in grid.meals
        for dish in grid.dishes[meal.id]
    ]
