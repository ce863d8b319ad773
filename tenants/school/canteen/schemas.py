"""What pages and API take and give of dishes and menus. Grams and percents are decimals as text, money is fen."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, post_load, validate

from bureau.catalogue.schemas import PlainQuantity
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Quantity, Text, Whole
from school.canteen.rules import DishKind, MenuState, Portion, Style
from school.diners.rules import Allergen, Meal

MOST_INGREDIENTS = 40
MOST_COPIED = 300


class Choices(fields.List):
    """Some of a closed set of codes."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(Choice(choices), validate=validate.Length(0, len(list(choices))), **kwargs)


class BandGramsSchema(BaseSchema):
    """Net grams where an age band gets not just its share of the base portion; null: its share."""

    under_6 = PlainQuantity(places=3, least="0", most="2000", data_key="under_6", allow_none=True)
    age_6_8 = PlainQuantity(places=3, least="0", most="2000", data_key="6_8", allow_none=True)
    age_9_11 = PlainQuantity(places=3, least="0", most="2000", data_key="9_11", allow_none=True)
    age_12_14 = PlainQuantity(places=3, least="0", most="2000", data_key="12_14", allow_none=True)
    age_15_17 = PlainQuantity(places=3, least="0", most="2000", data_key="15_17", allow_none=True)

    @post_load
    def _by_band(self, data: dict[str, Any], **_: Any) -> dict[str, Decimal]:
        return {name.removeprefix("age_"): value for name, value in data.items() if value is not None}


class DishIngredientSchema(BaseSchema):
    """`net_grams`: raw and edible, for one diner aged 9 to 11. What is null is taken from the food of that name."""

    name = Text(60, required=True)
    net_grams = PlainQuantity(places=3, least="0.001", most="2000", required=True)
    item_id = Identifier(load_default=None, allow_none=True)
    food_code = Text(20, load_default="")
    edible_percent = PlainQuantity(places=2, least="0.01", most="100", load_default=None, allow_none=True)
    is_meat = fields.Boolean(load_default=None, allow_none=True)
    band_grams = fields.Nested(BandGramsSchema, load_default=dict)
    unit_grams = PlainQuantity(places=3, least="0.001", most="100000", load_default=None, allow_none=True)


class DishSchema(BaseSchema):
    code = Text(20, required=True)
    name = Text(40, required=True)
    kind = Choice(DishKind, required=True)
    style = Choice(Style, load_default=Style.COOKED.value)
    portion = Choice(Portion, load_default=Portion.SCALED.value)
    meals = Choices(Meal, load_default=list)
    allergens = Choices(Allergen, load_default=list)
    note = Text(500, load_default="")
    is_active = fields.Boolean(load_default=True)
    ingredients = fields.List(
        fields.Nested(DishIngredientSchema), load_default=list,
        validate=validate.Length(0, MOST_INGREDIENTS, error=_l("一道菜最多 40 种配料。")),
    )  # fmt: skip


class DishForm(DishSchema):
    """A page's dish; rows left without name and grams are none."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)


class DishQuery(PageArguments):
    q = Text(40, load_default="")
    kind = Choice(DishKind, load_default=None, allow_none=True)
    with_inactive = Flag()


class CopyDishesSchema(BaseSchema):
    """Ids of recommended dishes."""

    dish_ids = fields.List(
        Identifier(), required=True,
        validate=validate.Length(1, MOST_COPIED, error=_l("请勾选要复制的菜品，一次最多 300 道。")),
        error_messages={"required": _l("请勾选要复制的菜品，一次最多 300 道。")},
    )  # fmt: skip


class MenuVersionSchema(BaseSchema):
    version = Whole(1, required=True)


class DishStateSchema(MenuVersionSchema):
    is_active = fields.Boolean(required=True)


class MondaySchema(BaseSchema):
    """Any day of the week is that week."""

    monday = Day(required=True)


class MenuBeginForm(MondaySchema):
    id = Identifier(required=True)


class MealSchema(BaseSchema):
    on_day = Day(required=True)
    meal = Choice(Meal, required=True)
    dish_ids = fields.List(Identifier(), required=True, validate=validate.Length(0, 20))
    planned_diners = Whole(0, 99_999, load_default=None, allow_none=True)


class AddDishForm(MenuVersionSchema):
    on_day = Day(required=True)
    meal = Choice(Meal, required=True)
    dish_id = Identifier(required=True)


class RemoveDishForm(MenuVersionSchema):
    menu_dish_id = Identifier(required=True)


class CopyDayForm(MenuVersionSchema):
    """`what`: copy, move (the two change places) or drop."""

    source = Day(required=True)
    target = Day(load_default=None, allow_none=True)
    what = Choice(("copy", "move", "drop"), required=True)


class CopyWeekForm(MenuVersionSchema):
    source = Day(required=True)


class ProposeSchema(BaseSchema):
    """`keep`: dishes that stand there stay. The budget is one diner's for a day who eats every meal."""

    keep = fields.Boolean(load_default=False)
    budget_fen = Whole(1, 1_000_000, load_default=None, allow_none=True)


class ProposeForm(MenuVersionSchema):
    keep = Flag()
    budget = Quantity(places=2, least="0.01", most="10000", load_default=None, allow_none=True)

    @post_load
    def _to_fen(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        budget: Decimal | None = data.pop("budget")
        return {**data, "budget_fen": None if budget is None else int(budget * 100)}


class MenuReasonSchema(BaseSchema):
    reason = Text(200, required=True)


class MenuReasonForm(MenuReasonSchema):
    version = Whole(1, required=True)


class AmendSchema(MenuReasonSchema):
    on_day = Day(required=True)
    meal = Choice(Meal, required=True)
    dish_ids = fields.List(Identifier(), required=True, validate=validate.Length(0, 20))


class AmendForm(AmendSchema):
    version = Whole(1, required=True)
    dish_ids = fields.List(Identifier(), load_default=list, validate=validate.Length(0, 20))


class MealQuery(BaseSchema):
    """Without day and meal: the menu's first."""

    on_day = Day(load_default=None, allow_none=True)
    meal = Choice(Meal, load_default=None, allow_none=True)
    q = Text(40, load_default="", allow_none=True)


class WeekQuery(BaseSchema):
    week = Day(load_default=None, allow_none=True)


class OverviewQuery(WeekQuery):
    show = Choice(("all", "missing", "failed", "late"), load_default="all")


class MenuQuery(PageArguments):
    state = Choice(MenuState, load_default=None, allow_none=True)


class DateRangeQuery(BaseSchema):
    first = Day(required=True)
    last = Day(required=True)

    @post_load
    def _in_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if not 0 <= (data["last"] - data["first"]).days <= 31:
            raise ValidationError({"last": [str(_l("一次最多查询 31 天。"))]})
        return data


class FoodQuery(BaseSchema):
    q = Text(40, load_default="")
