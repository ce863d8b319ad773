"""What pages and API take and give of duties."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from duties.resolving import Choice as ChoiceOf
from duties.resolving import SchoolTypes
from duties.rules import CADENCES, CANTEEN_MODES, DAYS, EXCUSE_STATES, MEALS, REASONS, STAGES
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Text, Whole

MADE_CADENCES = tuple(cadence for cadence in CADENCES if cadence not in ("asked", "per_meal", "once"))
OWN_CADENCES = (*MADE_CADENCES, "once")
MOST_GRACE_HOURS = 2160
MONTH = validate.Regexp(r"^20\d\d-(0[1-9]|1[0-2])$", error=_l("请填写月份，例如 2026-09。"))


class Clock(fields.Time):
    """A time of day, 08:30."""

    default_error_messages = {
        "required": _l("请填写此项。"),
        "null": _l("请填写此项。"),
        "invalid": _l("请填写时间，例如 08:30。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class Month(fields.String):
    """A month, 2026-09; loads as its first day."""

    default_error_messages = {
        "required": _l("请填写月份，例如 2026-09。"),
        "null": _l("请填写月份，例如 2026-09。"),
        "invalid": _l("请填写月份，例如 2026-09。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": r"^\d{4}-\d{2}$"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            found = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year <= 2199:
            raise self.make_error("invalid", input=value)
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


def _roles(**kwargs: Any) -> fields.List:
    """Names of roles; which there are the service knows."""
    return fields.List(Text(40), validate=validate.Length(max=20), **kwargs)


def _codes(known: Any, **kwargs: Any) -> fields.List:
    return fields.List(Choice(known), load_default=list, validate=validate.Length(max=20), **kwargs)


class DutyDayQuery(BaseSchema):
    day = Day(load_default=None, allow_none=True)
    all = Flag()


class DutyMonthQuery(BaseSchema):
    month = fields.String(load_default=None, allow_none=True, validate=MONTH)
    zone_id = Whole(0, load_default=None, allow_none=True)
    kind = Text(80, load_default=None, allow_none=True)


class DutySpanQuery(BaseSchema):
    """Without days: today."""

    first = Day(load_default=None, allow_none=True)
    last = Day(load_default=None, allow_none=True)


class DutyTickForm(BaseSchema):
    id = Identifier(required=True)
    note = Text(500, load_default="")


class DutyVoidForm(BaseSchema):
    version = Whole(required=True)
    reason = Text(200, required=True)


class DutyExcuseForm(BaseSchema):
    id = Identifier(required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)
    reason = Choice(REASONS, required=True)
    note = Text(500, required=True)
    kinds = fields.List(Text(80), load_default=list, validate=validate.Length(max=100))
    meals = _codes(MEALS)


class DutyDecisionForm(BaseSchema):
    version = Whole(required=True)
    event = Choice(["confirm", "refuse"], required=True)
    why = Text(300, load_default="")


class DutyVersionForm(BaseSchema):
    version = Whole(required=True)


class DutyFeedForm(BaseSchema):
    name = Text(60, required=True)


class _ChoiceForm(BaseSchema):
    due_time = Clock(load_default=None, allow_none=True)
    weekday = Whole(0, 6, load_default=None, allow_none=True)
    month_day = Whole(1, 31, load_default=None, allow_none=True)
    minutes_after = Whole(-600, 600, load_default=None, allow_none=True)


class SchoolDutySettingForm(_ChoiceForm):
    version = Whole(load_default=None, allow_none=True)
    is_added = Flag()


class _TypesForm(BaseSchema):
    stages = _codes(STAGES)
    boarding = fields.Boolean(load_default=None, allow_none=True)
    canteen_modes = _codes(CANTEEN_MODES)
    least_diners = Whole(0, 100_000, load_default=None, allow_none=True)
    most_diners = Whole(0, 100_000, load_default=None, allow_none=True)


class DutySettingForm(_ChoiceForm, _TypesForm):
    id = Identifier(required=True)
    version = Whole(load_default=None, allow_none=True)
    is_on = Flag()
    grace_hours = Whole(0, MOST_GRACE_HOURS, load_default=None, allow_none=True)
    why = Text(300, load_default="")


class _KindForm(BaseSchema):
    title = Text(60, required=True)
    detail = Text(500, load_default="")
    cadence = Choice(OWN_CADENCES, required=True)
    days = Choice(DAYS, load_default="school")
    due_time = Clock(required=True)
    weekday = Whole(0, 6, load_default=4)
    month_day = Whole(1, 31, load_default=31)
    months = fields.List(Whole(1, 12), load_default=list, validate=validate.Length(max=12))
    anchor = Choice(["start", "end"], load_default="end")
    shift_days = Whole(-180, 180, load_default=0)
    lead_days = Whole(0, 180, load_default=0)
    once_on = Day(load_default=None, allow_none=True)
    grace_hours = Whole(0, MOST_GRACE_HOURS, load_default=24)
    needed = Whole(1, 60, load_default=1)
    roles = _roles(load_default=list)
    needs_photo = Flag()
    needs_note = Flag()
    starts_on = Day(required=True)
    ends_on = Day(load_default=None, allow_none=True)


class SchoolDutyKindForm(_KindForm):
    id = Identifier(load_default=None, allow_none=True)
    version = Whole(load_default=None, allow_none=True)


class BureauDutyKindForm(_KindForm, _TypesForm):
    id = Identifier(load_default=None, allow_none=True)
    version = Whole(load_default=None, allow_none=True)
    citation = Text(300, load_default="")


class DutyStarterForm(BaseSchema):
    codes = fields.List(Text(60), load_default=list, validate=validate.Length(max=200))


def choice_from(data: dict[str, Any]) -> ChoiceOf:
    """Takes its fields out of the form's values."""
    names = ("due_time", "weekday", "month_day", "minutes_after", "grace_hours")
    return ChoiceOf(**{name: data.pop(name, None) for name in names})


