"""When things are due: across the borders of terms, weeks, months and years, over holidays and leap days."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duties import rules
from duties.rules import ONE_DAY, SHANGHAI, Occurrence, Pattern, SchoolCalendar, occurrences

TERMS = ((date(2026, 9, 1), date(2027, 1, 15)), (date(2027, 2, 22), date(2027, 7, 2)))
HOLIDAYS = {date(2026, 10, day) for day in range(1, 8)} | {date(2027, 1, 1)}
WORKED = {date(2026, 10, 10)}  # a Saturday


def is_workday(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in HOLIDAYS)


CALENDAR = SchoolCalendar(is_workday, TERMS)
FREE = SchoolCalendar(lambda day: day.weekday() < 5)


def due(pattern: Pattern, first: date, last: date, calendar: SchoolCalendar = CALENDAR, meals=()) -> list[Occurrence]:
    return occurrences(pattern, calendar, meals, first, last)


def days_of(found: list[Occurrence]) -> list[date]:
    return [one.on_day for one in found]


def test_daily_is_due_on_school_days_only_and_on_the_saturday_worked_instead():
    found = due(Pattern("daily", due_time=time(8)), date(2026, 9, 28), date(2026, 10, 12))
    assert days_of(found) == [
        date(2026, 9, 28), date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9),
        date(2026, 10, 10), date(2026, 10, 12),
    ]  # fmt: skip
    assert found[0].due_at == datetime(2026, 9, 28, 8, tzinfo=SHANGHAI)
    assert found[0].closes_at - found[0].due_at == timedelta(hours=24)


def test_daily_rests_between_terms_and_after_the_last():
    pattern = Pattern("daily")
    assert days_of(due(pattern, date(2027, 1, 14), date(2027, 2, 23)))[1:3] == [date(2027, 1, 15), date(2027, 2, 22)]
    assert due(pattern, date(2027, 7, 3), date(2027, 12, 31)) == []
    assert due(pattern, date(2026, 8, 1), date(2026, 8, 31)) == []


def test_without_any_known_term_every_working_day_counts():
    assert len(due(Pattern("daily"), date(2030, 7, 1), date(2030, 7, 7), FREE)) == 5


def test_days_of_a_term_count_weekends_and_every_counts_all():
    week = (date(2026, 10, 1), date(2026, 10, 7))
    assert len(due(Pattern("daily", days="term"), *week)) == 7
    assert due(Pattern("daily", days="term"), date(2027, 2, 1), date(2027, 2, 7)) == []
    assert len(due(Pattern("daily", days="every"), date(2027, 2, 1), date(2027, 2, 7))) == 7


def test_every_meal_is_due_after_it_and_opens_before_it():
    found = due(Pattern("per_meal", minutes_after=60), date(2026, 9, 1), date(2026, 9, 1), meals=("dinner", "lunch"))
    assert [(one.period, one.meal, one.due_at.time()) for one in found] == [
        ("2026-09-01:lunch", "lunch", time(13, 0)),
        ("2026-09-01:dinner", "dinner", time(19, 0)),
    ]
    assert found[0].opens_at.time() == time(9, 0)
    assert due(Pattern("per_meal"), date(2026, 9, 1), date(2026, 9, 1)) == []


def test_late_meal_stays_on_its_day():
    found = due(Pattern("per_meal", minutes_after=600), date(2026, 9, 1), date(2026, 9, 1), meals=("night_snack",))
    assert found[0].on_day == date(2026, 9, 1)


def test_week_of_the_year_s_turn_has_one_name():
    found = due(Pattern("weekly", weekday=4), date(2026, 12, 28), date(2027, 1, 8), FREE)
    assert [(one.period, one.on_day) for one in found] == [
        ("2026-W53", date(2027, 1, 1)), ("2027-W01", date(2027, 1, 8)),
    ]  # fmt: skip


def test_weekly_moves_to_the_last_school_day_before_a_holiday_and_rests_in_a_free_week():
    weekly = Pattern("weekly", weekday=4)
    assert days_of(due(weekly, date(2026, 9, 28), date(2026, 10, 11))) == [date(2026, 9, 30), date(2026, 10, 9)]
    monday = Pattern("weekly", weekday=0)  # nothing before: the first school day after
    assert days_of(due(monday, date(2026, 10, 5), date(2026, 10, 11))) == [date(2026, 10, 8)]
    assert due(weekly, date(2027, 1, 18), date(2027, 2, 20)) == []


def test_menu_of_a_week_is_due_seven_days_before_its_monday():
    menu = Pattern("weekly", weekday=0, shift_days=-7, lead_days=14)
    found = due(menu, date(2026, 10, 16), date(2026, 10, 19))
    assert [(one.period, one.on_day, one.first_day) for one in found] == [
        ("2026-W44", date(2026, 10, 19), date(2026, 10, 26))
    ]
    # 5 October is a holiday: the last school day before it is earlier, never nearer to the week.
    assert [one.on_day for one in due(menu, date(2026, 9, 29), date(2026, 10, 5))] == [date(2026, 9, 30)]


def test_fortnights_count_from_the_first_week_of_each_term():
    found = due(Pattern("biweekly", weekday=2), date(2026, 9, 1), date(2026, 10, 31))
    assert [one.period for one in found] == ["2026-08-31+14", "2026-09-14+14", "2026-09-28+14", "2026-10-12+14"]
    assert days_of(found)[:2] == [date(2026, 9, 9), date(2026, 9, 23)]
    second = due(Pattern("biweekly", weekday=2), date(2027, 2, 22), date(2027, 3, 7))
    assert [one.period for one in second] == ["2027-02-22+14"]


def test_short_rest_of_a_term_asks_for_no_fortnight():
    terms = ((date(2026, 9, 7), date(2026, 9, 24)),)  # the second fortnight has four school days
    calendar = SchoolCalendar(lambda day: day.weekday() < 5, terms)
    assert len(due(Pattern("biweekly"), date(2026, 9, 1), date(2026, 10, 31), calendar)) == 1


@pytest.mark.parametrize(
    ("month", "month_day", "expected"),
    [
        (date(2028, 2, 1), 29, date(2028, 2, 29)),
        (date(2028, 2, 1), 31, date(2028, 2, 29)),
        (date(2027, 2, 1), 30, date(2027, 2, 26)),  # the 28th is a Sunday
        (date(2026, 11, 1), 31, date(2026, 11, 30)),
        (date(2026, 8, 1), 1, date(2026, 8, 3)),  # the 1st is a Saturday: nothing before it in the month
    ],
)
def test_monthly_day(month, month_day, expected):
    found = due(Pattern("monthly", month_day=month_day), month, rules.month_end(month), FREE)
    assert days_of(found) == [expected]


def test_statement_about_a_month_is_due_in_the_next_and_a_month_without_school_asks_for_none():
    statement = Pattern("monthly", month_day=15, month_lag=1)
    found = due(statement, date(2026, 10, 1), date(2027, 8, 31))
    assert [(one.period, one.on_day) for one in found][:3] == [
        ("2026-09", date(2026, 10, 15)), ("2026-10", date(2026, 11, 13)), ("2026-11", date(2026, 12, 15)),
    ]  # fmt: skip
    assert found[0].first_day == date(2026, 9, 1)
    assert found[0].opens_at == datetime(2026, 10, 1, tzinfo=SHANGHAI)
    # July has school on its first two days; its statement is due in the holidays, on the day itself.
    assert found[-1].period == "2027-07"
    assert found[-1].on_day == date(2027, 8, 15)
    assert "2027-08" not in [one.period for one in due(statement, date(2027, 8, 1), date(2027, 12, 31))]


def test_quarter_is_due_at_its_end_where_it_has_school():
    found = due(Pattern("quarterly"), date(2026, 9, 1), date(2027, 12, 31))
    assert [(one.period, one.on_day) for one in found] == [
        ("2026-Q3", date(2026, 9, 30)), ("2026-Q4", date(2026, 12, 31)), ("2027-Q1", date(2027, 3, 31)),
        ("2027-Q2", date(2027, 6, 30)), ("2027-Q3", date(2027, 7, 2)),
    ]  # fmt: skip


def test_months_of_a_calendar_are_due_in_the_holidays_too():
    found = due(Pattern("months", months=(2, 8), month_day=25), date(2026, 8, 1), date(2027, 3, 1))
    assert [(one.period, one.on_day) for one in found] == [
        ("2026-08", date(2026, 8, 25)), ("2027-02", date(2027, 2, 25)),
    ]  # fmt: skip


def test_opening_check_lies_before_the_term_and_closing_at_its_end():
    opening = Pattern("term", anchor="start", shift_days=-1, lead_days=14)
    found = due(opening, date(2026, 8, 1), date(2027, 3, 1))
    assert days_of(found) == [date(2026, 8, 31), date(2027, 2, 21)]
    assert found[0].opens_at == datetime(2026, 8, 17, tzinfo=SHANGHAI)
    assert found[0].first_day == date(2026, 8, 17)  # a check made in August counts
    closing = Pattern("term", anchor="end", shift_days=-7)
    assert days_of(due(closing, date(2026, 9, 1), date(2027, 7, 31))) == [date(2027, 1, 8), date(2027, 6, 25)]


def test_yearly_on_the_leap_day():
    found = due(Pattern("yearly", months=(2,), month_day=29, days="every"), date(2027, 1, 1), date(2028, 12, 31))
    assert [(one.period, one.on_day) for one in found] == [
        ("2027", date(2027, 2, 28)), ("2028", date(2028, 2, 29)),
    ]  # fmt: skip


def test_once_and_asked():
    once = Pattern("once", once_on=date(2026, 10, 3), lead_days=3)
    found = due(once, date(2026, 9, 1), date(2026, 12, 1))
    assert [(one.on_day, one.opens_at.date()) for one in found] == [(date(2026, 10, 3), date(2026, 9, 30))]
    assert due(Pattern("asked"), date(2026, 9, 1), date(2026, 12, 1)) == []


def test_kind_begins_and_ends_by_its_due_days():
    pattern = Pattern("daily", starts_on=date(2026, 9, 3), ends_on=date(2026, 9, 4))
    assert days_of(due(pattern, date(2026, 9, 1), date(2026, 9, 30))) == [date(2026, 9, 3), date(2026, 9, 4)]


def test_grace_has_an_end():
    found = due(Pattern("daily", grace=timedelta(days=1000)), date(2026, 9, 1), date(2026, 9, 1))
    assert found[0].closes_at - found[0].due_at == rules.MOST_GRACE


# What holds for any cadence, calendar and stretch of time.
BASE = date(2026, 1, 1)
some_day = st.integers(0, 1500).map(lambda offset: BASE + timedelta(days=offset))


@st.composite
def calendars(draw):
    edges = sorted(draw(st.lists(some_day, min_size=0, max_size=8, unique=True)))
    terms = tuple((edges[index], edges[index + 1]) for index in range(0, len(edges) - 1, 2))
    free = draw(st.sets(some_day, max_size=40))
    worked = draw(st.sets(some_day, max_size=10))
    return SchoolCalendar(lambda day: day in worked or (day.weekday() < 5 and day not in free), terms)


@st.composite
def patterns(draw, cadences=rules.CADENCES):
    cadence = draw(st.sampled_from([one for one in cadences if one != "asked"]))
    return Pattern(
        cadence,
        due_time=draw(st.times().map(lambda at: at.replace(second=0, microsecond=0))),
        days=draw(st.sampled_from(rules.DAYS)),
        weekday=draw(st.integers(0, 6)),
        month_day=draw(st.integers(1, 31)),
        months=tuple(sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))),
        month_lag=draw(st.integers(0, 2)) if cadence == "monthly" else 0,
        anchor=draw(st.sampled_from(["start", "end"])),
        shift_days=draw(st.sampled_from([0, 0, -7, -1, -20])),
        lead_days=draw(st.sampled_from([0, 0, 3, 14, 40])),
        minutes_after=draw(st.sampled_from([0, 60, 700])),
        once_on=draw(some_day),
        needed=draw(st.integers(1, 3)),
    )


@settings(max_examples=150, deadline=None)
@given(patterns(), calendars(), some_day, st.integers(0, 60), st.integers(1, 120), st.sampled_from(["due", "opens"]))
def test_written_in_pieces_or_at_once_it_is_the_same(pattern, calendar, first, cut, length, by):
    """What generation rests on: any two runs side by side give what one run gives, nothing lost, nothing twice."""
    last = first + timedelta(days=length)
    middle = min(first + timedelta(days=cut), last)
    meals = ("lunch", "dinner")
    whole = occurrences(pattern, calendar, meals, first, last, by=by)
    parts = [
        *occurrences(pattern, calendar, meals, first, middle, by=by),
        *occurrences(pattern, calendar, meals, middle + ONE_DAY, last, by=by),
    ]
    assert sorted(parts, key=str) == sorted(whole, key=str)
    assert len({one.period for one in whole}) == len(whole)


@settings(max_examples=150, deadline=None)
@given(patterns(), calendars(), some_day, st.integers(1, 400))
def test_each_occurrence_opens_before_it_is_due_and_not_too_early(pattern, calendar, first, length):
    last = first + timedelta(days=length)
    for one in occurrences(pattern, calendar, ("lunch",), first, last):
        assert one.opens_at <= one.due_at <= one.closes_at
        assert first <= one.on_day <= last
        assert one.first_day <= one.last_day
        assert one.on_day - one.opens_at.date() <= pattern.longest_open
        assert one.needed == pattern.needed


@settings(max_examples=100, deadline=None)
@given(patterns(("daily", "weekly", "biweekly", "monthly", "quarterly")), calendars(), some_day)
def test_due_days_are_days_that_count_and_lie_in_their_period(pattern, calendar, first):
    plain = replace(pattern, shift_days=0, month_lag=0)
    for one in occurrences(plain, calendar, (), first, first + timedelta(days=200)):
        assert one.first_day <= one.on_day <= one.last_day
        assert calendar.counts(one.on_day, plain.days)


@settings(max_examples=100, deadline=None)
@given(patterns(("daily", "weekly", "monthly", "quarterly")), calendars(), some_day)
def test_every_day_that_counts_belongs_to_exactly_one_period(pattern, calendar, day):
    """So that a record about any school day finds the one duty that it fulfils."""
    plain = replace(pattern, shift_days=0, month_lag=0, lead_days=0)
    around = occurrences(plain, calendar, (), day - timedelta(days=100), day + timedelta(days=100))
    about = [one for one in around if one.first_day <= day <= one.last_day]
    assert len(about) == 1 if calendar.counts(day, plain.days) else len(about) <= 1


@settings(max_examples=60, deadline=None)
@given(calendars(), st.sampled_from(rules.DAYS), st.integers(0, 6))
def test_fortnights_never_overlap_within_a_term(calendar, days, weekday):
    found = occurrences(
        Pattern("biweekly", days=days, weekday=weekday), calendar, (), BASE, BASE + timedelta(days=1500)
    )
    for begins, ends in calendar.terms if days != "every" else ((BASE, BASE + timedelta(days=1500)),):
        inside = [one for one in found if begins <= one.on_day <= ends]
        assert all(a.last_day < b.first_day for a, b in pairwise(inside))


instants = st.datetimes(datetime(2026, 9, 1), datetime(2026, 9, 10)).map(lambda at: at.replace(tzinfo=SHANGHAI))


@settings(deadline=None)
@given(st.tuples(instants, instants, instants).map(sorted), st.none() | instants, st.booleans(), instants, instants)
def test_standing_moves_only_forward_and_done_stays_done(span, fulfilled, excused, early, later):
    early, later = sorted((early, later))
    order = ["ahead", "open", "late", "missed"]
    before = rules.standing(*span, fulfilled, excused, early)
    after = rules.standing(*span, fulfilled, excused, later)
    if fulfilled is not None:
        assert before == after == ("on_time" if fulfilled <= span[1] else "done_late")
    elif excused:
        assert before == after == "excused"
    else:
        assert order.index(before) <= order.index(after)


def test_late_by_the_clock_to_the_second():
    opens, due_at = datetime(2026, 9, 1, 6, tzinfo=SHANGHAI), datetime(2026, 9, 1, 8, tzinfo=SHANGHAI)
    closes = due_at + timedelta(hours=1)
    at = lambda instant: rules.standing(opens, due_at, closes, None, False, instant)  # noqa: E731
    second = timedelta(seconds=1)
    assert [at(opens - second), at(opens), at(due_at), at(due_at + second), at(closes), at(closes + second)] == [
        "ahead", "open", "open", "late", "late", "missed",
    ]  # fmt: skip


def test_life_of_an_excuse():
    assert rules.next_state("asked", "confirm") == "confirmed"
    assert rules.next_state("confirmed", "refuse") == "refused"
    for state, event in [("refused", "confirm"), ("withdrawn", "confirm"), ("confirmed", "withdraw")]:
        with pytest.raises(rules.TransitionRefused):
            rules.next_state(state, event)
