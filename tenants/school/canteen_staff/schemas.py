"""What pages and API take and give of the canteen's people and papers."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from bureau.catalogue.schemas import PlainQuantity
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Text, Whole
from school.canteen_staff import rules

NAME, LINE = 60, 200


class CanteenStaffIn(BaseSchema):
    """`left_on`: the first day on which the person is not there any more. `joined_on` null: today."""

    name = Text(NAME, required=True)
    duties = fields.List(
        Choice(rules.Duty), required=True, validate=validate.Length(1, 9, error=_l("请至少选择一个岗位。"))
    )
    account_id = Identifier(load_default=None, allow_none=True)
    phone = Text(20, load_default="")
    joined_on = Day(load_default=None, allow_none=True)
    left_on = Day(load_default=None, allow_none=True)
    note = Text(LINE, load_default="")


class CanteenPaperIn(BaseSchema):
    """A health certificate may give its day of issue only: it holds for the months of the figure."""

    kind = Choice(rules.PaperKind, required=True)
    number = Text(60, load_default="")
    issued_on = Day(load_default=None, allow_none=True)
    valid_until = Day(load_default=None, allow_none=True)
    photo_id = Identifier(load_default=None, allow_none=True)


class CanteenPaperOut(CanteenPaperIn):
    id = fields.UUID()
    version = fields.Integer()


class CanteenStaffOut(CanteenStaffIn):
    """`standings`: kind of paper → held, soon, expired or missing. `refusal`: why the person may not work today."""

    id = fields.UUID()
    version = fields.Integer()
    papers = fields.List(fields.Nested(CanteenPaperOut))
    standings = fields.Dict(keys=fields.String(), values=fields.String())
    refusal = fields.String(allow_none=True)


class CanteenStaffQuery(BaseSchema):
    """`with_left`: those as well who are not there any more."""

    with_left = Flag()


class CanteenLicenceIn(BaseSchema):
    kind = Choice(rules.LicenceKind, required=True)
    title = Text(NAME, load_default="")
    number = Text(60, load_default="")
    grade = Text(20, load_default="")
    issued_on = Day(load_default=None, allow_none=True)
    valid_until = Day(load_default=None, allow_none=True)
    photo_id = Identifier(load_default=None, allow_none=True)


class CanteenLicenceOut(CanteenLicenceIn):
    id = fields.UUID()
    version = fields.Integer()


class AttendanceIn(BaseSchema):
    staff_id = Identifier(required=True)
    score = PlainQuantity(places=1, least="0", most="1000", load_default=None, allow_none=True)


class CanteenTrainingIn(BaseSchema):
    """`pass_score` null: there was no test."""

    held_on = Day(required=True)
    topic = Text(LINE, required=True)
    trainer = Text(NAME, load_default="")
    hours = PlainQuantity(places=1, least="0.5", most="200", required=True)
    pass_score = PlainQuantity(places=1, least="0", most="1000", load_default=None, allow_none=True)
    note = Text(1000, load_default="")
    attendances = fields.List(
        fields.Nested(AttendanceIn), required=True, validate=validate.Length(1, 200, error=_l("请勾选参加培训的人员。"))
    )


class CanteenTrainingOut(BaseSchema):
    id = fields.UUID()
    held_on = Day()
    topic = fields.String()
    trainer = fields.String()
    hours = PlainQuantity(places=1)
    pass_score = PlainQuantity(places=1, allow_none=True)
    note = fields.String()
    recorded_by_name = fields.String()
    void_reason = fields.String()
    version = fields.Integer()


class CanteenTrainingPage(PageSchema):
    items = fields.List(fields.Nested(CanteenTrainingOut))


class CanteenTrainingQuery(PageArguments):
    year = Whole(2000, 2200, load_default=None, allow_none=True)


class PaperVoidIn(BaseSchema):
    """The version that was seen goes into If-Match."""

    reason = Text(LINE, required=True)


class VoidForm(PaperVoidIn):
    version = Whole(1, required=True)


class StaffForm(CanteenStaffIn):
    """A page's person, with the health certificate that nobody works without."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    health_number = Text(60, load_default="")
    health_until = Day(load_default=None, allow_none=True)


class PaperForm(CanteenPaperIn):
    id = Identifier(required=True)
    photo_id = Identifier(dump_only=True)


class LicenceForm(CanteenLicenceIn):
    id = Identifier(required=True)
    photo_id = Identifier(dump_only=True)


class TrainingForm(CanteenTrainingIn):
    """A page's session: everybody has a row, `was_there` says who came."""

    id = Identifier(required=True)
    attendances = fields.List(fields.Dict(), load_default=list)


def attendances_of(rows: Any) -> list[dict[str, Any]]:
    """The ticked rows of a page, as the service takes them."""
    ticked = [row for row in rows if row.get("was_there")]
    return [dict(AttendanceIn().load({name: row.get(name, "") for name in ("staff_id", "score")})) for row in ticked]
