"""What goes in and out."""

from typing import Any

from marshmallow import fields, post_load

from bureau.challenges.labels import KINDS, OUTCOMES, STATES
from bureau.challenges.rules import STAGES
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Text, Whole


class ChallengeIn(BaseSchema):
    """`known_on`: only of the process; the records know the other days."""

    tender_id = Identifier(required=True)
    lot_id = Identifier(load_default=None, allow_none=True)
    kind = Choice(tuple(KINDS), load_default="challenge")
    stage = Choice(STAGES, required=True)
    facts = Text(8000, required=True)
    request = Text(4000, load_default="", allow_none=True)
    legal_basis = Text(4000, load_default="", allow_none=True)
    known_on = Day(load_default=None, allow_none=True)

    @post_load
    def no_nones(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {**data, "request": data["request"] or "", "legal_basis": data["legal_basis"] or ""}


class ChallengeForm(ChallengeIn):
    id = Identifier(required=True)


class ChallengeCorrectionIn(BaseSchema):
    facts = Text(8000, required=True)
    request = Text(4000, required=True)
    legal_basis = Text(4000, load_default="", allow_none=True)


class CorrectionForm(ChallengeCorrectionIn):
    version = Whole(1, required=True)


class ChallengeReasonIn(BaseSchema):
    reason = Text(2000, load_default="", allow_none=True)


class ChallengeReasonForm(ChallengeReasonIn):
    version = Whole(1, required=True)


class ChallengeAcceptanceIn(BaseSchema):
    may_affect_result = Flag(load_default=False)


class AcceptanceForm(ChallengeAcceptanceIn):
    version = Whole(1, required=True)


class ChallengeAnswerIn(BaseSchema):
    answer = Text(8000, required=True)
    is_founded = Flag(load_default=False)
    remedy = Text(4000, load_default="", allow_none=True)


class AnswerForm(ChallengeAnswerIn):
    version = Whole(1, required=True)


class ChallengeFileIn(BaseSchema):
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class ChallengeFileForm(BaseSchema):
    id = Identifier(required=True)


class ComplaintIn(BaseSchema):
    authority = Text(200, required=True)
    filed_on = Day(required=True)


class ComplaintForm(ComplaintIn):
    id = Identifier(required=True)


class ComplaintStepIn(BaseSchema):
    """One step; each takes its own fields: accept (accepted_on, copy_on, suspended_until), reply (replied_on), refuse,
    withdraw, decide (decided_on, outcome, decision)."""

    step = Choice(("accept", "reply", "refuse", "withdraw", "decide"), required=True)
    accepted_on = Day(load_default=None, allow_none=True)
    copy_on = Day(load_default=None, allow_none=True)
    suspended_until = Day(load_default=None, allow_none=True)
    replied_on = Day(load_default=None, allow_none=True)
    decided_on = Day(load_default=None, allow_none=True)
    outcome = Choice(tuple(OUTCOMES), load_default=None, allow_none=True)
    decision = Text(8000, load_default="", allow_none=True)


class ComplaintStepForm(ComplaintStepIn):
    version = Whole(1, required=True)


class ChallengeQuery(PageArguments):
    state = Choice(tuple(STATES), load_default=None, allow_none=True)
    tender_id = Identifier(load_default=None, allow_none=True)


class ChallengeOut(BaseSchema):
    id = fields.UUID()
    number = fields.String()
    tender_id = fields.UUID()
    lot_id = fields.UUID(allow_none=True)
    supplier_id = fields.UUID()
    kind = fields.String()
    stage = fields.String()
    facts = fields.String()
    request = fields.String()
    legal_basis = fields.String()
    known_on = fields.Date()
    filed_at = fields.AwareDateTime()
    state = fields.String()
    state_reason = fields.String()
    may_affect_result = fields.Boolean()
    answer_by = fields.Date()
    correct_by = fields.Date(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    answer = fields.String()
    is_founded = fields.Boolean(allow_none=True)
    remedy = fields.String()
    complaint_until = fields.Date(allow_none=True)
    version = fields.Integer()


class ChallengeListOut(PageSchema):
    items = fields.List(fields.Nested(ChallengeOut))


class ChallengeFileOut(BaseSchema):
    id = fields.UUID()
    attachment_id = fields.UUID()
    added_at = fields.AwareDateTime()


class ComplaintOut(BaseSchema):
    id = fields.UUID()
    challenge_id = fields.UUID()
    tender_id = fields.UUID()
    authority = fields.String()
    state = fields.String()
    filed_on = fields.Date()
    review_by = fields.Date()
    accepted_on = fields.Date(allow_none=True)
    copies_by = fields.Date(allow_none=True)
    reply_by = fields.Date(allow_none=True)
    replied_on = fields.Date(allow_none=True)
    decision_by = fields.Date(allow_none=True)
    suspended_until = fields.Date(allow_none=True)
    decided_on = fields.Date(allow_none=True)
    outcome = fields.String(allow_none=True)
    decision = fields.String()
    version = fields.Integer()
