"""What a phone hands in and gets of a school's day, see docs/fill-protocol.md."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from bureau.fill.schemas import SHA256, FillDeviceIn
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Day, Flag, Identifier, PageArguments, Text, Whole
from school.offline_records.rules import CONFIRMATION
from school.supply.delivery_schemas import CountedLotSchema, DeliverySchema, lots_of
from school.supply.schemas import MOST_CERTIFICATES, GoodsReceiptCertificateSchema, Instant

MOST_PICTURES = 60
MOST_ROWS = 100


def _within_calendar(value: Any) -> None:
    if not 1970 <= value.year < 2200:
        raise ValidationError(str(_l("时间超出合理范围。")))


class OfflineFileIn(BaseSchema):
    """A picture that the body names by its hash."""

    sha256 = fields.String(required=True, validate=SHA256)
    size = Whole(1, 6 * 1024 * 1024, required=True)


class OfflineRecordIn(BaseSchema):
    """`made_at`: by the phone's clock; `clock_offset_ms`: ours less the phone's. `body`: by the kind."""

    kind = Text(60, required=True)
    school_id = Whole(1, required=True)
    made_at = fields.AwareDateTime(format="iso", required=True, validate=_within_calendar)
    clock_offset_ms = fields.Integer(strict=True, required=True, validate=validate.Range(-(10**13), 10**13))
    device = fields.Nested(FillDeviceIn, required=True)
    body = fields.Dict(keys=fields.String(), required=True)
    files = fields.List(
        fields.Nested(OfflineFileIn), load_default=list, validate=validate.Length(max=MOST_PICTURES)
    )  # fmt: skip


class OfflineConfirmationIn(OfflineRecordIn):
    """As any record; its kind can only be one."""

    kind = Text(60, required=True, validate=validate.Equal(CONFIRMATION, error=_l("没有这种记录。")))


def _pictures() -> fields.List:
    return fields.List(fields.String(validate=SHA256), load_default=list, validate=validate.Length(max=10))


class CountedOfflineLot(CountedLotSchema):
    """`photos`: SHA-256 of pictures."""

    photos = _pictures()


class OfflineCertificate(GoodsReceiptCertificateSchema):
    """`photo`: SHA-256 of its picture."""

    attachment_id = Identifier(dump_only=True)
    photo = fields.String(load_default=None, allow_none=True, validate=SHA256)


class OfflineReceipt(DeliverySchema):
    """A shipment as it was counted; when it was received is when the record was made."""

    received_at = Instant(dump_only=True)
    lots = lots_of(CountedOfflineLot)
    certificates = fields.List(
        fields.Nested(OfflineCertificate), load_default=list, validate=validate.Length(0, MOST_CERTIFICATES)
    )

    def _lots(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:  # the rows are made when the pictures are known
        return data


class OfflineConfirmation(BaseSchema):
    """What the second person saw: `seen`, the digest of the record that counted it on a phone, or the `version` of a
    receipt as the service handed it out."""

    receipt_id = Identifier(required=True)
    seen = fields.String(load_default=None, allow_none=True, validate=SHA256)
    version = Whole(1, load_default=None, allow_none=True)


class OfflineBlobOut(BaseSchema):
    sha256 = fields.String()


class OfflineAcknowledgement(BaseSchema):
    """`hash`: of the content as kept, which the phone compares with its own. `made_at`: by our clock; `counts_at`: from
    when it counts; `flags`: why that is not the same. `standing`: of a receipt, where it stands now."""

    id = fields.UUID()
    hash = fields.String()
    server_time = fields.AwareDateTime()
    made_at = fields.AwareDateTime()
    counts_at = fields.AwareDateTime()
    flags = fields.List(fields.String())
    notes = fields.List(fields.String())
    record_kind = fields.String()
    record_ids = fields.List(fields.UUID())
    url = fields.String()
    standing = fields.Dict(allow_none=True)


class SchoolDayOut(BaseSchema):
    """See docs/fill-protocol.md, "A school's day"."""

    server_time = fields.String()
    digest = fields.String()
    person = fields.Dict()
    bureau = fields.Dict()
    school = fields.Dict()
    kinds = fields.List(fields.Dict())
    days = fields.List(fields.Dict())
    receiving = fields.Dict()


class SecondPersonOut(BaseSchema):
    """Whose token this is: asked once, when a second person signs in on somebody else's phone."""

    person = fields.Dict()
    bureau = fields.Dict()
    school = fields.Dict()


class OfflineRecordOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    kind = fields.String()
    person_name = fields.String()
    device_label = fields.String()
    made_at = fields.AwareDateTime()
    clock_offset_ms = fields.Integer()
    claimed_at = fields.AwareDateTime()
    counts_at = fields.AwareDateTime()
    received_at = fields.AwareDateTime(attribute="created_at")
    flags = fields.List(fields.String())
    digest = fields.String()
    record_kind = fields.String()
    record_ids = fields.List(fields.UUID())


class OfflineRecordPage(PageSchema):
    items = fields.List(fields.Nested(OfflineRecordOut))


class OfflineRecordQuery(PageArguments):
    """`flagged`: only those that were not taken at their word. `day`: on which they arrived."""

    day = Day(load_default=None, allow_none=True)
    flagged = Flag()
