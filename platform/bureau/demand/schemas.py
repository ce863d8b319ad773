"""What pages and API take and give."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validates_schema

from bureau.demand.models import MONTH_COLUMNS, MOST_MONTHS
from bureau.demand.service.rounds import MOST_ITEMS
from bureau.schools.labels import CANTEEN_MODE, STAGE
from kernel.schemas import BaseSchema, Choice, Day, Identifier, PageArguments, Quantity, Text, Whole
from kernel.web.dates import SHANGHAI

MOST_MONTHLY = "99999999"
SCOPES = ("district", "zone")
SOURCES = ("", "receipts", "round", "norm")


def _ids(kind: Any, most: int = 3000) -> Any:
    return fields.List(kind, load_default=list, validate=lambda given: _at_most(given, most))


def _at_most(given: list[Any], most: int) -> None:
    if len(given) > most:
        raise ValidationError(_("最多 %(most)s 项。", most=most))


def deadline() -> Any:
    """Without an offset it is the wall clock of Shanghai: that is what a page's field sends."""
    messages = {name: _l("请填写日期和时间。") for name in ("required", "null", "invalid", "invalid_awareness")}
    return fields.AwareDateTime(required=True, default_timezone=SHANGHAI, error_messages=messages)


class DemandRoundIn(BaseSchema):
    id = Identifier(required=True)
    title = Text(100, required=True)
    note = Text(1000, load_default="")
    first_month = Day(required=True, metadata={"description": "Any day of the first month"})
    month_count = Whole(1, MOST_MONTHS, required=True)
    deadline = deadline()
    category_ids = fields.List(Identifier(), required=True)
    zone_category_ids = _ids(Identifier())
    stages = _ids(Choice(STAGE))
    zone_ids = _ids(Whole())
    canteen_modes = _ids(Choice(CANTEEN_MODE))
    school_ids = _ids(Whole())
    previous_id = Identifier(load_default=None, allow_none=True)

    @validates_schema
    def _some(self, data: dict[str, Any], **_more: Any) -> None:
        if not data.get("category_ids"):
            raise ValidationError({"category_ids": [_("请选择至少一个类别。")]})


class DemandReopen(BaseSchema):
    deadline = deadline()
    reason = Text(500, required=True)


class DemandReopenForm(DemandReopen):
    version = Whole(required=True)


class DemandWords(BaseSchema):
    words = Text(500, load_default="")


class DemandWordsForm(DemandWords):
    version = Whole(required=True)


class DemandReason(BaseSchema):
    reason = Text(500, load_default="")


class DemandReasonForm(DemandReason):
    version = Whole(required=True)


class DemandScope(BaseSchema):
    category_id = Identifier(required=True)
    scope = Choice(SCOPES, required=True)


class DemandScopesIn(BaseSchema):
    scopes = fields.List(fields.Nested(DemandScope), required=True)


class DemandScopesForm(DemandScopesIn):
    version = Whole(required=True)


class DemandNorm(BaseSchema):
    item_id = Identifier(required=True)
    norm = Quantity(4, "0.0001", "99999", required=True, allow_none=True)


class DemandNormsIn(BaseSchema):
    norms = fields.List(fields.Nested(DemandNorm), required=True)


class DemandNormsForm(DemandNormsIn):
    version = Whole(required=True)


class DemandRowIn(BaseSchema):
    item_id = Identifier(required=True)
    version = Whole(load_default=0)
    basis = Choice(SOURCES, load_default="")
    months = fields.List(Quantity(3, "0", MOST_MONTHLY, allow_none=True), required=True)


class DemandRowsIn(BaseSchema):
    rows = fields.List(fields.Nested(DemandRowIn), required=True)

    @validates_schema
    def _few(self, data: dict[str, Any], **_more: Any) -> None:
        if len(data.get("rows", ())) > MOST_ITEMS:
            raise ValidationError({"rows": [_("最多 %(most)s 项。", most=MOST_ITEMS)]})


class DemandRowForm(BaseSchema):
    """A row of the page: one field for each month."""

    item_id = Identifier(required=True)
    version = Whole(load_default=0)
    basis = Choice(SOURCES, load_default="")


