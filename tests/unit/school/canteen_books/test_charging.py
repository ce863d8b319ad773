import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from school.canteen_books.charging import (
    Plan,
    RefundRule,
    charge,
    eaten_days,
    newly_refundable,
    price_on,
    refundable,
    runs,
    slot_prices,
)

SEPTEMBER = date(2026, 9, 1)
OCTOBER = date(2026, 10, 1)
EACH_MEAL = RefundRule(1, 0)
KINDERGARTEN = RefundRule(2, 1)
LUNCH = ("lunch",)


def weekdays(first, last):
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


DAYS = weekdays(SEPTEMBER, date(2026, 9, 30))
BOTH = weekdays(SEPTEMBER, date(2026, 10, 31))


def missed(*numbers, month=9, meals=LUNCH):
    return {(date(2026, month, number), meal) for number in numbers for meal in meals}


def days_of(slots):
    return sorted({day.day for day, _meal in slots})


def test_a_kindergarten_gives_back_all_but_the_first_day_of_a_run():
    one, two, five = missed(3), missed(3, 4), missed(3, 4, 7, 8, 9)  # 5 and 6 September are a weekend
    assert refundable(one, DAYS, LUNCH, KINDERGARTEN) == set()
    assert days_of(refundable(two, DAYS, LUNCH, KINDERGARTEN)) == [4]
    assert days_of(refundable(five, DAYS, LUNCH, KINDERGARTEN)) == [4, 7, 8, 9]
    # Two runs are counted each for itself.
    assert days_of(refundable(missed(1, 2, 4, 7), DAYS, LUNCH, KINDERGARTEN)) == [2, 7]


def test_a_day_counts_as_missed_when_all_its_meals_were():
    meals = ("morning_snack", "lunch")
    slots = missed(1, 2, meals=meals) - {(date(2026, 9, 2), "lunch")}
    assert refundable(slots, DAYS, meals, KINDERGARTEN) == set()
    whole = missed(1, 2, 3, meals=meals)
    assert len(refundable(whole, DAYS, meals, KINDERGARTEN)) == 4


def test_elsewhere_every_missed_meal_is_given_back():
    assert refundable(missed(1, 4), DAYS, LUNCH, EACH_MEAL) == missed(1, 4)
    # A day without a meal is no missed one, nor is a meal outside the plan.
    assert refundable(missed(5), DAYS, LUNCH, EACH_MEAL) == set()
    assert refundable(missed(1, meals=("dinner",)), DAYS, LUNCH, EACH_MEAL) == set()


def test_a_run_over_the_turn_of_the_month_is_made_good_once():
    slots = missed(30) | missed(1, 2, month=10)
    september = newly_refundable(slots, DAYS, LUNCH, KINDERGARTEN, SEPTEMBER)
    october = newly_refundable(slots, BOTH, LUNCH, KINDERGARTEN, OCTOBER)
    assert september == set()
    assert days_of(october) == [1, 2]
    slow = RefundRule(3, 0)
    assert newly_refundable(missed(29, 30), DAYS, LUNCH, slow, SEPTEMBER) == set()
    late = newly_refundable(missed(29, 30) | missed(1, month=10), BOTH, LUNCH, slow, OCTOBER)
    assert sorted(day for day, _meal in late) == [date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 1)]


RULES = st.builds(RefundRule, st.integers(1, 4), st.integers(0, 3))
ABSENCES = st.sets(st.sampled_from(BOTH))


@given(ABSENCES, RULES)
def test_month_by_month_the_same_is_given_back_as_over_both_at_once(absent, rule):
    slots = {(day, "lunch") for day in absent}
    first = newly_refundable({slot for slot in slots if slot[0] < OCTOBER}, DAYS, LUNCH, rule, SEPTEMBER)
    second = newly_refundable(slots, BOTH, LUNCH, rule, OCTOBER)
    assert not first & second
    assert first | second == refundable(slots, BOTH, LUNCH, rule)


