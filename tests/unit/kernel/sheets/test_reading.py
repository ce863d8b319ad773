import io
import time
import zipfile
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.sheets import Column, SheetSpec, message, read_xlsx, template_xlsx
from tests.unit.kernel.sheets.samples import HEADING, SPEC, sheet_xml, with_sheet_xml, xlsx

GOOD = ["0012", "演示白菜", 3, 1.5, datetime(2026, 9, 1), "冷藏", "是", "13800138000"]


def codes(parsed):
    return [problem.code for problem in parsed.problems]


def test_a_good_sheet_gives_values_of_the_columns_kinds():
    parsed = read_xlsx(SPEC, xlsx([HEADING, GOOD]))
    assert parsed.problems == []
    [row] = parsed.rows
    assert row.number == 2
    assert row.values["code"] == "0012"
    assert row.values["weight"] == Decimal("1.5")
    assert (row.values["storage"], row.values["bulk"], row.values["mobile"]) == ("cold", True, "13800138000")


def test_the_heading_is_found_below_titles_and_in_any_order_with_marks_and_aliases():
    rows = [["演示区食堂物品清单"], [], ["填表人：演示"], ["数量", "品名 *", " 编 码（必填）"], [7, "演示萝卜", "A1"]]
    parsed = read_xlsx(SPEC, xlsx(rows))
    assert parsed.problems == []
    assert parsed.rows[0].number == 5
    assert parsed.rows[0].values["count"] == 7
    assert parsed.rows[0].values["day"] is None


def test_the_sheet_that_fits_is_chosen_among_several():
    assert read_xlsx(SPEC, xlsx([HEADING, GOOD], before=("封面", "说明"))).is_whole


def test_blank_rows_are_passed_over_and_row_numbers_stay_those_of_the_sheet():
    parsed = read_xlsx(SPEC, xlsx([HEADING, GOOD, [" "], [None], ["\u3000"], GOOD]))
    assert [row.number for row in parsed.rows] == [2, 6]


def test_each_wrong_cell_is_reported_at_its_place():
    parsed = read_xlsx(SPEC, xlsx([HEADING, [None, "x", "三", 1, "昨天"], GOOD]))
    assert [(p.code, p.row, p.key) for p in parsed.problems] == [
        ("required", 2, "code"),
        ("not_an_integer", 2, "count"),
        ("not_a_date", 2, "day"),
    ]
    assert all(message(problem) for problem in parsed.problems)


def test_a_formula_that_failed_is_an_error_not_an_empty_cell():
    data = xlsx([HEADING, ["A1", "x"]], formulas=[(1, 2, "=1/0", "#DIV/0!"), (1, 3, "=NA()", "#N/A")])
    parsed = read_xlsx(SPEC, data)
    assert [(p.code, p.key) for p in parsed.problems] == [("formula_error", "count"), ("formula_error", "weight")]


