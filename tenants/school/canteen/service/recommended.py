"""The bureau's recommended dishes: kept by the bureau, copied by schools, which may change their copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm.attributes import flag_modified

from bureau.catalogue.service.items import published_items
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from school.canteen.figures import Recipe
from school.canteen.foods import food_of, named
from school.canteen.models import Dish, RecommendedDish, RecommendedIngredient
from school.canteen.service import dishes as own
from school.canteen.service.recipes import FIELDS, LINE_FIELDS, checked, fill, recipe_of, same_content
from school.canteen.starter import starter_dishes

CODE = "uq_recommended_dishes_bureau_id_code"
KEY = "pk_recommended_dishes"


@dataclass(frozen=True, slots=True)
class RecommendedView:
    dish: RecommendedDish
    lines: Sequence[RecommendedIngredient]

    @property
    def recipe(self) -> Recipe:
        return recipe_of(self.dish, self.lines)


def list_recommended(
    actor: Actor, *, q: str = "", kind: str | None = None, with_inactive: bool = False, cursor: str | None = None,
    limit: int = 50,
) -> Page[RecommendedDish]:  # fmt: skip
    """Newest first. Schools see what is still recommended."""
    query = select(RecommendedDish).where(RecommendedDish.bureau_id == actor.bureau_id)
    if q:
        query = query.where(func.strpos(RecommendedDish.search_name, q.lower()) > 0)
    if kind:
        query = query.where(RecommendedDish.kind == kind)
    if actor.level == "school" or not with_inactive:
        query = query.where(RecommendedDish.is_active)
    return paginate(db.session(), query, [RecommendedDish.created_at, RecommendedDish.id], cursor, limit)


def get_recommended(actor: Actor, dish_id: UUID) -> RecommendedView:
    dish = db.session.get(RecommendedDish, (actor.bureau_id, dish_id))
    if dish is None or (actor.level == "school" and not dish.is_active):
        raise NotFound(_("没有这道推荐菜品。"))
    return RecommendedView(dish, _lines(actor, [dish_id]).get(dish_id, []))


def _lines(actor: Actor, dish_ids: Sequence[UUID]) -> dict[UUID, list[RecommendedIngredient]]:
    rows = db.session.scalars(
        select(RecommendedIngredient)
        .where(RecommendedIngredient.bureau_id == actor.bureau_id, RecommendedIngredient.dish_id.in_(dish_ids))
        .order_by(RecommendedIngredient.dish_id, RecommendedIngredient.position)
    )
    found: dict[UUID, list[RecommendedIngredient]] = {}
    for row in rows:
        found.setdefault(row.dish_id, []).append(row)
    return found


def save_recommended(
    actor: Actor, dish_id: UUID, seen_version: int | None, *, ingredients: Sequence[Mapping[str, Any]], **values: Any
) -> RecommendedDish:
    """As dishes.save_dish, in the bureau's list. Copies that schools made stay as they are."""
    content, rows = checked(actor, values, ingredients)
    dish = db.session.get(RecommendedDish, (actor.bureau_id, dish_id))
    if dish is not None and seen_version is None:
        if not same_content(dish, get_recommended(actor, dish_id).lines, content, rows):
            raise Conflict(_("同一编号的菜品已存在且内容不同。"), {"version": dish.version})
        return dish
    is_new = dish is None
    if dish is None:
        dish = RecommendedDish(bureau_id=actor.bureau_id, id=dish_id, created_by=actor.account_id)
    else:
        require_version(dish, seen_version)
    with db.session.no_autoflush:
        fill(dish, content)
        if is_new:
            db.session.add(dish)
        else:
            flag_modified(dish, "search_name")  # the version stands for the recipe too
    flush(
        db.session(),
        {CODE: Invalid({"code": [_("该编码已被使用。")]}), KEY: Conflict(_("同一编号的菜品已存在且内容不同。"))},
    )
    _write_lines(dish, rows, is_new=is_new)
    return dish


def _write_lines(dish: RecommendedDish, rows: Sequence[Mapping[str, Any]], *, is_new: bool) -> None:
    if not is_new:
        db.session.execute(
            delete(RecommendedIngredient).where(
                RecommendedIngredient.bureau_id == dish.bureau_id, RecommendedIngredient.dish_id == dish.id
            ),
            execution_options={"synchronize_session": "fetch"},
        )
    base = {"bureau_id": dish.bureau_id, "dish_id": dish.id}
    written = [{**base, "id": new_id(), "position": number, **row} for number, row in enumerate(rows)]
    if written:
        db.session.execute(insert(RecommendedIngredient), written)


