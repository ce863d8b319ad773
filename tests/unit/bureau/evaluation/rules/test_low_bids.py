from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.evaluation.rules.low_bids import LowRatios, low_review
from bureau.evaluation.rules.prices import price_factor

RATIOS = LowRatios(50, 50, 45)


def triggered(prices, ceiling=None, judged=None):
    found = low_review(prices, RATIOS, ceiling, judged).triggers
    return {key: [one.code for one in triggers] for key, triggers in found.items()}


def test_nobody_is_asked_about_ordinary_prices():
    assert triggered({"a": 85, "b": 90, "c": 88}, 100) == {}


def test_below_half_of_the_average_and_of_the_next():
    assert triggered({"a": 40, "b": 100, "c": 120}) == {"a": ["below_average", "below_next"]}


def test_exactly_half_is_not_below_half():
    """Average of 50, 100, 150 is 100; the next is 100; 45 of a ceiling of 100."""
    assert triggered({"a": 50, "b": 100, "c": 150}, Fraction(1000, 9)) == {}
    assert triggered({"a": 45, "b": 50, "c": 60}, 100) == {}
    assert triggered({"a": Fraction(449, 10), "b": 50, "c": 60}, 100) == {"a": ["below_ceiling"]}


def test_several_below_the_ceiling_are_each_asked():
    assert triggered({"a": 40, "b": 41, "c": 90}, 100) == {"a": ["below_ceiling"], "b": ["below_ceiling"]}


def test_two_lowest_alike_have_each_other_as_next():
    assert triggered({"a": 40, "b": 40, "c": 90, "d": 70}) == {}


def test_a_single_price_is_held_to_the_ceiling_only():
    assert triggered({"a": 1}) == {}
    assert triggered({"a": 1}, 100) == {"a": ["below_ceiling"]}


def test_the_committee_may_ask_on_its_own():
    review = low_review({"a": 85, "b": 90}, RATIOS, 100, {"b": "低于成本"})
    assert [trigger.code for trigger in review.triggers["b"]] == ["judged_low"]
    assert review.bids == ["b"]


def test_a_trigger_carries_its_figures():
    trigger = low_review({"a": 40, "b": 100}, RATIOS).triggers["a"][0]
    assert (trigger.code, trigger.basis, trigger.bound, trigger.article) == ("below_next", 100, 50, "caiku_2026_2")


def test_discounts_are_judged_by_their_factor():
    factors = {"a": price_factor(Decimal("56")), "b": price_factor(20), "c": price_factor(25)}
    assert triggered(factors, 1) == {"a": ["below_ceiling"]}
    assert triggered({**factors, "a": price_factor(55)}, 1) == {}


def test_documents_may_not_raise_the_ratios_too_far():
    assert LowRatios(65, 66, 45).above(65) == ["next_lowest"]


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=10), st.integers(1, 1000))
def test_the_unit_of_prices_and_their_order_do_not_matter(prices, scale):
    named = dict(enumerate(prices))
    turned = {key: price * scale for key, price in reversed(named.items())}
    assert triggered(named, 10**6) == triggered(turned, 10**6 * scale)


@pytest.mark.parametrize("higher", [65])
def test_higher_ratios_ask_more(higher):
    prices = {"a": 60, "b": 100, "c": 100}
    assert low_review(prices, LowRatios(higher, higher, 45)).bids == ["a"]
    assert low_review(prices, RATIOS).bids == []
