"""What goes in and out of the evaluation. Shared by pages and API."""

from marshmallow import fields, validate

from bureau.evaluation import labels
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Identifier, Quantity, Text, Whole

MOST = 500


class JudgeFinding(BaseSchema):
    """One criterion of one bid: passed, or why not. `article` only of a qualification."""

    criterion_id = Identifier(required=True)
    passed = fields.Boolean(required=True)
    reason = Text(500, load_default="", allow_none=True)
    article = Text(200, load_default="", allow_none=True)


class QualificationIn(BaseSchema):
    findings = fields.List(fields.Nested(JudgeFinding), required=True, validate=validate.Length(1, MOST))


class ConformityIn(QualificationIn):
    pass


class CommitteeIn(BaseSchema):
    size = Whole(1, 99, required=True)
    representative_ids = fields.List(Identifier(), load_default=list, validate=validate.Length(max=9))
    public_value = Text(200, load_default="", allow_none=True)


class CommitteeForm(CommitteeIn):
    id = Identifier(required=True)


class CommitteeDrawIn(BaseSchema):
    public_value = Text(200, load_default="", allow_none=True)


class CommitteeDrawForm(CommitteeDrawIn):
    version = Whole(1, required=True)


class CommitteeReason(BaseSchema):
    reason = Text(500, required=True)


class CommitteeReasonForm(CommitteeReason):
    version = Whole(1, required=True)


class SeenVersionForm(BaseSchema):
    version = Whole(1, required=True)


class SeatIn(BaseSchema):
    person_id = Identifier(required=True)


class HeadIn(BaseSchema):
    number = Whole(1, 99, required=True)


class ScoreIn(BaseSchema):
    """`points` null takes it back."""

    bid_id = Identifier(required=True)
    criterion_id = Identifier(required=True)
    points = Quantity(2, "0", "100", load_default=None, allow_none=True)
    note = Text(500, load_default="", allow_none=True)


class ScoresIn(BaseSchema):
    scores = fields.List(fields.Nested(ScoreIn), required=True, validate=validate.Length(1, 2000))


class RescoringIn(BaseSchema):
    score_id = Identifier(required=True)
    before = Quantity(4, "0", "100", required=True)
    points = Quantity(2, "0", "100", required=True)
    reason_code = Choice(labels.RESCORING_REASONS, required=True)
    explanation = Text(1000, required=True)


class RescoringForm(RescoringIn):
    id = Identifier(required=True)


class AbnormalVoteIn(BaseSchema):
    accepts = fields.Boolean(required=True)
    reason = Text(500, required=True)


class SignatureIn(BaseSchema):
    sha256 = Text(64, required=True)
    opinion = Choice(("agrees", "dissents"), required=True)
    reason = Text(2000, load_default="", allow_none=True)


class CorrectionAnswerIn(BaseSchema):
    accepts = fields.Boolean(required=True)
    answer = Text(1000, load_default="", allow_none=True)


class CorrectionAnswerForm(CorrectionAnswerIn):
    version = Whole(1, required=True)


class ExplanationIn(BaseSchema):
    explanation = Text(4000, required=True)


class ExplanationForm(ExplanationIn):
    version = Whole(1, required=True)


class ExpertIn(BaseSchema):
    employer = Text(200, load_default="", allow_none=True)
    title = Text(100, load_default="", allow_none=True)
    category_ids = fields.List(Identifier(), load_default=list, validate=validate.Length(max=200))
    state = Choice(labels.EXPERT_STATES, load_default="active")
    state_reason = Text(500, load_default="", allow_none=True)


class ExpertForm(ExpertIn):
    version = Whole(1, load_default=None, allow_none=True)


class ExpertInterestIn(BaseSchema):
    expert_id = Identifier(required=True)
    supplier_id = Identifier(required=True)
    kind = Choice(labels.INTERESTS, required=True)
    reason = Text(500, load_default="", allow_none=True)
    valid_from = Day(required=True)
    valid_until = Day(load_default=None, allow_none=True)


class ExpertInterestForm(ExpertInterestIn):
    id = Identifier(required=True)
    expert_id = Identifier(load_default=None, allow_none=True)


class ExpertOut(BaseSchema):
    id = fields.UUID()
    employer = fields.String()
    title = fields.String()
    state = fields.String()
    state_reason = fields.String()
    version = fields.Integer()


class ExpertRowOut(BaseSchema):
    expert = fields.Nested(ExpertOut)
    name = fields.String()
    categories = fields.List(fields.UUID())


class ExpertListOut(PageSchema):
    items = fields.List(fields.Nested(ExpertRowOut))


class ExpertInterestOut(BaseSchema):
    id = fields.UUID()
    expert_id = fields.UUID()
    supplier_id = fields.UUID()
    kind = fields.String()
    reason = fields.String()
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    version = fields.Integer()


class CommitteeOut(BaseSchema):
    id = fields.UUID()
    tender_id = fields.UUID()
    state = fields.String()
    size = fields.Integer()
    purchaser_seats = fields.Integer()
    commitment = fields.String()
    wants_public_value = fields.String()
    public_value = fields.String()
    result_digest = fields.String(allow_none=True)
    drawn_at = fields.AwareDateTime(allow_none=True)
    locked_at = fields.AwareDateTime(allow_none=True)
    signed_at = fields.AwareDateTime(allow_none=True)
    is_disclosed = fields.Boolean()
    version = fields.Integer()


