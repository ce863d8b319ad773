"""A school's dishes: list, read, write, set aside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm.attributes import flag_modified

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from school.canteen.figures import Recipe
from school.canteen.models import Dish, DishIngredient
from school.canteen.service.recipes import LINE_FIELDS, checked, fill, recipe_of, same_content

CODE = "uq_dishes_bureau_id_school_id_code"
KEY = "pk_dishes"


@dataclass(frozen=True, slots=True)
class DishView:
    dish: Dish
    lines: Sequence[DishIngredient]

    @property
    def recipe(self) -> Recipe:
        return recipe_of(self.dish, self.lines)


def list_dishes(
    actor: Actor, school_id: int, *, q: str = "", kind: str | None = None, with_inactive: bool = False,
    cursor: str | None = None, limit: int = 50,
) -> Page[Dish]:  # fmt: skip
    """Newest first."""
    query = select(Dish).where(Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id)
    if q:
        query = query.where(func.strpos(Dish.search_name, q.lower()) > 0)
    if kind:
        query = query.where(Dish.kind == kind)
    if not with_inactive:
        query = query.where(Dish.is_active)
    return paginate(db.session(), query, [Dish.created_at, Dish.id], cursor, limit)


def search_dishes(actor: Actor, school_id: int, text: str, most: int = 12) -> Sequence[Dish]:
    """Active ones whose name has the text; those that begin with it first."""
    wanted = text.strip().lower()
    rows = db.session.scalars(
        select(Dish)
        .where(
            Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id, Dish.is_active,
            func.strpos(Dish.search_name, wanted) > 0,
        )
        .order_by(Dish.search_name.op("^@")(wanted).desc(), Dish.name, Dish.id)
        .limit(most)
    )  # fmt: skip
    return rows.all()


def get_dish(actor: Actor, school_id: int, dish_id: UUID) -> DishView:
    dish = db.session.get(Dish, (actor.bureau_id, school_id, dish_id))
    if dish is None:
        raise NotFound(_("没有这道菜。"))
    return DishView(dish, _lines(actor, school_id, [dish_id]).get(dish_id, []))


def all_dishes(actor: Actor, school_id: int, ids: Iterable[UUID] | None = None) -> list[DishView]:
    """The active ones, or those of `ids` whatever they are; two queries."""
    query = select(Dish).where(Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id)
    query = query.where(Dish.is_active) if ids is None else query.where(Dish.id.in_(set(ids)))
    dishes = db.session.scalars(query.order_by(Dish.id)).all()
    lines = _lines(actor, school_id, [dish.id for dish in dishes])
    return [DishView(dish, lines.get(dish.id, [])) for dish in dishes]


def by_codes(actor: Actor, school_id: int, codes: Iterable[str]) -> Sequence[Dish]:
    """Set aside ones too."""
    query = select(Dish).where(Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id)
    return db.session.scalars(query.where(Dish.code.in_(set(codes)))).all()


def _lines(actor: Actor, school_id: int, dish_ids: Sequence[UUID]) -> dict[UUID, list[DishIngredient]]:
    rows = db.session.scalars(
        select(DishIngredient)
        .where(
            DishIngredient.bureau_id == actor.bureau_id, DishIngredient.school_id == school_id,
            DishIngredient.dish_id.in_(dish_ids),
        )
        .order_by(DishIngredient.dish_id, DishIngredient.position)
    )  # fmt: skip
    found: dict[UUID, list[DishIngredient]] = {}
    for row in rows:
        found.setdefault(row.dish_id, []).append(row)
    return found


def save_dish(
    actor: Actor, dish_id: UUID, seen_version: int | None, *, ingredients: Sequence[Mapping[str, Any]], **values: Any
) -> Dish:
    """Make a dish under the client's id, or change it (`seen_version` then being the one seen). What was published of it
    stays as it was published."""
    content, rows = checked(actor, values, ingredients)
    school_id = actor.own_school_id()
    dish = db.session.get(Dish, (actor.bureau_id, school_id, dish_id))
    if dish is not None and seen_version is None:
        if not same_content(dish, get_dish(actor, school_id, dish_id).lines, content, rows):
            raise Conflict(_("同一编号的菜品已存在且内容不同。"), {"version": dish.version})
        return dish
    is_new = dish is None
    if dish is None:
        dish = Dish(bureau_id=actor.bureau_id, school_id=school_id, id=dish_id, created_by=actor.account_id)
    else:
        require_version(dish, seen_version)
    with db.session.no_autoflush:
        fill(dish, content)
        if is_new:
            db.session.add(dish)
        elif _differ(get_dish(actor, school_id, dish_id).lines, rows):
            flag_modified(dish, "search_name")  # the version stands for the recipe too
    flush(
        db.session(),
        {CODE: Invalid({"code": [_("该编码已被使用。")]}), KEY: Conflict(_("同一编号的菜品已存在且内容不同。"))},
    )
    write_lines(dish, rows, is_new=is_new)
    return dish


def _differ(lines: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> bool:
    return len(lines) != len(rows) or any(
        getattr(old, name) != row[name] for old, row in zip(lines, rows, strict=True) for name in LINE_FIELDS
    )


def write_lines(dish: Dish, rows: Sequence[Mapping[str, Any]], *, is_new: bool) -> None:
    if not is_new:
        db.session.execute(
            delete(DishIngredient).where(
                DishIngredient.bureau_id == dish.bureau_id, DishIngredient.school_id == dish.school_id,
                DishIngredient.dish_id == dish.id,
            ),
            execution_options={"synchronize_session": "fetch"},
        )  # fmt: skip
    insert_lines([(dish, rows)])


def insert_lines(recipes: Sequence[tuple[Dish, Sequence[Mapping[str, Any]]]]) -> None:
    """The lines of new or emptied recipes, in one statement."""
    written = [
        {
            "bureau_id": dish.bureau_id, "school_id": dish.school_id, "dish_id": dish.id, "id": new_id(),
            "position": position, **row,
        }
        for dish, rows in recipes
        for position, row in enumerate(rows)
    ]  # fmt: skip
    if written:
        db.session.execute(insert(DishIngredient), written)


def set_active(actor: Actor, dish_id: UUID, seen_version: int | None, is_active: bool) -> Dish:
    """A dish that was cooked once is never deleted; set aside it is no longer proposed or found."""
    dish = get_dish(actor, actor.own_school_id(), dish_id).dish
    require_version(dish, seen_version)
    dish.is_active = is_active
    flush(db.session())
    return dish


def next_code(actor: Actor, school_id: int) -> str:
    """The next free of D001, D002 …, for a dish whose maker does not care."""
    used = set(
        db.session.scalars(select(Dish.code).where(Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id))
    )
    number = len(used) + 1
    while f"D{number:03d}" in used:
        number += 1
    return f"D{number:03d}"
