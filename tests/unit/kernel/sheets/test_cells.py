import contextlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.sheets import Column
from kernel.sheets.cells import CellError, as_text, parse_cell

TEXT, CODE, MOBILE = Column("a", "a"), Column("a", "a", kind="code"), Column("a", "a", kind="mobile")
INTEGER = Column("a", "a", kind="integer", least=0, greatest=100)
DECIMAL = Column("a", "a", kind="decimal", places=2)
DATE, FLAG = Column("a", "a", kind="date"), Column("a", "a", kind="flag")
CHOICE = Column("a", "a", kind="choice", choices={"cold": "冷藏", "dry": "常温（干燥）"})


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (TEXT, "  白菜\u3000\u200b", "白菜"),
        (TEXT, 1.0, "1"),
        (TEXT, 0.1 + 0.2, "0.3"),
        (TEXT, datetime(2026, 9, 1), "2026-09-01"),
        (TEXT, "\ufeff  ", None),
        (CODE, "００１２", "0012"),
        (CODE, 13800138000.0, "13800138000"),
        (MOBILE, "138 0013-8000", "13800138000"),
        (MOBILE, "+86１３８００１３８０００", "13800138000"),
        (INTEGER, "１２", 12),
        (INTEGER, 12.0, 12),
        (INTEGER, "12.00", 12),
        (INTEGER, " 1 0 ", 10),
        (DECIMAL, "1,234.5", Decimal("1234.5")),
        (DECIMAL, "１．５", Decimal("1.5")),
        (DECIMAL, 0.1 + 0.2, Decimal("0.3")),
        (DECIMAL, "−3", Decimal(-3)),
        (DATE, datetime(2026, 9, 1, 8, 30), date(2026, 9, 1)),
        (DATE, 46266.0, date(2026, 9, 1)),
        (DATE, 20260901.0, date(2026, 9, 1)),
        (DATE, "20260901", date(2026, 9, 1)),
        (DATE, "2026年9月1日", date(2026, 9, 1)),
        (DATE, "２０２６／９／１", date(2026, 9, 1)),
        (DATE, "2026.09.01", date(2026, 9, 1)),
        (DATE, "2026-09-01 00:00:00", date(2026, 9, 1)),
        (FLAG, "是", True),
        (FLAG, "√", True),
        (FLAG, False, False),
        (FLAG, 1.0, True),
        (FLAG, "无", False),
        (CHOICE, "冷藏 ", "cold"),
        (CHOICE, "常温(干燥)", "dry"),
        (CHOICE, "DRY", "dry"),
    ],
)
def test_what_people_and_programs_write_is_understood(column, cell, value):
    found = parse_cell(column, cell)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        (Column("a", "a", required=True), " \u3000", "required"),
        (TEXT, "#REF!", "formula_error"),
        (TEXT, "a\x07b", "control_character"),
        (TEXT, "长" * 201, "too_long"),
        (CODE, 3.30102199001011e17, "digits_lost"),
        (MOBILE, "2380013800", "not_a_mobile"),
        (MOBILE, "138001380001", "not_a_mobile"),
        (INTEGER, "1.5", "not_an_integer"),
        (INTEGER, "十", "not_an_integer"),
        (INTEGER, True, "not_an_integer"),
        (INTEGER, "9" * 400, "not_an_integer"),
        (INTEGER, "1e9", "not_an_integer"),
        (INTEGER, "101", "out_of_range"),
        (INTEGER, "-1", "out_of_range"),
        (DECIMAL, "1.234", "too_many_places"),
        (DECIMAL, "nan", "not_a_number"),
        (DECIMAL, "1,23", "not_a_number"),
        (DECIMAL, timedelta(hours=3), "not_a_number"),
        (Column("a", "a", kind="decimal", least=Decimal("0.01")), "0", "too_small"),
        (Column("a", "a", kind="decimal", greatest=5), "6", "too_large"),
        (DATE, "2026-02-30", "not_a_date"),
        (DATE, "明天", "not_a_date"),
        (DATE, time(8, 0), "not_a_date"),
        (DATE, True, "not_a_date"),
        (DATE, "1026-09-01", "date_out_of_range"),
        (FLAG, "也许", "not_a_flag"),
        (CHOICE, "冷冻", "not_a_choice"),
    ],
)
def test_what_cannot_be_understood_says_why(column, cell, code):
    with pytest.raises(CellError) as caught:
        parse_cell(column, cell)
    assert caught.value.code == code


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_a_number_comes_back_exactly_as_text_and_as_number(number):
    column = Column("a", "a", kind="decimal", places=3)
    assert parse_cell(column, str(number)) == number
    assert parse_cell(column, float(number)) == number


@given(st.dates(date(1900, 3, 1), date(2200, 12, 31)))
def test_a_day_comes_back_in_every_notation(day):
    serial = (day - date(1899, 12, 30)).days
    for cell in (day.isoformat(), day.strftime("%Y%m%d"), f"{day.year}年{day.month}月{day.day}日", float(serial)):
        assert parse_cell(DATE, cell) == day


@given(
    st.sampled_from([TEXT, CODE, MOBILE, INTEGER, DECIMAL, DATE, FLAG, CHOICE]),
    st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.timedeltas(), st.times()),
)
def test_no_cell_raises_anything_but_a_cell_error(column, cell):
    with contextlib.suppress(CellError):
        parse_cell(column, cell)
    assert isinstance(as_text(cell), str)
