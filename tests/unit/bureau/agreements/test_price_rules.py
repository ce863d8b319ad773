from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.agreements import price_rules
from bureau.agreements.price_rules import Term


# Worked by hand: book fen per base unit, base units in a unit, discount %, fen for a unit.
@pytest.mark.parametrize(
    ("book", "factor", "discount", "price"),
    [
        (2890, "1", "12.5", 2529),  # 2528.75
        (2890, "0.5", "12.5", 1264),  # 1264.375
        (520, "25", "8", 11960),  # 25 kg: 13000 × 0.92, not 25 × 478
        (521, "25", "8", 11983),  # 11983.0
        (333, "1", "15", 283),  # 283.05
        (330, "1", "15", 281),  # 280.5 → up
        (310, "1", "5", 295),  # 294.5 → up
        (1, "1", "50", 1),  # 0.5 → up
        (1, "1", "50.0001", 0),  # 0.499999
        (2890, "1", "0", 2890),
        (999, "1", "33.3333", 666),  # 666.000333
    ],
)
def test_hand_vectors(book, factor, discount, price):
    exact = price_rules.discounted_price(book, Decimal(factor), Decimal(discount))
    assert price_rules.half_up(exact) == price


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [(2529, "7.5", 18968), (2529, "0.001", 3), (520, "12.345", 6419), (1, "0.5", 1), (1, "0.499", 0), (333, "3", 999)],
)
def test_amounts_by_hand(price, quantity, amount):
    assert price_rules.amount_fen(price, Decimal(quantity)) == amount


def test_it_is_rounded_once_not_at_each_step():
    # 3.33 for a half kilogram at 12.5 % off: 145.6875 → 146; half of the rounded 291 would be 145 or 146 by luck,
    # half of 1.5 fen shows it: 3 × 0.5 × 0.5 = 0.75 → 1, but half_up(half_up(1.5) × 0.5) = 1 and of 5: 1.25 → 1, not 2.
    assert price_rules.half_up(price_rules.discounted_price(5, Decimal("0.5"), Decimal(50))) == 1


def test_a_half_goes_away_from_zero_both_ways():
    assert [price_rules.half_up(Fraction(n, 2)) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]


@given(st.fractions(-(10**6), 10**6))
def test_rounding_is_to_the_nearest_and_odd(value):
    rounded = price_rules.half_up(value)
    assert abs(rounded - value) <= Fraction(1, 2)
    assert price_rules.half_up(-value) == -rounded


@given(st.integers(1, 10**6), st.decimals(0, 99, places=4), st.decimals(0, 99, places=4))
def test_a_higher_discount_is_never_dearer(book, one, other):
    low, high = sorted((one, other))
    cheap, dear = (price_rules.half_up(price_rules.discounted_price(book, Decimal(1), d)) for d in (high, low))
    assert cheap <= dear <= book


@given(st.integers(1, 366), st.integers(0, 2000))
def test_a_hold_s_periods_follow_each_other_without_a_gap(hold, offset):
    first = date(2026, 1, 1)
    day = price_rules.reference_day(first, hold, first + timedelta(days=offset))
    begun = (day - first).days
    assert begun % hold == 0
    assert begun <= offset < begun + hold


def test_without_a_hold_and_before_the_first_day_it_is_the_day_itself():
    day = date(2026, 3, 5)
    assert price_rules.reference_day(date(2026, 1, 1), None, day) == day
    assert price_rules.reference_day(date(2026, 4, 1), 30, day) == day


def test_the_newest_term_that_has_begun_holds_and_of_one_day_the_later_change():
    first, second, third = Term(date(2026, 1, 5), 1), Term(date(2026, 2, 5), 2), Term(date(2026, 2, 5), 3)
    terms = [third, first, second]
    assert price_rules.term_on(terms, date(2026, 1, 4)) is None
    assert price_rules.term_on(terms, date(2026, 1, 5)) is first
    assert price_rules.term_on(terms, date(2026, 2, 4)) is first
    assert price_rules.term_on(terms, date(2026, 2, 5)) is third


def test_a_fixed_price_carried_with_the_market():
    assert price_rules.price_after_market(520, 500, 560) == 582  # 582.4
    assert price_rules.moved_percent(500, 560) == 12
