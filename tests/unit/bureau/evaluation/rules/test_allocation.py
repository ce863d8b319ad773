from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.evaluation.rules.allocation import LotRanking, allocate, may_add_suppliers


def won(lots, *arguments):
    return {one.lot: list(one.winners) for one in allocate(lots, *arguments)}


LOTS = [
    LotRanking("rice", 1, ("a", "b", "c"), ceiling_fen=100),
    LotRanking("oil", 2, ("a", "b", "c"), ceiling_fen=900),
    LotRanking("meat", 3, ("a", "c", "b"), ceiling_fen=500),
]


def test_without_a_limit_the_first_of_each_lot_wins():
    assert won(LOTS) == {"rice": ["a"], "oil": ["a"], "meat": ["a"]}


def test_lots_are_given_in_their_order():
    found = allocate(LOTS, 1)
    assert {one.lot: one.winners for one in found} == {"rice": ("a",), "oil": ("b",), "meat": ("c",)}
    assert [(passed.supplier, passed.won) for passed in found[2].passed_over] == [("a", ("rice",))]


def test_the_largest_first_where_the_document_says_so():
    assert won(LOTS, 1, "ceiling") == {"oil": ["a"], "meat": ["c"], "rice": ["b"]}


def test_a_lot_that_nobody_may_take_is_short():
    found = allocate([LotRanking("x", 1, ("a",)), LotRanking("y", 2, ("a",))], 1)
    assert (found[1].winners, found[1].short) == ((), 1)


def test_a_framework_lot_has_several_winners():
    lot = LotRanking("x", 1, ("a", "b", "c", "d"), winners=3)
    assert won([lot, LotRanking("y", 2, ("a", "b", "c", "d"), winners=2)], 1) == {"x": ["a", "b", "c"], "y": ["d"]}


def test_a_limit_of_no_lot_is_refused():
    with pytest.raises(ValueError, match="limit"):
        allocate(LOTS, 0)


RANKINGS = st.lists(st.permutations("abcdef"), min_size=1, max_size=6)


@given(RANKINGS, st.integers(1, 3), st.integers(1, 3))
def test_nobody_wins_more_than_the_limit_and_no_better_one_is_passed_over_without_reason(rankings, limit, winners):
    lots = [LotRanking(number, number, tuple(ranking), winners) for number, ranking in enumerate(rankings)]
    found = allocate(lots, limit)
    had = [supplier for one in found for supplier in one.winners]
    assert all(had.count(supplier) <= limit for supplier in had)
    for one, lot in zip(found, lots, strict=True):
        passed = {gone.supplier for gone in one.passed_over}
        assert all(len(gone.won) == limit for gone in one.passed_over)
        taken = [supplier for supplier in lot.suppliers if supplier not in passed][: lot.winners]
        assert list(one.winners) == taken
        assert one.short == lot.winners - len(one.winners)


@given(st.permutations(LOTS))
def test_the_order_in_which_lots_are_read_does_not_matter(lots):
    assert won(lots, 1) == won(LOTS, 1)


def test_others_join_only_when_few_are_left():
    assert not may_add_suppliers(10, 7, 70)
    assert may_add_suppliers(10, 6, 70)
    assert not may_add_suppliers(3, 2, Fraction(200, 3))
