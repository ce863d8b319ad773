from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.evaluation.rules.exact import exact, from_text, rounded, shown, to_text
from bureau.evaluation.rules.prices import (
    NAIVE_DISCOUNT,
    ForbiddenFormula,
    discount_text,
    evaluated_price,
    price_factor,
    price_points,
    price_weight_too_low,
    require_formula,
)

PRICES = st.dictionaries(st.integers(0, 50), st.integers(1, 10**12), min_size=1, max_size=12)


def test_the_worked_example():
    points = price_points({"a": 8_500_000, "b": 9_000_000, "c": 8_800_000}, 40)
    assert [str(shown(points[key])) for key in "abc"] == ["40.00", "37.78", "38.64"]
    assert points["b"] == Fraction(85, 90) * 40


def test_discounts_of_the_same_prices_give_the_same_points():
    factors = {key: price_factor(Decimal(d)) for key, d in {"a": "15", "b": "10", "c": "12"}.items()}
    assert price_points(factors, 40) == price_points({"a": 85, "b": 90, "c": 88}, 40)


def test_the_naive_ratio_would_give_something_else():
    """40 / 26.67 / 32: it is not to be had from this module."""
    points = price_points({key: price_factor(d) for key, d in {"a": 15, "b": 10}.items()}, 40)
    assert points["b"] != Fraction(10, 15) * 40


@pytest.mark.parametrize("name", [*sorted(NAIVE_DISCOUNT), " D_over_D_max "])
def test_the_naive_formula_is_refused_by_name(name):
    with pytest.raises(ForbiddenFormula) as refusal:
        require_formula(name)
    assert (refusal.value.code, refusal.value.article) == ("naive_discount_formula", "order_87:55")


def test_there_is_one_formula():
    assert require_formula("lowest_over_price") == "lowest_over_price"
    with pytest.raises(ForbiddenFormula) as refusal:
        require_formula("average_price")
    assert refusal.value.code == "unknown_price_formula"


@pytest.mark.parametrize("discount", [Decimal("-0.01"), 100, 130])
def test_a_discount_lies_within_its_bounds(discount):
    with pytest.raises(ValueError, match="discount"):
        price_factor(discount)


def test_a_small_firm_is_scored_by_less_than_it_bids():
    assert evaluated_price(1_000_000, 10) == 900_000
    assert evaluated_price(333, Decimal("12.5")) == Fraction(333 * 875, 1000)


@pytest.mark.parametrize(("price", "deduction"), [(0, 0), (-1, 0), (1, 100), (1, -1)])
def test_no_price_of_nothing_and_no_deduction_of_all(price, deduction):
    with pytest.raises(ValueError, match=r"price|deduction"):
        evaluated_price(price, deduction)


@given(PRICES, st.integers(1, 1000), st.integers(1, 100))
def test_the_unit_of_prices_does_not_matter(prices, scale, weight):
    assert price_points({key: price * scale for key, price in prices.items()}, weight) == price_points(prices, weight)


@given(PRICES, st.integers(1, 100))
def test_the_lowest_has_all_points_and_lower_is_never_worse(prices, weight):
    points = price_points(prices, weight)
    assert max(points.values()) == weight == points[min(prices, key=prices.__getitem__)]
    assert all(0 < value <= weight for value in points.values())
    for one in prices:
        for other in prices:
            assert (prices[one] < prices[other]) == (points[one] > points[other])


@pytest.mark.parametrize(("weight", "least", "low"), [(30, 30, False), (Decimal("29.99"), 30, True), (10, 10, False)])
def test_the_weight_has_a_floor(weight, least, low):
    assert price_weight_too_low(weight, least) is low
    assert price_weight_too_low(weight, least, price_is_fixed_by_state=True) is False


@given(st.fractions())
def test_exact_text_round_trips(value):
    assert from_text(to_text(value)) == value


@pytest.mark.parametrize("text", ["", "1", "2/4", "1/0", "1/-2", "a/b", "1.5/2", " 1/2"])
def test_one_number_has_one_spelling(text):
    with pytest.raises((ValueError, ZeroDivisionError)):
        from_text(text)


@pytest.mark.parametrize(
    ("value", "seen"), [("1/200", "0.01"), ("-1/200", "-0.01"), ("1/3", "0.33"), ("2/3", "0.67"), ("10/1", "10.00")]
)
def test_numbers_are_shown_half_up(value, seen):
    assert str(shown(from_text(value))) == seen


def test_floats_are_not_exact():
    with pytest.raises(TypeError):
        exact(0.1)


def test_fen_are_rounded_half_up():
    assert [rounded(Fraction(number, 2)) for number in (1, 2, 3, 4)] == [1, 1, 2, 2]
    assert discount_text(Decimal("12.5000")) == "12.5"
