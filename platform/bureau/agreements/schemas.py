"""What goes in and out, pages and API alike: agreements, their prices and balances, signing. Changes and the second
stage have files of their own. Money in fen over the API, in yuan on pages."""

from decimal import Decimal
from typing import Any

from marshmallow import fields

from bureau.agreements.labels import (
    BALANCE_FORMS,
    DOCUMENT_KINDS,
    PRICE_RULES,
    SECOND_STAGES,
    SIDES,
    STANDINGS,
)
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Identifier, PageArguments, Quantity, Text, Whole

MOST_FEN = 10**15


class Fen(Whole):
    def __init__(self, least: int = 0, **kwargs: Any) -> None:
        super().__init__(least, MOST_FEN, **kwargs)


class AgreementQuery(PageArguments):
    standing = Choice(STANDINGS, load_default=None, allow_none=True)


class DayQuery(BaseSchema):
    on = Day(load_default=None, allow_none=True)


class AgreementOut(BaseSchema):
    """`standing`: what it is today; `state`: what people decided."""

    id = fields.UUID()
    number = fields.String()
    title = fields.String()
    tender_id = fields.UUID(allow_none=True)
    supplier_id = fields.UUID()
    supplier_name = fields.String()
    state = fields.String()
    standing = fields.Function(lambda agreement: _standing(agreement), metadata={"type": "string"})
    state_reason = fields.String()
    second_stage = fields.String()
    notice_on = fields.Date(allow_none=True)
    sign_by = fields.Date(allow_none=True)
    supplier_signed_on = fields.Date(allow_none=True)
    bureau_signed_on = fields.Date(allow_none=True)
    signed_on = fields.Date(allow_none=True)
    first_day = fields.Date()
    last_day = fields.Date()
    terminated_on = fields.Date(allow_none=True)
    original_amount_fen = fields.Integer(allow_none=True)
    published_on = fields.Date(allow_none=True)
    filed_on = fields.Date(allow_none=True)
    covers_all = fields.Boolean()
    award_sha256 = fields.String()
    version = fields.Integer()


def _standing(agreement: Any) -> str:
    from bureau.agreements.service.finding import standing_of

    return str(standing_of(agreement))


class AgreementListOut(PageSchema):
    items = fields.List(fields.Nested(AgreementOut))


class AgreementItemOut(BaseSchema):
    id = fields.UUID()
    item_id = fields.UUID()
    name = fields.String()
    specification = fields.String()
    unit = fields.String()
    unit_factor = fields.Decimal(as_string=True)
    fixed_price_fen = fields.Integer(allow_none=True)
    quantity = fields.Decimal(as_string=True, allow_none=True)
    tolerance = fields.Decimal(as_string=True)


class AgreementLotHeadOut(BaseSchema):
    id = fields.UUID()
    number = fields.Integer()
    title = fields.String()
    tender_lot_id = fields.UUID(allow_none=True)
    price_rule = fields.String()
    discount = fields.Decimal(as_string=True, allow_none=True)
    hold_days = fields.Integer(allow_none=True)
    net_rate = fields.Decimal(as_string=True, allow_none=True)
    balance_form = fields.String()
    state = fields.String()
    covers_all = fields.Boolean()
    school_ids = fields.List(fields.Integer())
    version = fields.Integer()


class AgreementLotOut(AgreementLotHeadOut):
    items = fields.List(fields.Nested(AgreementItemOut))


class AgreementFullOut(AgreementOut):
    lots = fields.List(fields.Nested(AgreementLotOut))


class AgreementPriceOut(BaseSchema):
    """`fen` for one `unit`; `account`: how it came about."""

    agreement_item_id = fields.UUID()
    agreement_id = fields.UUID()
    item_id = fields.UUID()
    supplier_id = fields.UUID()
    name = fields.String()
    fen = fields.Integer()
    unit = fields.String()
    pin = fields.Function(lambda price: _pin(price), metadata={"type": "object"})
    account = fields.Function(lambda price: price.account(), metadata={"type": "object"})


def _pin(price: Any) -> dict[str, str | None]:
    pin = price.pin
    return {
        "agreement_item_id": str(pin.agreement_item_id), "book_id": str(pin.book_id) if pin.book_id else None,
        "term_id": str(pin.term_id) if pin.term_id else None,
    }  # fmt: skip


class AgreementPricesOut(BaseSchema):
    items = fields.List(fields.Nested(AgreementPriceOut))


class AgreementOfferOut(BaseSchema):
    price = fields.Nested(AgreementPriceOut)
    free = fields.Decimal(as_string=True, allow_none=True)
    free_fen = fields.Integer(allow_none=True)


class AgreementOffersOut(BaseSchema):
    items = fields.List(fields.Nested(AgreementOfferOut))


class AgreementBalanceOut(BaseSchema):
    id = fields.UUID(attribute="balance.id")
    lot = fields.Integer(attribute="lot.number")
    agreement_item_id = fields.UUID(attribute="balance.agreement_item_id", allow_none=True)
    school_id = fields.Integer(attribute="balance.school_id", allow_none=True)
    quantity = fields.Decimal(as_string=True, attribute="balance.quantity", allow_none=True)
    reserved = fields.Decimal(as_string=True, attribute="balance.reserved")
    used = fields.Decimal(as_string=True, attribute="balance.used")
    amount_fen = fields.Integer(attribute="balance.amount_fen", allow_none=True)
    reserved_fen = fields.Integer(attribute="balance.reserved_fen")
    used_fen = fields.Integer(attribute="balance.used_fen")


