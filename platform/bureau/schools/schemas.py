"""The registry in and out: one validation for pages and API. Rules across fields are rules.py's."""

from typing import Any

from marshmallow import fields

from bureau.schools import rules, states
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Quantity, Text, Whole

_CODE = {"description": "Letters, digits and hyphens, at most 20; unique within the bureau."}


class VersionSchema(BaseSchema):
    """The version of the record that the page was filled from; the API sends it as If-Match."""

    version = Whole(1, load_default=None, allow_none=True, load_only=True)


class BureauIn(BaseSchema):
    name = Text(100, required=True)


class BureauForm(BureauIn, VersionSchema):
    pass


class BureauOut(BaseSchema):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    version = fields.Integer()


class ZoneIn(BaseSchema):
    code = Text(20, required=True, metadata=dict(_CODE))
    name = Text(50, required=True)


class ZoneForm(ZoneIn, VersionSchema):
    pass


class ZoneOut(BaseSchema):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    version = fields.Integer()


class ZoneCountsOut(ZoneOut):
    schools = fields.Integer()
    boarding_schools = fields.Integer()
    pupils = fields.Integer()
    boarders = fields.Integer()


class ZoneList(BaseSchema):
    items = fields.List(fields.Nested(ZoneCountsOut))


def _count(description: str) -> Whole:
    return Whole(0, rules.MOST_PEOPLE, load_default=0, metadata={"description": description})


class SchoolNumbersIn(BaseSchema):
    """What a school keeps itself: counts of people and how to reach it."""

    enrolment_under_6 = _count("Pupils younger than 6")
    enrolment_6_8 = _count("Pupils aged 6 to 8")
    enrolment_9_11 = _count("Pupils aged 9 to 11")
    enrolment_12_14 = _count("Pupils aged 12 to 14")
    enrolment_15_17 = _count("Pupils aged 15 and more")
    classes = _count("Classes")
    staff_count = _count("Staff")
    boarders_male = _count("Male boarders; 0 unless is_boarding")
    boarders_female = _count("Female boarders; 0 unless is_boarding")
    diners = _count("People who eat at the school on a usual day")
    address = Text(200, load_default="")
    latitude = Quantity(6, "-90", "90", load_default=None, allow_none=True)
    longitude = Quantity(6, "-180", "180", load_default=None, allow_none=True)
    contact_name = Text(50, load_default="")
    contact_phone = Text(20, load_default="")


class SchoolNumbersForm(SchoolNumbersIn, VersionSchema):
    pass


class SchoolIn(SchoolNumbersIn):
    """The whole profile."""

    code = Text(20, required=True, metadata=dict(_CODE))
    name = Text(100, required=True)
    stage = Choice(rules.STAGES, required=True)
    zone_id = Whole(1, load_default=None, allow_none=True)
    setting = Choice(rules.SETTINGS, required=True)
    is_boarding = Flag()
    canteen_mode = Choice(rules.CANTEEN_MODES, required=True)


class SchoolForm(SchoolIn, VersionSchema):
    pass


class WarningOut(BaseSchema):
    """Saved all the same; worth a second look."""

    field = fields.String()
    code = fields.String()
    message = fields.String()


class SchoolOut(SchoolIn):
    id = fields.Integer()
    enrolment = fields.Integer()
    state = fields.String(metadata={"enum": list(rules.STATES)})
    state_reason = fields.String()
    merged_into_id = fields.Integer(allow_none=True)
    version = fields.Integer()


class SchoolShown(SchoolOut):
    warnings = fields.List(fields.Nested(WarningOut))


class SchoolQuery(PageArguments):
    zone_id = Whole(1, load_default=None, allow_none=True)
    stage = Choice(rules.STAGES, load_default=None, allow_none=True)
    is_boarding = Flag(load_default=None, allow_none=True)
    canteen_mode = Choice(rules.CANTEEN_MODES, load_default=None, allow_none=True)
    state = Choice(rules.STATES, load_default=None, allow_none=True)
    text = Text(
        100, load_default=None, allow_none=True, metadata={"description": "Part of the name, or of a code's start"}
    )

    def filters(self, query: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in query.items() if name not in ("cursor", "limit")}


class SchoolList(PageSchema):
    items = fields.List(fields.Nested(SchoolOut))


class ReasonIn(BaseSchema):
    reason = Text(200, required=True)


class ReasonForm(ReasonIn, VersionSchema):
    pass


class MergeIn(ReasonIn):
    target_id = Whole(1, required=True)
    staff = Choice(states.STAFF_CHOICES, required=True)


class MergeForm(MergeIn, VersionSchema):
    pass


class StateChangeOut(BaseSchema):
    id = fields.UUID()
    event = fields.String(metadata={"enum": list(states.EVENTS)})
    from_state = fields.String()
    to_state = fields.String()
    target_school_id = fields.Integer(allow_none=True)
    reason = fields.String()
    at = fields.DateTime()
    by = fields.UUID()


class StateChangeList(BaseSchema):
    items = fields.List(fields.Nested(StateChangeOut))


class TermIn(BaseSchema):
    name = Text(50, required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)


class TermForm(TermIn, VersionSchema):
    id = Identifier(load_default=None, allow_none=True)


class TermOut(BaseSchema):
    id = fields.UUID()
    name = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    version = fields.Integer()


class TermList(BaseSchema):
    items = fields.List(fields.Nested(TermOut))
