"""What pages and API take and give of figures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from kernel.policy.rules import Value
from kernel.schemas import BaseSchema, Day, Identifier, Quantity, Text, Whole

MOST_ITEMS = 100
NUMBER = Quantity(places=4, least="-1000000", most="1000000000", required=True)
WORD = Text(100, required=True)
SHAPES = [
    {"type": "string"},
    {"type": "number"},
    {"type": "boolean"},
    {"type": "array", "items": {"type": "string"}},
    {"type": "object", "properties": {"least": {"type": "string"}, "most": {"type": "string"}}},
]


class FigureValue(fields.Field[Any]):
    """A number as text ("48"), true or false, a list of words, or {"least": "25", "most": "30"}."""

    default_error_messages = {"required": _l("请填写此项。"), "null": _l("请填写此项。")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"anyOf": SHAPES})
        super().__init__(**kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return str(value) if isinstance(value, Decimal) else value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Value:
        if isinstance(value, bool):
            return value
        if isinstance(value, list):
            return _words(value)
        if isinstance(value, Mapping):
            return _range(value)
        if isinstance(value, (int, float)):
            value = str(value)
        return _number(value)


def _number(value: Any) -> Decimal:
    number: Decimal = NUMBER.deserialize(value)
    return number


def _words(values: list[Any]) -> list[str]:
    if not all(isinstance(value, str) for value in values):
        raise ValidationError(_("请每行填写一项文字。"))
    words = list(dict.fromkeys(value.strip() for value in values if value.strip()))
    if not words or len(words) > MOST_ITEMS:
        raise ValidationError(_("请填写 1 到 %(most)s 项，每行一项。", most=MOST_ITEMS))
    return [WORD.deserialize(word) for word in words]


def _range(value: Mapping[Any, Any]) -> dict[str, str]:
    if set(value) != {"least", "most"}:
        raise ValidationError(_("请填写下限和上限。"))
    least, most = _number(value["least"]), _number(value["most"])
    if least > most:
        raise ValidationError(_("下限不能大于上限。"))
    return {"least": str(least), "most": str(most)}


class OverrideSchema(BaseSchema):
    """`valid_to`: the first day on which it no longer holds; null: until further notice."""

    key = Text(100, required=True)
    value = FigureValue(required=True)
    citation = Text(300, required=True)
    valid_from = Day(required=True)
    valid_to = Day(load_default=None, allow_none=True)


class OverrideForm(BaseSchema):
    """The page's form: with the record's id and the version seen. `value` is text: words one per line, a range as
    two fields; `last_day` is the last day in force, as people say it."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    key = Text(100, required=True)
    citation = Text(300, required=True)
    valid_from = Day(required=True)
    value = Text(5000, load_default="")
    least = Text(40, load_default="")
    most = Text(40, load_default="")
    last_day = Day(load_default=None, allow_none=True)


class OverrideOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer(allow_none=True)
    key = fields.String()
    value = FigureValue()
    citation = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    version = fields.Integer()


class FigureRowOut(BaseSchema):
    """One row in force or not, on its level."""

    level = fields.String()
    value = FigureValue()
    citation = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)


class RefusalOut(FigureRowOut):
    reason = fields.String()


class FigureOut(BaseSchema):
    """`value`, `level`, `citation`: of the row that holds; null where none does on that day. `stricter`: the only way
    an override may go. `chain`: the rows that led to it, from the nation down. `refused`: rows passed over, and why."""

    key = fields.String()
    title = fields.String()
    unit = fields.String()
    value = FigureValue(allow_none=True)
    level = fields.String(allow_none=True)
    citation = fields.String(allow_none=True)
    certainty = fields.String(allow_none=True)
    stricter = fields.String(allow_none=True)
    chain = fields.List(fields.Nested(FigureRowOut))
    refused = fields.List(fields.Nested(RefusalOut))


class FiguresOut(BaseSchema):
    items = fields.List(fields.Nested(FigureOut))


class FiguresQuery(BaseSchema):
    """`on`: the day for which figures are asked; default today."""

    on = Day(load_default=None, allow_none=True)
    group = fields.String(load_default="", validate=validate.Length(max=40))
