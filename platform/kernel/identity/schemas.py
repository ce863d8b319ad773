"""What identity takes in and gives out, for pages and API alike."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from kernel.api import PageSchema
from kernel.identity.rules import MAX_LENGTH
from kernel.schemas import BaseSchema, Choice, Flag, Text, Whole


def password_field(**kwargs: Any) -> Text:
    """Longer than any allowed password, so that a long one is told the rule rather than cut."""
    return Text(MAX_LENGTH * 2, load_only=True, **kwargs)


def email_address(value: str) -> None:
    """Whether mail could go there at all; only a message that arrives proves more."""
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,253}", value) or "." not in value.rsplit("@", 1)[1]:
        raise ValidationError(str(_l("邮箱格式不正确。")))


class SignInForm(BaseSchema):
    name = Text(100, required=True)
    password = password_field(required=True)
    remember = Flag()
    next = fields.String(load_default="", validate=validate.Length(max=2000))


class CodeForm(BaseSchema):
    code = Text(40, required=True)


class PasswordForm(BaseSchema):
    password = password_field(required=True)


class ChangePasswordForm(BaseSchema):
    password = password_field(required=True)
    new_password = password_field(required=True)
    repeated = password_field(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _same(self, data: dict[str, Any], **_: Any) -> None:
        if data["new_password"] != data["repeated"]:
            raise ValidationError(str(_l("两次输入的新口令不一致。")), "repeated")


class ScopeForm(BaseSchema):
    scope = Text(60, required=True)
    next = fields.String(load_default="", validate=validate.Length(max=2000))


class ProfileForm(BaseSchema):
    email = Text(200, load_default=None, allow_none=True, validate=email_address)
    locale = Choice(["zh_CN", "en"], required=True)


class TokenForm(BaseSchema):
    name = Text(60, required=True)
    scopes = fields.List(
        Text(100),
        required=True,
        validate=validate.Length(1, 20, error=_l("请至少选择一项权限。")),
        error_messages={"required": _l("请至少选择一项权限。")},
    )
    days = Whole(1, 365, load_default=90)


class TokenRequestSchema(TokenForm):
    """What a device sends for a token. `scope` names the place, e.g. "school-1-12"; by default the usual one."""

    username = Text(100, required=True)
    password = password_field(required=True)
    code = Text(40, load_default=None, allow_none=True)
    scope = Text(60, load_default=None, allow_none=True)


class TokenSchema(BaseSchema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    level = fields.String(required=True)
    bureau_id = fields.Integer(required=True)
    zone_id = fields.Integer(allow_none=True)
    school_id = fields.Integer(allow_none=True)
    supplier_id = fields.UUID(allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(allow_none=True)


class NewTokenSchema(TokenSchema):
    """`token` is shown this once."""

    token = fields.String(required=True)


class TokenListSchema(PageSchema):
    items = fields.List(fields.Nested(TokenSchema), required=True)


class SessionSchema(BaseSchema):
    id = fields.UUID(required=True)
    address = fields.String(required=True)
    user_agent = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    last_seen_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class SessionListSchema(PageSchema):
    items = fields.List(fields.Nested(SessionSchema), required=True)


class ScopeSchema(BaseSchema):
    key = fields.String(required=True)
    level = fields.String(required=True)
    label = fields.String(required=True)
    bureau_name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class MeSchema(BaseSchema):
    """The signed-in person in the scope of this token, and the other scopes that they hold."""

    account_id = fields.UUID(required=True)
    display_name = fields.String(required=True)
    locale = fields.String(required=True)
    level = fields.String(required=True)
    bureau_id = fields.Integer(required=True)
    school_id = fields.Integer(allow_none=True)
    school_ids = fields.List(fields.Integer())
    scope_label = fields.String()
    roles = fields.List(fields.String())
    permissions = fields.List(fields.String())
    scopes = fields.List(fields.Nested(ScopeSchema))
