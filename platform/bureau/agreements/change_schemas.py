"""Changes of an agreement as they go in and out. Prices in yuan on pages, in fen over the API."""

from marshmallow import fields

from bureau.agreements.labels import CHANGE_KINDS
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, Quantity, Text, Whole


class AgreementChangeOut(BaseSchema):
    id = fields.UUID()
    number = fields.Integer()
    kind = fields.String()
    state = fields.String()
    reason = fields.String()
    details = fields.Dict()
    amount_fen = fields.Integer()
    from_day = fields.Date()
    is_urgent = fields.Boolean()
    created_by_name = fields.String()
    decided_by_name = fields.String()
    decision_reason = fields.String()
    version = fields.Integer()


class AgreementChangesOut(BaseSchema):
    items = fields.List(fields.Nested(AgreementChangeOut))


class DecisionNoteIn(BaseSchema):
    reason = Text(1000, load_default="", allow_none=True)


class DecisionNoteForm(DecisionNoteIn):
    version = Whole(1, required=True)


class StopForm(BaseSchema):
    id = Identifier(required=True)
    lot_id = Identifier(load_default=None, allow_none=True)
    reason = Text(1000, required=True)


class StopIn(BaseSchema):
    lot_id = Identifier(load_default=None, allow_none=True)
    reason = Text(1000, required=True)


class AgreementChangeIn(BaseSchema):
    kind = Choice(CHANGE_KINDS, required=True)
    reason = Text(1000, required=True)
    details = fields.Dict(load_default=dict)
    from_day = Day(load_default=None, allow_none=True)


class ChangeLine(BaseSchema):
    agreement_item_id = Identifier(load_default=None, allow_none=True)
    lot_id = Identifier(load_default=None, allow_none=True)
    value = Quantity(places=4, load_default=None, allow_none=True)
    is_chosen = Flag()


class ChangeForm(BaseSchema):
    """One page's form for every kind; each kind shows its own fields. Prices in yuan."""

    id = Identifier(required=True)
    kind = Choice(CHANGE_KINDS, required=True)
    reason = Text(1000, required=True)
    from_day = Day(load_default=None, allow_none=True)
    last_day = Day(load_default=None, allow_none=True)
    rule = Choice(("lower", "market"), load_default="lower")
    lot_id = Identifier(load_default=None, allow_none=True)
    item_id = Identifier(load_default=None, allow_none=True)
    unit = Text(20, load_default=None, allow_none=True)
    price = Quantity(places=2, load_default=None, allow_none=True)
    quantity = Quantity(places=3, load_default=None, allow_none=True)
    name = Text(200, load_default="", allow_none=True)
    address = Text(200, load_default="", allow_none=True)
    contact_name = Text(200, load_default="", allow_none=True)
    contact_mobile = Text(200, load_default="", allow_none=True)
    bank = Text(200, load_default="", allow_none=True)
    bank_account = Text(200, load_default="", allow_none=True)
    lines = fields.List(fields.Nested(ChangeLine), load_default=list)
