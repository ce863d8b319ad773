"""When checks are due and how they stand, by the calendar alone; and the self score beside the official one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.self_checks import rules
from school.self_checks.rules import Occurrence, Pattern

MONDAY = date(2026, 9, 7)


def days(pattern, first, last, **more):
    return [one.occurs_on for one in rules.occurrences(pattern, first, last, **more)]


def weekday(day):
    return day.weekday() < 5


def test_daily_within_its_own_span():
    pattern = Pattern("daily", MONDAY, MONDAY + timedelta(days=2))
    assert days(pattern, MONDAY - timedelta(days=5), MONDAY + timedelta(days=30)) == [
        MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    ]  # fmt: skip


def test_daily_on_school_days_leaves_the_weekend_out():
    pattern = Pattern("daily", MONDAY, workdays_only=True)
    found = days(pattern, MONDAY, MONDAY + timedelta(days=13), is_school_day=weekday)
    assert len(found) == 10
    assert all(weekday(day) for day in found)


def test_weekly_on_its_days():
    pattern = Pattern("weekly", MONDAY, weekdays=(0, 3))
    assert days(pattern, MONDAY, MONDAY + timedelta(days=8)) == [
        MONDAY, MONDAY + timedelta(days=3), MONDAY + timedelta(days=7)
    ]  # fmt: skip


def test_monthly_on_the_31st_is_the_last_day_of_short_months():
    pattern = Pattern("monthly", date(2026, 1, 1), month_day=31)
    assert days(pattern, date(2026, 1, 1), date(2026, 4, 30)) == [
        date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)
    ]  # fmt: skip


def test_monthly_on_a_free_day_moves_and_never_falls_away():
    # 2026-08-01 is a Saturday, 2026-05-31 a Sunday without a working day after it in the month.
    pattern = Pattern("monthly", date(2026, 1, 1), month_day=1, workdays_only=True)
    assert days(pattern, date(2026, 8, 1), date(2026, 8, 31), is_school_day=weekday) == [date(2026, 8, 3)]
    pattern = Pattern("monthly", date(2026, 1, 1), month_day=31, workdays_only=True)
    assert days(pattern, date(2026, 5, 1), date(2026, 5, 31), is_school_day=weekday) == [date(2026, 5, 29)]


def test_a_term_is_one_occurrence_until_its_end():
    terms = [(date(2026, 9, 1), date(2027, 1, 20)), (date(2027, 2, 22), date(2027, 7, 3))]
    pattern = Pattern("term", date(2026, 10, 1))
    assert rules.occurrences(pattern, date(2026, 11, 1), date(2026, 11, 30), terms=terms) == [
        Occurrence(date(2026, 10, 1), date(2027, 1, 20))
    ]
    assert len(rules.occurrences(pattern, date(2026, 9, 1), date(2027, 7, 31), terms=terms)) == 2


def test_once_is_due_by_the_end():
    pattern = Pattern("once", MONDAY, MONDAY + timedelta(days=10))
    assert rules.occurrences(pattern, MONDAY + timedelta(days=3), MONDAY + timedelta(days=3)) == [
        Occurrence(MONDAY, MONDAY + timedelta(days=10))
    ]
    assert rules.occurrences(pattern, MONDAY + timedelta(days=11), MONDAY + timedelta(days=40)) == []


def test_holidays_between_known_terms_are_free_but_the_unknown_future_is_not():
    terms = [(date(2026, 2, 20), date(2026, 7, 3)), (date(2026, 9, 1), date(2027, 1, 20))]
    is_school_day = rules.school_days(lambda _day: True, terms)
    assert not is_school_day(date(2026, 7, 20))
    assert is_school_day(date(2026, 9, 1))
    assert is_school_day(date(2026, 7, 3))
    assert is_school_day(date(2027, 3, 1))
    assert not rules.school_days(lambda _day: False, terms)(date(2026, 9, 1))


@pytest.mark.parametrize(
    ("submitted", "today", "expected"),
    [
        (None, -1, "ahead"),
        (None, 0, "open"),
        (None, 1, "late"),
        (None, 2, "late"),
        (None, 3, "missed"),
        (0, 5, "on_time"),
        (1, 5, "done_late"),
    ],
)
def test_the_clock_alone_makes_it_late(submitted, today, expected):
    occurrence = Occurrence(MONDAY, MONDAY)
    on = None if submitted is None else MONDAY + timedelta(days=submitted)
    assert rules.standing(occurrence, on, MONDAY + timedelta(days=today), grace_days=2) == expected


def test_what_was_asked_for_once_stays_owed():
    occurrence = Occurrence(MONDAY, MONDAY)
    assert rules.standing(occurrence, None, MONDAY + timedelta(days=900), 0, "once") == "late"


@given(
    st.sampled_from(["daily", "weekly", "monthly"]), st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    st.integers(0, 120), st.sets(st.integers(0, 6), min_size=1), st.integers(1, 31), st.booleans(), st.integers(1, 60),
)  # fmt: skip
def test_a_span_cut_in_two_has_the_same_occurrences(rhythm, start, length, weekdays, month_day, only, cut):
    pattern = Pattern(rhythm, start, None, tuple(sorted(weekdays)), month_day, only)
    last = start + timedelta(days=length)
    middle = start + timedelta(days=min(cut, length))
    whole = days(pattern, start, last, is_school_day=weekday)
    parts = days(pattern, start, middle, is_school_day=weekday)
    parts += days(pattern, middle + rules.ONE_DAY, last, is_school_day=weekday)
    assert parts == whole
    assert len(set(whole)) == len(whole)


def line(code, awarded, available="5", **more):
    lost = str(Decimal(available) - Decimal(awarded)) if available and awarded else "0"
    return {
        "code": code, "awarded": awarded, "available": available, "lost": lost, "reason": "full", "text": code,
        "no": code, **more,
    }  # fmt: skip


def account(*lines):
    return {"sections_account": [{"code": "s", "title": "演示", "lines": list(lines)}]}


def test_items_meet_by_key_and_differ_by_points_or_outcome():
    own = account(line("1", "5"), line("2", "3"), line("3", "5", unit="A"), line("4", "5"))
    official = account(line("1", "4"), line("2", "3"), line("3", "5", unit="B"), line("5", "5"))
    found = {pair.key: pair for pair in rules.compare_accounts(own, official)}
    assert list(found) == ["1", "2", "3@B", "5", "3@A", "4"]
    assert (found["1"].difference, found["1"].differs) == (Decimal(1), True)
    assert (found["2"].difference, found["2"].differs) == (Decimal(0), False)
    assert found["3@A"].official is None
    assert not found["3@A"].differs
    assert found["5"].own is None


def test_items_without_points_differ_where_one_side_failed():
    own = account(line("1", None, None, reason="passed", lost="0"))
    official = account(line("1", None, None, reason="failed", lost="0"))
    (pair,) = rules.compare_accounts(own, official)
    assert pair.difference is None
    assert pair.differs


def test_not_applicable_differs_from_full_marks():
    own = account(line("1", "5", reason="not_applicable", lost="0"))
    (pair,) = rules.compare_accounts(own, account(line("1", "5")))
    assert pair.differs
