"""What the API gives of comparisons, trials and phrases."""

from marshmallow import fields, validate

from kernel.schemas import BaseSchema, Identifier, Text
from scorecards.schemas import CODE


class FormComparisonQuery(BaseSchema):
    """`other`: the version to compare with; by default the published one before."""

    other = Identifier(load_default=None, allow_none=True)


class ChangedField(BaseSchema):
    field = fields.String()
    old = fields.String()
    new = fields.String()


class ItemChangeOut(BaseSchema):
    """`kind`: added, removed, changed or same; `moved`: it left its neighbours or its section."""

    kind = fields.String()
    code = fields.String()
    no = fields.String()
    text = fields.String()
    moved = fields.Boolean()
    old_section = fields.String()
    new_section = fields.String()
    changes = fields.List(fields.Nested(ChangedField))


class FormComparisonOut(BaseSchema):
    """`items`: those that changed or moved. Totals are exact decimals."""

    version_id = Identifier()
    other_id = Identifier()
    old_total = fields.String()
    new_total = fields.String()
    settings = fields.List(fields.String())
    sections = fields.List(fields.String())
    items = fields.List(fields.Nested(ItemChangeOut))


class HistogramStep(BaseSchema):
    start = fields.String()
    end = fields.String()
    visits = fields.Integer()
    visits_before = fields.Integer()


class ItemTrialOut(BaseSchema):
    """`unmatched`: visits without an answer to this item, which counted as well done."""

    code = fields.String()
    scored = fields.Integer()
    lost = fields.Integer()
    lost_points = fields.String()
    unmatched = fields.Integer()
    never_discriminates = fields.Boolean()


class FormSimulationOut(BaseSchema):
    """`generated`: the answers were made up by the program, for want of past ones (`source_id` is then null)."""

    generated = fields.Boolean()
    source_id = Identifier(allow_none=True)
    visits = fields.Integer()
    mean = fields.String(allow_none=True)
    median = fields.String(allow_none=True)
    mean_before = fields.String(allow_none=True)
    histogram = fields.List(fields.Nested(HistogramStep))
    bands = fields.Dict(keys=fields.String(), values=fields.Integer())
    verdicts = fields.Dict(keys=fields.String(), values=fields.Integer())
    items = fields.List(fields.Nested(ItemTrialOut))
    dropped = fields.Dict(keys=fields.String(), values=fields.Integer())


class PhraseIn(BaseSchema):
    """`suggestion`: the deduction as one writes it into the sheet: "2", "不符合", the labels of entries parted by "；"."""

    item_code = fields.String(required=True, validate=CODE)
    text = Text(300, required=True)
    basis = Text(300, load_default="")
    suggestion = Text(500, load_default="")


class PhraseOut(BaseSchema):
    id = Identifier()
    item_code = fields.String()
    text = fields.String()
    basis = fields.String()
    answer = fields.Dict(keys=fields.String(), allow_none=True)
    position = fields.Integer()
    state = fields.String(validate=validate.OneOf(("active", "retired")))
    version = fields.Integer()


class PhraseList(BaseSchema):
    items = fields.List(fields.Nested(PhraseOut))
