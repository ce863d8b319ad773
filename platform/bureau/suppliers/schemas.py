"""Suppliers in and out: one validation for pages and API."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema
from werkzeug.datastructures import FileStorage

from bureau.suppliers import labels, rules
from kernel.api import PageSchema
from kernel.identity.rules import is_mobile, normalise_name
from kernel.identity.schemas import email_address, password_field
from kernel.schemas import BaseSchema, Choice, Day, Identifier, PageArguments, Text, Whole


class ContactNumber(Text):
    """A mobile of 11 digits, or a fixed line such as 010-12345678."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        folded = normalise_name(text)
        if text and not is_mobile(folded) and not (folded.replace("-", "").isdigit() and 7 <= len(folded) <= 15):
            raise ValidationError(str(_l("请填写手机号，或带区号的固定电话。")))
        return folded


class SupplierRequestForm(BaseSchema):
    id = Identifier(required=True)
    credit_code = Text(40, required=True)
    company_name = Text(100, required=True)
    kind = Choice(rules.KINDS, required=True)
    size = Choice(rules.SIZES, required=True)
    address = Text(200, required=True)
    person_name = Text(50, required=True)
    mobile = ContactNumber(30, required=True)
    email = Text(200, required=True, validate=email_address)


class ConfirmForm(BaseSchema):
    code = Text(20, required=True)
    password = password_field(load_default=None, allow_none=True)
    repeated = password_field(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _same(self, data: dict[str, Any], **_: Any) -> None:
        if data["password"] != data["repeated"]:
            raise ValidationError(str(_l("两次输入的新口令不一致。")), "repeated")


class VersionIn(BaseSchema):
    version = Whole(1, load_default=None, allow_none=True, load_only=True)


class CompanyIn(BaseSchema):
    name = Text(100, required=True)
    kind = Choice(rules.KINDS, required=True)
    size = Choice(rules.SIZES, required=True)
    address = Text(200, required=True)
    business = Text(1000, load_default="")
    contact_name = Text(50, required=True)
    contact_mobile = ContactNumber(30, required=True)
    contact_email = Text(200, load_default="")


class CompanyForm(CompanyIn, VersionIn):
    pass


class CorrectionForm(VersionIn):
    name = Text(100, required=True)
    kind = Choice(rules.KINDS, required=True)
    size = Choice(rules.SIZES, required=True)
    address = Text(200, required=True)


class CategoriesIn(BaseSchema):
    categories = fields.List(Identifier(), load_default=list, validate=validate.Length(max=200, error=_l("选择过多。")))


class LicenceIn(BaseSchema):
    kind = Choice(rules.LICENCES, required=True)
    number = Text(100, required=True)
    scope = Text(500, load_default="")
    issued_by = Text(100, load_default="")
    valid_from = Day(load_default=None, allow_none=True)
    valid_until = Day(load_default=None, allow_none=True, metadata={"description": "None: without an end."})


class LicenceForm(LicenceIn):
    id = Identifier(required=True)


class LicenceQuery(LicenceIn):
    """The fields beside the file of a multipart upload."""


class ScanFile(BaseSchema):
    scan = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})

    @validates_schema(skip_on_field_errors=True)
    def _is_file(self, data: dict[str, Any], **_: Any) -> None:
        if not isinstance(data["scan"], FileStorage):
            raise ValidationError(str(_l("请上传扫描件。")), "scan")


class InvitationForm(BaseSchema):
    id = Identifier(required=True)
    person_name = Text(50, required=True)
    email = Text(200, required=True, validate=email_address)


class BureauForm(BaseSchema):
    bureau_code = Text(50, required=True)


class LicenceDecision(BaseSchema):
    event = Choice(("approve", "return"), required=True)
    reason = Text(500, load_default="")


class LicenceDecisionForm(LicenceDecision, VersionIn):
    pass


class CategoryDecision(BaseSchema):
    event = Choice(("approve", "refuse"), required=True)
    reason = Text(500, load_default="")


class CategoryDecisionForm(CategoryDecision, VersionIn):
    pass


