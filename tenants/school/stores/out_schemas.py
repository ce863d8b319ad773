"""What the API gives of stock. Quantities as text without padding, money in fen, days ISO 8601."""

from marshmallow import fields

from bureau.catalogue.schemas import PlainQuantity
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Day, Identifier


class StoreGoodOut(BaseSchema):
    id = Identifier()
    item_id = Identifier(allow_none=True)
    name = fields.String()
    specification = fields.String()
    kind = fields.String()
    base_unit = fields.String()
    location_id = Identifier()
    least_quantity = PlainQuantity(places=6, allow_none=True)
    most_quantity = PlainQuantity(places=6, allow_none=True)
    takers = fields.List(fields.String())
    issue_weekdays = fields.List(fields.Integer())
    old_for_new = fields.Boolean()
    needs_approval = fields.Boolean()
    most_per_request = PlainQuantity(places=6, allow_none=True)
    is_active = fields.Boolean()
    version = fields.Integer()


class StoreStockOut(BaseSchema):
    """`expiry_date`: of what expires first; `frozen`: how much of it must not be used."""

    good = fields.Nested(StoreGoodOut)
    quantity = PlainQuantity(places=6)
    amount_fen = fields.Integer()
    expiry_date = Day(allow_none=True)
    frozen = PlainQuantity(places=6)
    level = fields.String()
    freshness = fields.String()


class StoreStockPage(PageSchema):
    items = fields.List(fields.Nested(StoreStockOut))


class StoreLotOut(BaseSchema):
    """What lies at one place of one batch."""

    good_id = Identifier()
    good_name = fields.String()
    base_unit = fields.String()
    batch_id = Identifier()
    batch_no = fields.String()
    location_id = Identifier()
    location_name = fields.String()
    quantity = PlainQuantity(places=6)
    amount_fen = fields.Integer()
    expiry_date = Day(allow_none=True)
    production_date = Day(allow_none=True)
    received_on = Day()
    supplier_name = fields.String()
    state = fields.String()
    is_usable = fields.Boolean()
    freshness = fields.String()


class StoreLotPage(PageSchema):
    items = fields.List(fields.Nested(StoreLotOut))


class StoreCardRow(BaseSchema):
    """One move of a good with what there was after it in all places."""

    id = Identifier()
    seq = fields.Integer()
    quantity = PlainQuantity(places=6)
    amount_fen = fields.Integer()
    quantity_after = PlainQuantity(places=6)
    amount_after_fen = fields.Integer()
    document_id = Identifier()
    number = fields.String()
    kind = fields.String()
    on_day = Day()
    posted_at = fields.AwareDateTime()
    posted_by_name = fields.String()
    batch_id = Identifier()
    batch_no = fields.String()
    source_name = fields.String()
    target_name = fields.String()
    taker_name = fields.String()
    reason = fields.String()


class StoreCardPage(PageSchema):
    items = fields.List(fields.Nested(StoreCardRow))


class StorePlaceOut(BaseSchema):
    id = Identifier()
    code = fields.String()
    name = fields.String()
    kind = fields.String()
    is_active = fields.Boolean()
    version = fields.Integer()


class StorePlaceList(BaseSchema):
    items = fields.List(fields.Nested(StorePlaceOut))


class StoreDocumentRow(BaseSchema):
    id = Identifier()
    number = fields.String()
    kind = fields.String()
    on_day = Day()
    posted_at = fields.AwareDateTime()
    posted_by_name = fields.String()
    second_by_name = fields.String()
    source_kind = fields.String()
    source_id = Identifier(allow_none=True)
    use_day = Day(allow_none=True)
    use_meal = fields.String(allow_none=True)
    dish_id = Identifier(allow_none=True)
    taker_name = fields.String()
    department = fields.String()
    reason = fields.String()
    attachment_id = Identifier(allow_none=True)
    line_count = fields.Integer()
    amount_fen = fields.Integer()


class StoreDocumentPage(PageSchema):
    items = fields.List(fields.Nested(StoreDocumentRow))


class StoreDocumentLineOut(StoreCardRow):
    good_id = Identifier()
    good_name = fields.String()
    base_unit = fields.String()
    expiry_date = Day(allow_none=True)
    from_location_id = Identifier()
    to_location_id = Identifier()


class StoreDocumentOut(StoreDocumentRow):
    lines = fields.List(fields.Nested(StoreDocumentLineOut))


class StoreStepOut(BaseSchema):
    event = fields.String()
    state = fields.String()
    at = fields.AwareDateTime()
    by_name = fields.String()
    reason = fields.String()


