"""What goes in and out of orders, pages and API alike. Money in fen over the API, in yuan on pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, post_load, validate

from bureau.agreements.schemas import Fen
from bureau.catalogue.rules import CertificateKind
from bureau.catalogue.schemas import PlainQuantity
from duties.schemas import Clock
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
from school.orders.models import SOURCES
from school.orders.rules import STATES
from school.orders.service.drafting import Wanted
from school.orders.service.shipping import Shipped

MOST_LINES = 100
ONE_LINE = _l("请至少填写一种物品，最多 100 种。")


def amount(**more: Any) -> PlainQuantity:
    return PlainQuantity(places=3, least="0", most="9999999", **more)


def rows_of(schema: type[BaseSchema]) -> fields.List:
    return fields.List(
        fields.Nested(schema), required=True, validate=validate.Length(1, MOST_LINES, error=ONE_LINE),
        error_messages={"required": ONE_LINE},
    )  # fmt: skip


class SupplyOrderQuery(PageArguments):
    state = Choice(STATES, load_default=None, allow_none=True)
    day = Day(load_default=None, allow_none=True)


class WantedSchema(BaseSchema):
    """`quantity` in the agreement line's unit."""

    agreement_item_id = Identifier(required=True)
    quantity = amount(required=True)


class SupplyOrderSchema(BaseSchema):
    """Prices are not given: they are the agreement's."""

    agreement_id = Identifier(required=True)
    deliver_on = Day(required=True)
    deliver_from = Clock(load_default=None, allow_none=True)
    deliver_until = Clock(load_default=None, allow_none=True)
    place = Text(100, load_default="")
    contact = Text(60, load_default="")
    note = Text(500, load_default="")
    lines = rows_of(WantedSchema)

    @post_load
    def _wanted(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "lines": [Wanted(row["agreement_item_id"], row["quantity"]) for row in data["lines"]]}


class WantedRow(WantedSchema):
    """On a page a line without a quantity is not ordered."""

    quantity = amount(load_default=None, allow_none=True)


