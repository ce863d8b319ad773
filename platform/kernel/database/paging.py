"""Keyset paging: a list continues after the last row seen, at the same price on page 1 and on page 10,000."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import tuple_
from sqlalchemy.orm import Session

from kernel.errors import Invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next_cursor` is None on the last page."""

    items: Sequence[T]
    next_cursor: str | None


def encode_cursor(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, types: Sequence[type[Any]]) -> list[Any]:
    """Back to values of `types` (datetime, date, UUID, int, str); anything else than our own cursor is Invalid."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(plain, list) or len(plain) != len(types):
            raise ValueError("shape")
        values: list[Any] = []
        for text, kind in zip(plain, types, strict=True):
            if "\x00" in text:
                raise ValueError("nul")
            value: Any = kind.fromisoformat(text) if issubclass(kind, date) else kind(text)
            if kind is int and not -(2**63) <= value < 2**63:
                raise ValueError("range")
            values.append(value)
        return values
    except (ValueError, TypeError, UnicodeError, binascii.Error, OverflowError):
        raise Invalid({"cursor": [_("翻页参数无效，请回到第一页。")]}) from None


def paginate(
    session: Session,
    select: Any,
    keys: Sequence[Any],
    cursor: str | None,
    limit: int,
    *,
    scalars: bool = True,
    ascending: bool = False,
) -> Page[Any]:
    """One page, newest first: `keys` are the columns of the descending order, the last of them unique.

    `ascending` True: smallest first, for lists by code or name.
    `scalars` False: the select yields rows of columns, and the keys must be among them by name.
    """
    types: list[type[Any]] = [key.type.python_type for key in keys]
    if cursor:
        values = decode_cursor(cursor, [UUID if kind is UUID else kind for kind in types])
        after, last_seen = tuple_(*keys), tuple_(*values)
        select = select.where(after > last_seen if ascending else after < last_seen)
    select = select.order_by(*(key.asc() if ascending else key.desc() for key in keys)).limit(limit + 1)
    result = session.execute(select)
    rows = list(result.scalars() if scalars else result)
    more = len(rows) > limit
    rows = rows[:limit]
    last = encode_cursor([getattr(rows[-1], key.key) for key in keys]) if more else None
    return Page(rows, last)
