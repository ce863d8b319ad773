"""What goes in and out: a plan's schools, draws, interests, the calendar."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from bureau.draws.labels import INTERESTS, ORDERS, TIERS
from bureau.schools.labels import CANTEEN_MODE, STAGE
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, Text, Whole

MAX_SCHOOLS = 2000


class CampaignFilter(BaseSchema):
    """Which schools are proposed."""

    stage = Choice(STAGE, load_default=None, allow_none=True)
    is_boarding = Choice(("1", "0"), load_default=None, allow_none=True)
    zone_id = Whole(1, load_default=None, allow_none=True)
    canteen_mode = Choice(CANTEEN_MODE, load_default=None, allow_none=True)
    tier = Choice(TIERS, load_default=None, allow_none=True)


class CampaignForm(CampaignFilter):
    """`all_filtered`: every school that the filter shows, ticked or not."""

    school_ids = fields.List(Whole(1), load_default=list, validate=validate.Length(max=MAX_SCHOOLS))
    all_filtered = Flag()


class SchoolIdsIn(BaseSchema):
    school_ids = fields.List(Whole(1), required=True, validate=validate.Length(1, MAX_SCHOOLS))


class PlanSchoolOut(BaseSchema):
    """`risk`: points 0..100 with what they are made of."""

    school_id = fields.Integer()
    name = fields.String()
    tier = fields.String()
    risk = fields.Integer()
    risk_parts = fields.Dict(keys=fields.String(), values=fields.Integer())


class PlanSchoolsOut(PageSchema):
    items = fields.List(fields.Nested(PlanSchoolOut))


class Amount(Text):
    """How many schools of a stratum: a number, or a share such as "50%"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(6, load_default="0", **kwargs)
        self.validators.append(
            validate.Regexp(
                r"^([0-9]{1,5}|[0-9]{1,3}%)?\Z", error=_l("请填写数量（如 5）或比例（如 %(share)s）。", share="50%")
            )
        )


class PlanDrawIn(BaseSchema):
    """`public_value`: which number of a public draw is mixed in later, e.g. a lottery's on a named day; "": none."""

    high = Amount()
    medium = Amount()
    low = Amount()
    inspector_ids = fields.List(Identifier(), required=True, validate=validate.Length(1, 500))
    first_day = Day(required=True)
    last_day = Day(required=True)
    team_size = Whole(1, 10, load_default=2)
    visits_a_day = Whole(1, 20, load_default=3)
    order = Choice(ORDERS, load_default="random")
    weighted = Flag()
    mix = Flag()
    public_value = Text(200, load_default="", allow_none=True)


class DrawForm(PlanDrawIn):
    id = Identifier(required=True)
    inspector_ids = fields.List(Identifier(), load_default=list, validate=validate.Length(max=500))


class RevealIn(BaseSchema):
    public_value = Text(200, load_default="", allow_none=True)


class RevealForm(RevealIn):
    version = Whole(1, required=True)


class DrawReason(BaseSchema):
    reason = Text(500, required=True)


class DrawReasonForm(DrawReason):
    version = Whole(1, required=True)


class SeenForm(BaseSchema):
    version = Whole(1, required=True)


class PlanDrawOut(BaseSchema):
    id = fields.UUID()
    plan_id = fields.UUID()
    title = fields.String()
    state = fields.String()
    commitment = fields.String()
    wants_public_value = fields.String()
    public_value = fields.String()
    result_digest = fields.String(allow_none=True)
    drawn_at = fields.AwareDateTime(allow_none=True)
    published_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()
    version = fields.Integer()


class PlanDrawListOut(PageSchema):
    items = fields.List(fields.Nested(PlanDrawOut))


class DrawDocumentOut(BaseSchema):
    """As docs/draw-format.md has it; seed and result are null before the draw."""

    format = fields.String()
    id = fields.String()
    title = fields.String()
    state = fields.String()
    committed_at = fields.String()
    drawn_at = fields.String(allow_none=True)
    commitment = fields.String()
    public_value = fields.String()
    seed = fields.String(allow_none=True)
    rules = fields.Dict(keys=fields.String())
    pools = fields.Dict(keys=fields.String())
    result = fields.Dict(keys=fields.String(), allow_none=True)
    result_digest = fields.String(allow_none=True)


class InterestIn(BaseSchema):
    person_id = Identifier(required=True)
    school_id = Whole(1, required=True)
    kind = Choice(INTERESTS, required=True)
    reason = Text(500, load_default="", allow_none=True)
    valid_from = Day(required=True)
    valid_until = Day(load_default=None, allow_none=True)


class InterestForm(InterestIn):
    """`person_id`: chosen by whoever manages interests; else the inspector's own."""

    id = Identifier(required=True)
    person_id = Identifier(load_default=None, allow_none=True)


class InterestOut(BaseSchema):
    id = fields.UUID()
    person_id = fields.UUID()
    school_id = fields.Integer()
    kind = fields.String()
    reason = fields.String()
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class InterestListOut(PageSchema):
    items = fields.List(fields.Nested(InterestOut))


class CalendarQuery(BaseSchema):
    """A month, by any of its days; `person_id`: an officer looks at somebody else's."""

    day = Day(load_default=None, allow_none=True)
    person_id = Identifier(load_default=None, allow_none=True)


class CalendarRow(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    school_name = fields.String()
    plan_title = fields.String()
    scheduled_on = fields.Date()
    day_order = fields.Integer(allow_none=True)
    state = fields.String()


class CalendarOut(PageSchema):
    items = fields.List(fields.Nested(CalendarRow))


class SectionShares(BaseSchema):
    """Person id → section codes; null: everybody answers everything."""

    sections = fields.Dict(
        keys=fields.UUID(), values=fields.List(fields.String(validate=validate.Length(1, 60))), allow_none=True,
        load_default=None,
    )  # fmt: skip


class ArrangeForm(BaseSchema):
    order = Choice(ORDERS, required=True)
