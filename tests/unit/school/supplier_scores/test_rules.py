"""A score is exact, says when it knows too little, and never falls for something well done."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.states import NoTransition
from school.supplier_scores import rules
from school.supplier_scores.rules import CRITERIA, NONE, Counts, Figures

WEIGHTS = {"on_time": 30, "short": 20, "rejected": 25, "certificates": 15, "response": 10}
FIGURES = Figures({name: Fraction(weight) for name, weight in WEIGHTS.items()}, Fraction(10), 10, 10, 6, 10)


def counts(**pairs):
    return {name: Counts(*pair) for name, pair in pairs.items()}


@st.composite
def some_counts(draw, most=40):
    total = draw(st.integers(0, most))
    return Counts(draw(st.integers(0, total)), total)


by_criterion = st.fixed_dictionaries({name: some_counts() for name in CRITERIA})
figures = st.builds(
    lambda weights, prior, least: replace(
        FIGURES, weights=dict(zip(CRITERIA, map(Fraction, weights), strict=True)), prior=Fraction(prior),
        least_deliveries=least,
    ),
    st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any), st.integers(0, 30), st.integers(0, 5),
)  # fmt: skip


def added(one, criterion, fact):
    return {**one, criterion: one[criterion] + fact}


def together(one, other):
    return {name: one[name] + other[name] for name in CRITERIA}


@given(by_criterion, by_criterion, figures, st.sampled_from(CRITERIA))
def test_one_more_good_fact_never_lowers_a_score(own, others, figures, criterion):
    good = Counts(1, 1)
    before = rules.score(own, together(own, others), figures).points
    more = added(own, criterion, good)
    after = rules.score(more, together(more, others), figures).points
    assert before is None or after >= before


@given(by_criterion, by_criterion, figures, st.sampled_from(CRITERIA))
def test_one_more_bad_fact_never_raises_it(own, others, figures, criterion):
    """A criterion that nobody has a fact of enters with its first one, and then shares the weight of the others."""
    totals = together(own, others)
    if not totals[criterion].total:
        return
    before = rules.score(own, totals, figures).points
    more = added(own, criterion, Counts(0, 1))
    after = rules.score(more, together(more, others), figures).points
    assert before is None or after <= before


@given(by_criterion, by_criterion, figures, st.sampled_from(CRITERIA))
def test_a_fact_that_is_struck_never_lowers_a_score(own, others, figures, criterion):
    """The bureau's mean stays as it was published."""
    if not own[criterion].failed:
        return
    totals = together(own, others)
    before = rules.score(own, totals, figures).points
    struck = {**own, criterion: Counts(own[criterion].kept, own[criterion].total - 1)}
    after = rules.score(struck, totals, figures).points
    assert before is None or after is None or after >= before


@given(by_criterion, by_criterion, figures)
def test_points_lie_between_nothing_and_a_hundred_and_add_up(own, others, figures):
    made = rules.score(own, together(own, others), figures)
    assert sum(part.points for part in made.parts) <= 100
    whole = sum(part.most for part in made.parts)
    assert whole in (0, 100)
    if made.points is not None:
        assert 0 <= made.points <= 100
        assert made.points == sum(part.points for part in made.parts)


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.randoms())
def test_the_order_of_facts_is_of_no_account(facts, chance):
    def of(sequence):
        found = NONE
        for kept in sequence:
            found += Counts(int(kept), 1)
        return rules.score({"on_time": found}, {"on_time": found}, replace(FIGURES, least_deliveries=1)).points

    other = facts[:]
    chance.shuffle(other)
    assert of(facts) == of(other)


@given(by_criterion, by_criterion)
def test_more_own_facts_of_the_same_share_move_it_from_the_mean_to_the_own_share(own, others):
    totals = together(own, others)
    for name in CRITERIA:
        mean, one = totals[name].rate, own[name]
        if mean is None or not one.total:
            continue
        few, many = (rules.share_of(Counts(one.kept * n, one.total * n), mean, Fraction(10)) for n in (1, 9))
        assert abs(many - one.rate) <= abs(few - one.rate)
        assert min(mean, one.rate) <= few <= max(mean, one.rate)


