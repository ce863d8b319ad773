"""Parts of an item that have points of their own."""

from decimal import Decimal

import pytest

from scorecards.form import CountDeduction, ListedDeductions
from scorecards.form_json import shape_of
from scorecards.reading import read_rule


@pytest.mark.parametrize(
    ("text", "points", "item_text", "shape", "review"),
    [
        ("各2分", 6, "档案：①健康证②培训记录③采购台账", "additive", "confirm"),
        ("每项3分", 5, "1.报警器正常；2.配有灭火毯", "judged", "decide"),
        ("每项2分，缺一项扣2分", 10, "", "count_deduction", "confirm"),
        ("1.门卫制度（10分）\n2.巡查制度（5分）", 15, "", "additive", "confirm"),
        ("1.门卫制度（10分）\n2.巡查制度（5分）", 20, "", "judged", "decide"),
        ("A.齐全有效 10分 B.有一项过期 5分 C.无证 0分", 10, "", "levels", ""),
        ("A.齐全有效 8分 B.有一项过期 5分 C.无证 0分", 10, "", "judged", "decide"),
        ("达标20分，基本达标10分，不达标0分", 20, "", "levels", ""),
        ("发现1例未登记的，扣0.5分/例，扣完为止", 6, "", "count_deduction", ""),
        ("未测温扣20分 未记录扣10分", 30, "", "listed_deductions", ""),
        ("按每500名学生1名配备，每少1名扣5分", 20, "", "required_count", "confirm"),
        ("枯死1株扣1分", 30, "", "count_deduction", ""),
    ],
)
def test_points_of_parts(text: str, points: int, item_text: str, shape: str, review: str) -> None:
    reading = read_rule(text, Decimal(points), item_text=item_text)
    assert (shape_of(reading.rule), reading.review) == (shape, review)


def test_a_rate_is_no_unit() -> None:
    """ "100%" is not one of "00%"."""
    rule = read_rule("签订率未达100%的扣5分；未开会的扣5分", Decimal(30)).rule
    assert isinstance(rule, ListedDeductions)
    assert [entry.label for entry in rule.entries] == ["签订率未达100%", "未开会"]
    assert not any(entry.repeatable for entry in rule.entries)
    counted = read_rule("每低10%扣1分", Decimal(5)).rule
    assert isinstance(counted, CountDeduction)
    assert counted.unit_label == "10%"
