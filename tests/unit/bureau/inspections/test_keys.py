"""Which answers a form asks for, and which of those given count."""

from decimal import Decimal

import pytest

from bureau.inspections.rules import counting_answers, is_key, section_keys
from scorecards.form import AllOrNothing, Repeat, Section
from tests.unit.scorecards.forms import form, item

ROOMS = Section(
    code="R", title="寝室", items=(item("R.1", AllOrNothing(), 10),), repeat=Repeat(unit_label="寝室"), na_allowed=True
)
PLAIN = Section(code="P", title="门卫", items=(item("P.1", AllOrNothing(), 10),), na_allowed=True)
FIXED = Section(code="F", title="台账", items=(item("F.1", AllOrNothing(), 10),))
SHEET = form(sections=(ROOMS, PLAIN, FIXED), total=Decimal(30))
WINDOWS = form(sections=(PLAIN, FIXED), total=Decimal(20), repeat=Repeat(unit_label="窗口"))


@pytest.mark.parametrize(
    ("key", "in_sheet", "in_windows"),
    [
        ("F.1", True, False),
        ("F.1@3", False, True),
        ("R.1", False, False),
        ("R.1@101", True, False),
        ("R.1@", False, False),
        ("R", True, False),
        ("R@101", False, False),
        ("P", True, False),
        ("P@3", False, True),
        ("F", False, False),
        ("", False, False),
        ("x@y", False, False),
    ],
)
def test_keys(key, in_sheet, in_windows):
    assert (is_key(SHEET, key), is_key(WINDOWS, key)) == (in_sheet, in_windows)


def test_what_counts():
    units = {"R": [{"code": "101", "label": ""}]}
    answers = {"R.1@101": 1, "R.1@102": 2, "P": 3, "P.1": 4, "F.1": 5}
    assert section_keys(SHEET, answers) == {"P"}
    assert counting_answers(SHEET, answers, units) == {"R.1@101": 1, "P": 3, "F.1": 5}
    assert counting_answers(SHEET, {"R": 1, "R.1@101": 2}, units) == {"R": 1}
    assert counting_answers(SHEET, {"R.1@102": 2}, {}) == {"R.1@102": 2}
    assert counting_answers(WINDOWS, {"P@1": 1, "P.1@1": 2, "P.1@2": 3, "F.1@9": 4}, {"": [{"code": "1"}, {"code": "2"}]}) == {
        "P@1": 1, "P.1@2": 3,
    }  # fmt: skip