def types_from(data: dict[str, Any]) -> SchoolTypes:
    return SchoolTypes(
        tuple(data.pop("stages")), data.pop("boarding"), tuple(data.pop("canteen_modes")), data.pop("least_diners"),
        data.pop("most_diners"),
    )  # fmt: skip


# REST


class DutyOut(BaseSchema):
    """`id` null: not written yet, it follows from the plan. `standing`: ahead, open, late, missed, on_time, done_late
    or excused, by the clock at the time of asking."""

    id = fields.UUID(allow_none=True)
    code = fields.String()
    title = fields.String()
    period = fields.String()
    meal = fields.String()
    first_day = fields.Date()
    last_day = fields.Date()
    opens_at = fields.DateTime()
    due_at = fields.DateTime()
    closes_at = fields.DateTime()
    fulfilled_at = fields.DateTime(allow_none=True)
    needed = fields.Integer()
    standing = fields.String()


class DutyListOut(BaseSchema):
    items = fields.List(fields.Nested(DutyOut))


class DutyTickIn(BaseSchema):
    duty_id = Identifier(required=True)
    note = Text(500, load_default="")


class DutyTickOut(BaseSchema):
    id = fields.UUID()
    kind = fields.String()
    on_day = fields.Date()
    meal = fields.String()
    note = fields.String()
    attachment_id = fields.UUID(allow_none=True)
    done_at = fields.DateTime()
    done_by_name = fields.String()
    voided_at = fields.DateTime(allow_none=True)
    void_reason = fields.String()
    version = fields.Integer()


class DutyVoidIn(BaseSchema):
    reason = Text(200, required=True)


class DutyExcuseIn(DutyExcuseForm):
    class Meta(BaseSchema.Meta):
        exclude = ("id",)


class DutyExcuseQuery(PageArguments):
    state = Choice(EXCUSE_STATES, load_default=None, allow_none=True)


class DutyExcuseOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    first_day = fields.Date()
    last_day = fields.Date()
    kinds = fields.List(fields.String())
    meals = fields.List(fields.String())
    reason = fields.String()
    note = fields.String()
    asked_by_name = fields.String()
    state = fields.String()
    created_at = fields.DateTime()
    version = fields.Integer()


class DutyExcusePage(PageSchema):
    items = fields.List(fields.Nested(DutyExcuseOut))


class DutyDecisionIn(BaseSchema):
    event = Choice(["confirm", "refuse"], required=True)
    why = Text(300, load_default="")


class LateDutyOut(BaseSchema):
    code = fields.String()
    title = fields.String()
    count = fields.Integer()
    since = fields.DateTime()


class LateSchoolOut(BaseSchema):
    school_id = fields.Integer()
    school = fields.String()
    zone = fields.String()
    count = fields.Integer()
    since = fields.DateTime()
    kinds = fields.List(fields.Nested(LateDutyOut))


class DutyCountsOut(BaseSchema):
    """Of duties due today; `late`: right now, of any day."""

    due = fields.Integer()
    done = fields.Integer()
    done_late = fields.Integer()
    excused = fields.Integer()
    undone = fields.Integer()
    late = fields.Integer()


class DutyBoardOut(BaseSchema):
    at = fields.DateTime()
    schools = fields.Integer()
    total = fields.Nested(DutyCountsOut)
    late = fields.List(fields.Nested(LateSchoolOut))


class DutyBoardQuery(BaseSchema):
    zone_id = Whole(0, load_default=None, allow_none=True)
    kind = Text(80, load_default=None, allow_none=True)
