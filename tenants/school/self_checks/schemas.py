"""What the pages and the API are asked, and what they answer."""

from typing import Any

from marshmallow import fields, validate

from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Text, Whole
from school.self_checks.rules import RHYTHMS

MOST_KEYS = 2000


class SelfCheckStartIn(BaseSchema):
    """Either a form version, or an occurrence of a schedule."""

    form_version_id = Identifier(load_default=None, allow_none=True)
    schedule_id = Identifier(load_default=None, allow_none=True)
    occurs_on = Day(load_default=None, allow_none=True)


class SelfCheckStartForm(BaseSchema):
    id = Identifier(required=True)
    form_version_id = Identifier(required=True)


class SelfCheckIdForm(BaseSchema):
    id = Identifier(required=True)


class SelfCheckVersionForm(BaseSchema):
    version = Whole(required=True)


class SelfCheckAnswersIn(BaseSchema):
    """`answers`: {key: answer}, null clears one; as the forms' own JSON."""

    answers = fields.Dict(
        keys=fields.String(validate=validate.Length(min=1, max=200)),
        values=fields.Raw(allow_none=True),
        load_default=dict,
        validate=validate.Length(max=MOST_KEYS),
    )
    remarks = fields.Dict(
        keys=fields.String(validate=validate.Length(min=1, max=200)),
        values=fields.String(validate=validate.Length(max=1000)),
        load_default=dict,
        validate=validate.Length(max=MOST_KEYS),
    )


class SelfCheckUnitIn(BaseSchema):
    code = fields.String(required=True, validate=validate.Length(min=1, max=60))
    label = Text(60, load_default="")
    parameters = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))


class SelfCheckFiguresIn(BaseSchema):
    """`units`: {section code, "" for the form: [{code, label, parameters}]}."""

    parameters = fields.Dict(
        keys=fields.String(validate=validate.Length(max=100)), values=fields.Raw(allow_none=True), load_default=dict
    )
    units = fields.Dict(
        keys=fields.String(validate=validate.Length(max=100)),
        values=fields.List(fields.Nested(SelfCheckUnitIn), validate=validate.Length(max=500)),
        load_default=dict,
    )


class SelfCheckSubmissionIn(BaseSchema):
    remark = Text(1000, load_default="", allow_none=True)


class SelfCheckPhotoForm(BaseSchema):
    """`position`: the answer's place in the page, none for the check as a whole. `id`: made by the page."""

    id = Identifier(required=True)
    position = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))


class SelfCheckPhotoFile(BaseSchema):
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class SelfCheckPhotoQuery(BaseSchema):
    """`key`: the answer's, none for the check as a whole."""

    key = fields.String(load_default="", validate=validate.Length(max=200))


class SelfCheckPhotoOut(BaseSchema):
    id = fields.UUID()
    key = fields.String(attribute="item_code")
    attachment_id = fields.UUID()


class SelfCheckQuery(PageArguments):
    state = Choice(("draft", "submitted"), load_default=None, allow_none=True)
    form_version_id = Identifier(load_default=None, allow_none=True)
    schedule_id = Identifier(load_default=None, allow_none=True)


class SelfCheckLineOut(BaseSchema):
    """A check in a list."""

    id = fields.UUID(attribute="check.id")
    school_id = fields.Integer(attribute="check.school_id")
    form_version_id = fields.UUID(attribute="check.form_version_id")
    form_title = fields.String()
    schedule_title = fields.String(allow_none=True)
    occurs_on = Day(attribute="check.occurs_on", allow_none=True)
    due_on = Day(attribute="check.due_on", allow_none=True)
    state = fields.String(attribute="check.state")
    created_at = fields.AwareDateTime(attribute="check.created_at")
    submitted_at = fields.AwareDateTime(attribute="check.submitted_at", allow_none=True)
    submitted_by_name = fields.String(attribute="check.submitted_by_name")
    score = fields.Decimal(attribute="check.score", as_string=True, allow_none=True)
    maximum = fields.Decimal(attribute="check.maximum", as_string=True, allow_none=True)
    band = fields.String(attribute="check.band", allow_none=True)
    verdict = fields.String(attribute="check.verdict", allow_none=True)
    found_nothing = fields.Boolean(attribute="check.found_nothing")


class SelfCheckPage(PageSchema):
    items = fields.List(fields.Nested(SelfCheckLineOut))


