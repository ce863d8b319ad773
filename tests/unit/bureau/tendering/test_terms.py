from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bureau.tendering.rules import clockwork, terms
from bureau.tendering.rules.clockwork import Hands
from kernel.workdays.rules import Calendar, is_workday

# The National Day holiday of 2026 as far as these tests need it, with a worked Saturday after it.
AUTUMN = Calendar(
    {**{date(2026, 10, day): False for day in range(1, 9)}, date(2026, 10, 10): True}, frozenset({2026, 2027})
)
instants = st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


def test_the_first_day_is_not_counted_and_the_last_one_is():
    assert terms.add_days(date(2026, 11, 2), 20, AUTUMN).value == date(2026, 11, 23)  # the 22nd is a Sunday
    assert terms.add_days(date(2026, 11, 3), 20, AUTUMN).value == date(2026, 11, 23)


def test_a_last_day_on_a_holiday_moves_behind_it():
    assert terms.add_days(date(2026, 9, 11), 20, AUTUMN).value == date(2026, 10, 9)
    assert terms.add_days(date(2026, 9, 20), 20, AUTUMN).value == date(2026, 10, 10)  # a Saturday that is worked


def test_a_year_without_arrangement_is_told():
    found = terms.add_days(date(2027, 12, 20), 20, AUTUMN)
    assert found.unknown_years == (2028,)


def test_years_end_on_the_eve():
    assert terms.add_years(date(2027, 1, 1), 1) == date(2027, 12, 31)
    assert terms.add_years(date(2028, 2, 29), 1) == date(2029, 2, 28)


def test_days_are_those_of_shanghai():
    assert terms.day_of(datetime(2026, 11, 30, 16, tzinfo=UTC)) == date(2026, 12, 1)
    assert terms.end_of_day(date(2026, 12, 1)) == datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC)


@given(instants, st.dates(date(2026, 9, 1), date(2026, 12, 31)), st.integers(0, 40))
def test_a_change_never_shortens_a_deadline(deadline, changed_on, days):
    later = terms.extended_for_change(deadline, changed_on, days, AUTUMN)
    assert later >= deadline
    assert (terms.day_of(later) - changed_on).days >= days
    assert terms.extended_for_change(later, changed_on, days, AUTUMN) == later


@given(instants, instants, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_a_suspension_never_shortens_a_deadline(deadline, paused_from, pause):
    moved = terms.shifted(deadline, paused_from, paused_from + pause, AUTUMN)
    assert moved >= deadline
    if deadline <= paused_from or pause == timedelta(0):
        assert moved == deadline
    else:
        assert moved - deadline >= pause  # what was lost is given back whole
        assert is_workday(terms.day_of(moved), AUTUMN)
        assert moved.timetz() == deadline.astimezone(terms.SHANGHAI).timetz()


def _run(hands, ticks):
    """The clock's loop without a database: (instant, step) in the order done."""
    done = []
    for at in ticks:
        while (step := clockwork.due(hands, at)) is not None:
            done.append(step)
            if step[1] == "check_takers":
                hands = Hands(hands.state, hands.documents_until, hands.bid_deadline, step[0])
            else:
                hands = Hands("opening", hands.documents_until, hands.bid_deadline, hands.takers_checked)
    return done


@given(instants, instants, st.lists(instants, max_size=6))
def test_a_late_clock_in_any_number_of_runs_does_the_same(documents, deadline, ticks):
    hands = Hands("bidding", documents, deadline)
    last = max(documents, deadline) + timedelta(days=1)
    assert _run(hands, [*sorted(ticks), last]) == _run(hands, [last])
    assert _run(hands, [last])[-1] == (deadline, "close_bidding")


def test_the_clock_sleeps_where_nothing_is_to_come():
    deadline = datetime(2026, 12, 1, tzinfo=UTC)
    for state in ("draft", "suspended", "opening", "failed"):
        assert clockwork.next_check(Hands(state, deadline, deadline)) is None
    assert clockwork.due(Hands("bidding", None, deadline), deadline) == (deadline, "close_bidding")
    assert clockwork.due(Hands("bidding", None, deadline), deadline - timedelta(seconds=1)) is None


def test_an_extended_supply_of_documents_is_checked_again():
    first, second = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
    hands = Hands("bidding", second, datetime(2026, 12, 1, tzinfo=UTC), takers_checked=first)
    assert clockwork.due(hands, second) == (second, "check_takers")