class AgreementBalancesOut(BaseSchema):
    items = fields.List(fields.Nested(AgreementBalanceOut))


class AgreementItemIn(BaseSchema):
    item_id = Identifier(required=True)
    name = Text(200, required=True)
    unit = Text(20, required=True)
    specification = Text(500, load_default="")
    price_fen = Fen(1, load_default=None, allow_none=True)
    quantity = Quantity(places=3, least="0.001", load_default=None, allow_none=True)
    tolerance = Quantity(places=2, most="100", load_default=Decimal(0))


class AgreementLotIn(BaseSchema):
    number = Whole(1, 999, required=True)
    title = Text(200, required=True)
    price_rule = Choice(PRICE_RULES, required=True)
    discount = Quantity(places=4, most="99.9999", load_default=None, allow_none=True)
    category_id = Identifier(load_default=None, allow_none=True)
    amount_fen = Fen(1, load_default=None, allow_none=True)
    hold_days = Whole(1, 366, load_default=None, allow_none=True)
    settlement_notes = Text(2000, load_default="")
    balance_form = Choice(BALANCE_FORMS, load_default="pooled")
    school_ids = fields.List(Whole(1), load_default=list)
    items = fields.List(fields.Nested(AgreementItemIn), required=True)


class AgreementIn(BaseSchema):
    """An older contract, or the terms put forward for signing."""

    supplier_id = Identifier(required=True)
    title = Text(200, required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)
    second_stage = Choice(SECOND_STAGES, load_default="direct")
    notice_on = Day(load_default=None, allow_none=True)
    lots = fields.List(fields.Nested(AgreementLotIn), required=True)


class OlderLotForm(BaseSchema):
    """A row of the page: one without a title is not used."""

    title = Text(200, load_default="", allow_none=True)
    price_rule = Choice(PRICE_RULES, load_default="fixed")
    discount = Quantity(places=4, most="99.9999", load_default=None, allow_none=True)
    category_id = Identifier(load_default=None, allow_none=True)
    amount = Quantity(places=2, load_default=None, allow_none=True)


class OlderLineForm(BaseSchema):
    """A row of the page: one without an item is not used. `price` in yuan."""

    lot = Whole(1, 9, load_default=1)
    item_id = Identifier(load_default=None, allow_none=True)
    unit = Text(20, load_default="", allow_none=True)
    price = Quantity(places=2, load_default=None, allow_none=True)
    quantity = Quantity(places=3, load_default=None, allow_none=True)


class OlderAgreementForm(BaseSchema):
    """A contract from before, as the page has it."""

    id = Identifier(required=True)
    supplier_id = Identifier(required=True)
    title = Text(200, required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)
    second_stage = Choice(SECOND_STAGES, load_default="direct")
    notes = Text(2000, load_default="", allow_none=True)
    covers = Choice(("all", "some"), load_default="all")
    zone_ids = fields.List(Whole(1), load_default=list)
    school_ids = fields.List(Whole(1), load_default=list)
    lots = fields.List(fields.Nested(OlderLotForm), load_default=list)
    lines = fields.List(fields.Nested(OlderLineForm), load_default=list)


class CoverageIn(BaseSchema):
    """`school_ids` count where `covers_all` is not said."""

    covers_all = fields.Boolean(load_default=False)
    school_ids = fields.List(Whole(1), load_default=list)
    reason = Text(1000, required=True)


class CoverageForm(BaseSchema):
    covers = Choice(("all", "some"), load_default="some")
    zone_ids = fields.List(Whole(1), load_default=list)
    school_ids = fields.List(Whole(1), load_default=list)
    reason = Text(1000, required=True)
    version = Whole(1, required=True)


class AgreementEditForm(BaseSchema):
    title = Text(200, required=True)
    notes = Text(2000, load_default="", allow_none=True)
    notice_on = Day(load_default=None, allow_none=True)
    version = Whole(1, required=True)


class SigningIn(BaseSchema):
    supplier_signed_on = Day(required=True)
    bureau_signed_on = Day(required=True)
    override_reason = Text(1000, load_default="", allow_none=True)


class SigningForm(SigningIn):
    version = Whole(1, required=True)


class PublicationForm(BaseSchema):
    published_on = Day(load_default=None, allow_none=True)
    version = Whole(1, required=True)


class FilingIn(BaseSchema):
    filed_on = Day(required=True)
    reference = Text(200, load_default="", allow_none=True)


class FilingForm(FilingIn):
    version = Whole(1, required=True)


class AgreementReasonIn(BaseSchema):
    reason = Text(1000, required=True)


class AgreementReasonForm(AgreementReasonIn):
    version = Whole(1, required=True)


class ScanForm(BaseSchema):
    id = Identifier(required=True)
    kind = Choice(DOCUMENT_KINDS, required=True)
    side = Choice(SIDES, load_default=None, allow_none=True)
    title = Text(200, load_default="", allow_none=True)


class TransferIn(BaseSchema):
    agreement_item_id = Identifier(required=True)
    from_school = Whole(1, load_default=None, allow_none=True)
    to_school = Whole(1, load_default=None, allow_none=True)
    quantity = Quantity(places=3, least="0.001", required=True)
    reason = Text(1000, required=True)


class TransferForm(TransferIn):
    id = Identifier(required=True)
