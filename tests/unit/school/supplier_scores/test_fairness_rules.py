"""A difference is named where the data bear it, and nowhere else."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.supplier_scores import fairness_rules
from school.supplier_scores.fairness_rules import Place, Thresholds
from school.supplier_scores.rules import Counts

LIMITS = Thresholds(small_diners=200, least_facts=20, points=Fraction(5), confidence=Fraction(95))


@st.composite
def some(draw, least=20, most=400):
    total = draw(st.integers(least, most))
    return Counts(draw(st.integers(0, total)), total)


def test_wilson_as_published():
    """Newcombe 1998, table I: 81 of 263 at 95 %."""
    low, high = fairness_rules.wilson(Counts(81, 263), Fraction(95))
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = fairness_rules.wilson(Counts(0, 20), Fraction(95))
    assert (round(low, 4), round(high, 4)) == (0.0, 0.1611)


def test_a_difference_as_published():
    """Newcombe 1998, table II, method 10: 56 of 70 against 48 of 80 at 95 %."""
    found = fairness_rules.difference(Counts(56, 70), Counts(48, 80), LIMITS)
    assert (round(found.low, 2), round(found.high, 2)) == (5.24, 33.39)
    assert (found.points, found.state) == (20.0, "better")


@pytest.mark.parametrize(
    ("group", "others", "state"),
    [
        ((10, 19), (90, 100), "not_enough"), ((10, 20), (90, 100), "worse"), ((10, 20), (18, 19), "not_enough"),
        ((17, 20), (90, 100), "even"), ((2000, 2100), (9900, 10000), "even"), ((20, 20), (20, 20), "even"),
    ],
)  # fmt: skip
def test_when_a_difference_is_named(group, others, state):
    """(2000 of 2100 against 9900 of 10000: certain, and too small to matter.)"""
    assert fairness_rules.difference(Counts(*group), Counts(*others), LIMITS).state == state


@given(some(), some())
def test_seen_from_the_other_side_it_is_the_opposite(group, others):
    one = fairness_rules.difference(group, others, LIMITS)
    other = fairness_rules.difference(others, group, LIMITS)
    assert one.low == pytest.approx(-other.high)
    assert {"worse": "better", "better": "worse"}.get(one.state, one.state) == other.state
    assert one.low - 1e-9 <= 100 * (group.kept / group.total - others.kept / others.total) <= one.high + 1e-9


@given(some())
def test_alike_groups_are_never_told_apart(counts):
    assert fairness_rules.difference(counts, counts, LIMITS).state == "even"


def test_groups_of_a_school():
    groups = fairness_rules.groups_of
    assert groups(Place("rural", 150, 7), 200) == ("rural", "small", "small_rural", "zone:7")
    assert groups(Place("rural", 200), 200) == ("rural",)
    assert groups(Place("town", 199), 200) == ("small", "town")
    assert groups(Place("urban", 900), 200) == ()


def test_a_group_is_compared_with_all_others():
    by_school = {1: Counts(10, 20), 2: Counts(5, 10), 3: Counts(95, 100), 4: Counts(50, 50)}
    found = fairness_rules.compared(by_school, {1: ("rural",), 2: ("rural", "small"), 3: ("town",)}, LIMITS)
    assert set(found) == {"rural", "small", "town"}
    assert (found["rural"].group, found["rural"].others) == (Counts(15, 30), Counts(145, 150))
    assert found["rural"].state == "worse"
    assert found["small"].state == "not_enough"
    assert found["town"].others == Counts(65, 80)
