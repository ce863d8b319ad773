"""What pages and API take and give of forms."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, pre_load, validate

from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Flag, Identifier, PageArguments, Quantity, Text, Whole
from scorecards.form import KINDS, MODES, NA_POLICIES, POINTS_PLACES, VETO_EFFECTS
from scorecards.form_json import MAX_ENTRIES, SHAPES

MOST_POINTS = "100000"
STATES = ("active", "retired")
CODE = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")


def points(least: str = "0", **kwargs: Any) -> Quantity:
    return Quantity(POINTS_PLACES, least, MOST_POINTS, **kwargs)


def optional_points(least: str = "0") -> Quantity:
    return points(least, load_default=None, allow_none=True)


class FormQuery(PageArguments):
    kind = Choice(KINDS, load_default=None, allow_none=True)
    state = Choice(STATES, load_default=None, allow_none=True)
    q = Text(100, load_default=None, allow_none=True)


class VersionForm(BaseSchema):
    """A button's form: nothing but the version seen."""

    version = Whole(1, required=True)


class CopyForm(BaseSchema):
    id = Identifier(required=True)


class ImportForm(BaseSchema):
    """`id` of the draft, made when the page was shown. `kind` replaces the file's own; `example` stands for a file."""

    id = Identifier(required=True)
    kind = Choice(KINDS, load_default=None, allow_none=True)
    example = Text(40, load_default=None, allow_none=True)


class SettleForm(VersionForm):
    code = Text(60, required=True)
    where = Text(200, required=True)


class SectionForm(VersionForm):
    title = Text(200, required=True)
    points = optional_points()
    note = Text(2000, load_default="")


class BandRow(BaseSchema):
    label = Text(100, required=True)
    minimum = points(required=True)
    maximum = optional_points()


def _without_blank(data: Any, name: str) -> Any:
    """Pages offer spare rows; those left empty are not rows."""
    if isinstance(data, Mapping) and isinstance(data.get(name), list):
        rows = [row for row in data[name] if not isinstance(row, Mapping) or _filled(row)]
        return {**data, name: rows}
    return data


def _filled(row: Mapping[str, Any]) -> bool:
    return any(str(value).strip() for name, value in row.items() if name not in ("code", "repeatable"))


class SettingsForm(VersionForm):
    title = Text(200, required=True)
    kind = Choice(KINDS, required=True)
    total = optional_points()
    mode = Choice(MODES, required=True)
    na_policy = Choice(NA_POLICIES, required=True)
    places = Whole(0, 3, required=True)
    source = Text(2000, load_default="")
    bands = fields.List(fields.Nested(BandRow), load_default=list, validate=validate.Length(0, 20))

    @pre_load
    def _only_filled(self, data: Any, **_: Any) -> Any:
        return _without_blank(data, "bands")


class EntryRow(BaseSchema):
    """`code` empty: a new entry, which gets the next free one."""

    code = fields.String(load_default="", validate=validate.Regexp(r"([A-Za-z0-9][A-Za-z0-9._-]{0,39})?\Z"))
    label = Text(200, required=True)
    points = points(required=True)
    repeatable = Flag()


class ItemForm(VersionForm):
    """One item with every shape's parameters; only those of the chosen shape are used."""

    no = Text(40, load_default="")
    text = Text(2000, required=True)
    points = optional_points()
    method = Text(200, load_default="")
    rule_text = Text(2000, load_default="")
    shape = Choice(SHAPES, required=True)
    step = optional_points("0.0001")
    unit_points = optional_points("0.0001")
    unit_label = Text(20, load_default="")
    cap = optional_points()
    zero_at = Whole(1, 10_000, load_default=None, allow_none=True)
    unresolved_factor = Quantity(POINTS_PLACES, "1", "100", load_default=None, allow_none=True)
    entries = fields.List(fields.Nested(EntryRow), load_default=list, validate=validate.Length(0, MAX_ENTRIES))
    veto_effect = Choice(VETO_EFFECTS, load_default="none")
    veto_label = Text(100, load_default="")
    veto_condition = Text(500, load_default="")
    veto_on_loss = Flag()
    key = Flag()
    na_allowed = Flag()
    tags = fields.List(fields.String(validate=CODE), load_default=list, validate=validate.Length(0, 20))
    note = Text(2000, load_default="")

    @pre_load
    def _only_filled(self, data: Any, **_: Any) -> Any:
        return _without_blank(data, "entries")


# --- API --------------------------------------------------------------------------------------------------------


class FindingOut(BaseSchema):
    """`where`: "form", "section:CODE", "item:CODE", "band:LABEL" or "verdict:LABEL"."""

    severity = fields.String()
    code = fields.String()
    where = fields.String()
    message = fields.String()


class FormVersionLine(BaseSchema):
    id = Identifier()
    number = fields.Integer()
    state = fields.String()
    item_count = fields.Integer()
    published_at = fields.DateTime(allow_none=True)
    version = fields.Integer()


class FormTemplateOut(BaseSchema):
    """`versions`: newest first."""

    id = Identifier()
    title = fields.String()
    kind = fields.String()
    state = fields.String()
    version = fields.Integer()
    versions = fields.List(fields.Nested(FormVersionLine))


class FormTemplatePage(PageSchema):
    items = fields.List(fields.Nested(FormTemplateOut))


class FormVersionOut(FormVersionLine):
    """`document`: the whole form (schema 1). `can_publish`: nothing is open, see `findings` and the items' `review`."""

    template_id = Identifier()
    title = fields.String()
    digest = fields.String()
    source_name = fields.String()
    document = fields.Dict(keys=fields.String())
    findings = fields.List(fields.Nested(FindingOut))
    can_publish = fields.Boolean()


class FormIn(BaseSchema):
    """`id`: of the draft, made by the client. `document`: schema 1, or a form as it is collected (see the import page).

    `template_id`: the form of which this is the next version.
    """

    id = Identifier(required=True)
    document = fields.Dict(keys=fields.String(), required=True)
    template_id = Identifier(load_default=None, allow_none=True)
    source_name = Text(200, load_default="")


class DocumentIn(BaseSchema):
    """`document`: the whole form, schema 1."""

    document = fields.Dict(keys=fields.String(), required=True)


class CopyIn(BaseSchema):
    """`id`: of the new draft, made by the client."""

    id = Identifier(required=True)
