"""What pages and API take of stock."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, post_load, validate

from bureau.catalogue.schemas import PlainQuantity
from bureau.roles import LEVELS
from kernel.schemas import (
    BaseSchema,
    Choice,
    Day,
    Flag,
    Identifier,
    PageArguments,
    PrintedNumber,
    Quantity,
    Text,
    Whole,
)
from school.diners.rules import Meal
from school.stores.rules import PHYSICAL, DocumentKind, GoodKind, LocationKind
from school.stores.work_models import REQUISITION_STATES, STOCKTAKE_KINDS

MOST_LINES = 100
MOST_FEN = 10_000_000_00
SCHOOL_ROLES = tuple(role.value for role in LEVELS["school"])
PLACE_KINDS = tuple(kind for kind in LocationKind if kind in PHYSICAL)


def amount_of_stock(**options: Any) -> PlainQuantity:
    """A quantity that moves: more than nothing, at most six places."""
    return PlainQuantity(places=6, least="0.000001", most="999999999", **options)


def level_of_stock(**options: Any) -> PlainQuantity:
    return PlainQuantity(places=6, least="0", most="999999999", load_default=None, allow_none=True, **options)


def lines_of(schema: type[BaseSchema]) -> fields.List:
    return fields.List(
        fields.Nested(schema), required=True,
        validate=validate.Length(1, MOST_LINES, error=_l("请至少登记一种物品，最多 100 种。")),
        error_messages={"required": _l("请至少登记一种物品，最多 100 种。")},
    )  # fmt: skip


# --- goods and places -------------------------------------------------------------------------------------------------


class StoreGoodIn(BaseSchema):
    """A good with its rules. Name, specification and unit of a catalogue item are the catalogue's.

    `takers`: roles that may ask for it, none: everybody. `issue_weekdays`: 1 Monday … 7 Sunday, none: any day.
    """

    name = Text(60, required=True)
    specification = Text(100, load_default="")
    kind = Choice(GoodKind, required=True)
    base_unit = Text(20, required=True)
    location_id = Identifier(load_default=None, allow_none=True)
    least_quantity = level_of_stock()
    most_quantity = PlainQuantity(places=6, least="0.000001", most="999999999", load_default=None, allow_none=True)
    takers = fields.List(Choice(SCHOOL_ROLES), load_default=list, validate=validate.Length(0, len(SCHOOL_ROLES)))
    issue_weekdays = fields.List(Whole(1, 7), load_default=list, validate=validate.Length(0, 7))
    old_for_new = Flag()
    needs_approval = Flag(load_default=True)
    most_per_request = PlainQuantity(places=6, least="0.000001", most="999999999", load_default=None, allow_none=True)
    is_active = Flag(load_default=True)

    @post_load
    def _tidied(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        data["takers"] = sorted(set(data["takers"]))
        data["issue_weekdays"] = sorted(set(data["issue_weekdays"]))
        return data


class StoreGoodPage(StoreGoodIn):
    """A page's boxes: what is not sent is not ticked."""

    needs_approval = Flag()
    is_active = Flag()


class StoreGoodForm(StoreGoodPage):
    id = Identifier(required=True)


class StoreGoodEditForm(StoreGoodPage):
    version = Whole(1, required=True)


class StorePlaceIn(BaseSchema):
    code = Text(10, required=True)
    name = Text(40, required=True)
    kind = Choice(PLACE_KINDS, required=True)
    is_active = Flag(load_default=True)


class StorePlaceForm(StorePlaceIn):
    is_active = Flag()
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)


# --- documents --------------------------------------------------------------------------------------------------------


class StoreTakeSchema(BaseSchema):
    batch_id = Identifier(required=True)
    location_id = Identifier(required=True)
    quantity = amount_of_stock(required=True)


class StoreReceivedSchema(BaseSchema):
    """One batch that comes in; `amount_fen` null: nobody said what it cost. `location_id` null: the good's usual place."""

    good_id = Identifier(required=True)
    quantity = amount_of_stock(required=True)
    amount_fen = Whole(0, MOST_FEN, load_default=None, allow_none=True)
    batch_no = PrintedNumber(60, load_default="")
    production_date = Day(load_default=None, allow_none=True)
    expiry_date = Day(load_default=None, allow_none=True)
    supplier_name = Text(100, load_default="")
    location_id = Identifier(load_default=None, allow_none=True)


