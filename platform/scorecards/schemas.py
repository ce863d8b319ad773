"""What pages and API take and give of forms."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, pre_load, validate

from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Flag, Identifier, PageArguments, Quantity, Text, Whole
from scorecards.form import (
    AGGREGATES,
    COUNTS,
    KINDS,
    LIMIT_EFFECTS,
    METRICS,
    MODES,
    NA_POLICIES,
    OPERATORS,
    PARAMETER_SOURCES,
    POINTS_PLACES,
    ROUNDINGS,
    SHARES_OF,
    VETO_EFFECTS,
)
from scorecards.form_json import MAX_ENTRIES, SHAPES

MOST_POINTS = "100000"
STATES = ("active", "retired")
MOST_CONTENT = 14 * 1024 * 1024  # characters of Base64: ten megabytes
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
    """`id` of the draft, made when the page was shown. `kind` replaces the file's own; `example` stands for a file, and so
    does `reading`: a form that the page has shown as it was read (scorecards.reading_token)."""

    id = Identifier(required=True)
    kind = Choice(KINDS, load_default=None, allow_none=True)
    example = Text(40, load_default=None, allow_none=True)
    reading = fields.String(load_default=None, allow_none=True)


class NewForm(BaseSchema):
    """A blank form. `id` of the draft, made when the page was shown."""

    id = Identifier(required=True)
    title = Text(200, required=True)
    kind = Choice(KINDS, required=True)


class MoveForm(VersionForm):
    """`step`, or a place: `position` among the others (0: first), of items within `section`."""

    step = Choice(("up", "down"), load_default=None, allow_none=True)
    section = fields.String(load_default=None, allow_none=True, validate=CODE)
    position = Whole(0, 10_000, load_default=None, allow_none=True)


class SettleForm(VersionForm):
    code = Text(60, required=True)
    where = Text(200, required=True)


class RepeatFields(VersionForm):
    """`repeat_label` empty: filled once, not per unit."""

    repeat_label = Text(20, load_default="")
    repeat_aggregate = Choice(AGGREGATES, load_default=None, allow_none=True)
    repeat_minimum = Whole(0, 10_000, load_default=None, allow_none=True)


class SectionForm(RepeatFields):
    title = Text(200, required=True)
    points = optional_points()
    note = Text(2000, load_default="")
    cap = optional_points()
    na_allowed = Flag()
    na_percent = Quantity(POINTS_PLACES, "0", "100", load_default=None, allow_none=True)
    na_of = Choice(SHARES_OF, load_default=None, allow_none=True)


class BandRow(BaseSchema):
    label = Text(100, required=True)
    minimum = points(required=True)
    maximum = optional_points()


class ParameterRow(BaseSchema):
    name = fields.String(required=True, validate=CODE)
    label = Text(40, required=True)
    unit = Text(20, load_default="")
    source = Choice(PARAMETER_SOURCES, load_default=None, allow_none=True)


class LimitRow(BaseSchema):
    at_least = Whole(1, 1000, required=True)
    effect = Choice(LIMIT_EFFECTS, required=True)
    label = Text(100, load_default="")
    mark = Text(20, load_default="")
    note = Text(500, load_default="")


class VerdictRow(BaseSchema):
    """One condition. Rows of one `label` and `way` hold together; the ways of a label are alternatives."""

    label = Text(100, required=True)
    way = Whole(1, 10, load_default=None, allow_none=True)
    metric = Choice(METRICS, required=True)
    operator = Choice(OPERATORS, required=True)
    value = points(required=True)


# Chosen from a list or hidden: they fill no row by themselves.
_NOT_TYPED = frozenset({"code", "repeatable", "source", "effect", "metric", "operator", "way"})


def _without_blank(data: Any, *names: str) -> Any:
    """Pages offer spare rows; those left empty are not rows."""
    if not isinstance(data, Mapping):
        return data
    kept = {
        name: [row for row in data[name] if not isinstance(row, Mapping) or _filled(row)]
        for name in names
        if isinstance(data.get(name), list)
    }
    return {**data, **kept}


def _filled(row: Mapping[str, Any]) -> bool:
    return any(str(value).strip() for name, value in row.items() if name not in _NOT_TYPED)


def rows(schema: type[BaseSchema], most: int) -> fields.List:
    return fields.List(fields.Nested(schema), load_default=list, validate=validate.Length(0, most))


class SettingsForm(RepeatFields):
    """`notes`: one per line."""

    title = Text(200, required=True)
    kind = Choice(KINDS, required=True)
    total = optional_points()
    mode = Choice(MODES, required=True)
    na_policy = Choice(NA_POLICIES, required=True)
    places = Whole(0, 3, required=True)
    source = Text(2000, load_default="")
    notes = Text(20_000, load_default="")
    bonus_cap = optional_points()
    bands = rows(BandRow, 20)
    parameters = rows(ParameterRow, 20)
    limits = rows(LimitRow, 20)
    verdicts = rows(VerdictRow, 100)
    min_key = Whole(0, 1000, load_default=None, allow_none=True)
    min_general = Whole(0, 1000, load_default=None, allow_none=True)

    @pre_load
    def _only_filled(self, data: Any, **_: Any) -> Any:
        return _without_blank(data, "bands", "parameters", "limits", "verdicts")


class EntryRow(BaseSchema):
    """`code` empty: a new entry, which gets the next free one."""

    code = fields.String(load_default="", validate=validate.Regexp(r"([A-Za-z0-9][A-Za-z0-9._-]{0,39})?\Z"))
    label = Text(200, required=True)
    points = points(required=True)
    repeatable = Flag()


class TierRow(BaseSchema):
    start = Whole(0, 10_000, required=True)
    points = points(required=True)


class ScaleRowForm(BaseSchema):
    start = points(required=True)
    value = points(required=True)


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
    free = Whole(0, 10_000, load_default=None, allow_none=True)
    cost_parameter = fields.String(load_default=None, allow_none=True, validate=CODE)
    costs = rows(ScaleRowForm, 30)
    scale_parameter = fields.String(load_default=None, allow_none=True, validate=CODE)
    scale_per = optional_points("0.0001")
    scale_rounding = Choice(ROUNDINGS, load_default=None, allow_none=True)
    scale_plus = Whole(0, 10_000, load_default=None, allow_none=True)
    scale_minimum = Whole(0, 10_000, load_default=None, allow_none=True)
    scale_rows = rows(ScaleRowForm, 30)
    tiers = rows(TierRow, 30)
    counts = Choice(COUNTS, load_default=None, allow_none=True)
    entries = rows(EntryRow, MAX_ENTRIES)
    veto_effect = Choice(VETO_EFFECTS, load_default="none")
    veto_label = Text(100, load_default="")
    veto_condition = Text(500, load_default="")
    veto_on_loss = Flag()
    key = Flag()
    na_allowed = Flag()
    bonus = Flag()
    mark = Text(20, load_default="")
    tags = fields.List(fields.String(validate=CODE), load_default=list, validate=validate.Length(0, 20))
    note = Text(2000, load_default="")

    @pre_load
    def _only_filled(self, data: Any, **_: Any) -> Any:
        return _without_blank(data, "entries", "tiers", "costs", "scale_rows")


class PhraseForm(BaseSchema):
    """`id` made when the page was shown; `version` only of an edit. `suggestion`: see scorecards.phrase_answers."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    item_code = fields.String(required=True, validate=CODE)
    text = Text(300, required=True)
    basis = Text(300, load_default="")
    suggestion = Text(500, load_default="")


class StepForm(BaseSchema):
    step = Choice(("up", "down"), required=True)


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

    Or `content`: a file (.xlsx, .docx, .csv, .yaml, .json) in Base64, named by `source_name`; `table` names one of several
    sheets or tables in it. `template_id`: the form of which this is the next version.
    """

    id = Identifier(required=True)
    document = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)
    content = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, MOST_CONTENT))
    table = Text(100, load_default=None, allow_none=True)
    template_id = Identifier(load_default=None, allow_none=True)
    source_name = Text(200, load_default="")


class DocumentIn(BaseSchema):
    """`document`: the whole form, schema 1."""

    document = fields.Dict(keys=fields.String(), required=True)


class CopyIn(BaseSchema):
    """`id`: of the new draft, made by the client."""

    id = Identifier(required=True)
