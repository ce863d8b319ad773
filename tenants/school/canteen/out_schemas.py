"""What pages and API give of dishes and menus. Grams and percents are decimals as text, money is fen."""

from marshmallow import fields

from bureau.catalogue.schemas import PlainQuantity
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Identifier
from school.canteen.rules import DishKind, MenuState, Portion, Style
from school.canteen.schemas import DishSchema
from school.diners.rules import Meal


class DishOut(DishSchema):
    id = Identifier()
    version = fields.Integer()


class DishRow(BaseSchema):
    id = Identifier()
    code = fields.String()
    name = fields.String()
    kind = Choice(DishKind)
    style = Choice(Style)
    portion = Choice(Portion)
    meals = fields.List(fields.String())
    allergens = fields.List(fields.String())
    is_active = fields.Boolean()
    version = fields.Integer()
    recommended_id = Identifier(allow_none=True)


class DishPage(PageSchema):
    items = fields.List(fields.Nested(DishRow))


class RecommendedDishRow(BaseSchema):
    id = Identifier()
    code = fields.String()
    name = fields.String()
    kind = Choice(DishKind)
    is_active = fields.Boolean()
    version = fields.Integer()


class RecommendedDishPage(PageSchema):
    items = fields.List(fields.Nested(RecommendedDishRow))


class MenuRowOut(BaseSchema):
    id = Identifier()
    monday = Day()
    state = Choice(MenuState)
    edition = fields.Integer()
    published_at = fields.AwareDateTime(allow_none=True)
    days_ahead = fields.Integer(allow_none=True)
    failed = fields.Integer()
    warned = fields.Integer()
    version = fields.Integer()


class MenuPage(PageSchema):
    items = fields.List(fields.Nested(MenuRowOut))


class MenuDishOut(BaseSchema):
    id = Identifier()
    dish_id = Identifier()
    name = fields.String(attribute="dish_name")
    kind = fields.String(attribute="dish_kind")


class MenuMealOut(BaseSchema):
    id = Identifier()
    on_day = Day()
    meal = Choice(Meal)
    planned_diners = fields.Integer(allow_none=True)
    dishes = fields.List(fields.Nested(MenuDishOut))


class MeasureOut(BaseSchema):
    """`amount`: the known part, at least; `unknown_percent`: of the weight, that of which nothing is known."""

    code = fields.String()
    unit = fields.String()
    amount = PlainQuantity(places=9)
    least = PlainQuantity(places=9, allow_none=True)
    most = PlainQuantity(places=9, allow_none=True)
    unknown_percent = PlainQuantity(places=9)
    verdict = fields.String()
    day = Day(allow_none=True)


class MenuFindingOut(BaseSchema):
    code = fields.String()
    day = Day(allow_none=True)
    meal = fields.String()
    text = fields.String()
    is_unclear = fields.Boolean()


class MenuCheckOut(BaseSchema):
    """`certain` false: a figure of it was not read in its source and should be confirmed."""

    code = fields.String()
    label = fields.String()
    verdict = fields.String()
    citation = fields.String()
    certain = fields.Boolean()
    findings = fields.List(fields.Nested(MenuFindingOut))
    measures = fields.List(fields.Nested(MeasureOut))


class MenuCostOut(BaseSchema):
    """Of one diner on the mean day; `unpriced`: ingredients that nobody has priced, so that it costs at least this."""

    fen = fields.Integer()
    unpriced = fields.List(fields.String())


class MenuOut(MenuRowOut):
    meals = fields.List(fields.Nested(MenuMealOut))
    checks = fields.List(fields.Nested(MenuCheckOut))
    cost = fields.Nested(MenuCostOut)
    proposal = fields.Dict(keys=fields.String())


class DishOfMealOut(BaseSchema):
    dish_id = Identifier()
    name = fields.String()
    kind = fields.String()


class MealOfDayOut(BaseSchema):
    menu_meal_id = Identifier()
    meal = Choice(Meal)
    diners = fields.Integer()
    is_published = fields.Boolean()
    dishes = fields.List(fields.Nested(DishOfMealOut))


class MealsOfDayOut(BaseSchema):
    items = fields.List(fields.Nested(MealOfDayOut))


class MenuNeedOut(BaseSchema):
    item_id = Identifier()
    on_day = Day()
    quantity = PlainQuantity(places=9)


class UnweighedOut(BaseSchema):
    dish_name = fields.String()
    ingredient = fields.String()
    on_day = Day()
    reason = fields.String()


class MenuNeedsOut(BaseSchema):
    """Gross, in base units. `unweighed`: ingredients of which it cannot be said how much to order."""

    items = fields.List(fields.Nested(MenuNeedOut))
    unweighed = fields.List(fields.Nested(UnweighedOut))


class FoodOut(BaseSchema):
    """Of 100 g edible; null: nobody measured it."""

    code = fields.String()
    name = fields.String()
    aliases = fields.List(fields.String())
    group = fields.String()
    edible_percent = PlainQuantity(places=2)
    is_meat = fields.Boolean()
    is_dark = fields.Boolean()
    allergens = fields.List(fields.String())
    ndb = fields.String()
    note = fields.String()
    per_100 = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True))


class FoodsOut(BaseSchema):
    source = fields.String()
    items = fields.List(fields.Nested(FoodOut))


class SchoolWeekOut(BaseSchema):
    school_id = fields.Integer()
    code = fields.String()
    name = fields.String()
    menu_id = Identifier(allow_none=True)
    published_at = fields.AwareDateTime(allow_none=True)
    days_ahead = fields.Integer(allow_none=True)
    failed = fields.Integer()
    warned = fields.Integer()
    changed = fields.Integer()
    failing = fields.List(fields.String())


class MenuOverviewOut(BaseSchema):
    monday = Day()
    items = fields.List(fields.Nested(SchoolWeekOut))
