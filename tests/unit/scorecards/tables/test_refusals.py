"""Files that are no readable table get words, never a traceback; and no content of a cell breaks the reading."""

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.sheets.workbook import OLE
from scorecards.doctor_text import finding_text
from scorecards.tables.columns import role_of
from scorecards.tables.footnotes import read_bands
from scorecards.tables.forms import Found, _forms, _read
from scorecards.tables.grid import Cell, Grid
from scorecards.upload import _read_found, read_all
from tests.support.form_tables import Drawing, as_docx, as_xlsx


def _zip(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return target.getvalue()


W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LOCKED = OLE + b"\x00" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 512
NO_TABLE = Drawing(1)
NO_TABLE.across("关于开展检查的通知", outside=True)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xls", OLE + b"\x00" * 1000, "sheet_old_workbook"),
        ("a.doc", OLE + b"\x00" * 1000, "sheet_old_document"),
        ("a.xlsx", LOCKED, "sheet_locked"),
        ("a.docx", LOCKED, "sheet_locked"),
        ("a.xlsx", b"", "sheet_empty_file"),
        ("a.xlsx", b"PK\x03\x04" + b"\x00" * 100, "sheet_damaged"),
        ("a.docx", b"PK\x03\x04word/document.xml" + b"\x00" * 100, "sheet_damaged"),
        ("a.docx", _zip(word__document_xml=b"<w:document " + W + b"><w:body>"), "sheet_damaged"),
        ("a.docx", _zip(word__document_xml=b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "sheet_damaged"),
        ("a.docx", _zip(word__document_xml=b"<a/>"), "sheet_damaged"),
        ("a.docx", _zip(word__document_xml=b" " * (65 * 1024 * 1024)), "sheet_too_large_unpacked"),
        ("a.docx", _zip(word__document_xml=b"<w:document " + W + b"><w:body>" + b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 3001 + b"</w:body></w:document>"), "sheet_too_many_rows"),
        ("a.docx", _zip(word__document_xml=b"<w:document " + W + b"><w:body><w:p>" + b"<w:r>" * 50_000 + b"</w:r>" * 50_000 + b"</w:p></w:body></w:document>"), "sheet_damaged"),
        ("a.xlsx", _zip(other_xml=b"<a/>"), "sheet_not_a_sheet"),
        ("a.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "sheet_web_page"),
        ("a.pdf", b"%PDF-1.7 ...", "file_other_format"),
        ("a.docx", b"{\\rtf1 abc}", "file_other_format"),
        ("a.docx", as_docx(NO_TABLE), "no_table_found"),
        ("a.xlsx", as_xlsx(NO_TABLE), "no_table_found"),
        ("a.xlsx", b"x" * (10 * 1024 * 1024 + 1), "sheet_file_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_is_said(name: str, data: bytes, code: str) -> None:
    (imported,) = read_all(name, data)
    assert imported.form is None
    assert [found.code for found in imported.findings] == [code]
    assert "%(" not in finding_text(imported.findings[0])


_words = st.sampled_from(
    ["序号", "项目", "检查内容", "分值", "评分标准", "得分", "一、管理（20分）", "合计", "小计", "10", "5分", "（3分）", "每处扣1分",
     "★", "注：90分以上为优秀，60分以下为差", "一票否决", "", "1.甲（2分）\n2.乙（3分）", "A1 组织（5分）", "0-5", "说明：", "加2分",
     "有下列情形之一的，不得评为优秀", "-5", "１０", "　", "①②③", "(", "）", "%", "总分", "是", "否", "/"]
)  # fmt: skip
_cell = _words | st.text(max_size=12)


@st.composite
def grids(draw: Any) -> Grid:
    width = draw(st.integers(1, 7))
    texts = draw(st.lists(st.lists(_cell, min_size=width, max_size=width), min_size=1, max_size=12))
    rows: list[list[Cell]] = []
    for at, line in enumerate(texts):
        row: list[Cell] = []
        for place, text in enumerate(line):
            reach = draw(st.sampled_from(["", "", "", "left", "up"]))
            if reach == "left" and row:
                row.append(row[-1])
            elif reach == "up" and rows:
                row.append(rows[-1][place])
            else:
                row.append(Cell(text.strip(), at, place))
        rows.append(row)
    return Grid("", rows)


@given(grids())
@settings(max_examples=300, deadline=None)
def test_no_content_breaks_the_reading(grid: Grid) -> None:
    heading = [Cell(text, -1, place) for place, text in enumerate(("检查内容", "分值", "评分标准"))]
    for rows in (grid.rows, [heading, *grid.rows]):
        one = Grid("", [list(row) for row in rows])
        for form in _forms(one):
            found = _read(one, form, "文件")
            if found is not None:
                imported = _read_found(Found("表", found.raw, found.items))
                for said in imported.findings:
                    assert finding_text(said)
                assert imported.form is not None or imported.findings


@given(st.text(alphabet="优良差合格0123456789.分%以上下为～-~<>=≥≤（），。：含及至 ", max_size=60))
@settings(deadline=None)
def test_no_footnote_breaks_the_bands(text: str) -> None:
    read_bands(text, None)
    role_of(text)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_import(data: bytes) -> None:
    for name in ("a.xlsx", "a.docx"):
        assert read_all(name, b"PK" + data)


@pytest.mark.parametrize(
    "text", ["9" * 4000, "（" * 4000, "1." * 2000, "、" * 4000, "90分以上" * 900, "附件" * 2000, "扣1-" * 1300]
)
def test_hostile_cells_are_read_quickly(text: str) -> None:
    import time

    page = Drawing(4)
    page.across(text)
    page.line("序号", "检查内容", "分值", "评分标准")
    page.line("1", text, "5", text)
    page.across(text)
    data = as_xlsx(page)
    began = time.process_time()
    read_all("x.xlsx", data)
    assert time.process_time() - began < 2