class StoreConfirmationLineOut(BaseSchema):
    batch_id = Identifier()
    location_id = Identifier()
    quantity = fields.String()


class StoreConfirmationOut(BaseSchema):
    id = Identifier()
    kind = fields.String()
    state = fields.String()
    lines = fields.List(fields.Nested(StoreConfirmationLineOut))
    reason = fields.String()
    taker_name = fields.String()
    department = fields.String()
    attachment_id = Identifier(allow_none=True)
    requisition_id = Identifier(allow_none=True)
    made_by_name = fields.String()
    decided_by_name = fields.String()
    version = fields.Integer()


class StoreConfirmationList(BaseSchema):
    items = fields.List(fields.Nested(StoreConfirmationOut))


class StoreRequisitionRow(BaseSchema):
    id = Identifier()
    number = fields.String()
    requester_name = fields.String()
    department = fields.String()
    purpose = fields.String()
    wanted_on = Day()
    state = fields.String()
    line_count = fields.Integer()
    summary = fields.String()
    approved_by_name = fields.String()
    document_id = Identifier(allow_none=True)
    created_at = fields.AwareDateTime()
    version = fields.Integer()


class StoreRequisitionPage(PageSchema):
    items = fields.List(fields.Nested(StoreRequisitionRow))


class StoreRequisitionLineOut(BaseSchema):
    good_id = Identifier()
    quantity = PlainQuantity(places=6)
    approved_quantity = PlainQuantity(places=6, allow_none=True)
    issued_quantity = PlainQuantity(places=6, allow_none=True)
    old_quantity = PlainQuantity(places=6)


class StoreRequisitionOut(StoreRequisitionRow):
    lines = fields.List(fields.Nested(StoreRequisitionLineOut))
    steps = fields.List(fields.Nested(StoreStepOut))


class StoreStocktakeRow(BaseSchema):
    """`difference_count`, `difference_fen` are null until the sheet is handed in."""

    id = Identifier()
    number = fields.String()
    kind = fields.String()
    good_kind = fields.String(allow_none=True)
    location_id = Identifier(allow_none=True)
    state = fields.String()
    on_day = Day()
    started_by_name = fields.String()
    line_count = fields.Integer()
    difference_count = fields.Integer(allow_none=True)
    difference_fen = fields.Integer(allow_none=True)
    document_id = Identifier(allow_none=True)
    version = fields.Integer()


class StoreStocktakePage(PageSchema):
    items = fields.List(fields.Nested(StoreStocktakeRow))


class StoreStocktakeLineOut(BaseSchema):
    """`book_quantity` is null while anybody is still counting."""

    id = Identifier()
    position = fields.Integer()
    good_id = Identifier()
    batch_id = Identifier(allow_none=True)
    location_id = Identifier()
    batch_no = fields.String()
    expiry_date = Day(allow_none=True)
    counted_quantity = PlainQuantity(places=6, allow_none=True)
    book_quantity = PlainQuantity(places=6, allow_none=True)
    counted_by_name = fields.String()
    reason = fields.String()


class StoreStocktakeOut(StoreStocktakeRow):
    lines = fields.List(fields.Nested(StoreStocktakeLineOut))
    steps = fields.List(fields.Nested(StoreStepOut))


class StoreCountedOut(BaseSchema):
    """`left`: so many lines still to count."""

    left = fields.Integer()


class StoreMonthOut(BaseSchema):
    id = Identifier()
    month = Day()
    state = fields.String()
    revision = fields.Integer()
    closed_at = fields.AwareDateTime(allow_none=True)
    closed_by_name = fields.String()
    version = fields.Integer()


class StoreMonthPage(PageSchema):
    items = fields.List(fields.Nested(StoreMonthOut))


class StoreMonthLineOut(BaseSchema):
    good_id = Identifier()
    name = fields.String()
    kind = fields.String()
    base_unit = fields.String()
    opening_quantity = PlainQuantity(places=6)
    opening_fen = fields.Integer()
    received_quantity = PlainQuantity(places=6)
    received_fen = fields.Integer()
    issued_quantity = PlainQuantity(places=6)
    issued_fen = fields.Integer()
    disposed_quantity = PlainQuantity(places=6)
    disposed_fen = fields.Integer()
    difference_quantity = PlainQuantity(places=6)
    difference_fen = fields.Integer()
    closing_quantity = PlainQuantity(places=6)
    closing_fen = fields.Integer()


class StoreMonthStatementOut(StoreMonthOut):
    lines = fields.List(fields.Nested(StoreMonthLineOut))
    steps = fields.List(fields.Nested(StoreStepOut))
