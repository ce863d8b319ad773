"""Uploaded bytes → cells. Nothing that a hostile file claims is believed before it is checked."""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import python_calamine

MOST_BYTES = 10 * 1024 * 1024  # of the file as uploaded
MOST_UNPACKED = 64 * 1024 * 1024
MOST_PARTS = 1000
MOST_COLUMNS = 200
MOST_SHEETS = 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old .xls, and .xlsx under a password
FORMULA_ERROR = "#VALUE!"

_OPENING = re.compile(rb"<(?:[^\s<>/:]+:)?(?:row|c)(?=[\s/>])")
_TAG = re.compile(rb"""<(?:[^\s<>/:]+:)?(row|c)(?=[\s/>])((?:[^<>"']|"[^"<]{0,500}"|'[^'<]{0,500}'){0,1000})>""")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,4})(\d{1,10})\s*["']""")
_IS_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")
_KEPT = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?:workbook|sharedStrings|styles)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/[^/]+\.xml"
)


class Unreadable(ValueError):
    """A file that is refused whole; `code` is worded by kernel.sheets.labels."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` begin at the sheet's first row. `hidden`: not shown to its reader. `merged`: first row, first column,
    last row, last column of each merged cell, zero-based; only the first of its places holds the value."""

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(slots=True)
class _Extent:
    rows: int = 0
    columns: int = 0
    errors: list[tuple[int, int]] = field(default_factory=list)  # zero-based


def read_sheets(data: bytes, most_rows: int) -> list[Sheet]:
    """The sheets of an .xlsx, or the one of a .csv (UTF-8, UTF-16 or GB 18030). Raises Unreadable."""
    if not data:
        raise Unreadable("empty_file")
    if len(data) > MOST_BYTES:
        raise Unreadable("file_too_large", megabytes=MOST_BYTES // 1024 // 1024)
    if data.startswith(b"PK"):
        return _read_xlsx(data, most_rows)
    if data.startswith(OLE):
        raise Unreadable("old_or_locked")
    return [Sheet("", _read_csv(data, most_rows))]


def _read_xlsx(data: bytes, most_rows: int) -> list[Sheet]:
    parts = _unpack(data)
    # Every part that the reader could be led to is measured, whatever the workbook's list says of it.
    extents = {path: _measure(content) for path, content in parts.items() if path.startswith("xl/worksheets/")}
    for extent in extents.values():
        if extent.rows > most_rows:
            raise Unreadable("too_many_rows", most=most_rows)
        if extent.columns > MOST_COLUMNS:
            raise Unreadable("too_many_columns", most=MOST_COLUMNS)
    listed = _listed_sheets(parts)
    sheets = []
    try:
        with python_calamine.load_workbook(io.BytesIO(_repack(parts))) as book:
            shown = python_calamine.SheetVisibleEnum.Visible
            visible = {meta.name: meta.visible == shown for meta in book.sheets_metadata}
            for name, path in listed:
                if path in extents and name in visible:
                    page = book.get_sheet_by_name(name)
                    rows = page.to_python(skip_empty_area=False)
                    for row, column in extents[path].errors:
                        _put_error(rows, row, column)
                    merged = tuple((*first, *last) for first, last in page.merged_cell_ranges or ())
                    sheets.append(Sheet(name, rows, not visible[name], merged))
    except (python_calamine.CalamineError, ValueError, OSError, LookupError) as error:
        raise Unreadable("damaged") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the native reader's own, which is not an Exception
            raise
        raise Unreadable("damaged") from error
    return sheets


def _put_error(rows: list[list[Any]], row: int, column: int) -> None:
    """The reader gives "" for a formula that failed; silently empty is what an import must never be."""
    while len(rows) <= row:
        rows.append([])
    line = rows[row]
    line.extend([""] * (column + 1 - len(line)))
    line[column] = FORMULA_ERROR


def _unpack(data: bytes) -> dict[str, bytes]:
    """The parts that hold cells, each read through to its end: declared sizes may lie, so the real bytes count."""
    parts: dict[str, bytes] = {}
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_PARTS:
                raise Unreadable("too_large_unpacked")
            for info in infos:
                name = info.filename.lstrip("/")
                if _KEPT.fullmatch(name) is None or name in parts:
                    continue
                if info.flag_bits & 0x1:
                    raise Unreadable("old_or_locked")
                if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise Unreadable("damaged")
                with archive.open(info) as part:
                    content = part.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise Unreadable("too_large_unpacked")
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content[:200]:
                    raise Unreadable("damaged")
                parts[name] = content
    except Unreadable:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise Unreadable("damaged") from error
    if "xl/workbook.xml" not in parts:
        raise Unreadable("not_a_sheet")
    return parts


def _repack(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def _listed_sheets(parts: dict[str, bytes]) -> list[tuple[str, str]]:
    """(name, part) of the worksheets in the order of the workbook's list; chart sheets and the like are left out."""
    try:
        book = ElementTree.fromstring(parts["xl/workbook.xml"])  # noqa: S314  entities were refused before
        links = ElementTree.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Unreadable("damaged") from error
    targets = {}
    for link in links:
        if link.get("Type", "").endswith("/worksheet"):
            target = link.get("Target", "")
            targets[link.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    listed = []
    for element in book.iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        link_id = next((value for name, value in element.attrib.items() if name.endswith("}id")), None)
        if link_id in targets:
            listed.append((element.get("name", ""), targets[link_id]))
    if len(listed) > MOST_SHEETS:
        raise Unreadable("too_many_sheets", most=MOST_SHEETS)
    return listed


def _measure(xml: bytes) -> _Extent:
    """How far the filled cells reach. The reader lays a full rectangle out in memory, so this comes first, and
    counts rather too much than too little."""
    extent = _Extent()
    row = column = -1
    openings = len(_OPENING.findall(xml))
    for match in _TAG.finditer(xml):
        openings -= 1
        kind, attributes = match.groups()
        references = _REFERENCE.findall(attributes)
        if kind == b"row":
            row = max((int(digits) - 1 for _, digits in references), default=row + 1)
            column = -1
            continue
        if references:
            column = max(_column_index(letters) for letters, _ in references)
            row = max(int(digits) - 1 for _, digits in references)
        else:
            column += 1
        if attributes.endswith(b"/"):  # formatted, but empty
            continue
        if _IS_ERROR.search(attributes):
            extent.errors.append((max(row, 0), max(column, 0)))
        extent.rows = max(extent.rows, row + 1)
        extent.columns = max(extent.columns, column + 1)
    if openings:  # a tag that only the reader might understand
        raise Unreadable("damaged")
    return extent


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1


def _read_csv(data: bytes, most_rows: int) -> list[list[Any]]:
    text = _decoded(data)
    if text.lstrip()[:1] == "<":
        raise Unreadable("web_page")
    lines = _csv_lines(text)
    rows: list[list[Any]] = []
    try:
        for row in lines:
            if len(row) > MOST_COLUMNS:
                raise Unreadable("too_many_columns", most=MOST_COLUMNS)
            rows.append(list(row))
            if len(rows) > most_rows:
                raise Unreadable("too_many_rows", most=most_rows)
    except csv.Error as error:
        raise Unreadable("damaged") from error
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


def _csv_lines(text: str) -> Iterator[list[str]]:
    head = text[:4000]
    delimiter = max(",\t;，", key=lambda mark: head.count(mark))
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decoded(data: bytes) -> str:
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(character in text for character in "\x00\x01\x02\x03\x04\x05\x06\x07\x08"):
            break
        return text
    raise Unreadable("not_a_sheet")
