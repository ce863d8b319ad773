"""A bid as it comes out of its seal ("houqin-bid-2", docs/sealed-bids.md): read, or refused with one clear reason.

Whoever wrote it held the only key, so nothing in it is believed: sizes, hashes, references and numbers are looked at
before anything is stored. What is merely unwise (a missing price, a sum that does not add up) is not refused here:
that is the evaluation's to judge.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson

from bureau.bids.rules.declarations import well_formed

FORMAT = "houqin-bid-2"
FORMATS = ("houqin-bid-1", FORMAT)  # what was sealed in an older one is read like the newest
MOST_CIPHERTEXT = 30 * 1024 * 1024  # bytes of one sealed bid
MOST_ITEMS = 3000
MOST_ANSWERS = 200
MOST_FILES = 60
MOST_TEXT = 20_000
MOST_FEN = 10**15
MOST_DEPTH = 20  # of objects and lists within each other; a bid needs five
MOST_ZEROS = 12  # by which a number may be written shorter ("1E+3")
AGE_HEADER = b"age-encryption.org/v1\n"
FILE_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
HASH = re.compile(r"[0-9a-f]{64}")


class Malformed(ValueError):
    """The bid cannot be read. `code` and `place` are put into words by bureau.bids.labels."""

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(f"{code} {place}".strip())
        self.code = code
        self.place = place


@dataclass(frozen=True, slots=True)
class Expected:
    """What the bid must be for. `item_ids`: the lines of its lot."""

    tender_id: UUID
    lot_id: UUID
    bid_id: UUID
    credit_code: str
    price_form: str
    item_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class PricedItem:
    tender_item_id: UUID
    unit_price_fen: int
    quantity: Decimal
    amount_fen: int
    brand: str
    origin: str


@dataclass(frozen=True, slots=True)
class PackedFile:
    key: str
    name: str
    media_type: str
    sha256: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Package:
    """`document`: the bid without the files' contents."""

    document: Mapping[str, Any]
    price_form: str
    total_fen: int | None
    total_words: str
    discount: Decimal | None
    items: Sequence[PricedItem]
    files: Sequence[PackedFile]


def read(plaintext: bytes, expected: Expected) -> Package:
    """Raises Malformed."""
    try:
        document = orjson.loads(plaintext)
    except orjson.JSONDecodeError as error:
        raise Malformed("not_json") from error
    if not isinstance(document, dict) or document.get("format") not in FORMATS:
        raise Malformed("not_a_bid")
    _check_depth(document)
    _check_whose(document, expected)
    price = _mapping(document, "price")
    form = price.get("form")
    if form != expected.price_form:
        raise Malformed("price_form")
    total = _fen(price.get("total_fen"), "price.total_fen") if form == "fixed" else None
    if price.get("detail_total_fen") is not None:  # the evaluation compares it with the total
        _fen(price["detail_total_fen"], "price.detail_total_fen")
    discount = _discount(price.get("discount_percent")) if form == "discount" else None
    items = _items(price.get("items", []), expected)
    files = _files(document.get("files", []))
    known = {file.key for file in files}
    for part in ("qualification", "technical"):
        _check_answers(document.get(part, []), part, known)
    declarations = document.get("declarations", {})
    if not isinstance(declarations, dict) or len(orjson.dumps(declarations)) > MOST_TEXT:
        raise Malformed("shape", "declarations")
    if document["format"] != FORMATS[0] and not well_formed(declarations):
        raise Malformed("shape", "declarations")
    kept = {**document, "files": [_without_data(entry) for entry in document.get("files", [])]}
    _check_text(kept)
    return Package(
        kept, str(form), total, _text(price.get("total_words", ""), "price.total_words", 200), discount, items, files
    )


def _check_whose(document: Mapping[str, Any], expected: Expected) -> None:
    for name, wanted in (("tender_id", expected.tender_id), ("lot_id", expected.lot_id), ("bid_id", expected.bid_id)):
        if _uuid(document.get(name), name) != wanted:
            raise Malformed("other_" + name.removesuffix("_id"))
    if _mapping(document, "supplier").get("credit_code") != expected.credit_code:
        raise Malformed("other_supplier")


