"""What goes in and out of deliveries on orders, rejections and warnings of lots."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, post_load, validate

from bureau.catalogue.schemas import PlainQuantity
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, PrintedNumber, Text, Whole
from school.orders.schemas import ShipmentForm, ShipmentSchema, amount
from school.supply.delivery_rules import REASONS
from school.supply.labels import REJECTION_STATES, WANTED
from school.supply.schemas import (
    MOST_CERTIFICATES,
    MOST_LINES,
    GoodsReceiptCertificateSchema,
    Instant,
)
from school.supply.service.accepting import CountedLot

EVERY_LOT = _l("请逐行填写送货单上的物品，未到的填 0。")


class CountedLotSchema(BaseSchema):
    """One lot of the shipment, in the order line's unit. `net` null: as it arrived. `batch_no` and days null: as the delivery
    note says. `photos`: attachments uploaded before."""

    shipment_line_id = Identifier(required=True)
    arrived_quantity = amount(required=True)
    net_quantity = amount(load_default=None, allow_none=True)
    rejected_quantity = amount(load_default=None, allow_none=True)
    reason = Choice(REASONS, load_default=None, allow_none=True)
    note = Text(300, load_default="")
    photos = fields.List(Identifier(), load_default=list, validate=validate.Length(max=10))
    temperature_celsius = PlainQuantity(places=1, least="-60", most="80", load_default=None, allow_none=True)
    batch_no = PrintedNumber(60, load_default=None, allow_none=True)
    production_date = Day(load_default=None, allow_none=True)
    expiry_date = Day(load_default=None, allow_none=True)


def counted(row: dict[str, Any], photos: Any = None) -> CountedLot:
    return CountedLot(
        row["shipment_line_id"], row["arrived_quantity"], net=row["net_quantity"],
        rejected=row["rejected_quantity"] or Decimal(0), reason=row["reason"] or "", note=row["note"],
        photos=tuple(row["photos"] if photos is None else photos), temperature_celsius=row["temperature_celsius"],
        batch_no=row["batch_no"], production_date=row["production_date"], expiry_date=row["expiry_date"],
    )  # fmt: skip


def lots_of(schema: type[BaseSchema]) -> fields.List:
    return fields.List(
        fields.Nested(schema), required=True, validate=validate.Length(1, MOST_LINES, error=EVERY_LOT),
        error_messages={"required": EVERY_LOT},
    )  # fmt: skip


class DeliverySchema(BaseSchema):
    """A shipment as it was counted. `certificates`: papers photographed at the door, `line` being the position of the
    lot in `lots`. `wanted`: what the school asks for what it refuses."""

    shipment_id = Identifier(required=True)
    received_at = Instant(load_default=None, allow_none=True)
    note = Text(500, load_default="")
    wanted = Choice(WANTED, load_default="replace")
    lots = lots_of(CountedLotSchema)
    certificates = fields.List(
        fields.Nested(GoodsReceiptCertificateSchema), load_default=list, validate=validate.Length(0, MOST_CERTIFICATES)
    )

    @post_load
    def _lots(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "lots": [counted(row) for row in data["lots"]]}


class CountedLotRow(CountedLotSchema):
    """On the page the photos come as files."""

    photos = fields.List(Identifier(), dump_only=True)


class DeliveryForm(BaseSchema):
    id = Identifier(required=True)
    received_at = Instant(load_default=None, allow_none=True)
    note = Text(500, load_default="")
    wanted = Choice(WANTED, load_default="replace")
    lots = lots_of(CountedLotRow)
    certificates = fields.List(
        fields.Nested(GoodsReceiptCertificateSchema), load_default=list, validate=validate.Length(0, MOST_CERTIFICATES)
    )


class DeliveryConfirmForm(BaseSchema):
    version = Whole(1, required=True)


class DeliveryConfirmHereForm(DeliveryConfirmForm):
    """The second person's own name and password, on the first one's phone."""

    username = Text(100, required=True)
    password = Text(200, required=True)


class CodeQuery(BaseSchema):
    code = Text(20, required=True)


class RejectionQuery(PageArguments):
    state = Choice(REJECTION_STATES, load_default=None, allow_none=True)


class RejectionReasonForm(BaseSchema):
    version = Whole(1, required=True)
    reason = Text(300, required=True)


class RejectionAnswerForm(BaseSchema):
    version = Whole(1, required=True)
    answer = Choice(WANTED, required=True)
    note = Text(300, load_default="")
    promised_on = Day(load_default=None, allow_none=True)


class ReplacementForm(ShipmentForm):
    """A shipment for what was refused."""


class ReplacementSchema(ShipmentSchema):
    """A shipment for what was refused."""


class WarningQuery(PageArguments):
    all = Flag()


class WarningNoteForm(BaseSchema):
    note = Text(500, required=True)


class WarningLiftForm(BaseSchema):
    version = Whole(1, required=True)
    reason = Text(500, required=True)


# --- out --------------------------------------------------------------------------------------------------------------


class RejectionLineOut(BaseSchema):
    id = fields.UUID()
    order_line_id = fields.UUID()
    item_id = fields.UUID()
    item_name = fields.String()
    batch_no = fields.String()
    unit = fields.String()
    quantity = amount()
    reason = fields.String()
    note = fields.String()
    replaced_quantity = amount()
    credited_quantity = amount()


class RejectionOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    number = fields.String()
    receipt_id = fields.UUID()
    order_id = fields.UUID()
    supplier_name = fields.String()
    school_name = fields.String()
    rejected_at = fields.AwareDateTime()
    wanted = fields.String()
    state = fields.String()
    is_safety = fields.Boolean()
    amount_fen = fields.Integer()
    answer = fields.String()
    promised_on = Day(allow_none=True)
    version = fields.Integer()


class RejectionWhole(RejectionOut):
    lines = fields.List(fields.Nested(RejectionLineOut))


class RejectionPage(PageSchema):
    items = fields.List(fields.Nested(RejectionOut))
