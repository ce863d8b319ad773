"""marshmallow as this service uses it: one base, one set of fields, one shape of errors, pages and API alike."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import RAISE, Schema, fields, pre_load, validate

from kernel.printed import printed

MAX_TEXT = 2000


class BaseSchema(Schema):
    """Strips blanks, turns "" into None for optional values, refuses unknown keys and control characters."""

    class Meta:
        unknown = RAISE
        ordered = True

    @pre_load
    def _tidy(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {name: self._tidy_value(name, value) for name, value in data.items()}

    def _tidy_value(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        value = value.strip()
        field = self.fields.get(name)
        if value == "" and field is not None and field.allow_none:
            return None
        return value

    def is_list(self, name: str) -> bool:
        field = self.fields.get(name)
        return isinstance(field, fields.List) and not isinstance(field.inner, fields.Nested)

    def is_group(self, name: str) -> bool:
        """Whether it holds rows with fields of their own."""
        field = self.fields.get(name)
        return isinstance(field, fields.List) and isinstance(field.inner, fields.Nested)


def flatten_errors(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages → {"lines.0.quantity": ["…"]}; schema-level ones under "_form"."""
    flat: dict[str, list[str]] = {}
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            name = str(key) if key != "_schema" else ""
            path = ".".join(part for part in (prefix, name) if part)
            for field, texts in flatten_errors(value, path).items():
                flat.setdefault(field, []).extend(texts)
        return flat
    texts = messages if isinstance(messages, list) else [messages]
    for text in texts:
        if isinstance(text, Mapping):
            flat.update(flatten_errors(text, prefix))
        else:
            flat.setdefault(prefix or "_form", []).append(str(text))
    return flat


def _no_control_characters(text: str) -> bool:
    return all(character in "\n\r\t" or unicodedata.category(character) not in ("Cc", "Cs") for character in text)


class Text(fields.String):
    """Text of 1..`most` characters, without control characters or lone surrogates (PostgreSQL keeps neither)."""

    default_error_messages = {
        "required": _l("请填写此项。"),
        "null": _l("请填写此项。"),
        "invalid": _l("请填写文字。"),
    }

    def __init__(self, most: int = MAX_TEXT, least: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most
        self.least = 0 if kwargs.get("allow_none") or "load_default" in kwargs else least
        self.validators.append(validate.Length(min=self.least or None, max=most, error=self._length_message(most)))
        self.validators.append(self._plain)
        limits = {"maxLength": most, **({"minLength": self.least} if self.least else {})}
        self.metadata = {**limits, **self.metadata}

    @staticmethod
    def _length_message(most: int) -> Any:
        return _l("请填写此项，且不超过 %(most)s 个字。", most=most)

    @staticmethod
    def _plain(value: str) -> None:
        if not _no_control_characters(value):
            raise validate.ValidationError(str(_l("含有无法保存的控制字符。")))


class PrintedNumber(Text):
    """The number of a lot or a paper, kept in the one spelling of kernel.printed: whoever looks for it finds it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return printed(super()._deserialize(value, attr, data, **kwargs))


class Whole(fields.Integer):
    """A whole number within [least, most]; the default range is that of a PostgreSQL integer, not negative."""

    default_error_messages = {
        "required": _l("请填写此项。"),
        "null": _l("请填写此项。"),
        "invalid": _l("请填写整数。"),
        "too_large": _l("数字过大。"),
    }

    def __init__(self, least: int = 0, most: int = 2**31 - 1, **kwargs: Any) -> None:
        super().__init__(strict=False, **kwargs)
        self.validators.append(
            validate.Range(least, most, error=_l("应在 %(least)s 到 %(most)s 之间。", least=least, most=most))
        )

    def _validated(self, value: Any) -> Any:
        if isinstance(value, (bool, float)):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Quantity(fields.Decimal):
    """An exact decimal with at most `places` places within [least, most]. NaN and infinities are refused."""

    default_error_messages = {
        "required": _l("请填写此项。"),
        "null": _l("请填写此项。"),
        "invalid": _l("请填写数字。"),
        "special": _l("请填写数字。"),
        "too_large": _l("数字过大。"),
        "places": _l("小数位数过多。"),
    }

    def __init__(self, places: int = 3, least: str = "0", most: str = "9999999", **kwargs: Any) -> None:
        super().__init__(places=None, allow_nan=False, as_string=True, **kwargs)
        self.most_places = places
        self.validators.append(
            validate.Range(
                Decimal(least), Decimal(most), error=_l("应在 %(least)s 到 %(most)s 之间。", least=least, most=most)
            )
        )

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool) or (isinstance(value, str) and len(value) > 40):
            raise self.make_error("invalid", input=value)
        number = super()._validated(value)
        if number is not None and -int(number.as_tuple().exponent) > self.most_places:
            raise self.make_error("places")
        return number


class Day(fields.Date):
    """A calendar day, ISO 8601, between 1900 and 2200: outside that is a slip of the finger."""

    default_error_messages = {
        "required": _l("请填写此项。"),
        "null": _l("请填写此项。"),
        "invalid": _l("请填写日期，例如 2026-09-01。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)
        self.validators.append(validate.Range(date(1900, 1, 1), date(2200, 12, 31), error=_l("日期超出合理范围。")))


class Choice(fields.String):
    """One of a closed set of codes."""

    default_error_messages = {"required": _l("请选择。"), "null": _l("请选择。"), "invalid": _l("请选择。")}

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = [str(choice) for choice in choices]
        self.validators.append(validate.OneOf(self.choices, error=_l("请从列出的选项中选择。")))


class Flag(fields.Boolean):
    """A check box: absent or empty means no."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("load_default", False)
        super().__init__(**kwargs)


class Identifier(fields.UUID):
    default_error_messages = {
        "required": _l("请选择。"),
        "null": _l("请选择。"),
        "invalid_uuid": _l("编号格式不正确。"),
    }


class PageArguments(BaseSchema):
    """Query of every list: where to go on, and how many rows."""

    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=600))
    limit = Whole(1, 200, load_default=50)
