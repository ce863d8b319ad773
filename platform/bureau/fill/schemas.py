"""What a phone sends and gets, see docs/fill-protocol.md."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from kernel.schemas import BaseSchema, Choice, Identifier, Text, Whole

MOST_ANSWERS = 2000
MOST_FILES = 200
MOST_UNITS = 500
MOST_PARAMETERS = 100
MOST_REMARK = 1000
MOST_REASON = 500
SHA256 = validate.Regexp(r"\A[0-9a-f]{64}\Z", error=_l("不是有效的 SHA-256。"))
SIGNER = validate.Regexp(
    r"\A(school|inspector:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?\Z", error=_l("签名人不正确。")
)
KEY = validate.Length(max=200)


def _at_most(most: int) -> validate.Length:
    return validate.Length(max=most, error=_l("最多 %(most)s 项。", most=most))


def _within_calendar(value: datetime) -> None:
    """A clock that lost its time may say 1970; what is far beyond no database and no page can show."""
    if not 1970 <= value.year < 2200:
        raise ValidationError(str(_l("时间超出合理范围。")))


def _instant() -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso", required=True, validate=_within_calendar)


class Amount(fields.Field[Any]):
    """A number as JSON has it, or its text: exact either way, so a float is read by its shortest text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = value if isinstance(value, str) else repr(value)
        try:
            number = float(text)
        except (ValueError, OverflowError):
            number = float("nan")
        if isinstance(value, bool) or not isinstance(value, (int, float, str)) or not abs(number) < 1e9:
            raise ValidationError(str(_l("请填写数字。")))
        return value


class FillPlaceIn(BaseSchema):
    """WGS-84 degrees; accuracy in metres."""

    latitude = fields.Float(required=True, allow_nan=False, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, allow_nan=False, validate=validate.Range(-180, 180))
    accuracy = fields.Float(load_default=None, allow_none=True, allow_nan=False, validate=validate.Range(0, 10_000_000))


class FillDeviceIn(BaseSchema):
    """`id`: a random name that the phone gave itself; `app`: version of the page."""

    id = Text(100, required=True)
    label = Text(200, load_default="", allow_none=True)
    app = Text(100, load_default="", allow_none=True)


class FillUnitIn(BaseSchema):
    """A room or window; `parameters`: its own figures, such as beds."""

    code = Text(40, required=True)
    label = Text(60, load_default="")
    parameters = fields.Dict(keys=fields.String(validate=KEY), values=Amount(), validate=_at_most(MOST_PARAMETERS))


class FillAnswerIn(BaseSchema):
    answer = fields.Raw(required=True, allow_none=True)
    remark = Text(MOST_REMARK, load_default="")
    at = _instant()
    base = fields.String(load_default=None, allow_none=True, validate=SHA256)


class FillFileIn(BaseSchema):
    sha256 = fields.String(required=True, validate=SHA256)
    size = Whole(1, 6 * 1024 * 1024, required=True)
    mime = Choice(["image/jpeg", "image/png"], required=True)
    key = fields.String(load_default="", validate=KEY)
    purpose = Choice(["photo", "signature"], required=True)
    signer = fields.String(load_default="", allow_none=True, validate=SIGNER)
    taken_at = _instant()
    place = fields.Nested(FillPlaceIn, load_default=None, allow_none=True)


class FillClientScoreIn(BaseSchema):
    """What the phone's engine found; `digest`: of the answers that it counted (rules.score_digest)."""

    score = Amount(load_default=None, allow_none=True)
    maximum = Amount(load_default=None, allow_none=True)
    band = fields.String(load_default=None, allow_none=True, validate=KEY)
    verdict = fields.String(load_default=None, allow_none=True, validate=KEY)
    digest = fields.String(load_default=None, allow_none=True, validate=SHA256)


class FillSubmissionIn(BaseSchema):
    inspection_id = Identifier(required=True)
    school_id = Whole(1, required=True)
    form_version_id = Identifier(required=True)
    device = fields.Nested(FillDeviceIn, required=True)
    started_at = _instant()
    clock_offset_ms = fields.Integer(
        strict=True, load_default=0, allow_none=True, validate=validate.Range(-(10**13), 10**13)
    )
    place = fields.Nested(FillPlaceIn, load_default=None, allow_none=True)
    parameters = fields.Dict(
        keys=fields.String(validate=KEY), values=Amount(), load_default=dict, validate=_at_most(MOST_PARAMETERS)
    )
    units = fields.Dict(
        keys=fields.String(validate=KEY),
        values=fields.List(fields.Nested(FillUnitIn), validate=_at_most(MOST_UNITS)),
        load_default=dict,
        validate=_at_most(MOST_UNITS),
    )
    answers = fields.Dict(
        keys=fields.String(validate=KEY),
        values=fields.Nested(FillAnswerIn),
        required=True,
        validate=_at_most(MOST_ANSWERS),
    )
    attachments = fields.List(fields.Nested(FillFileIn), load_default=list, validate=_at_most(MOST_FILES))
    met_by = Text(100, load_default="", allow_none=True)
    remark = Text(2000, load_default="", allow_none=True)
    unsigned_reason = Text(MOST_REASON, load_default="", allow_none=True)
    client_score = fields.Nested(FillClientScoreIn, load_default=None, allow_none=True)


class FillFinalisationIn(BaseSchema):
    manifest_sha256 = fields.String(required=True, validate=SHA256)
    rev = Whole(1, required=True)


class FillBlobQuery(BaseSchema):
    school_id = Whole(1, required=True)


class FillPingQuery(BaseSchema):
    nonce = fields.String(load_default="", validate=validate.Length(max=100))


class FillPingOut(BaseSchema):
    nonce = fields.String()
    server_time = fields.String()


class FillTasksOut(BaseSchema):
    """See docs/fill-protocol.md, "Tasks"."""

    server_time = fields.String()
    person = fields.Dict()
    bureau = fields.Dict()
    tasks = fields.List(fields.Dict())


class FillFormOut(BaseSchema):
    id = fields.String()
    digest = fields.String()
    number = fields.Integer()
    title = fields.String()
    form = fields.Dict()
    words = fields.Dict()
    phrases = fields.Dict()


class FillKeptOut(BaseSchema):
    rev = fields.Integer()
    missing = fields.List(fields.String())
    conflicts = fields.List(fields.Dict())
    answers = fields.Dict()


class FillSubmissionOut(FillKeptOut):
    """`submission`: what the phone sent last; `receipt` of this revision, if it was finalised."""

    submission_id = fields.String()
    state = fields.String()
    submission = fields.Dict()
    receipt = fields.Dict(allow_none=True)


class FillBlobOut(BaseSchema):
    sha256 = fields.String()


class FillReceiptOut(BaseSchema):
    submission_id = fields.String()
    rev = fields.Integer()
    seq = fields.Integer()
    prev = fields.String()
    hash = fields.String()
    server_time = fields.String()
    manifest_sha256 = fields.String()
    attachments = fields.List(fields.String())
    document_sha256 = fields.String()
    form_digest = fields.String()
    visit_state = fields.String()
    score = fields.Dict(allow_none=True)
    score_differs = fields.Boolean()
    signature = fields.String()