def _items(rows: Any, expected: Expected) -> list[PricedItem]:
    if not isinstance(rows, list) or len(rows) > MOST_ITEMS:
        raise Malformed("shape", "price.items")
    items, seen = [], set()
    for number, row in enumerate(rows):
        place = f"price.items.{number}"
        if not isinstance(row, dict):
            raise Malformed("shape", place)
        item_id = _uuid(row.get("tender_item_id"), place)
        if item_id not in expected.item_ids:
            raise Malformed("unknown_item", place)
        if item_id in seen:
            raise Malformed("item_twice", place)
        seen.add(item_id)
        unit, quantity = _fen(row.get("unit_price_fen"), place), _quantity(row.get("quantity"), place)
        if unit * quantity > MOST_FEN:  # the evaluation works it out, and no column would take what comes of it
            raise Malformed("price", place)
        items.append(
            PricedItem(
                item_id, unit, quantity, _fen(row.get("amount_fen"), place), _text(row.get("brand", ""), place, 200),
                _text(row.get("origin", ""), place, 200),
            )
        )  # fmt: skip
    return items


def _files(rows: Any) -> list[PackedFile]:
    if not isinstance(rows, list) or len(rows) > MOST_FILES:
        raise Malformed("shape", "files")
    files: list[PackedFile] = []
    for number, row in enumerate(rows):
        place = f"files.{number}"
        if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not FILE_KEY.fullmatch(row["id"]):
            raise Malformed("shape", place)
        if any(row["id"] == file.key for file in files):
            raise Malformed("file_twice", place)
        name = _text(row.get("name", ""), place, 200) or row["id"]
        try:
            data = base64.b64decode(str(row.get("data", "")), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed("file_damaged", name) from error
        if not data or hashlib.sha256(data).hexdigest() != row.get("sha256"):
            raise Malformed("file_damaged", name)
        files.append(PackedFile(row["id"], name, _text(row.get("media_type", ""), place, 100), row["sha256"], data))
    return files


def _check_answers(rows: Any, part: str, files: set[str]) -> None:
    if not isinstance(rows, list) or len(rows) > MOST_ANSWERS:
        raise Malformed("shape", part)
    for number, row in enumerate(rows):
        place = f"{part}.{number}"
        if not isinstance(row, dict):
            raise Malformed("shape", place)
        _text(row.get("criterion"), place, 100)
        _text(row.get("statement", ""), place, MOST_TEXT)
        named = row.get("files", [])
        if not isinstance(named, list) or len(named) > MOST_FILES:
            raise Malformed("shape", place)
        if any(not isinstance(key, str) or key not in files for key in named):
            raise Malformed("file_missing", place)


def _check_depth(document: Any) -> None:
    """What follows walks the document step by step within itself, and so do those who store it: bounded here, in a loop,
    so that a bid that is nothing but brackets is refused like any other and does not stop its own opening."""
    level = [document]
    for _depth in range(MOST_DEPTH):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise Malformed("shape", "depth")


def _check_text(value: Any) -> None:
    """PostgreSQL keeps no NUL in a document."""
    if isinstance(value, str):
        if "\x00" in value:
            raise Malformed("shape", "NUL")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)


def _without_data(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "data"}


def _mapping(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    if not isinstance(value, dict):
        raise Malformed("shape", name)
    return value


def _uuid(value: Any, place: str) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise Malformed("shape", place) from error


def _fen(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_FEN:
        raise Malformed("price", place)
    return value


def _decimal(value: Any, place: str, places: int, code: str) -> Decimal:
    if not isinstance(value, (str, int)) or isinstance(value, bool) or len(str(value)) > 24:
        raise Malformed(code, place)
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise Malformed(code, place) from error
    # Also a zero may have an exponent that no column takes.
    if not number.is_finite() or not -places <= int(number.as_tuple().exponent) <= MOST_ZEROS:
        raise Malformed(code, place)
    return number


def _discount(value: Any) -> Decimal:
    number = _decimal(value, "price.discount_percent", 4, "discount")
    if not 0 <= number < 100:
        raise Malformed("discount", "price.discount_percent")
    return number


def _quantity(value: Any, place: str) -> Decimal:
    number = _decimal(value, place, 3, "price")
    if not 0 <= number < 10**11:
        raise Malformed("price", place)
    return number


def _text(value: Any, place: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise Malformed("shape", place)
    return value
