"""What goes in and out. Money is fen in the API and yuan on pages."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, pre_load, validate

from bureau.tendering import labels
from bureau.tendering.rules.packs import PACKS
from bureau.tendering.rules.terms import SHANGHAI
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Quantity, Text, Whole

MOST_FEN = 10**13  # a hundred thousand million yuan: beyond is a slip of the finger
MOST_ITEMS = 400


class Instant(fields.AwareDateTime):
    """ISO 8601; without a zone it is the wall clock of Shanghai, as a page's input sends it."""

    default_error_messages = {
        "required": _l("请填写时间。"),
        "null": _l("请填写时间。"),
        "invalid": _l("请填写时间，例如 2026-09-01T09:30。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", default_timezone=SHANGHAI, **kwargs)
        first, last = datetime(2000, 1, 1, tzinfo=SHANGHAI), datetime(2200, 1, 1, tzinfo=SHANGHAI)
        self.validators.append(validate.Range(first, last, error=_l("日期超出合理范围。")))


class Fen(Whole):
    def __init__(self, least: int = 1, **kwargs: Any) -> None:
        super().__init__(least, MOST_FEN, **kwargs)


class YuanOfFen(Quantity):
    """Typed as yuan with two decimals, kept as fen."""

    def __init__(self, least: str = "0.01", **kwargs: Any) -> None:
        super().__init__(places=2, least=least, most="100000000000", **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else format(Decimal(value) / 100, "f")

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        yuan = super().deserialize(value, *args, **kwargs)
        return int(yuan * 100) if isinstance(yuan, Decimal) else yuan


class TypedSchema(BaseSchema):
    """Of a page: a number that was left empty is the one that holds without it."""

    @pre_load
    def _fill(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {
            name: value
            for name, value in data.items()
            if value or name not in self.fields or not isinstance(self.fields[name].load_default, int | Decimal)
        }


class TenderIn(BaseSchema):
    """A draft's head. Lots, criteria and documents come one by one."""

    title = Text(120, required=True)
    rule_pack = Choice(PACKS, load_default="order_87")
    subject = Choice(labels.SUBJECTS, load_default="goods")
    award_method = Choice(labels.AWARD_METHODS, load_default="comprehensive")
    price_form = Choice(labels.PRICE_FORMS, load_default="fixed")
    budget_fen: fields.Field = Fen(required=True)
    bid_bond_fen: fields.Field = Fen(0, load_default=0)
    is_large = Flag()
    is_framework = Flag()
    is_reserved = Flag()
    framework_from = Day(load_default=None, allow_none=True)
    framework_until = Day(load_default=None, allow_none=True)
    competition = Choice(labels.COMPETITIONS, load_default="price")
    second_stage = Choice(labels.SECOND_STAGES, load_default="direct")
    winners_per_lot = Whole(1, 50, load_default=1)
    most_lots_bid = Whole(1, 500, load_default=None, allow_none=True)
    most_lots_won = Whole(1, 500, load_default=None, allow_none=True)
    small_firm_deduction = Quantity(2, most="20", load_default=Decimal(0))
    requirements = Text(8000, load_default="")
    documents_until = Instant(load_default=None, allow_none=True)
    questions_until = Instant(load_default=None, allow_none=True)
    bid_deadline = Instant(load_default=None, allow_none=True)


class TenderForm(TypedSchema, TenderIn):
    """`round_id`: the demand that a new draft takes its lots from; its budget may then be left to the sum of the lots."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    budget_fen = YuanOfFen(load_default=None, allow_none=True)
    bid_bond_fen = YuanOfFen("0", load_default=0)
    round_id = Identifier(load_default=None, allow_none=True)


class TenderItemIn(BaseSchema):
    """`unit`: the item's base unit where left out."""

    item_id = Identifier(required=True)
    quantity = Quantity(3, "0.001", "99999999999", required=True)
    unit = Text(20, load_default=None, allow_none=True)
    specification = Text(1000, load_default=None, allow_none=True)
    ceiling_unit_price_fen: fields.Field = Fen(load_default=None, allow_none=True)
    is_core = Flag()


class TenderItemForm(TenderItemIn):
    """A row left empty is no item."""

    item_id = Identifier(load_default=None, allow_none=True)
    quantity = Quantity(3, "0.001", "99999999999", load_default=None, allow_none=True)
    ceiling_unit_price_fen = YuanOfFen(load_default=None, allow_none=True)


class TenderLotIn(BaseSchema):
    title = Text(80, required=True)
    category_id = Identifier(load_default=None, allow_none=True)
    zone_id = Whole(1, load_default=None, allow_none=True)
    ceiling_fen: fields.Field = Fen(load_default=None, allow_none=True)
    items = fields.List(fields.Nested(TenderItemIn), load_default=list, validate=validate.Length(max=MOST_ITEMS))


class TenderLotForm(TenderLotIn):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    ceiling_fen = YuanOfFen(load_default=None, allow_none=True)
    items = fields.List(fields.Nested(TenderItemForm), load_default=list, validate=validate.Length(max=MOST_ITEMS))


class CriterionLevelIn(BaseSchema):
    label = Text(200, required=True)
    points = Quantity(2, most="100", required=True)


class CriterionIn(BaseSchema):
    """`lot_id` left out: for all lots. `points`: 0 for what is passed or failed."""

    lot_id = Identifier(load_default=None, allow_none=True)
    part = Choice(labels.PARTS, required=True)
    code = Text(20, required=True)
    title = Text(80, required=True)
    description = Text(2000, load_default="")
    points = Quantity(2, most="100", load_default=Decimal(0))
    scale = Choice(labels.SCALES, load_default="judged")
    levels = fields.List(fields.Nested(CriterionLevelIn), load_default=list, validate=validate.Length(max=20))
    is_objective = Flag()


class CriterionLevelForm(CriterionLevelIn):
    label = Text(200, load_default=None, allow_none=True)
    points = Quantity(2, most="100", load_default=None, allow_none=True)


class CriterionForm(TypedSchema, CriterionIn):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    levels = fields.List(fields.Nested(CriterionLevelForm), load_default=list, validate=validate.Length(max=20))


class TenderReasonIn(BaseSchema):
    reason = Text(1000, required=True)


class TenderStepForm(BaseSchema):
    """A button on a page, with the version that the page showed and, where it is asked, the reason."""

    version = Whole(1, required=True)
    reason = Text(1000, load_default="")


class TerminationIn(TenderReasonIn):
    is_major_change = Flag()


class TerminationForm(TerminationIn):
    version = Whole(1, required=True)


class WaiverIn(TenderReasonIn):
    rule = Text(60, required=True)


class WaiverForm(WaiverIn):
    version = Whole(1, required=True)


class DocumentsExtensionIn(TenderReasonIn):
    until = Day(required=True)


class DocumentsExtensionForm(DocumentsExtensionIn):
    version = Whole(1, required=True)


class BiddingExtensionIn(TenderReasonIn):
    deadline = Instant(required=True)


class BiddingExtensionForm(BiddingExtensionIn):
    version = Whole(1, required=True)


class RetenderIn(TenderReasonIn):
    """`rule_pack`: another one than before, only with the `approval` named."""

    rule_pack = Choice(PACKS, load_default=None, allow_none=True)
    approval = Text(200, load_default="")


class RetenderForm(RetenderIn):
    id = Identifier(required=True)


class CriteriaSetForm(BaseSchema):
    id = Identifier(required=True)
    name = Text(60, required=True)
    note = Text(500, load_default="")


class ApplySetForm(BaseSchema):
    version = Whole(1, required=True)
    criteria_set_id = Identifier(required=True)


class TenderChangeIn(BaseSchema):
    """One row that changes. Only the values given change."""

    what = Choice(("item", "lot", "criterion"), required=True)
    id = Identifier(required=True)
    specification = Text(1000)
    quantity = Quantity(3, "0.001", "99999999999")
    ceiling_unit_price_fen = Fen()
    ceiling_fen = Fen()
    title = Text(80)
    description = Text(2000)
    points = Quantity(2, "0.01", "100")


class AmendmentIn(TenderReasonIn):
    changes = fields.List(fields.Nested(TenderChangeIn), load_default=list, validate=validate.Length(max=500))
    requirements = Text(8000, load_default=None, allow_none=True)


class AmendedItemForm(BaseSchema):
    id = Identifier(required=True)
    specification = Text(1000, load_default=None, allow_none=True)
    quantity = Quantity(3, "0.001", "99999999999", required=True)
    ceiling_unit_price_fen = YuanOfFen(load_default=None, allow_none=True)


class AmendedLotForm(BaseSchema):
    id = Identifier(required=True)
    ceiling_fen = YuanOfFen(load_default=None, allow_none=True)


class AmendedCriterionForm(BaseSchema):
    id = Identifier(required=True)
    title = Text(80, required=True)
    description = Text(2000, load_default=None, allow_none=True)
    points = Quantity(2, most="100", required=True)


class AmendmentForm(TenderReasonIn):
    """The page shows every row that may change; what is the same as before, or left empty, is no change."""

    version = Whole(1, required=True)
    requirements = Text(8000, load_default="")
    items = fields.List(fields.Nested(AmendedItemForm), load_default=list, validate=validate.Length(max=2000))
    lots = fields.List(fields.Nested(AmendedLotForm), load_default=list, validate=validate.Length(max=500))
    criteria = fields.List(fields.Nested(AmendedCriterionForm), load_default=list, validate=validate.Length(max=500))


class TenderDocumentFile(BaseSchema):
    document = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class TenderDocumentQuery(BaseSchema):
    title = Text(120, load_default="")
    kind = Choice(labels.DOCUMENT_KINDS, load_default="tender_document")


class TenderDocumentForm(TenderDocumentQuery):
    id = Identifier(required=True)


class TenderQuestionIn(BaseSchema):
    """`anyway`: the text names the company and is sent all the same."""

    question = Text(1000, required=True)
    lot_id = Identifier(load_default=None, allow_none=True)
    anyway = Flag()


class TenderQuestionForm(TenderQuestionIn):
    id = Identifier(required=True)


class TenderAnswerIn(BaseSchema):
    answer = Text(2000, required=True)
    affects_bids = Flag()


class TenderAnswerForm(TenderAnswerIn):
    version = Whole(1, required=True)


class TenderQuery(PageArguments):
    state = Choice(labels.STATES, load_default=None, allow_none=True)
    rule_pack = Choice(PACKS, load_default=None, allow_none=True)
    year = Whole(2000, 2200, load_default=None, allow_none=True)


class OpenTenderQuery(PageArguments):
    """`state`: left out, those that may still be bid for come with all others."""

    state = Choice(labels.STATES, load_default=None, allow_none=True)
