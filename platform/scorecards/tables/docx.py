"""Word documents (.docx) → one grid: paragraphs and the rows of all tables, in the order of the page."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from kernel.sheets.workbook import MOST_BYTES, MOST_PARTS, MOST_UNPACKED, Unreadable
from scorecards.tables.grid import MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Cell, Grid

PART = "word/document.xml"
MOST_NESTED = 4
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# A shape's text stands twice in a document, the second time for old readers; removed text is no text.
_NOT_READ = {"Fallback", "del", "moveFrom", "instrText"}


def read_document(data: bytes) -> Grid:
    """Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable("file_too_large", megabytes=MOST_BYTES // 1024 // 1024)
    content = _document(data)
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  entities were refused before
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Unreadable("damaged") from error
    body = root.find(f"{_W}body")
    if body is None:
        raise Unreadable("damaged")
    grid = Grid("")
    try:
        _take(grid, body, 0)
    except RecursionError as error:
        raise Unreadable("damaged") from error
    return grid


def _document(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_PARTS:
                raise Unreadable("too_large_unpacked")
            for info in infos:
                if info.filename.lstrip("/") != PART:
                    continue
                if info.flag_bits & 0x1:
                    raise Unreadable("old_or_locked")
                with archive.open(info) as part:
                    content = part.read(MOST_UNPACKED + 1)
                if len(content) > MOST_UNPACKED:
                    raise Unreadable("too_large_unpacked")
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content[:200]:
                    raise Unreadable("damaged")
                return content
    except Unreadable:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise Unreadable("damaged") from error
    raise Unreadable("damaged")


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _take(grid: Grid, parent: ElementTree.Element, depth: int) -> None:
    for child in _inside(parent):
        if _name(child) == "p":
            _add(grid, [(text, 1, "") for text in [_words(child)] if text])
        elif depth <= MOST_NESTED:
            _table(grid, child, depth)


def _inside(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Paragraphs and tables, also those that a content control or an accepted insertion wraps."""
    for child in parent:
        name = _name(child)
        if name in ("p", "tbl"):
            yield child
        elif name in ("sdt", "sdtContent", "ins", "smartTag", "customXml", "moveTo"):
            yield from _inside(child)


def _words(element: ElementTree.Element) -> str:
    """The text of a paragraph, tables inside it left out."""
    parts: list[str] = []

    def walk(node: ElementTree.Element) -> None:
        for child in node:
            name = _name(child)
            if name == "t":
                parts.append(child.text or "")
            elif name in ("tab", "br", "cr"):
                parts.append("\n" if name != "tab" else " ")
            elif name == "noBreakHyphen":
                parts.append("-")
            elif name not in _NOT_READ and name not in ("tbl", "pPr", "rPr"):
                walk(child)

    walk(element)
    return "".join(parts).replace("\x00", "").strip()[:MOST_TEXT]


def _add(grid: Grid, cells: list[tuple[str, int, str]]) -> None:
    """`cells`: text, columns covered, and "down" where the cell goes on from the row above."""
    if not cells:
        return
    at = len(grid.rows)
    if at >= MOST_ROWS:
        raise Unreadable("too_many_rows", most=MOST_ROWS)
    row: list[Cell] = []
    for text, width, how in cells:
        place = len(row)
        above = grid.rows[at - 1][place] if how == "down" and at and place < len(grid.rows[at - 1]) else None
        cell = above if above is not None else Cell(text, at, place)
        row.extend([cell] * max(1, min(width, MOST_COLUMNS - place)))
        if len(row) >= MOST_COLUMNS:
            break
    grid.rows.append(row)


def _table(grid: Grid, table: ElementTree.Element, depth: int) -> None:
    nested: list[ElementTree.Element] = []
    for line in _lines(table):
        cells: list[tuple[str, int, str]] = []
        before = line.find(f"{_W}trPr/{_W}gridBefore")
        if before is not None:
            cells.append(("", _number(before), ""))
        for cell in _cells(line):
            how = cell.find(f"{_W}tcPr/{_W}vMerge")
            wide = cell.find(f"{_W}tcPr/{_W}gridSpan")
            goes_on = how is not None and how.get(f"{_W}val", "continue") == "continue"
            inner = [child for child in _inside(cell) if _name(child) == "tbl"]
            texts = [_words(child) for child in _inside(cell) if _name(child) == "p"]
            for small in inner:
                # A table inside a cell that is more than a few words is a table of its own.
                if depth < MOST_NESTED and sum(1 for _ in _lines(small)) > 2:
                    nested.append(small)
                else:
                    texts += [_words(paragraph) for paragraph in small.iter(f"{_W}p")]
            text = "\n".join(text for text in texts if text)[:MOST_TEXT]
            cells.append((text, _number(wide), "down" if goes_on else ""))
        _add(grid, cells)
    for inner_table in nested:
        _table(grid, inner_table, depth + 1)


def _lines(table: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in table:
        if _name(child) == "tr":
            if child.find(f"{_W}trPr/{_W}del") is None:
                yield child
        elif _name(child) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _lines(child)


def _cells(line: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in line:
        if _name(child) == "tc":
            yield child
        elif _name(child) in ("sdt", "sdtContent", "customXml"):
            yield from _cells(child)


def _number(element: ElementTree.Element | None) -> int:
    value = "1" if element is None else element.get(f"{_W}val", "1")
    return int(value) if value.isdecimal() and len(value) < 4 else 1
