"""People in and out: one validation for pages and API."""

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from bureau.roles import Role
from kernel.api import PageSchema
from kernel.identity.rules import is_mobile, normalise_name
from kernel.identity.schemas import email_address
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Text, Whole


class MobileText(Text):
    """A mobile number, kept as 11 digits however it was typed."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        folded = normalise_name(text)
        if text and not is_mobile(folded):
            raise ValidationError(str(_l("请填写 11 位手机号。")))
        return folded


class PeopleQuery(PageArguments):
    text = Text(100, load_default=None, allow_none=True)
    role = Choice(list(Role), load_default=None, allow_none=True)
    school_id = Whole(1, load_default=None, allow_none=True)
    state = Choice(["active", "suspended"], load_default=None, allow_none=True)


class RoleIn(BaseSchema):
    """`school_id` for a school's role, `zone_id` for a zone supervisor's, `supplier_id` for a supplier's person; a school's head gives roles at the own school
    and leaves both out."""

    role = Choice(list(Role), required=True)
    school_id = Whole(1, load_default=None, allow_none=True)
    zone_id = Whole(1, load_default=None, allow_none=True)
    supplier_id = Identifier(load_default=None, allow_none=True)
    valid_from = Day(load_default=None, allow_none=True, metadata={"description": "Today when left out."})
    valid_until = Day(load_default=None, allow_none=True, metadata={"description": "The last day; none: until ended."})


class RoleForm(RoleIn):
    id = Identifier(required=True)


class PersonIn(RoleForm):
    """A new person with a first role. `id` is the role's, made by the client: sent twice, it is given once."""

    display_name = Text(50, required=True)
    mobile = MobileText(30, required=True)
    username = Text(40, load_default=None, allow_none=True)
    email = Text(200, load_default=None, allow_none=True, validate=email_address)


class PersonEdit(BaseSchema):
    display_name = Text(50, required=True)
    mobile = MobileText(30, load_default=None, allow_none=True)
    email = Text(200, load_default=None, allow_none=True, validate=email_address)


class VersionForm(BaseSchema):
    version = Whole(1, load_default=None, allow_none=True, load_only=True)


class PersonEditForm(PersonEdit, VersionForm):
    pass


class ResetForm(BaseSchema):
    clear_second_factor = Flag()


class SecondFactorRoles(BaseSchema):
    roles = fields.List(
        Choice(list(Role)), load_default=list, validate=validate.Length(max=len(Role), error=_l("选择过多。"))
    )


class SecondFactorForm(SecondFactorRoles, VersionForm):
    pass


class SecondFactorOut(SecondFactorRoles):
    version = fields.Integer()


class RoleOut(BaseSchema):
    id = fields.UUID()
    role = fields.String()
    level = fields.String()
    zone_id = fields.Integer(allow_none=True)
    school_id = fields.Integer(allow_none=True)
    supplier_id = fields.UUID(allow_none=True)
    place = fields.String()
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    standing = fields.String()
    version = fields.Integer()


class PersonOut(BaseSchema):
    id = fields.UUID()
    display_name = fields.String()
    username = fields.String()
    mobile = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    state = fields.String()
    roles = fields.List(fields.Nested(RoleOut))
    version = fields.Integer()


class AddedPersonOut(PersonOut):
    """`one_time_password` is given this once, and only where the account is new."""

    one_time_password = fields.String(allow_none=True)


class PersonList(PageSchema):
    items = fields.List(fields.Nested(PersonOut))


class OneTimePasswordOut(BaseSchema):
    one_time_password = fields.String()
