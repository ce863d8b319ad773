"""What pages and API take and give of classes, pupils and counts of diners."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from bureau.schools.labels import STAGE
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Text, Whole
from school.diners.rules import MOST_DINERS, Allergen, Meal, Sex

MOST_COUNTS = 600


class ClockTime(fields.Time):
    """A time of day in Shanghai, 09:00."""

    default_error_messages = {
        "required": _l("请填写时间，例如 09:00。"),
        "null": _l("请填写时间，例如 09:00。"),
        "invalid": _l("请填写时间，例如 09:00。"),
        "format": _l("请填写时间，例如 09:00。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class DinerCountSchema(BaseSchema):
    """`class_id` null: the staff."""

    meal = Choice(Meal, required=True)
    class_id = Identifier(load_default=None, allow_none=True)
    number = Whole(0, MOST_DINERS, required=True)


class DinerCountsSchema(BaseSchema):
    counts = fields.List(
        fields.Nested(DinerCountSchema), required=True,
        validate=validate.Length(1, MOST_COUNTS, error=_l("请至少填写一个人数。")),
        error_messages={"required": _l("请至少填写一个人数。")},
    )  # fmt: skip


class CountsForm(DinerCountsSchema):
    """A page's: of which day, and where to come back to."""

    on_day = Day(required=True)
    back = Choice(("report", "summary"), load_default="report")


class DayQuery(BaseSchema):
    """`day` null: today."""

    day = Day(load_default=None, allow_none=True)
    class_id = Identifier(load_default=None, allow_none=True)
    meal = Choice(Meal, load_default=None, allow_none=True)


class ClassCountOut(BaseSchema):
    """`class_id` null: the staff. `planned` null: nobody has said it; `proposed`: what it was the time before."""

    class_id = Identifier(allow_none=True)
    class_name = fields.String()
    planned = fields.Integer(allow_none=True)
    actual = fields.Integer(allow_none=True)
    proposed = fields.Integer()
    pupil_count = fields.Integer()


class MealCountsOut(BaseSchema):
    meal = Choice(Meal)
    expected = fields.Integer()
    deadline = fields.AwareDateTime()
    classes = fields.List(fields.Nested(ClassCountOut))


class DayCountsOut(BaseSchema):
    on_day = Day()
    meals = fields.List(fields.Nested(MealCountsOut))


class SchoolClassSchema(BaseSchema):
    """`name` empty: as grade and number are called. `pupil_count` is taken where no pupils are listed."""

    name = Text(40, load_default="")
    stage = Choice(list(STAGE), required=True)
    grade = Whole(0, 12, required=True)
    number = Whole(1, 99, required=True)
    teacher_id = Identifier(load_default=None, allow_none=True)
    pupil_count = Whole(0, 200, load_default=0)
    is_active = Flag(load_default=True)


class ClassForm(SchoolClassSchema):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    is_active = Flag()


class SchoolClassOut(SchoolClassSchema):
    id = Identifier()
    allergic_count = fields.Integer()
    version = fields.Integer()


class PupilSchema(BaseSchema):
    """`left_on`: the pupil left the school on that day and eats no more."""

    class_id = Identifier(required=True)
    number = Text(30, required=True)
    name = Text(50, required=True)
    sex = Choice(Sex, required=True)
    birth_date = Day(load_default=None, allow_none=True)
    is_boarder = Flag()
    allergens = fields.List(Choice(Allergen), load_default=list, validate=validate.Length(0, len(Allergen)))
    allergy_note = Text(200, load_default="")
    left_on = Day(load_default=None, allow_none=True)


class PupilForm(PupilSchema):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)


class PupilOut(PupilSchema):
    id = Identifier()
    is_active = fields.Boolean()
    version = fields.Integer()


class PupilPage(PageSchema):
    items = fields.List(fields.Nested(PupilOut))


class PupilQuery(PageArguments):
    """`text`: the beginning of a name or number."""

    class_id = Identifier(load_default=None, allow_none=True)
    text = Text(50, load_default=None, allow_none=True)
    is_allergic = Flag()
    has_left = Flag()


class ServedMealSchema(BaseSchema):
    """`report_until` of the day that is `days_before` before the meal."""

    meal = Choice(Meal, required=True)
    is_served = Flag()
    days_before = Whole(0, 7, required=True)
    report_until = ClockTime(required=True)
    version = Whole(1, load_default=None, allow_none=True)


class ServedMealsSchema(BaseSchema):
    meals = fields.List(
        fields.Nested(ServedMealSchema), required=True, validate=validate.Length(1, len(Meal)),
        error_messages={"required": _l("请填写此项。")},
    )  # fmt: skip