@pytest.mark.parametrize(("deliveries", "state"), [(0, "not_enough"), (9, "not_enough"), (10, "scored")])
def test_not_enough_data_is_no_number(deliveries, state):
    own = counts(on_time=(deliveries, deliveries), rejected=(40, 40))
    made = rules.score(own, own, FIGURES)
    assert made.state == state
    assert (made.shown is None) == (state == "not_enough")


def test_without_any_minimum_no_delivery_is_still_no_number():
    figures = replace(FIGURES, least_deliveries=0)
    assert rules.score({}, counts(on_time=(5, 5)), figures).points is None


def test_a_criterion_below_the_least_number_of_facts_has_no_share_of_its_own():
    own = counts(on_time=(20, 20), response=(9, 9))
    made = rules.score(own, own, FIGURES)
    assert made.part("on_time").is_enough
    assert not made.part("response").is_enough


def test_few_facts_are_drawn_to_the_mean():
    totals = counts(on_time=(80, 100))
    own = counts(on_time=(10, 10))
    # (10 + 10 × 0.8) / 20 = 0.9 of the whole weight.
    assert rules.score(own, totals, FIGURES).points == 90
    # Without a fact of its own a criterion counts as the mean.
    both = counts(on_time=(80, 100), response=(1, 2))
    assert rules.score(own, both, FIGURES).points == Fraction(100 * (30 * 9 + 10 * 5), 400)


def test_a_criterion_of_which_nobody_has_a_fact_is_left_out():
    own = counts(on_time=(10, 10), rejected=(10, 20))
    figures = replace(FIGURES, prior=Fraction(0))
    made = rules.score(own, own, figures)
    assert made.points == Fraction(100 * (30 * 2 + 25), 110)
    assert [part.criterion for part in made.parts if part.most] == ["on_time", "rejected"]


def test_it_is_rounded_once_half_up():
    assert rules.rounded(Fraction(8765, 100)) == Decimal("87.7")
    assert rules.rounded(Fraction(2, 3) * 100) == Decimal("66.7")
    assert rules.percent(None) is None


def test_counts_are_possible():
    for kept, total in ((2, 1), (-1, 3)):
        with pytest.raises(ValueError, match="of"):
            Counts(kept, total)


def test_a_publication_keeps_its_figures():
    odd = replace(FIGURES, prior=Fraction(7, 2))
    assert Figures.from_json(odd.as_json()) == odd
    own = counts(on_time=(3, 4))
    assert rules.counts_from_json(rules.counts_as_json(own))["on_time"] == Counts(3, 4)


@pytest.mark.parametrize(
    ("last", "months", "first"),
    [
        (date(2026, 10, 31), 6, date(2026, 5, 1)), (date(2026, 1, 15), 6, date(2025, 8, 1)),
        (date(2026, 12, 31), 12, date(2026, 1, 1)), (date(2026, 3, 1), 1, date(2026, 3, 1)),
    ],
)  # fmt: skip
def test_a_period_is_whole_months(last, months, first):
    assert rules.period_ending(last, months) == (first, last)


def test_the_end_of_last_month():
    assert rules.end_of_last_month(date(2026, 3, 1)) == date(2026, 2, 28)
    assert rules.end_of_last_month(date(2026, 1, 31)) == date(2025, 12, 31)


def test_an_objection_is_decided_once():
    assert rules.next_state("open", "uphold") == "upheld"
    for state in ("upheld", "rejected", "withdrawn"):
        for event in ("uphold", "reject", "withdraw", "object"):
            with pytest.raises(NoTransition):
                rules.next_state(state, event)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, ""), ({"is_kept": True}, "kept"), ({"is_struck": True}, "struck"), ({"counts": False}, "superseded"),
        ({"day": date(2026, 5, 10)}, ""), ({"day": date(2026, 5, 11)}, "too_late"),
        ({"answer_until": None, "day": date(2030, 1, 1)}, ""),
    ],
)  # fmt: skip
def test_who_may_still_object(changes, problem):
    values = {
        "is_kept": False, "is_struck": False, "counts": True, "answer_until": date(2026, 5, 10),
        "day": date(2026, 5, 1), **changes,
    }  # fmt: skip
    assert rules.objection_problem(**values) == problem
