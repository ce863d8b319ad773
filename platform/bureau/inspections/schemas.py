"""What goes in and out."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate, validates_schema

from bureau.inspections.labels import STATES
from bureau.schools.labels import STAGE
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, Text, Whole
from scorecards.form import decimal_text

MAX_SCHOOLS = 2000


class Points(fields.String):
    """A number as text, the same before and after it was stored: "80", "86.5"."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else decimal_text(value)


class PlanIn(BaseSchema):
    id = Identifier(required=True)
    title = Text(100, required=True)
    form_version_id = Identifier(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    note = Text(1000, load_default="")
    releases_on_submit = Flag()


class PlanOut(BaseSchema):
    id = fields.UUID()
    title = fields.String()
    kind = fields.String()
    form_version_id = fields.UUID()
    starts_on = fields.Date()
    ends_on = fields.Date()
    note = fields.String()
    releases_on_submit = fields.Boolean()
    state = fields.String()
    version = fields.Integer()


class PlanListOut(PageSchema):
    items = fields.List(fields.Nested(PlanOut))


class AssignmentIn(BaseSchema):
    """`inspector_ids`: the first leads."""

    school_ids = fields.List(Whole(1), required=True, validate=validate.Length(1, MAX_SCHOOLS))
    inspector_ids = fields.List(Identifier(), required=True, validate=validate.Length(1, 20))
    scheduled_on = Day(required=True)


class VisitOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    plan_id = fields.UUID()
    form_version_id = fields.UUID()
    kind = fields.String()
    scheduled_on = fields.Date()
    state = fields.String()
    started_at = fields.AwareDateTime(allow_none=True)
    submitted_at = fields.AwareDateTime(allow_none=True)
    released_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class VisitListOut(PageSchema):
    items = fields.List(fields.Nested(VisitOut))


class VisitWithFormOut(VisitOut):
    """`form`: the form version's document; `answers`, `remarks`: what is stored, by item code."""

    form = fields.Dict(keys=fields.String())
    answers = fields.Dict(keys=fields.String())
    remarks = fields.Dict(keys=fields.String(), values=fields.String())


class AnswersIn(BaseSchema):
    """Answers by item code, in the form of scorecards.answers; null clears one."""

    answers = fields.Dict(keys=fields.String(validate=validate.Length(1, 60)), values=fields.Raw(allow_none=True))
    remarks = fields.Dict(keys=fields.String(validate=validate.Length(1, 60)), values=Text(1000, load_default=""))

    @validates_schema
    def _not_too_many(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if len(data.get("answers", {})) > 1000 or len(data.get("remarks", {})) > 1000:
            raise ValidationError(_("一次提交的项目过多。"))


class SubmissionIn(AnswersIn):
    met_by = Text(50, load_default="", allow_none=True)
    remark = Text(2000, load_default="", allow_none=True)


class ResultOut(BaseSchema):
    """`account`: score, band, sections with every item's line, vetoes."""

    id = fields.UUID()
    plan_id = fields.UUID()
    form_version_id = fields.UUID()
    kind = fields.String()
    score = Points(allow_none=True)
    maximum = Points(allow_none=True)
    percent = Points(allow_none=True)
    band = fields.String(allow_none=True)
    verdict = fields.String(allow_none=True)
    submitted_at = fields.AwareDateTime()
    released_at = fields.AwareDateTime(allow_none=True)
    account = fields.Dict(keys=fields.String())


class OwnResultRow(BaseSchema):
    id = fields.UUID()
    kind = fields.String()
    plan_title = fields.String()
    score = Points(allow_none=True)
    maximum = Points(allow_none=True)
    band = fields.String(allow_none=True)
    verdict = fields.String(allow_none=True)
    submitted_at = fields.AwareDateTime()


class OwnResultsOut(PageSchema):
    items = fields.List(fields.Nested(OwnResultRow))


class PlaceOut(BaseSchema):
    school_id = fields.Integer()
    school_name = fields.String()
    inspection_id = fields.UUID()
    stage = fields.String()
    is_boarding = fields.Boolean()
    score = Points(allow_none=True)
    percent = Points(allow_none=True)
    band = fields.String(allow_none=True)
    verdict = fields.String(allow_none=True)
    rank = fields.Integer()
    of = fields.Integer()


class RankingOut(BaseSchema):
    items = fields.List(fields.Nested(PlaceOut))


class RankingQuery(BaseSchema):
    stage = fields.String(load_default=None, validate=validate.Length(max=20))
    is_boarding = fields.Boolean(load_default=None, allow_none=True)


class LostItemOut(BaseSchema):
    code = fields.String()
    no = fields.String()
    text = fields.String()
    times = fields.Integer()
    visits = fields.Integer()
    lost = Points()
    share = Points(allow_none=True)


class LostItemsOut(BaseSchema):
    items = fields.List(fields.Nested(LostItemOut))


class ReasonOnly(BaseSchema):
    reason = Text(500, required=True)


class ReasonIn(ReasonOnly):
    version = Whole(1, required=True)


class VersionIn(BaseSchema):
    version = Whole(1, required=True)


class SchoolFilter(BaseSchema):
    """Which schools the assignment page offers."""

    stage = Choice(STAGE, load_default=None, allow_none=True)
    is_boarding = Choice(("1", "0"), load_default=None, allow_none=True)
    zone_id = Whole(1, load_default=None, allow_none=True)


class AssignmentForm(SchoolFilter):
    """`all_filtered`: every school that the filter shows, ticked or not."""

    school_ids = fields.List(Whole(1), load_default=list, validate=validate.Length(max=MAX_SCHOOLS))
    all_filtered = Flag()
    lead_id = Identifier(required=True)
    member_ids = fields.List(Identifier(), load_default=list, validate=validate.Length(max=19))
    scheduled_on = Day(required=True)


class SubmissionForm(BaseSchema):
    met_by = Text(50, load_default="", allow_none=True)
    remark = Text(2000, load_default="", allow_none=True)


class RankingFilter(BaseSchema):
    """One peer group; the page shows the largest when none is chosen."""

    stage = Choice(STAGE, load_default=None, allow_none=True)
    is_boarding = Choice(("1", "0"), load_default=None, allow_none=True)


class VisitFilter(BaseSchema):
    state = Choice(STATES, load_default=None, allow_none=True)


class PhotoForm(BaseSchema):
    """`position`: the item's place in the form, none for the visit as a whole. `id`: made by the page."""

    id = Identifier(required=True)
    position = Whole(0, 10_000, load_default=None, allow_none=True)


class InspectionPhotoQuery(BaseSchema):
    """`item_code`: none for the visit as a whole."""

    item_code = Text(60, load_default=None, allow_none=True)
    taken_at = fields.AwareDateTime(load_default=None, allow_none=True)


class InspectionPhotoFile(BaseSchema):
    photo = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class InspectionPhotoOut(BaseSchema):
    id = fields.UUID()
    item_code = fields.String()
    attachment_id = fields.UUID()
    taken_at = fields.AwareDateTime(allow_none=True)
    added_at = fields.AwareDateTime()
