import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.sheets import Column, Problem, SheetSpec, errors_xlsx, export_xlsx, read_xlsx, template_xlsx
from tests.unit.kernel.sheets.samples import HEADING, SPEC, xlsx


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_template_has_heading_drop_downs_text_format_and_notes():
    book = opened(template_xlsx(SPEC))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[3]] == ["编码 *", "名称 *", *HEADING[2:]]
    assert sheet.column_dimensions["A"].number_format == "@" or sheet["A4"].number_format == "@"
    lists = {str(rule.sqref).split(":")[0][0]: rule for rule in sheet.data_validations.dataValidation}
    assert lists["F"].formula1 == '"冷藏,常温"'
    assert lists["C"].type == "whole"
    assert lists["A"].prompt == "由字母和数字组成"
    notes = book["填写说明"]
    assert [notes["A2"].value, notes["B2"].value, notes["D2"].value] == ["编码", "必填", "0012"]


def test_a_long_drop_down_stands_on_a_hidden_sheet():
    choices = {str(n): f"演示第{n}实验小学食堂" for n in range(60)}
    book = opened(template_xlsx(SheetSpec("演示", (Column("a", "学校", kind="choice", choices=choices),))))
    [rule] = book.worksheets[0].data_validations.dataValidation
    assert rule.formula1 == "_lists!$A$1:$A$60"
    assert book["_lists"].sheet_state == "hidden"
    assert book["_lists"]["A60"].value == "演示第59实验小学食堂"


def test_a_template_filled_in_reads_back_with_leading_zeros():
    book = opened(template_xlsx(SPEC))
    sheet = book.worksheets[0]
    for place, value in enumerate(["0012", "演示白菜", 3, 1.5, "2026-09-01", "常温", "否", "13800138000"], start=1):
        sheet.cell(4, place, value)
    target = io.BytesIO()
    book.save(target)
    parsed = read_xlsx(SPEC, target.getvalue())
    assert parsed.problems == []
    assert parsed.rows[0].values["code"] == "0012"
    assert parsed.rows[0].number == 4


def test_errors_come_back_in_the_same_sheet_and_the_mended_sheet_reads():
    data = xlsx([["标题"], [*HEADING, "备注"], ["1", "好", "x", None, None, None, None, None, "留着"], ["2", None, 5]])
    parsed = read_xlsx(SPEC, data)
    more = [
        *parsed.problems,
        Problem("", row=4, text="库中已有此物品。"),
        Problem("duplicate", 4, "code", {"other": 3}),
    ]
    sheet = opened(errors_xlsx(SPEC, parsed, more)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [*HEADING, "备注", "错误"]
    assert sheet["C2"].value == "x"
    assert sheet["C2"].comment.text == "应填写整数。"
    assert sheet["C2"].fill.fgColor.rgb == "FFFFD9D2"
    assert sheet["A2"].comment is None
    assert sheet["I2"].value == "留着"
    assert sheet["J2"].value == "数量：应填写整数。"
    assert sheet["J3"].value == "名称：此项必填。\n库中已有此物品。\n编码：与第 3 行重复。"

    book = opened(errors_xlsx(SPEC, parsed, more))
    book.worksheets[0]["C2"] = 4
    book.worksheets[0]["B3"] = "演示"
    target = io.BytesIO()
    book.save(target)
    again = read_xlsx(SPEC, target.getvalue())
    assert again.problems == []
    assert opened(errors_xlsx(SPEC, again, [])).worksheets[0]["K1"].value is None


def test_a_problem_of_the_whole_file_stands_above_the_heading():
    parsed = read_xlsx(SPEC, xlsx([["名称"], ["x"]]))
    sheet = opened(errors_xlsx(SPEC, parsed)).worksheets[0]
    assert sheet["A1"].value == "缺少必填的列“编码”。"
    assert [sheet["A2"].value, sheet["A3"].value] == ["名称", "x"]


def test_an_export_has_typed_cells():
    rows = [
        {
            "code": "007", "name": "演示", "count": 3, "weight": Decimal("1.25"), "day": date(2026, 9, 1),
            "storage": "cold", "bulk": True, "mobile": datetime(2026, 9, 1, 16, 30, tzinfo=UTC),
        }
    ]  # fmt: skip
    sheet = opened(export_xlsx(SPEC, iter(rows), title="演示清单", footer=["共 1 行"])).worksheets[0]
    assert sheet["A1"].value == "演示清单"
    assert [cell.value for cell in sheet[3]] == [
        "007", "演示", 3, 1.25, datetime(2026, 9, 1), "冷藏", "是", datetime(2026, 9, 2, 0, 30),
    ]  # fmt: skip
    assert sheet["A4"].value == "共 1 行"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "http://x", "{=1}"])
def test_text_never_becomes_a_formula(text):
    spec = SheetSpec("演示", (Column("a", "名称"),))
    exported = opened(export_xlsx(spec, [{"a": text}])).worksheets[0]["A2"]
    returned = opened(errors_xlsx(spec, read_xlsx(spec, xlsx([["名称"], [text]])))).worksheets[0]["A2"]
    for cell in (exported, returned):
        assert cell.data_type == "s"
        assert cell.value == text
        assert cell.hyperlink is None
        assert cell.quotePrefix is (text[0] in "=+-@\t")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.decimals(0, 10**6, places=2)), min_size=1, max_size=5))
def test_what_is_exported_can_be_imported_again(lines):
    spec = SheetSpec("演示", (Column("a", "文字"), Column("b", "数", kind="decimal", places=2, required=True)))
    parsed = read_xlsx(spec, export_xlsx(spec, [{"a": text, "b": number} for text, number in lines]))
    assert [row.values["b"] for row in parsed.rows] == [number for _, number in lines]
