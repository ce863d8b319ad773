"""Takes a JSON object apart, strictly: every fault with its path, unknown keys refused."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from scorecards.form import decimal_text
from scorecards.problems import Problem

MAX_TEXT = 2000
_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,4})?", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)

T = TypeVar("T")


class Reader:
    """Takes the known keys from one object, notes what is wrong under its path, and at `done` refuses what is left."""

    def __init__(self, data: Any, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.left: dict[str, Any] = {}
        if isinstance(data, Mapping):
            self.left = dict(data)
        else:
            self.wrong("", "not_an_object")

    def at(self, key: str | int) -> str:
        return ".".join(part for part in (self.path, str(key)) if part)

    def wrong(self, key: str | int, code: str, **params: Any) -> None:
        self.problems.append(Problem(self.at(key) if key != "" else self.path or "form", code, params))

    def take(self, key: str, default: T, check: Callable[[Any], T | None], code: str, **params: Any) -> T:
        if key not in self.left:
            return default
        value = check(self.left.pop(key))
        if value is None:
            self.wrong(key, code, **params)
            return default
        return value

    def need(self, key: str) -> None:
        if key not in self.left or self.left[key] is None:
            self.left.pop(key, None)
            self.wrong(key, "required")

    def text(self, key: str, *, required: bool = False, limit: int = MAX_TEXT) -> str:
        if required:
            self.need(key)
        return self.take(key, "", lambda value: as_text(value, limit, required), "not_a_text", limit=limit)

    def code(self, key: str) -> str:
        self.need(key)
        return self.take(key, "", as_code, "not_a_code")

    def decimal(self, key: str) -> Decimal:
        self.need(key)
        return self.take(key, Decimal(0), as_decimal, "not_a_decimal")

    def optional_decimal(self, key: str) -> Decimal | None:
        if self.left.get(key) is None:
            self.left.pop(key, None)
            return None
        return self.take(key, None, as_decimal, "not_a_decimal")

    def optional_count(self, key: str, low: int = 0) -> int | None:
        if self.left.get(key) is None:
            self.left.pop(key, None)
            return None
        return self.take(key, None, lambda value: as_count(value, low), "not_a_count", low=low)

    def flag(self, key: str) -> bool:
        return self.take(key, False, lambda value: value if isinstance(value, bool) else None, "not_a_flag")

    def choice(self, key: str, choices: Sequence[Any], default: Any = None) -> Any:
        if default is None:
            self.need(key)
        return self.take(
            key,
            choices[0] if default is None else default,
            lambda value: value if isinstance(value, str) and value in choices else None,
            "not_a_choice",
            choices=", ".join(choices),
        )

    def many(self, key: str, read: Callable[[Any, str], T], limit: int, *, required: bool = False) -> tuple[T, ...]:
        if required:
            self.need(key)
        raw = self.left.pop(key, [])
        if not isinstance(raw, (list, tuple)) or len(raw) > limit or (required and not raw):
            self.wrong(key, "not_a_list", limit=limit)
            return ()
        return tuple(read(value, self.at(f"{key}.{index}")) for index, value in enumerate(raw))

    def done(self) -> None:
        for key in self.left:
            self.wrong(str(key)[:60], "unknown_key")


def as_text(value: Any, limit: int, required: bool) -> str | None:
    if not isinstance(value, str) or len(value) > limit or "\x00" in value or (required and not value.strip()):
        return None
    return value


def as_code(value: Any) -> str | None:
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None


def as_decimal(value: Any) -> Decimal | None:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(decimal_text(Decimal(value)))
    return None


def as_count(value: Any, low: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= 10_000 else None
