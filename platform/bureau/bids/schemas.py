"""Of the API. A bid's own document never passes here in the clear: it is sealed before it is sent."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from bureau.bids.models import SEATS
from bureau.bids.rules.declarations import CHOSEN
from bureau.bids.rules.package import MOST_CIPHERTEXT
from kernel.schemas import BaseSchema, Identifier, Text, Whole

_HASH = validate.Regexp(r"^[0-9a-f]{64}$", error=_l("应为 64 位小写十六进制的 SHA-256。"))
_ARMOR = validate.Length(min=1, max=4000)


class BidShareIn(BaseSchema):
    recipient = Text(200, required=True)
    sha256 = fields.String(required=True, validate=_HASH)
    share = fields.String(required=True, validate=_ARMOR)

    def _tidy_value(self, name: str, value: Any) -> Any:
        return value  # what was hashed is what is kept


class BidSharesIn(BaseSchema):
    procurement = fields.Nested(BidShareIn, required=True)
    supervision = fields.Nested(BidShareIn, required=True)
    escrow = fields.Nested(BidShareIn, required=True)


class BidSubmissionIn(BaseSchema):
    tender_id = Identifier(required=True)
    lot_id = Identifier(required=True)
    ciphertext_sha256 = fields.String(required=True, validate=_HASH)
    size = Whole(1, MOST_CIPHERTEXT, required=True)
    recipient = Text(200, required=True)
    shares = fields.Nested(BidSharesIn, required=True)
    device = Text(100, load_default="")


class BidSubmissionOut(BaseSchema):
    submission_id = fields.String()
    state = fields.String()
    receipt = fields.Dict(keys=fields.String())


class BidOut(BaseSchema):
    bid_id = fields.String()
    tender_id = fields.String()
    lot_id = fields.String()
    state = fields.String()
    state_label = fields.String()
    reason = fields.String()
    withdrawal = fields.Dict(keys=fields.String(), allow_none=True)
    submissions = fields.List(fields.Nested(BidSubmissionOut))


class BidListOut(BaseSchema):
    items = fields.List(fields.Nested(BidOut))


class BidCiphertextOut(BaseSchema):
    sha256 = fields.String()


class BidWithdrawalIn(BaseSchema):
    reason = Text(500, load_default="")


class BidKitOut(BaseSchema):
    format = fields.String()
    bureau = fields.String()
    server_time = fields.String()
    most_bytes = fields.Integer()
    supplier = fields.Dict(keys=fields.String())
    tender = fields.Dict(keys=fields.String())
    asked = fields.List(fields.Dict(keys=fields.String()))
    known = fields.Dict(keys=fields.String(), values=fields.String())
    is_open = fields.Boolean()
    recipients = fields.Dict(keys=fields.String(), values=fields.String())
    lots = fields.List(fields.Dict(keys=fields.String()))
    bids = fields.List(fields.Nested(BidOut))


class OfficerKeyIn(BaseSchema):
    recipient = Text(200, required=True)
    identity_ciphertext = fields.String(required=True, validate=_ARMOR)

    def _tidy_value(self, name: str, value: Any) -> Any:
        return value


class OfficerKeyOut(BaseSchema):
    id = fields.UUID()
    recipient = fields.String()
    state = fields.String()
    confirmed_at = fields.DateTime(allow_none=True)


class OfficerChallengeOut(BaseSchema):
    sealed = fields.String()
    token = fields.String()
    identity_ciphertext = fields.String()


class OfficerConfirmationIn(BaseSchema):
    token = fields.String(required=True, validate=validate.Length(max=1000))
    answer = fields.String(required=True, validate=validate.Length(max=200))


class OpeningOfficersIn(BaseSchema):
    procurement = Identifier(required=True)
    supervision = Identifier(required=True)
    escrow = Identifier(required=True)


class OpeningOfficerOut(BaseSchema):
    seat = fields.String()
    person_id = fields.UUID()
    recipient = fields.String()
    confirmed_at = fields.DateTime(allow_none=True)


class OpeningOfficersOut(BaseSchema):
    items = fields.List(fields.Nested(OpeningOfficerOut))


class OpeningStateOut(BaseSchema):
    state = fields.String()
    server_time = fields.String()
    seat = fields.String()
    identity_ciphertext = fields.String()
    key_state = fields.String()
    present = fields.List(fields.String())
    is_present = fields.Boolean()
    submissions = fields.List(fields.Dict(keys=fields.String()))


class OpeningSharesIn(BaseSchema):
    shares = fields.Dict(
        keys=fields.UUID(), values=fields.String(validate=validate.Length(max=400)), required=True,
        validate=validate.Length(max=5000),
    )  # fmt: skip


class OpeningIdentityIn(BaseSchema):
    identity = fields.String(required=True, validate=validate.Length(max=200))


class OpeningBidOut(BaseSchema):
    """`state` sealed: this key did not open it."""

    state = fields.String()
    reason = fields.String()


class BidDeclarationsIn(BaseSchema):
    """What bidders of the tender state of themselves, besides a contact and, with a bond, the account."""

    groups = fields.List(fields.String(validate=validate.OneOf(CHOSEN)), load_default=list)


class BidDeclarationsForm(BidDeclarationsIn):
    version = Whole(1, required=True)


class BidDeclarationsOut(BaseSchema):
    groups = fields.List(fields.String())
    version = fields.Integer()


class OpeningRemarksIn(BaseSchema):
    remarks = Text(4000, load_default="")


class OpeningAbsenceIn(BaseSchema):
    seat = fields.String(required=True, validate=validate.OneOf(SEATS))
    reason = Text(1000, required=True)


class OpeningAbsenceConfirmationIn(BaseSchema):
    seat = fields.String(required=True, validate=validate.OneOf(SEATS))


class OpeningOut(BaseSchema):
    state = fields.String()
    closed_at = fields.DateTime()
    opened_at = fields.DateTime(allow_none=True)
    hashes = fields.List(fields.Dict(keys=fields.String()))
    hashes_sha256 = fields.String()
    minutes = fields.Dict(keys=fields.String())
