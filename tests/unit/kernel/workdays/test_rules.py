from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.workdays.arrangement import national_days
from kernel.workdays.rules import Calendar, add_workdays, is_workday, workdays_between

CALENDAR = Calendar({row.day: row.is_workday for row in national_days()}, frozenset({2025, 2026}))
DAYS = st.dates(date(2025, 3, 1), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday that makes up
        (date(2026, 10, 11), False),
        (date(2026, 2, 14), True),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
        (date(2026, 6, 20), False),
        (date(2025, 9, 28), True),
        (date(2025, 10, 8), False),
        (date(2025, 1, 1), False),
        (date(2025, 1, 2), True),
    ],
)
def test_days_of_the_official_arrangement(day, worked):
    assert is_workday(day, CALENDAR) is worked


@pytest.mark.parametrize(("year", "off", "made_up"), [(2025, 28, 5), (2026, 33, 6)])
def test_each_year_has_the_notices_number_of_days(year, off, made_up):
    rows = [row for row in national_days() if row.day.year == year]
    assert Counter(row.is_workday for row in rows) == {False: off, True: made_up}
    assert len({row.day for row in rows}) == len(rows)
    assert all(row.day.weekday() >= 5 for row in rows if row.is_workday)
    # The law gives 13 public holidays a year; each beyond a weekend is earned by a day made up.
    assert sum(row.day.weekday() < 5 for row in rows if not row.is_workday) - made_up <= 13
    assert all("国办发明电" in row.citation for row in rows)


def test_a_term_of_working_days_jumps_the_holidays_and_counts_the_made_up_saturday():
    assert add_workdays(date(2026, 9, 29), 1, CALENDAR).value == date(2026, 9, 30)
    assert add_workdays(date(2026, 9, 30), 1, CALENDAR).value == date(2026, 10, 8)
    assert add_workdays(date(2026, 9, 30), 3, CALENDAR).value == date(2026, 10, 10)
    assert add_workdays(date(2026, 10, 8), -1, CALENDAR).value == date(2026, 9, 30)
    assert add_workdays(date(2026, 10, 3), 0, CALENDAR).value == date(2026, 10, 8)
    assert add_workdays(date(2026, 3, 2), 15, CALENDAR).value == date(2026, 3, 23)


def test_a_year_without_an_arrangement_is_named():
    assert add_workdays(date(2026, 12, 1), 5, CALENDAR).is_sure
    crossing = add_workdays(date(2026, 12, 30), 15, CALENDAR)
    assert crossing.unknown_years == (2027,)
    assert not crossing.is_sure
    assert workdays_between(date(2024, 6, 1), date(2027, 1, 1), CALENDAR).unknown_years == (2024, 2027)
    assert add_workdays(date(2027, 5, 1), 0, Calendar()).unknown_years == (2027,)


def test_a_bureaus_own_days_win_and_leave_the_year_unknown():
    calendar = Calendar().with_days({date(2027, 1, 4): False})
    assert not is_workday(date(2027, 1, 4), calendar)
    assert add_workdays(date(2027, 1, 1), 1, calendar).value == date(2027, 1, 5)
    assert not add_workdays(date(2027, 1, 1), 1, calendar).is_sure
    assert is_workday(date(2026, 10, 1), CALENDAR.with_days({date(2026, 10, 1): True}))


@given(DAYS, st.integers(-60, 60))
def test_counting_undoes_adding(day, count):
    end = add_workdays(day, count, CALENDAR)
    if count:
        assert workdays_between(day, end.value, CALENDAR).value == count
        assert is_workday(end.value, CALENDAR)


@given(DAYS, DAYS, DAYS)
def test_counts_add_up(first, second, third):
    first, second, third = sorted((first, second, third))
    whole = workdays_between(first, third, CALENDAR).value
    assert whole == workdays_between(first, second, CALENDAR).value + workdays_between(second, third, CALENDAR).value


@given(DAYS, st.integers(1, 40))
def test_without_overrides_five_days_are_a_week(day, weeks):
    assert workdays_between(day, day + timedelta(weeks=weeks), Calendar()).value == 5 * weeks


def test_an_absurd_term_is_refused():
    with pytest.raises(ValueError, match="working days"):
        add_workdays(date(2026, 1, 1), 10**6, CALENDAR)


def test_terms_that_were_worked_out_by_hand():
    assert add_workdays(date(2025, 5, 6), 7, CALENDAR).value == date(2025, 5, 15)
    # A result decided on 28 September 2026, published for one working day, open to challenge for seven.
    published = add_workdays(date(2026, 9, 28), 1, CALENDAR).value
    assert add_workdays(published, 7, CALENDAR).value == date(2026, 10, 14)