@given(ABSENCES)
def test_runs_hold_every_missed_day_once_and_never_touch(absent):
    found = runs(absent, BOTH)
    assert sorted(day for run in found for day in run) == sorted(absent)
    place = {day: position for position, day in enumerate(BOTH)}
    assert all(place[after[0]] - place[before[-1]] > 1 for before, after in itertools.pairwise(found))


@given(st.integers(1, 100_000), st.integers(0, 40), st.integers(1, 3))
def test_a_months_price_is_shared_over_its_meals_to_the_fen(fen, count, meals):
    plan = Plan("monthly", ("breakfast", "lunch", "dinner")[:meals], True, month_fen=fen)
    prices = slot_prices(plan, BOTH[:count])
    assert sum(prices.values()) == (fen if count else 0)
    assert max(prices.values(), default=0) - min(prices.values(), default=0) <= 1


@given(ABSENCES, RULES, st.integers(1, 50_000))
def test_what_is_used_and_given_back_is_what_the_plan_asks(absent, rule, fen):
    plan = Plan("monthly", LUNCH, True, month_fen=fen)
    prices = slot_prices(plan, DAYS)
    marks = {(day, "lunch"): "absent" for day in absent if day < OCTOBER}
    found = charge(plan, prices, {}, set(DAYS), marks, DAYS, rule, SEPTEMBER)
    assert found.charge_fen == fen
    assert 0 <= found.refund_fen <= fen
    assert found.used_fen + found.refund_fen == fen
    assert found.eaten + found.missed == len(DAYS)
    assert found.refunded <= found.missed
    assert found.eaten_days == len(DAYS) - len(marks) == eaten_days(plan, DAYS, marks)
    if rule.is_each_meal and len(marks) == len(DAYS):
        assert found.used_fen == 0


def test_a_pupil_pays_for_the_days_on_the_plan():
    plan = Plan("per_meal", LUNCH, True, meal_fen={"lunch": 1_200})
    prices = slot_prices(plan, DAYS)
    found = charge(plan, prices, {}, set(DAYS[10:]), {}, DAYS, EACH_MEAL, SEPTEMBER)
    assert (found.charge_fen, found.eaten) == (1_200 * (len(DAYS) - 10), len(DAYS) - 10)


def test_who_eats_now_and_then_pays_what_was_marked():
    plan = Plan("per_meal", LUNCH, False, meal_fen={"lunch": 1_200})
    marks = {(DAYS[0], "lunch"): "present", (DAYS[1], "lunch"): "absent", (DAYS[5], "lunch"): "present"}
    found = charge(plan, slot_prices(plan, DAYS), {}, set(DAYS), marks, DAYS, EACH_MEAL, SEPTEMBER)
    assert (found.charge_fen, found.refund_fen, found.eaten, found.missed) == (2_400, 0, 2, 0)


def test_late_refunds_are_worth_what_the_day_cost():
    plan = Plan("monthly", LUNCH, True, month_fen=2_300)
    october = slot_prices(plan, [day for day in BOTH if day >= OCTOBER])
    september = slot_prices(Plan("monthly", LUNCH, True, month_fen=22_000), DAYS)
    marks = {(day, "lunch"): "absent" for day in (date(2026, 9, 29), date(2026, 9, 30), OCTOBER)}
    found = charge(plan, october, september, set(BOTH), marks, BOTH, RefundRule(3, 0), OCTOBER)
    assert found.refund_fen == 1_000 + 1_000 + october[OCTOBER, "lunch"]
    assert found.used_fen == 2_300 - found.refund_fen
    assert (found.missed, found.refunded) == (1, 3)


def test_the_newest_price_that_has_begun_holds():
    rows = [(SEPTEMBER, 1_000), (OCTOBER, 1_200)]
    assert price_on(rows, date(2026, 8, 1)) is None
    assert [price_on(rows, month) for month in (SEPTEMBER, OCTOBER, date(2026, 12, 1))] == [1_000, 1_200, 1_200]