class StoreReceiptIn(BaseSchema):
    """Goods without a goods receipt of the supply module. `is_opening`: they lay there when the books began."""

    lines = lines_of(StoreReceivedSchema)
    is_opening = Flag()
    reason = Text(200, load_default="")
    on_day = Day(load_default=None, allow_none=True)


class StoreReceivedForm(StoreReceivedSchema):
    """A page's line: what it cost in yuan."""

    amount_fen = Whole(dump_only=True)
    amount = Quantity(places=2, least="0", most="10000000", load_default=None, allow_none=True)

    @post_load
    def _to_fen(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        amount: Decimal | None = data.pop("amount")
        return {**data, "amount_fen": None if amount is None else int(amount * 100)}


class StoreReceiptForm(StoreReceiptIn):
    id = Identifier(required=True)
    lines = lines_of(StoreReceivedForm)


class StoreAskedSchema(BaseSchema):
    """So much of a good. `batch_id` with `location_id`: from that batch, else what expires first."""

    good_id = Identifier(required=True)
    quantity = amount_of_stock(required=True)
    batch_id = Identifier(load_default=None, allow_none=True)
    location_id = Identifier(load_default=None, allow_none=True)


class StoreIssueIn(BaseSchema):
    """`day` with `meal`: for a meal; else `taker_name` says who takes it."""

    lines = lines_of(StoreAskedSchema)
    day = Day(load_default=None, allow_none=True)
    meal = Choice(Meal, load_default=None, allow_none=True)
    dish_id = Identifier(load_default=None, allow_none=True)
    taker_name = Text(40, load_default="")
    department = Text(60, load_default="")
    reason = Text(200, load_default="")


class StoreIssueLineForm(BaseSchema):
    """A page's line: `lot` is "batch:location", empty: what expires first."""

    good_id = Identifier(required=True)
    quantity = amount_of_stock(required=True)
    lot = Text(80, load_default="")


class StoreIssueForm(BaseSchema):
    id = Identifier(required=True)
    lines = lines_of(StoreIssueLineForm)
    meal = Choice(Meal, load_default=None, allow_none=True)
    day = Day(load_default=None, allow_none=True)
    taker_name = Text(40, load_default="")
    department = Text(60, load_default="")
    reason = Text(200, load_default="")


class StoreReturnIn(BaseSchema):
    """Back from whom it was issued to; `location_id`: where it is put."""

    lines = lines_of(StoreTakeSchema)
    taker_name = Text(40, required=True)
    reason = Text(200, load_default="")


class StoreShiftSchema(StoreTakeSchema):
    to_location_id = Identifier(required=True)


class StoreTransferIn(BaseSchema):
    lines = lines_of(StoreShiftSchema)
    reason = Text(200, load_default="")


class StoreDisposalIn(BaseSchema):
    lines = lines_of(StoreTakeSchema)
    reason = Text(200, required=True)
    attachment_id = Identifier(load_default=None, allow_none=True)


class StoreConfirmationIn(BaseSchema):
    """What two keepers have to sign: an issue says who takes it, a disposal its cause, with a photo."""

    kind = Choice(("issue", "disposal"), required=True)
    lines = lines_of(StoreTakeSchema)
    reason = Text(200, load_default="")
    taker_name = Text(40, load_default="")
    department = Text(60, load_default="")
    attachment_id = Identifier(load_default=None, allow_none=True)


class StoreBatchActionForm(BaseSchema):
    """What is done with one batch at one place: `action` of the page, quantity, where to, why."""

    id = Identifier(required=True)
    location_id = Identifier(required=True)
    quantity = amount_of_stock(required=True)
    to_location_id = Identifier(load_default=None, allow_none=True)
    taker_name = Text(40, load_default="")
    reason = Text(200, load_default="")


class StoreHoldForm(BaseSchema):
    reason = Text(200, required=True)


class StoreDecisionForm(BaseSchema):
    """`decision`: yes or no. `quantities`: how much of each line is approved, in the order of the lines."""

    version = Whole(1, required=True)
    decision = Choice(("yes", "no"), required=True)
    reason = Text(200, load_default="")


class StoreDecisionIn(BaseSchema):
    """The version that was seen goes into If-Match."""

    is_approved = fields.Boolean(required=True)
    reason = Text(200, load_default="")


class StoreReasonForm(BaseSchema):
    version = Whole(1, required=True)
    reason = Text(200, load_default="")


class StoreReasonIn(BaseSchema):
    reason = Text(200, load_default="")


# --- requests ---------------------------------------------------------------------------------------------------------


class StoreWantedSchema(BaseSchema):
    good_id = Identifier(required=True)
    quantity = amount_of_stock(required=True)
    old_quantity = PlainQuantity(places=6, least="0", most="999999999", load_default=Decimal(0))


class StoreRequisitionIn(BaseSchema):
    lines = lines_of(StoreWantedSchema)
    wanted_on = Day(required=True)
    department = Text(60, load_default="")
    purpose = Text(200, load_default="")


class StoreRequisitionForm(StoreRequisitionIn):
    id = Identifier(required=True)


class StoreGivenSchema(BaseSchema):
    """Of one approved good: how much is given out, how many old pieces came back. Nothing given: 0."""

    good_id = Identifier(required=True)
    quantity = PlainQuantity(places=6, least="0", most="999999999", required=True)
    old_quantity = PlainQuantity(places=6, least="0", most="999999999", load_default=Decimal(0))


class StoreGivingIn(BaseSchema):
    """`document_id` is made by the client: sent again it is given out once. The version seen goes into If-Match."""

    document_id = Identifier(required=True)
    lines = lines_of(StoreGivenSchema)


class StoreGivingForm(StoreGivingIn):
    version = Whole(1, required=True)


# --- stocktakes -------------------------------------------------------------------------------------------------------


class StoreStocktakeIn(BaseSchema):
    """`good_kind`, `location_id` null: everything, everywhere."""

    kind = Choice(STOCKTAKE_KINDS, required=True)
    good_kind = Choice(GoodKind, load_default=None, allow_none=True)
    location_id = Identifier(load_default=None, allow_none=True)


class StoreStocktakeForm(StoreStocktakeIn):
    id = Identifier(required=True)


class StoreCountSchema(BaseSchema):
    id = Identifier(required=True)
    counted_quantity = PlainQuantity(places=6, least="0", most="999999999", required=True)
    reason = Text(200, load_default="")


class StoreCountsIn(BaseSchema):
    lines = lines_of(StoreCountSchema)


class StoreCountLineForm(StoreCountSchema):
    """A page's line may be left for later."""

    counted_quantity = PlainQuantity(places=6, least="0", most="999999999", load_default=None, allow_none=True)


class StoreCountForm(BaseSchema):
    lines = fields.List(fields.Nested(StoreCountLineForm), load_default=list, validate=validate.Length(0, MOST_LINES))


class StoreFoundIn(BaseSchema):
    """Goods that lie there but are not on the sheet."""

    good_id = Identifier(required=True)
    location_id = Identifier(required=True)
    quantity = amount_of_stock(required=True)
    batch_no = PrintedNumber(60, load_default="")
    expiry_date = Day(load_default=None, allow_none=True)
    reason = Text(200, load_default="")


class StoreFoundForm(StoreFoundIn):
    id = Identifier(required=True)


class StoreClosingIn(BaseSchema):
    """`month`: any day of it."""

    month = Day(required=True)


class StoreClosingForm(StoreClosingIn):
    version = Whole(1, load_default=None, allow_none=True)


# --- queries ----------------------------------------------------------------------------------------------------------


class StoreStockQuery(PageArguments):
    kind = Choice(GoodKind, load_default=None, allow_none=True)
    q = Text(60, load_default="")
    in_stock = Flag()
    low = Flag()
    inactive = Flag()


class StoreDocumentQuery(PageArguments):
    kind = Choice(DocumentKind, load_default=None, allow_none=True)
    from_day = Day(load_default=None, allow_none=True)
    until_day = Day(load_default=None, allow_none=True)


class StoreExpiringQuery(PageArguments):
    """`until`: the last day to look at; null: whatever expires."""

    until = Day(load_default=None, allow_none=True)


class StoreRequisitionQuery(PageArguments):
    """`mine`: only the reader's own; whoever may not decide or keep sees no others."""

    state = Choice(REQUISITION_STATES, load_default=None, allow_none=True)
    mine = Flag()


PICK_PURPOSES = ("issue", "receive", "request")


class StorePickQuery(BaseSchema):
    """`purpose`: the form that the goods are picked for."""

    purpose = Choice(PICK_PURPOSES, required=True)
    q = Text(60, load_default="", allow_none=True)


class StoreLineQuery(BaseSchema):
    purpose = Choice(PICK_PURPOSES, required=True)
    good_id = Identifier(required=True)
    next_line = Whole(0, 8999, load_default=0)
