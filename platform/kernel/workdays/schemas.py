"""What pages and API take and give of working days."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validates_schema

from kernel.schemas import BaseSchema, Choice, Day, Text, Whole
from kernel.workdays.rules import MOST_DAYS

MOST_SPAN = 3700  # days between two dates that are counted


class YearQuery(BaseSchema):
    year = Whole(2000, 2199, load_default=None, allow_none=True)
    errors = fields.UUID(load_default=None, allow_none=True)


class ReckonQuery(BaseSchema):
    """A term of `count` working days that begins after `start`."""

    start = Day(required=True)
    count = Whole(-MOST_DAYS, MOST_DAYS, required=True)


class CountQuery(BaseSchema):
    """Working days after `start` up to and including `end`."""

    start = Day(required=True)
    end = Day(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _near(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if abs((data["end"] - data["start"]).days) > MOST_SPAN:
            raise ValidationError(_("两个日期相隔不能超过十年。"), "end")


class DayForm(BaseSchema):
    day = Day(required=True)
    kind = Choice(["free", "worked"], required=True)
    name = Text(60, required=True)


class DayIn(BaseSchema):
    is_workday = fields.Boolean(required=True)
    name = Text(60, required=True)


class DayOut(BaseSchema):
    """`is_own`: the bureau's own word; else the nation's, with its citation."""

    day = fields.Date()
    is_workday = fields.Boolean()
    name = fields.String()
    citation = fields.String()
    is_own = fields.Boolean()


class YearOut(BaseSchema):
    """`is_known`: the year's official arrangement is loaded; else weekends alone are counted."""

    year = fields.Integer()
    is_known = fields.Boolean()
    items = fields.List(fields.Nested(DayOut))


class DeadlineOut(BaseSchema):
    """`unknown_years`: years touched whose arrangement is not loaded; the date is not sure then."""

    day = fields.Date()
    unknown_years = fields.List(fields.Integer())


class CountOut(BaseSchema):
    workdays = fields.Integer()
    unknown_years = fields.List(fields.Integer())