class SeatStateOut(BaseSchema):
    """No name before the result."""

    number = fields.Integer()
    seat = fields.String()
    state = fields.String()
    is_head = fields.Boolean()
    locked = fields.Integer()
    name = fields.String()


class LotEvaluationOut(BaseSchema):
    lot_id = fields.UUID()
    state = fields.String()
    reason = fields.String()
    computed_at = fields.AwareDateTime(allow_none=True)


class BidResultOut(BaseSchema):
    """`total` and `price_points` are exact fractions, "n/d"."""

    lot_id = fields.UUID()
    bid_id = fields.UUID()
    supplier_id = fields.UUID()
    is_valid = fields.Boolean()
    place = fields.Integer(allow_none=True)
    total = fields.String(allow_none=True)
    total_shown = fields.Decimal(allow_none=True, as_string=True)
    price_points = fields.String(allow_none=True)
    bid_price_fen = fields.Integer(allow_none=True)
    evaluated_price_fen = fields.Integer(allow_none=True)
    discount = fields.Decimal(allow_none=True, as_string=True)
    reason_code = fields.String()
    reason = fields.String()
    article = fields.String()
    account = fields.Dict(keys=fields.String())


class EvaluationOut(BaseSchema):
    """`results` are empty until all members have locked."""

    tender_id = fields.UUID()
    state = fields.String()
    committee = fields.Nested(CommitteeOut, allow_none=True)
    seats = fields.List(fields.Nested(SeatStateOut))
    lots = fields.List(fields.Nested(LotEvaluationOut))
    results = fields.List(fields.Nested(BidResultOut))


class OwnSeatOut(BaseSchema):
    id = fields.UUID()
    tender_id = fields.UUID()
    seat = fields.String()
    number = fields.Integer()
    state = fields.String()
    is_head = fields.Boolean()
    version = fields.Integer()


class OwnSeatListOut(PageSchema):
    items = fields.List(fields.Nested(OwnSeatOut))


class OwnScoreOut(BaseSchema):
    id = fields.UUID()
    bid_id = fields.UUID()
    criterion_id = fields.UUID()
    points = fields.Decimal(as_string=True)
    level = fields.String()
    note = fields.String()


class ScoreSheetOut(BaseSchema):
    id = fields.UUID()
    lot_id = fields.UUID()
    state = fields.String()
    locked_at = fields.AwareDateTime(allow_none=True)
    content_sha256 = fields.String(allow_none=True)
    version = fields.Integer()
    scores = fields.List(fields.Nested(OwnScoreOut))


class RescoringOut(BaseSchema):
    id = fields.UUID()
    score_id = fields.UUID()
    points_before = fields.Decimal(as_string=True)
    points_after = fields.Decimal(as_string=True)
    reason_code = fields.String()
    explanation = fields.String()


class EvaluationReportOut(BaseSchema):
    """`report` as it is signed; `sha256` over its canonical JSON (docs/draw-format.md)."""

    report = fields.Dict(keys=fields.String())
    sha256 = fields.String()
    signatures = fields.List(fields.Dict(keys=fields.String()))


class CommitteeDocumentOut(BaseSchema):
    """Before the result the commitment alone; afterwards what `houqin committee verify` reads."""

    format = fields.String()
    id = fields.String()
    tender = fields.String()
    committed_at = fields.String()
    drawn_at = fields.String(allow_none=True)
    commitment = fields.String()
    wants_public_value = fields.String()
    public_value = fields.String()
    result_digest = fields.String(allow_none=True)
    seed = fields.String(allow_none=True)
    rules = fields.Dict(keys=fields.String(), allow_none=True)
    pools = fields.Dict(keys=fields.String(), allow_none=True)
    result = fields.Dict(keys=fields.String(), allow_none=True)
    replacements = fields.List(fields.Dict(keys=fields.String()))


class PriceCorrectionOut(BaseSchema):
    id = fields.UUID()
    bid_id = fields.UUID()
    lot_id = fields.UUID()
    read_fen = fields.Integer()
    corrected_fen = fields.Integer()
    steps = fields.List(fields.Dict(keys=fields.String()))
    state = fields.String()
    deadline = fields.AwareDateTime()
    answer = fields.String()
    version = fields.Integer()


class PriceCorrectionListOut(PageSchema):
    items = fields.List(fields.Nested(PriceCorrectionOut))


class AbnormalReviewOut(BaseSchema):
    id = fields.UUID()
    bid_id = fields.UUID()
    lot_id = fields.UUID()
    reasons = fields.List(fields.Dict(keys=fields.String()))
    state = fields.String()
    deadline = fields.AwareDateTime()
    explanation = fields.String()
    decision_reason = fields.String()
    version = fields.Integer()


class AbnormalReviewListOut(PageSchema):
    items = fields.List(fields.Nested(AbnormalReviewOut))