class SelfCheckOut(BaseSchema):
    """`answers`: {key: {answer, remark}} as they stand; `account`: what was decided, null before submission."""

    id = fields.UUID()
    school_id = fields.Integer()
    form_version_id = fields.UUID()
    plan_id = fields.UUID(allow_none=True)
    schedule_id = fields.UUID(allow_none=True)
    occurs_on = Day(allow_none=True)
    due_on = Day(allow_none=True)
    state = fields.String()
    created_at = fields.AwareDateTime()
    created_by_name = fields.String()
    parameters = fields.Dict()
    units = fields.Dict()
    answers = fields.Dict()
    photos = fields.List(fields.Nested(SelfCheckPhotoOut))
    remark = fields.String()
    submitted_at = fields.AwareDateTime(allow_none=True)
    submitted_by_name = fields.String()
    score = fields.Decimal(as_string=True, allow_none=True)
    maximum = fields.Decimal(as_string=True, allow_none=True)
    percent = fields.Decimal(as_string=True, allow_none=True)
    band = fields.String(allow_none=True)
    verdict = fields.String(allow_none=True)
    found_nothing = fields.Boolean()
    account = fields.Dict(allow_none=True)
    version = fields.Integer()


class SelfCheckScheduleIn(BaseSchema):
    """`weekdays`: 0 Monday … 6 Sunday. `role`: "" for anybody who fills checks. `grace_days`: null for the usual."""

    title = Text(60, required=True)
    form_version_id = Identifier(required=True)
    rhythm = Choice(RHYTHMS, required=True)
    weekdays = fields.List(Whole(0, 6), load_default=list, validate=validate.Length(max=7))
    month_day = Whole(1, 31, load_default=None, allow_none=True)
    workdays_only = Flag()
    role = fields.String(load_default="", validate=validate.Length(max=40))
    starts_on = Day(required=True)
    ends_on = Day(load_default=None, allow_none=True)
    grace_days = Whole(0, 60, load_default=None, allow_none=True)


class SelfCheckScheduleForm(SelfCheckScheduleIn):
    id = Identifier(required=True)


class SelfCheckScheduleEdit(BaseSchema):
    title = Text(60, required=True)
    role = fields.String(load_default="", validate=validate.Length(max=40))
    ends_on = Day(load_default=None, allow_none=True)


class SelfCheckScheduleEditForm(SelfCheckScheduleEdit):
    version = Whole(required=True)


class SelfCheckScheduleOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    title = fields.String()
    owner = fields.String()
    form_version_id = fields.UUID()
    plan_id = fields.UUID(allow_none=True)
    rhythm = fields.String()
    weekdays = fields.List(fields.Integer())
    month_day = fields.Integer(allow_none=True)
    workdays_only = fields.Boolean()
    role = fields.String()
    starts_on = Day()
    ends_on = Day(allow_none=True)
    grace_days = fields.Integer()
    version = fields.Integer()


class SelfCheckScheduleListOut(BaseSchema):
    items = fields.List(fields.Nested(SelfCheckScheduleOut))


class SelfCheckSpanQuery(BaseSchema):
    """Days, both included; by default this month. At most 400."""

    first = Day(load_default=None, allow_none=True)
    last = Day(load_default=None, allow_none=True)


class SelfCheckOccurrenceOut(BaseSchema):
    schedule_id = fields.UUID(attribute="schedule.id")
    title = fields.String(attribute="schedule.title")
    role = fields.String(attribute="schedule.role")
    occurs_on = Day(attribute="occurrence.occurs_on")
    due_on = Day(attribute="occurrence.due_on")
    standing = fields.String()
    check_id = fields.UUID(allow_none=True)
    is_begun = fields.Boolean()
    found_nothing = fields.Boolean()


class SelfCheckOccurrenceListOut(BaseSchema):
    items = fields.List(fields.Nested(SelfCheckOccurrenceOut))


class SelfCheckPairOut(BaseSchema):
    key = fields.String()
    no = fields.String()
    text = fields.String()
    section = fields.String()
    own = fields.Function(lambda pair: _awarded(pair.own), metadata={"type": "string"})
    official = fields.Function(lambda pair: _awarded(pair.official), metadata={"type": "string"})
    difference = fields.Decimal(as_string=True, allow_none=True)
    differs = fields.Boolean()


class SelfCheckComparisonOut(BaseSchema):
    check_id = fields.UUID(attribute="check.id")
    inspection_id = fields.UUID(attribute="result.id")
    own_score = fields.Decimal(attribute="check.score", as_string=True, allow_none=True)
    official_score = fields.Decimal(attribute="result.score", as_string=True, allow_none=True)
    difference = fields.Decimal(as_string=True, allow_none=True)
    items = fields.List(fields.Nested(SelfCheckPairOut), attribute="pairs")


def _awarded(line: Any) -> str | None:
    return None if line is None else line.get("awarded") or line["reason"]
