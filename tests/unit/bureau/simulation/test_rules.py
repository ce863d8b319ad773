"""Three bids, a price and two factors: what each trap looks like, and what is no trap."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.simulation.rules import PRICE, STEPS, Factor, TriedBid, ranking, reweighted, simulate


def factors(price=40, plan=30, cold=30, text=""):
    return [
        Factor(PRICE, "价格", Fraction(price)), Factor("plan", "配送方案", Fraction(plan)),
        Factor("cold", "冷链", Fraction(cold), text),
    ]  # fmt: skip


def bid(key, price, plan, cold, *brands):
    return TriedBid(
        key, f"演示{key}", Fraction(price), {"plan": Fraction(plan, 10), "cold": Fraction(cold, 10)}, brands=brands
    )


BIDS = [bid("a", 85, 6, 7), bid("b", 90, 8, 9), bid("c", 88, 7, 6)]


def hints(bids, *arguments, **named):
    return [(hint.code, hint.factor, hint.bids) for hint in simulate(factors(*arguments, **named), bids).hints]


def test_points_and_order():
    """b: 37.78 + 24 + 27 = 88.78; a: 40 + 18 + 21 = 79; c: 38.64 + 21 + 18 = 77.64."""
    found = simulate(factors(), BIDS).ranked
    assert [(one.key, one.place) for one in found] == [("b", 1), ("a", 2), ("c", 3)]
    assert found[0].points == {PRICE: Fraction(85, 90) * 40, "plan": 24, "cold": 27}
    assert found[1].total == 79


def test_ordinary_factors_bring_no_hint_but_what_they_do_not_change():
    assert {code for code, _factor, _bids in hints(BIDS)} <= {"no_influence"}


def test_a_factor_in_which_all_are_the_same():
    assert ("all_same", "cold", ()) in hints([bid("a", 85, 6, 9), bid("b", 90, 8, 9), bid("c", 88, 7, 9)])


def test_a_factor_that_changes_no_place():
    found = hints([bid("a", 80, 9, 9), bid("b", 90, 8, 8), bid("c", 99, 7, 7)])
    assert [code for code, _factor, _bids in found] == ["no_influence"] * 3


def test_a_factor_that_decides_alone():
    close = [bid("a", 85, 5, 5), bid("b", 86, 5, 10), bid("c", 87, 5, 6)]
    assert ("decides_alone", "cold", ("b",)) in hints(close)
    assert ("decides_alone", "cold", ("b",)) not in hints([bid("a", 40, 5, 5), *close[1:]])


def test_a_factor_that_fits_one():
    assert ("fits_one", "cold", ("b",)) in hints([bid("a", 85, 9, 5), bid("b", 90, 8, 10), bid("c", 88, 9, 4)])
    assert not [
        one for one in hints([bid("a", 85, 9, 6), bid("b", 90, 8, 10), bid("c", 88, 9, 4)]) if one[0] == "fits_one"
    ]
    assert not [
        one for one in hints([bid("a", 85, 9, 10), bid("b", 90, 8, 10), bid("c", 88, 9, 4)]) if one[0] == "fits_one"
    ]


def test_a_factor_that_names_a_brand():
    branded = [bid("a", 85, 6, 7, "演示甲牌"), bid("b", 90, 8, 9, "演示乙牌", "演示丁"), bid("c", 88, 7, 6, "演示丙")]
    assert ("names_brand", "cold", ("b",)) in hints(branded, text="采用演示乙 冷链车者得满分")
    both = [bid("a", 85, 6, 7, "演示乙"), *branded[1:]]
    assert not [one for one in hints(both, text="采用演示乙冷链车") if one[0] == "names_brand"]
    assert not [one for one in hints(branded, text="冷链车") if one[0] == "names_brand"]


def test_where_the_price_weight_turns_the_winner():
    found = simulate(factors(), BIDS)
    assert [step.weight for step in found.steps] == list(STEPS)
    winners = {step.weight: step.order[0] for step in found.steps}
    assert (winners[40], winners[95]) == ("b", "a")
    for low, high in found.changes:
        assert winners[low] != winners[high]
    assert len(found.changes) == 1


def test_reweighting_keeps_proportions():
    found = reweighted(factors(40, 40, 20), 70)
    assert [factor.points for factor in found] == [70, 20, 10]


def test_too_little_to_try():
    with pytest.raises(ValueError, match="too_few_bids"):
        simulate(factors(), BIDS[:2])
    with pytest.raises(ValueError, match="not_hundred"):
        simulate(factors(40, 30, 31), BIDS)


def test_a_price_alone_has_no_other_weights_to_try():
    found = simulate([Factor(PRICE, "价格", Fraction(100))], BIDS)
    assert found.steps == ()
    assert [one.key for one in found.ranked] == ["a", "c", "b"]


PARTS = st.integers(0, 10)


@given(
    st.lists(st.tuples(st.integers(1, 10**6), PARTS, PARTS), min_size=3, max_size=8), st.randoms(use_true_random=False)
)
def test_the_order_in_which_bids_are_given_does_not_matter(rows, random):
    bids = [bid(f"b{number}", *row) for number, row in enumerate(rows)]
    mixed = list(bids)
    random.shuffle(mixed)
    assert ranking(factors(), mixed) == ranking(factors(), bids)

    def told(found):
        return {(hint.code, hint.factor, frozenset(hint.bids)) for hint in found.hints if hint.code != "decides_alone"}

    assert told(simulate(factors(), mixed)) == told(simulate(factors(), bids))