def start_list(actor: Actor) -> int:
    """Begin the list with the common dishes that come with the service, their ingredients linked to the catalogue's
    items by food. Dishes of the same name that are there already stay as they are. How many were added."""
    known = set(db.session.scalars(select(RecommendedDish.name).where(RecommendedDish.bureau_id == actor.bureau_id)))
    used = set(db.session.scalars(select(RecommendedDish.code).where(RecommendedDish.bureau_id == actor.bureau_id)))
    items = _items_by_food(actor)
    dishes: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    number = 0
    for starter in starter_dishes():
        if starter.name in known:
            continue
        number += 1
        while f"T{number:03d}" in used:
            number += 1
        dish_id = new_id()
        code = f"T{number:03d}"
        dishes.append(
            {
                "bureau_id": actor.bureau_id, "id": dish_id, "code": code, "name": starter.name,
                "search_name": f"{starter.name} {code}".lower(), "kind": starter.kind.value, "style": "cooked",
                "portion": starter.portion.value, "meals": [meal.value for meal in starter.meals], "allergens": [],
                "note": "", "is_active": True, "created_by": actor.account_id, "version": 1,
            }
        )  # fmt: skip
        for position, line in enumerate(starter.lines):
            lines.append(
                {
                    "bureau_id": actor.bureau_id, "id": new_id(), "dish_id": dish_id, "position": position,
                    "item_id": items.get(line.food_code), "food_code": line.food_code, "name": line.name,
                    "net_grams": line.net_grams, "edible_percent": line.edible_percent, "is_meat": line.is_meat,
                    "band_grams": {}, "unit_grams": None,
                }
            )  # fmt: skip
    if dishes:
        db.session.execute(insert(RecommendedDish), dishes)
        db.session.execute(insert(RecommendedIngredient), lines)
    return len(dishes)


# What a carton or a cup of the catalogue holds is not in its unit's name.
COUNTED_UNITS = frozenset({"盒", "杯", "袋", "个", "瓶", "桶", "罐", "包", "箱"})


def _items_by_food(actor: Actor) -> dict[str, UUID]:
    """Food code → the published item that it is bought as: by its linked code, else by its name."""
    found: dict[str, UUID] = {}
    for item in published_items(actor):
        if item.base_unit in COUNTED_UNITS:
            continue
        food = food_of(item.ingredient) or named(item.name)
        if food is not None:
            found.setdefault(food.code, item.id)
    return found


@dataclass(frozen=True, slots=True)
class Copied:
    dishes: list[Dish]
    added: int


def copy_recommended(actor: Actor, dish_ids: Sequence[UUID]) -> Copied:
    """The school's own copies; one that was copied before is that copy, as the school has it now."""
    school_id = actor.own_school_id()
    wanted = list(dict.fromkeys(dish_ids))
    originals = {
        dish.id: dish
        for dish in db.session.scalars(
            select(RecommendedDish).where(
                RecommendedDish.bureau_id == actor.bureau_id, RecommendedDish.id.in_(wanted), RecommendedDish.is_active
            )
        )
    }
    if len(originals) < len(wanted):
        raise NotFound(_("没有这道推荐菜品。"))
    copies = {
        dish.recommended_id: dish
        for dish in db.session.scalars(
            select(Dish).where(
                Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id, Dish.recommended_id.in_(wanted)
            )
        )
    }
    used = set(
        db.session.scalars(select(Dish.code).where(Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id))
    )
    lines = _lines(actor, wanted)
    rows: list[tuple[Dish, list[dict[str, Any]]]] = []
    for dish_id in wanted:
        if dish_id in copies:
            continue
        original = originals[dish_id]
        code = original.code if original.code not in used else f"{original.code}-{len(used) + 1}"
        used.add(code)
        copy = Dish(
            bureau_id=actor.bureau_id, school_id=school_id, id=new_id(), created_by=actor.account_id,
            recommended_id=dish_id, recommended_version=original.version, code=code,
            search_name=f"{original.name} {code}".lower(),
            **{name: getattr(original, name) for name in FIELDS if name != "code"},
        )  # fmt: skip
        db.session.add(copy)
        copies[dish_id] = copy
        rows.append((copy, [_values(line) for line in lines.get(dish_id, [])]))
    flush(db.session(), {"uq_dishes_recommended": Conflict(_("这道推荐菜品刚刚由他人复制，请刷新后再试。"))})
    own.insert_lines(rows)
    return Copied([copies[dish_id] for dish_id in wanted], len(rows))


def take_over(actor: Actor, dish_id: UUID, seen_version: int | None) -> Dish:
    """Bring a copy to what the bureau recommends now; the code stays the school's own."""
    dish = own.get_dish(actor, actor.own_school_id(), dish_id).dish
    require_version(dish, seen_version)
    if dish.recommended_id is None:
        raise NotFound(_("这道菜不是从推荐菜品复制的。"))
    original = get_recommended(actor, dish.recommended_id)
    with db.session.no_autoflush:
        fill(dish, {name: getattr(original.dish, name) for name in FIELDS if name not in ("code", "is_active")})
        dish.recommended_version = original.dish.version
        flag_modified(dish, "search_name")
    flush(db.session())
    own.write_lines(dish, [_values(line) for line in original.lines], is_new=False)
    return dish


def outdated(actor: Actor, dishes: Sequence[Dish]) -> set[UUID]:
    """Ids of those whose original was changed since they were copied."""
    wanted = {dish.recommended_id for dish in dishes if dish.recommended_id is not None}
    if not wanted:
        return set()
    rows = db.session.execute(
        select(RecommendedDish.id, RecommendedDish.version).where(
            RecommendedDish.bureau_id == actor.bureau_id, RecommendedDish.id.in_(wanted), RecommendedDish.is_active
        )
    )
    versions = {row.id: row.version for row in rows}
    return {
        dish.id
        for dish in dishes
        if dish.recommended_id in versions and versions[dish.recommended_id] != dish.recommended_version
    }


def _values(line: RecommendedIngredient) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LINE_FIELDS}