def test_missing_and_doubled_headings_are_named():
    parsed = read_xlsx(SPEC, xlsx([["名称", "数量", "数量"], ["x", 1, 2]]))
    assert codes(parsed) == ["doubled_heading", "missing_column"]
    assert parsed.rows == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7 " + bytes(range(256)), "not_a_sheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_or_locked"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web_page"),
        (b"x" * (10 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_in_words(data, code):
    parsed = read_xlsx(SPEC, data)
    assert codes(parsed) == [code]
    assert message(parsed.problems[0])


def test_a_zip_without_a_workbook_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert codes(read_xlsx(SPEC, target.getvalue())) == ["not_a_sheet"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    started = time.process_time()
    data = with_sheet_xml(b" " * (70 * 1024 * 1024))
    assert len(data) < 200_000
    assert codes(read_xlsx(SPEC, data)) == ["too_large_unpacked"]
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "cell",
    [
        b'<row r="1"><c r="XFD1"><v>1</v></c></row>',
        b'<row r="1048576"><c><v>1</v></c></row>',
        b'<row r="1"><c t=">" r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1'><c r = 'XFD1048576'><v>1</v></c></row>",
        b'<row r="1"><c x:r="A1" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c y="<" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c y="' + b"-" * 600 + b'" r="KK6000"><v>1</v></c></row>',
    ],
)
def test_a_far_cell_is_refused_before_the_reader_lays_out_the_rectangle(cell):
    [code] = codes(read_xlsx(SPEC, with_sheet_xml(sheet_xml(cell))))
    assert code in ("too_many_rows", "too_many_columns", "damaged")


def test_formatted_but_empty_rows_far_below_do_not_count():
    cells = b"".join(
        b'<c r="%c1" t="inlineStr"><is><t>%s</t></is></c>' % (65 + place, title.encode())
        for place, title in enumerate(HEADING[:2])
    )
    body = b'<row r="1">' + cells + b'</row><row r="2"><c r="A2"><v>5</v></c><c r="B2"><v>6</v></c></row>'
    body += b'<row r="60000"><c r="A60000" s="1"/></row>'
    parsed = read_xlsx(SPEC, with_sheet_xml(sheet_xml(body)))
    assert parsed.problems == []
    assert [row.values["name"] for row in parsed.rows] == ["6"]


def test_entities_are_refused():
    xml = b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet_xml(b"")
    assert codes(read_xlsx(SPEC, with_sheet_xml(xml))) == ["damaged"]


def test_more_rows_than_allowed_are_refused():
    spec = SheetSpec("演示", SPEC.columns, most_rows=3)
    assert codes(read_xlsx(spec, xlsx([HEADING, *[GOOD] * 4]))) == ["too_many_rows"]
    assert read_xlsx(spec, xlsx([["标题"], HEADING, *[GOOD] * 3])).is_whole


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_in_the_encodings_that_offices_use(encoding, mark):
    text = "\r\n".join(
        mark.join(cells) for cells in (["编码", "名称", "数量"], ["001", '"演示""菜"', "２"], ["", "", ""])
    )
    parsed = read_xlsx(SPEC, text.encode(encoding))
    assert parsed.problems == []
    assert parsed.rows[0].values["code"] == "001"
    assert parsed.rows[0].values["name"] == '演示"菜'
    assert parsed.rows[0].values["count"] == 2


def test_an_empty_template_reads_as_having_no_rows():
    assert codes(read_xlsx(SPEC, template_xlsx(SPEC))) == ["no_rows"]


def test_five_thousand_rows_of_ten_columns_take_less_than_five_seconds():
    columns = tuple(
        Column(f"c{n}", f"列{n}", kind=kind, required=True, choices={"a": "甲", "b": "乙"} if kind == "choice" else {})
        for n, kind in enumerate(
            ["code", "text", "integer", "decimal", "date", "choice", "flag", "mobile", "text", "decimal"]
        )
    )
    line = ["0012", "演示", 3, 1.25, "2026-09-01", "甲", "是", "13800138000", "备注", "3.14"]
    data = xlsx([[str(column.title) for column in columns], *[line] * 5000])
    started = time.process_time()
    parsed = read_xlsx(SheetSpec("演示", columns), data)
    assert time.process_time() - started < 5
    assert parsed.is_whole
    assert len(parsed.rows) == 5000


@given(st.binary(max_size=400))
def test_no_bytes_raise(data):
    read_xlsx(SPEC, data)
    read_xlsx(SPEC, b"PK\x03\x04" + data)


# Made once: a workbook carries the time of its making, so two are not of one length.
INTACT = xlsx([HEADING, GOOD, GOOD])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_workbook_never_raises(data):
    at = data.draw(st.integers(0, len(INTACT) - 1))
    length = data.draw(st.integers(1, 40))
    read_xlsx(SPEC, INTACT[:at] + data.draw(st.binary(max_size=40)) + INTACT[at + length :])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_a_damaged_sheet_part_never_raises(body):
    read_xlsx(SPEC, with_sheet_xml(sheet_xml(body)))
