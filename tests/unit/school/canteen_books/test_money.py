import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.canteen_books.money import exceeds, falls_short, largest_remainder

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=60).filter(any)


@given(st.integers(-(10**9), 10**9), WEIGHTS)
def test_shares_add_up_and_none_is_a_fen_off(total, weights):
    shares = largest_remainder(total, weights)
    assert sum(shares) == total
    whole = sum(weights)
    assert all(abs(share * whole - total * weight) < whole for share, weight in zip(shares, weights, strict=True))
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)


@given(st.integers(0, 10**6), WEIGHTS)
def test_who_weighs_more_gets_no_less(total, weights):
    shares = largest_remainder(total, weights)
    order = sorted(range(len(weights)), key=weights.__getitem__)
    assert all(
        shares[low] <= shares[high] + 1 for low, high in itertools.pairwise(order) if weights[low] < weights[high]
    )


def test_what_is_left_goes_to_the_largest_remainders_the_earlier_first():
    assert largest_remainder(100, [1, 1, 1]) == [34, 33, 33]
    assert largest_remainder(10, [3, 3, 1]) == [4, 4, 2]
    assert largest_remainder(-100, [1, 1, 1]) == [-34, -33, -33]
    assert largest_remainder(0, [0, 0]) == [0, 0]


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2]])
def test_nothing_to_share_by(weights):
    with pytest.raises(ValueError, match=r"share by|negative"):
        largest_remainder(5, weights)


def test_shares_are_compared_without_rounding():
    assert not exceeds(2, 100, 2)
    assert exceeds(2_000_001, 100_000_000, "2")
    assert not falls_short(70, 100, "70")
    assert falls_short(69_999_999, 100_000_000, 70)
    assert exceeds(125, 10_000, "1.2")
