from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.schools import term_calendar

TUESDAY, FRIDAY = date(2026, 9, 1), date(2027, 1, 22)
spans = st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 300)).map(
    lambda span: (span[0], span[0] + timedelta(days=span[1]))
)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 8, 30), None),
        (date(2026, 8, 31), 1),  # the Monday of the week in which school starts on Tuesday
        (date(2026, 9, 6), 1),
        (date(2026, 9, 7), 2),
        (date(2027, 1, 24), 21),
        (date(2027, 1, 25), None),
    ],
)
def test_school_weeks_begin_on_monday_and_count_from_the_first_day(day, week):
    assert term_calendar.week_number(day, TUESDAY, FRIDAY) == week


def test_the_months_of_a_term():
    laid_out = term_calendar.months(TUESDAY, FRIDAY)
    assert [(month.year, month.month) for month in laid_out] == [
        (2026, 9), (2026, 10), (2026, 11), (2026, 12), (2027, 1)
    ]  # fmt: skip
    september = laid_out[0]
    assert [week.number for week in september.weeks] == [1, 2, 3, 4, 5]
    assert september.weeks[0].days[0].day == date(2026, 8, 31)
    assert not september.weeks[0].days[0].in_month
    assert laid_out[-1].weeks[-1].number is None  # the last week of January, after the term


def test_holidays_and_made_up_days_count():
    def kind_of(day):
        if day == date(2026, 9, 7):
            return "holiday", "演示节"
        if day == date(2026, 9, 12):
            return "made_up", ""
        return term_calendar.plain_kind(day)

    span = date(2026, 9, 7), date(2026, 9, 13)
    assert term_calendar.school_days(term_calendar.months(*span)) == 5
    assert term_calendar.school_days(term_calendar.months(*span, kind_of)) == 5
    first = term_calendar.months(*span, kind_of)[0].weeks[1].days[0]
    assert (first.kind, first.name) == ("holiday", "演示节")


@given(spans)
def test_every_day_of_a_term_stands_in_it_once(span):
    starts_on, ends_on = span
    days = [
        day.day
        for month in term_calendar.months(starts_on, ends_on)
        for week in month.weeks
        for day in week.days
        if day.in_month and day.in_term
    ]
    assert days == [starts_on + timedelta(days=n) for n in range((ends_on - starts_on).days + 1)]


@given(spans)
def test_weeks_have_seven_days_and_numbers_go_up_by_one(span):
    starts_on, ends_on = span
    numbers = []
    for month in term_calendar.months(starts_on, ends_on):
        for week in month.weeks:
            assert [day.day.weekday() for day in week.days] == list(range(7))
            if week.number is not None and week.number not in numbers:
                numbers.append(week.number)
    assert numbers == list(range(1, len(numbers) + 1))


@given(st.lists(spans, max_size=4), spans)
def test_overlap_is_a_shared_day(others, span):
    def days(of):
        return set(range(of[0].toordinal(), of[1].toordinal() + 1))

    expected = next((position for position, other in enumerate(others) if days(other) & days(span)), None)
    assert term_calendar.overlapping(others, *span) == expected
