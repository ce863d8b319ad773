from datetime import date

from kernel.workdays.service import SpecialDay, spans


def day(number, *, name="国庆节", worked=False, own=False):
    return SpecialDay(date(2026, 10, number), worked, name, "通知", own)


def test_a_holiday_is_one_line_and_anything_else_begins_another():
    days = [day(1), day(2), day(3), day(4, own=True), day(5), day(6), day(8), day(10, worked=True, name="调休")]
    found = [(span.first.day.day, span.last.day.day, span.length) for span in spans(days)]
    assert found == [(1, 3, 3), (4, 4, 1), (5, 6, 2), (8, 8, 1), (10, 10, 1)]
    assert spans([]) == []


def test_the_bureaus_own_days_stay_apart():
    assert [span.length for span in spans([day(1, own=True), day(2, own=True)])] == [1, 1]