for _column in MONTH_COLUMNS:
    DemandRowForm._declared_fields[_column] = Quantity(3, "0", MOST_MONTHLY, load_default=None, allow_none=True)


class DemandRowsForm(BaseSchema):
    rows = fields.List(fields.Nested(DemandRowForm), required=True)
    category = Identifier(load_default=None, allow_none=True)
    page = Whole(1, 1000, load_default=1)


class DemandSheetQuery(BaseSchema):
    category = Identifier(load_default=None, allow_none=True)
    page = Whole(1, 1000, load_default=1)


class DemandRoundQuery(PageArguments):
    pass


class DemandRoundOut(BaseSchema):
    id = fields.UUID()
    title = fields.String()
    note = fields.String()
    first_month = fields.Date()
    month_count = fields.Integer()
    deadline = fields.AwareDateTime()
    state = fields.String()
    previous_id = fields.UUID(allow_none=True)
    aggregation_id = fields.UUID(allow_none=True)
    tender_id = fields.UUID(allow_none=True)
    version = fields.Integer()


class DemandRoundListOut(BaseSchema):
    items = fields.List(fields.Nested(DemandRoundOut))
    next_cursor = fields.String(allow_none=True)


class DemandSheetOut(BaseSchema):
    school_id = fields.Integer()
    round_id = fields.UUID()
    state = fields.String()
    diners = fields.Integer()
    enrolment = fields.Integer()
    zone_id = fields.Integer(allow_none=True)
    submitted_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class DemandSchoolOut(BaseSchema):
    school_name = fields.String()
    school_code = fields.String()
    filled = fields.Integer()
    late = fields.Boolean()
    sheet = fields.Nested(DemandSheetOut)


class DemandZoneOut(BaseSchema):
    zone_id = fields.Integer(allow_none=True)
    name = fields.String()
    handed_in = fields.Integer()
    late = fields.Integer()
    schools = fields.List(fields.Nested(DemandSchoolOut))


class DemandProgressOut(BaseSchema):
    zones = fields.List(fields.Nested(DemandZoneOut))


class DemandLineOut(BaseSchema):
    item_id = fields.UUID()
    months = fields.List(fields.Decimal(as_string=True, allow_none=True))
    total = fields.Decimal(as_string=True)
    basis = fields.String()
    version = fields.Integer()


class DemandLinesOut(BaseSchema):
    sheet = fields.Nested(DemandSheetOut)
    lines = fields.List(fields.Nested(DemandLineOut))


class DemandLotItemOut(BaseSchema):
    item_id = fields.UUID()
    item_version_id = fields.UUID(allow_none=True)
    position = fields.Integer()
    code = fields.String()
    name = fields.String()
    specification = fields.String()
    unit = fields.String()
    quantity = fields.Decimal(as_string=True)
    months = fields.List(fields.String())
    school_count = fields.Integer()
    price_fen = fields.Integer(allow_none=True)
    amount_fen = fields.Integer(allow_none=True)


class DemandLotOut(BaseSchema):
    id = fields.UUID()
    number = fields.Integer()
    title = fields.String()
    scope = fields.String()
    category_id = fields.UUID()
    zone_id = fields.Integer(allow_none=True)
    item_count = fields.Integer()
    school_count = fields.Integer()
    estimated_fen = fields.Integer(allow_none=True)
    unpriced_count = fields.Integer()
    items = fields.List(fields.Nested(DemandLotItemOut))


class DemandLotsOut(BaseSchema):
    lots = fields.List(fields.Nested(DemandLotOut))


class DemandShareOut(BaseSchema):
    school_id = fields.Integer()
    school_code = fields.String()
    school_name = fields.String()
    item_id = fields.UUID()
    months = fields.List(fields.Decimal(as_string=True, allow_none=True))
    total = fields.Decimal(as_string=True)


class DemandSharesOut(BaseSchema):
    shares = fields.List(fields.Nested(DemandShareOut))


class DemandCountOut(BaseSchema):
    count = fields.Integer()


class DemandImportForm(BaseSchema):
    """The file itself comes beside the fields."""
