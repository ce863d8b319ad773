"""Shapes of scores, facts, objections and comparisons, in and out."""

from marshmallow import fields

from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Text, Whole
from school.supplier_scores.rules import CRITERIA, OBJECTION_STATES


class FactQuery(PageArguments):
    """`month`: any day of it. `all`: what speaks for the supplier as well."""

    criterion = Choice(CRITERIA, load_default=None, allow_none=True)
    school = Whole(1, load_default=None, allow_none=True)
    month = Day(load_default=None, allow_none=True)
    all = Flag()


class ObjectionQuery(PageArguments):
    state = Choice(OBJECTION_STATES, load_default=None, allow_none=True)


class ScorePublicationIn(BaseSchema):
    id = Identifier(required=True)
    last_day = Day(required=True)


class FactObjectionIn(BaseSchema):
    reason = Text(1000, required=True)


class FactObjectionForm(FactObjectionIn):
    id = Identifier(required=True)


class ObjectionVersionForm(BaseSchema):
    version = Whole(required=True)


class ObjectionDecisionIn(BaseSchema):
    event = Choice(("uphold", "reject"), required=True)
    decision = Text(1000, required=True)


class ObjectionDecisionForm(ObjectionDecisionIn):
    version = Whole(required=True)


# --- out --------------------------------------------------------------------------------------------------------------


class ScorePartOut(BaseSchema):
    """`rate`: own share in percent, None below the least number of facts. `points` of `most`, as counted."""

    criterion = fields.String()
    kept = fields.Integer()
    total = fields.Integer()
    rate = fields.String(allow_none=True)
    mean = fields.String(allow_none=True)
    points = fields.String()
    most = fields.String()


class PublishedScoreOut(BaseSchema):
    publication_id = fields.UUID()
    first_day = fields.Date()
    last_day = fields.Date()
    answer_until = fields.Date()
    revision = fields.Integer()
    state = fields.String()
    score = fields.String(allow_none=True)
    points = fields.String(allow_none=True, metadata={"description": "exact, n/d"})
    facts_digest = fields.String()
    parts = fields.List(fields.Nested(ScorePartOut))


class SupplierStandingOut(BaseSchema):
    """`provisional`: of the facts as last gathered, not published. None: not enough data."""

    supplier_id = fields.UUID()
    name = fields.String()
    state = fields.String()
    provisional = fields.String(allow_none=True)
    parts = fields.List(fields.Nested(ScorePartOut))
    published = fields.Nested(PublishedScoreOut, allow_none=True)


class SupplierStandingsOut(BaseSchema):
    gathered_at = fields.AwareDateTime(allow_none=True)
    items = fields.List(fields.Nested(SupplierStandingOut))


class SchoolSupplierOut(BaseSchema):
    """`parts`: what this school itself saw."""

    supplier_id = fields.UUID()
    name = fields.String()
    counts = fields.Dict(keys=fields.String(), values=fields.List(fields.Integer()))
    published = fields.Nested(PublishedScoreOut, allow_none=True)


class SchoolSuppliersOut(BaseSchema):
    items = fields.List(fields.Nested(SchoolSupplierOut))


class SupplierFactOut(BaseSchema):
    id = fields.UUID()
    criterion = fields.String()
    kind = fields.String()
    source_id = fields.UUID()
    order_id = fields.UUID(allow_none=True)
    label = fields.String()
    school_id = fields.Integer(allow_none=True)
    school_name = fields.String()
    day = fields.Date()
    is_kept = fields.Boolean()
    code = fields.String()
    detail = fields.Dict()
    is_struck = fields.Function(lambda fact: fact.struck_run is not None, metadata={"type": "boolean"})


class SupplierFactPage(BaseSchema):
    items = fields.List(fields.Nested(SupplierFactOut))
    next_cursor = fields.String(allow_none=True)


class FactObjectionOut(BaseSchema):
    id = fields.UUID()
    supplier_id = fields.UUID()
    fact_id = fields.UUID()
    reason = fields.String()
    attachment_id = fields.UUID(allow_none=True)
    state = fields.String()
    decision = fields.String()
    decided_at = fields.AwareDateTime(allow_none=True)
    decided_by_name = fields.String()
    created_at = fields.AwareDateTime()
    version = fields.Integer()


class FactObjectionPage(BaseSchema):
    items = fields.List(fields.Nested(FactObjectionOut))
    next_cursor = fields.String(allow_none=True)


class ScorePublicationOut(BaseSchema):
    id = fields.UUID()
    first_day = fields.Date()
    last_day = fields.Date()
    answer_until = fields.Date()
    figures = fields.Dict()
    totals = fields.Dict()
    published_by_name = fields.String()
    created_at = fields.AwareDateTime()


class RecomputedOut(BaseSchema):
    recomputes = fields.Boolean()
    facts_digest = fields.String()


class GroupDifferenceOut(BaseSchema):
    """Of two groups of schools, [kept, total] each; points: percentage points, below zero where the group is served worse."""

    group = fields.String()
    criterion = fields.String()
    state = fields.String()
    counts = fields.List(fields.Integer())
    others = fields.List(fields.Integer())
    points = fields.Float(allow_none=True)
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)


class SupplierFairnessOut(BaseSchema):
    supplier_id = fields.UUID()
    name = fields.String()
    differences = fields.List(fields.Nested(GroupDifferenceOut))


class DeliveryFairnessOut(BaseSchema):
    items = fields.List(fields.Nested(SupplierFairnessOut))
