"""What pages and API take and give of goods receipts."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_smorest.fields import Upload
from marshmallow import fields, post_load, validate

from bureau.catalogue.rules import CertificateKind, Storage
from bureau.catalogue.schemas import PlainQuantity
from kernel.api import PageSchema
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
from kernel.web.dates import SHANGHAI
from school.supply.rules import State

MOST_LINES = 100
MOST_CERTIFICATES = 60
MOST_PRICE_FEN = 100_000_000  # a million yuan per unit


class Instant(fields.DateTime):
    """An instant, ISO 8601. Without an offset it is the wall clock of Shanghai: a page's input gives no other."""

    default_error_messages = {
        "required": _l("请填写此项。"),
        "null": _l("请填写此项。"),
        "invalid": _l("请填写日期和时间，例如 2026-09-01 07:30。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)
        self.validators.append(
            validate.Range(
                datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC), error=_l("日期超出合理范围。")
            )
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        instant = super()._deserialize(value, attr, data, **kwargs)
        try:
            return (instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)).astimezone(UTC)
        except OverflowError:
            raise self.make_error("invalid", input=value, obj_type="datetime") from None


class GoodsReceiptLineSchema(BaseSchema):
    """`quantity` in `unit`, which is the item's base unit or one of its conversions; the price is per `unit`, in fen.

    `expiry_date` null: proposed from the item's shelf life. `batch_no` empty: named by the production date.
    """

    item_id = Identifier(required=True)
    quantity = PlainQuantity(places=3, least="0.001", most="9999999", required=True)
    unit = Text(20, required=True)
    unit_price_fen = Whole(0, MOST_PRICE_FEN, load_default=None, allow_none=True)
    batch_no = PrintedNumber(60, load_default="")
    production_date = Day(load_default=None, allow_none=True)
    expiry_date = Day(load_default=None, allow_none=True)
    temperature_celsius = PlainQuantity(places=1, least="-100", most="100", load_default=None, allow_none=True)


class GoodsReceiptCertificateSchema(BaseSchema):
    """`line`: position of the line (from 0) that it belongs to; null: the whole receipt."""

    kind = Choice(CertificateKind, required=True)
    line = Whole(0, MOST_LINES - 1, load_default=None, allow_none=True)
    number = PrintedNumber(100, load_default="")
    valid_until = Day(load_default=None, allow_none=True)
    attachment_id = Identifier(load_default=None, allow_none=True)


class GoodsReceiptSchema(BaseSchema):
    """One delivery as it came in. `received_at` null: now."""

    received_at = Instant(load_default=None, allow_none=True)
    supplier_name = Text(100, required=True)
    delivery_note_no = Text(60, load_default="")
    second_receiver_name = Text(40, load_default="")
    note = Text(500, load_default="")
    lines = fields.List(
        fields.Nested(GoodsReceiptLineSchema), required=True,
        validate=validate.Length(1, MOST_LINES, error=_l("请至少登记一种物品，最多 100 种。")),
        error_messages={"required": _l("请至少登记一种物品，最多 100 种。")},
    )  # fmt: skip
    certificates = fields.List(
        fields.Nested(GoodsReceiptCertificateSchema), load_default=list, validate=validate.Length(0, MOST_CERTIFICATES)
    )


class LineForm(GoodsReceiptLineSchema):
    """A page's line: the price in yuan, as it stands on the delivery note."""

    unit_price_fen = Whole(dump_only=True)
    unit_price = Quantity(places=2, least="0", most="1000000", load_default=None, allow_none=True)

    @post_load
    def _to_fen(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        price: Decimal | None = data.pop("unit_price")
        return {**data, "unit_price_fen": None if price is None else int(price * 100)}


class ReceiptForm(GoodsReceiptSchema):
    """A page's receipt. `id` was made when the page was shown, so that a second click sends the same receipt."""

    id = Identifier(required=True)
    lines = fields.List(
        fields.Nested(LineForm), required=True,
        validate=validate.Length(1, MOST_LINES, error=_l("请至少登记一种物品，最多 100 种。")),
        error_messages={"required": _l("请至少登记一种物品，最多 100 种。")},
    )  # fmt: skip


class CertificateForm(GoodsReceiptCertificateSchema):
    """Sent later, for a receipt that came without it."""

    attachment_id = Identifier(dump_only=True)


class CertificatePhotoSchema(BaseSchema):
    file = Upload(required=True, error_messages={"required": _l("请选择照片。")})


class CertificatePhotoOut(BaseSchema):
    """Sizes as kept: bytes, pixels."""

    id = fields.UUID()
    size = fields.Integer()
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)


class VoidSchema(BaseSchema):
    reason = Text(500, required=True)
    version = Whole(1, required=True)


class VoidGoodsReceiptSchema(BaseSchema):
    """The version that was seen goes into If-Match."""

    reason = Text(500, required=True)


class GoodsReceiptLineOut(GoodsReceiptLineSchema):
    """Of a delivery on an order also what was ordered, shipped, what arrived, its net weight and how much was refused;
    `quantity` is what was accepted."""

    id = Identifier()
    position = fields.Integer()
    item_version = fields.Integer()
    item_code = fields.String()
    item_name = fields.String()
    specification = fields.String()
    storage = Choice(Storage)
    category_id = Identifier()
    category_name = fields.String()
    unit_factor = PlainQuantity(places=6)
    base_unit = fields.String()
    base_quantity = PlainQuantity(places=9)
    amount_fen = fields.Integer(allow_none=True)
    order_line_id = Identifier(allow_none=True)
    shipment_line_id = Identifier(allow_none=True)
    ordered_quantity = PlainQuantity(places=3, allow_none=True)
    shipped_quantity = PlainQuantity(places=3, allow_none=True)
    arrived_quantity = PlainQuantity(places=3, allow_none=True)
    net_quantity = PlainQuantity(places=3, allow_none=True)
    rejected_quantity = PlainQuantity(places=3)
    tolerance_percent = PlainQuantity(places=2, allow_none=True)


class GoodsReceiptCertificateOut(GoodsReceiptCertificateSchema):
    id = Identifier()
    label = fields.String()


class MissingCertificateSchema(BaseSchema):
    category_id = Identifier()
    category_name = fields.String()
    kind = fields.String()
    label = fields.String()


class GoodsReceiptRow(BaseSchema):
    """One line of a list."""

    id = Identifier()
    school_id = fields.Integer()
    number = fields.String()
    received_at = fields.AwareDateTime()
    received_on = Day()
    supplier_name = fields.String()
    received_by_name = fields.String()
    line_count = fields.Integer()
    amount_fen = fields.Integer(allow_none=True)
    has_missing_certificates = fields.Boolean()
    state = Choice(State)
    version = fields.Integer()


class GoodsReceiptPage(PageSchema):
    items = fields.List(fields.Nested(GoodsReceiptRow))


class GoodsReceiptOut(GoodsReceiptRow):
    order_id = Identifier(allow_none=True)
    shipment_id = Identifier(allow_none=True)
    supplier_id = Identifier(allow_none=True)
    confirmed_at = fields.AwareDateTime(allow_none=True)
    delivery_note_no = fields.String()
    second_receiver_name = fields.String()
    note = fields.String()
    void_reason = fields.String()
    voided_at = fields.AwareDateTime(allow_none=True)
    lines = fields.List(fields.Nested(GoodsReceiptLineOut))
    certificates = fields.List(fields.Nested(GoodsReceiptCertificateOut))
    missing_certificates = fields.List(fields.Nested(MissingCertificateSchema))


class GoodsReceiptQuery(PageArguments):
    """`missing`: only recorded receipts without all certificates. `supplier`: the name's beginning."""

    missing = Flag()
    from_day = Day(load_default=None, allow_none=True)
    until_day = Day(load_default=None, allow_none=True)
    supplier = Text(60, load_default="")