class SupplyOrderForm(SupplyOrderSchema):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    lines = rows_of(WantedRow)

    @post_load
    def _wanted(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        lines = [Wanted(row["agreement_item_id"], row["quantity"]) for row in data["lines"] if row["quantity"]]
        return {**data, "lines": lines}


class OrderVersionForm(BaseSchema):
    version = Whole(1, required=True)


class OrderReasonForm(OrderVersionForm):
    reason = Text(500, required=True)


class OrderNoteForm(OrderVersionForm):
    reason = Text(500, load_default="")


class OrderDayForm(OrderReasonForm):
    day = Day(required=True)


class OrderRepeatForm(BaseSchema):
    id = Identifier(required=True)
    deliver_on = Day(load_default=None, allow_none=True)


class OrderProposalQuery(BaseSchema):
    """Days of meals; `lead_days`: how long before a day its goods come."""

    first = Day(load_default=None, allow_none=True)
    last = Day(load_default=None, allow_none=True)
    lead_days = Whole(0, 7, load_default=0)


class OrderProposalForm(OrderProposalQuery):
    id = Identifier(required=True)
    first = Day(required=True)
    last = Day(required=True)


class FoodBudgetForm(BaseSchema):
    """`month`: 2026-09; the amount in yuan."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    month = fields.String(
        required=True, error_messages={"required": _l("请填写此项。")},
        validate=validate.Regexp(r"^20\d\d-(0[1-9]|1[0-2])$", error=_l("请填写月份，例如 2026-09。")),
    )  # fmt: skip
    amount = Quantity(places=2, least="0", most="100000000", required=True)
    note = Text(200, load_default="")

    @post_load
    def _values(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        year, month = map(int, data.pop("month").split("-"))
        yuan: Decimal = data.pop("amount")
        return {**data, "month": date(year, month, 1), "amount_fen": int(yuan * 100)}


class FoodBudgetSchema(BaseSchema):
    """`month`: its first day."""

    month = Day(required=True)
    amount_fen = Fen(required=True)
    note = Text(200, load_default="")


class ShippedSchema(BaseSchema):
    """`batch_no` empty: named by the production date. `certificates` null: every current paper of the lot and its item."""

    order_line_id = Identifier(required=True)
    quantity = amount(required=True)
    batch_no = PrintedNumber(60, load_default="")
    production_date = Day(load_default=None, allow_none=True)
    expiry_date = Day(load_default=None, allow_none=True)
    certificates = fields.List(Identifier(), load_default=None, allow_none=True, validate=validate.Length(max=20))


class ShipmentSchema(BaseSchema):
    expected_on = Day(load_default=None, allow_none=True)
    vehicle = Text(40, load_default="")
    plate = Text(20, load_default="")
    driver = Text(60, load_default="")
    temperature_celsius = PlainQuantity(places=1, least="-60", most="80", load_default=None, allow_none=True)
    note = Text(500, load_default="")
    lines = rows_of(ShippedSchema)

    @post_load
    def _shipped(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "lines": [Shipped(**row) for row in data["lines"] if row["quantity"]]}


class ShippedRow(ShippedSchema):
    quantity = amount(load_default=None, allow_none=True)
    certificates = fields.List(Identifier(), dump_only=True)


class ShipmentForm(ShipmentSchema):
    id = Identifier(required=True)
    lines = rows_of(ShippedRow)


class CertificateSchema(BaseSchema):
    """`covers_quantity` in the unit of the item. `batch_no` empty: the paper is of the item, whatever the lot."""

    item_id = Identifier(required=True)
    kind = Choice(CertificateKind, required=True)
    number = PrintedNumber(100, load_default="")
    batch_no = PrintedNumber(60, load_default="")
    issued_by = Text(100, load_default="")
    issued_on = Day(load_default=None, allow_none=True)
    valid_from = Day(load_default=None, allow_none=True)
    valid_until = Day(load_default=None, allow_none=True)
    covers_quantity = PlainQuantity(places=3, least="0.001", most="9999999", load_default=None, allow_none=True)


class BatchCertificateForm(CertificateSchema):
    id = Identifier(required=True)


class FindingQuery(PageArguments):
    all = Flag()


class FindingNoteForm(BaseSchema):
    note = Text(500, required=True)
    is_against = Flag()


# --- out --------------------------------------------------------------------------------------------------------------


class SupplyOrderRow(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    number = fields.String()
    state = Choice(STATES)
    deliver_on = Day()
    supplier_id = fields.UUID()
    supplier_name = fields.String()
    school_name = fields.String()
    agreement_number = fields.String()
    line_count = fields.Integer()
    amount_fen = fields.Integer()
    proposed_on = Day(allow_none=True)
    created_by_name = fields.String()
    version = fields.Integer()


class SupplyOrderPage(PageSchema):
    items = fields.List(fields.Nested(SupplyOrderRow))


class SupplyOrderLineOut(BaseSchema):
    """Quantities in `unit`. `price_account`: how the price came about."""

    id = fields.UUID()
    position = fields.Integer()
    item_id = fields.UUID()
    agreement_item_id = fields.UUID()
    item_name = fields.String()
    specification = fields.String()
    unit = fields.String()
    unit_factor = PlainQuantity(places=6)
    base_unit = fields.String()
    quantity = amount()
    unit_price_fen = fields.Integer()
    amount_fen = fields.Integer()
    tolerance = PlainQuantity(places=2)
    received_quantity = amount()
    rejected_quantity = amount()
    waived_quantity = amount()
    price_account = fields.Dict()


class ShipmentLineOut(BaseSchema):
    id = fields.UUID()
    order_line_id = fields.UUID()
    item_id = fields.UUID()
    batch_no = fields.String()
    production_date = Day(allow_none=True)
    expiry_date = Day(allow_none=True)
    quantity = amount()
    arrived_quantity = amount(allow_none=True)


class ShipmentOut(BaseSchema):
    id = fields.UUID()
    order_id = fields.UUID()
    number = fields.String()
    code = fields.String()
    state = fields.String()
    shipped_at = fields.AwareDateTime()
    expected_on = Day()
    plate = fields.String()
    temperature_celsius = PlainQuantity(places=1, allow_none=True)
    version = fields.Integer()


class ShipmentWhole(ShipmentOut):
    lines = fields.List(fields.Nested(ShipmentLineOut))


class SupplyOrderOut(SupplyOrderRow):
    agreement_id = fields.UUID()
    state_reason = fields.String()
    source = Choice(SOURCES)
    deliver_from = Clock(allow_none=True)
    deliver_until = Clock(allow_none=True)
    place = fields.String()
    contact = fields.String()
    note = fields.String()
    proposal_reason = fields.String()
    approved_by_name = fields.String()
    lines = fields.List(fields.Nested(SupplyOrderLineOut))
    shipments = fields.List(fields.Nested(ShipmentOut))


class BatchCertificateOut(CertificateSchema):
    id = fields.UUID()
    supplier_id = fields.UUID()
    unit = fields.String()
    sha256 = fields.String()
    state = fields.String()
    version = fields.Integer()


class BatchCertificatePage(PageSchema):
    items = fields.List(fields.Nested(BatchCertificateOut))


class OrderReasonIn(BaseSchema):
    reason = Text(500, required=True)


class OwnCertificateQuery(PageArguments):
    """Newest first."""


class FoodBudgetOut(FoodBudgetSchema):
    id = fields.UUID()
    version = fields.Integer()