class SupplierDecision(BaseSchema):
    """`notes`: field → what to mend, where it is returned."""

    event = Choice(("admit", "return", "refuse"), required=True)
    reason = Text(500, load_default="")
    notes = fields.Dict(keys=Choice(list(labels.RETURN_FIELDS)), values=Text(300, load_default=""), load_default=dict)


class SupplierDecisionForm(VersionIn):
    event = Choice(("admit", "return", "refuse"), required=True)
    reason = Text(500, load_default="")
    note_name = Text(300, load_default="")
    note_kind = Text(300, load_default="")
    note_size = Text(300, load_default="")
    note_address = Text(300, load_default="")
    note_business = Text(300, load_default="")
    note_contact = Text(300, load_default="")
    note_licences = Text(300, load_default="")
    note_categories = Text(300, load_default="")


class MeasureForm(BaseSchema):
    id = Identifier(required=True)
    kind = Choice(("warning", "suspension", "removal"), required=True)
    category_id = Identifier(load_default=None, allow_none=True)
    reason = Text(1000, required=True)
    basis = Text(300, load_default="")
    from_day = Day(load_default=None, allow_none=True)
    until_day = Day(load_default=None, allow_none=True)


class ReasonForm(VersionIn):
    reason = Text(500, load_default="")


class AppealAgainstForm(BaseSchema):
    id = Identifier(required=True)
    statement = Text(2000, required=True)


class AppealDecisionForm(VersionIn):
    event = Choice(("uphold", "reject"), required=True)
    decision = Text(1000, required=True)


class LicenceRulesForm(BaseSchema):
    kinds = fields.List(Choice(rules.LICENCES), load_default=list)


class SupplierQuery(PageArguments):
    text = Text(100, load_default=None, allow_none=True)
    state = Choice(list(labels.STATES), load_default=None, allow_none=True)
    size = Choice(rules.SIZES, load_default=None, allow_none=True)
    category_id = Identifier(load_default=None, allow_none=True)
    watch = Choice(("expiring", "waiting", "suspended"), load_default=None, allow_none=True)


class SupplierProblemOut(BaseSchema):
    code = fields.String()
    category_id = fields.UUID(allow_none=True)
    licence = fields.String(allow_none=True)
    until = fields.Date(allow_none=True)
    text = fields.String()


class SupplierLicenceOut(BaseSchema):
    id = fields.UUID()
    kind = fields.String()
    number = fields.String()
    scope = fields.String()
    issued_by = fields.String()
    valid_from = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    attachment_id = fields.UUID(allow_none=True)
    state = fields.String()
    reason = fields.String()
    version = fields.Integer()


class SupplierCategoryOut(BaseSchema):
    id = fields.UUID()
    category_id = fields.UUID()
    state = fields.String()
    reason = fields.String()
    version = fields.Integer()


class SupplierOut(BaseSchema):
    """`open_to`: categories in which it may bid today; `problems`: what stands against the others that it chose."""

    id = fields.UUID()
    credit_code = fields.String()
    name = fields.String()
    kind = fields.String()
    size = fields.String()
    address = fields.String()
    business = fields.String()
    contact_name = fields.String()
    contact_mobile = fields.String()
    contact_email = fields.String()
    state = fields.String()
    state_reason = fields.String()
    return_notes = fields.Dict(keys=fields.String(), values=fields.String())
    submitted_at = fields.AwareDateTime(allow_none=True)
    admitted_at = fields.AwareDateTime(allow_none=True)
    is_suspended = fields.Boolean()
    warnings = fields.Integer()
    next_expiry = fields.Date(allow_none=True)
    open_to = fields.List(fields.UUID())
    problems = fields.List(fields.Nested(SupplierProblemOut))
    version = fields.Integer()


class SupplierDetailOut(SupplierOut):
    licences = fields.List(fields.Nested(SupplierLicenceOut))
    categories = fields.List(fields.Nested(SupplierCategoryOut))


class SupplierListOut(PageSchema):
    items = fields.List(fields.Nested(SupplierOut))
