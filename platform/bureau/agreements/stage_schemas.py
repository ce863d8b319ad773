"""The second stage as it goes in and out: direct choice, mini-competitions and their answers."""

from marshmallow import fields

from bureau.agreements.schemas import Fen
from kernel.schemas import BaseSchema, Identifier, Quantity, Text, Whole


class ChoiceForm(BaseSchema):
    id = Identifier(required=True)
    agreement_item_id = Identifier(required=True)
    reason = Text(1000, required=True)


class ChoiceIn(BaseSchema):
    agreement_item_id = Identifier(required=True)
    reason = Text(1000, required=True)


class DirectChoiceOut(BaseSchema):
    id = fields.UUID()
    item_id = fields.UUID()
    agreement_item_id = fields.UUID()
    reason = fields.String()
    price_fen = fields.Integer()
    offers = fields.List(fields.Dict())
    chosen_at = fields.AwareDateTime()


class CompetitionLine(BaseSchema):
    item_id = Identifier(required=True)
    quantity = Quantity(places=3, least="0.001", load_default=None, allow_none=True)


class CompetitionIn(BaseSchema):
    tender_lot_id = Identifier(required=True)
    title = Text(200, required=True)
    deadline = fields.AwareDateTime(required=True)
    school_id = Whole(1, load_default=None, allow_none=True)
    lines = fields.List(fields.Nested(CompetitionLine), required=True)


class CompetitionForm(BaseSchema):
    """`deadline`: local time of Shanghai, as a page's field gives it."""

    id = Identifier(required=True)
    tender_lot_id = Identifier(required=True)
    title = Text(200, required=True)
    deadline = fields.NaiveDateTime(required=True)
    lines = fields.List(fields.Nested(CompetitionLine), load_default=list)


class CompetitionOut(BaseSchema):
    id = fields.UUID()
    number = fields.String()
    title = fields.String()
    tender_lot_id = fields.UUID()
    school_id = fields.Integer(allow_none=True)
    state = fields.String()
    deadline = fields.AwareDateTime()
    winner_id = fields.UUID(allow_none=True)
    version = fields.Integer()


class CompetitionsOut(BaseSchema):
    items = fields.List(fields.Nested(CompetitionOut))


class AnswerPrice(BaseSchema):
    item_id = Identifier(required=True)
    price_fen = Fen(1, required=True)


class CompetitionAnswerIn(BaseSchema):
    prices = fields.List(fields.Nested(AnswerPrice), required=True)


class CompetitionAnswerOut(BaseSchema):
    id = fields.UUID()
    number = fields.Integer()
    state = fields.String()
    prices = fields.Dict()
    total_fen = fields.Integer()
    answered_at = fields.AwareDateTime()


class AnswerLineForm(BaseSchema):
    item_id = Identifier(required=True)
    price = Quantity(places=2, load_default=None, allow_none=True)


class AnswerForm(BaseSchema):
    id = Identifier(required=True)
    lines = fields.List(fields.Nested(AnswerLineForm), load_default=list)
