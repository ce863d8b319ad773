"""Two bids, three members, three criteria, added up by hand; then properties over made-up evaluations."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.evaluation.rules.exact import to_text
from bureau.evaluation.rules.lot import LotBid, LotRules, evaluate
from bureau.evaluation.rules.outliers import median, outliers
from bureau.evaluation.rules.scoring import Criterion, ScoresIncomplete, score, sheet_problems

PLAN = Criterion("plan", Fraction(30))
COLD = Criterion("cold", Fraction(20), levels=(Fraction(0), Fraction(10), Fraction(20)))
YEARS = Criterion("years", Fraction(10), is_objective=True)
CRITERIA = (PLAN, COLD, YEARS)
SHEETS = {
    "m1": {"a": {"plan": 25, "cold": 20, "years": 8}, "b": {"plan": 28, "cold": 10, "years": 10}},
    "m2": {"a": {"plan": 24, "cold": 10, "years": 8}, "b": {"plan": 20, "cold": 20, "years": 10}},
    "m3": {"a": {"plan": 30, "cold": 20, "years": 8}, "b": {"plan": 27, "cold": 10, "years": 10}},
}
RULES = LotRules("comprehensive", 40, CRITERIA)
BIDS = [LotBid("a", 85), LotBid("b", 90)]


def changed(member, bid, criterion, points):
    sheets = {one: {key: dict(row) for key, row in sheet.items()} for one, sheet in SHEETS.items()}
    sheets[member][bid][criterion] = points
    return sheets


def test_the_mean_of_the_members_and_the_price():
    """a: 53, 42, 58 → 51; b: 48, 50, 47 → 145/3. Price 40 and 40 · 85/90."""
    found = score(CRITERIA, ["a", "b"], SHEETS, {"a": Fraction(40), "b": Fraction(340, 9)})
    assert [total for _, total in found["a"].members] == [53, 42, 58]
    assert (found["a"].total, found["b"].mean) == (91, Fraction(145, 3))
    assert found["b"].total == Fraction(145, 3) + Fraction(340, 9)
    assert sum(row.mean for row in found["b"].criteria) == found["b"].mean


def test_neither_the_highest_nor_the_lowest_is_left_out():
    low = score(CRITERIA, ["a"], {m: {"a": s["a"]} for m, s in changed("m2", "a", "plan", 0).items()}, {})
    assert low["a"].mean == 51 - Fraction(24, 3)


def test_every_score_is_there_and_within_its_range():
    sheets = changed("m1", "a", "plan", Fraction(301, 10))
    del sheets["m2"]["b"]["cold"]
    sheets["m3"]["b"]["cold"] = 15
    sheets["m3"]["a"]["plan"] = -1
    found = [(one.code, one.bid, one.criterion, one.member) for one in sheet_problems(CRITERIA, ["a", "b"], sheets)]
    assert found == [
        ("out_of_range", "a", "plan", "m1"), ("out_of_range", "a", "plan", "m3"), ("missing", "b", "cold", "m2"),
        ("not_a_level", "b", "cold", "m3"),
    ]  # fmt: skip
    with pytest.raises(ScoresIncomplete) as refusal:
        score(CRITERIA, ["a", "b"], sheets, {})
    assert len(refusal.value.problems) == 4


def test_a_score_at_its_ends_is_within():
    assert sheet_problems(CRITERIA, ["a", "b"], changed("m1", "a", "plan", 30)) == []
    assert sheet_problems(CRITERIA, ["a", "b"], changed("m1", "a", "plan", 0)) == []


def test_objective_scores_agree_or_are_looked_at():
    sheets = changed("m2", "a", "years", 9)
    (problem,) = sheet_problems(CRITERIA, ["a", "b"], sheets)
    assert (problem.code, problem.article, problem.bid) == ("objective_differs", "order_87:64:3", "a")
    assert score(CRITERIA, ["a", "b"], sheets, {})["a"].mean == 51 + Fraction(1, 3)


def test_nobody_scored():
    with pytest.raises(ScoresIncomplete):
        score(CRITERIA, ["a"], {}, {})


def test_the_account_holds_every_number():
    outcome = evaluate(RULES, [replace(BIDS[0], deduction=10), BIDS[1]], SHEETS)
    account = outcome.accounts["b"]
    lowest = Fraction(153, 2)
    assert account["price"]["lowest"]["exact"] == to_text(lowest)
    assert account["price"]["points"]["exact"] == to_text(lowest / 90 * 40)
    assert account["price"]["bid"]["shown"] == "90.00"
    assert outcome.accounts["a"]["price"]["evaluated"]["shown"] == "76.50"
    assert account["criteria"][0]["given"]["m1"]["exact"] == "28/1"
    assert account["members"]["m2"]["shown"] == "50.00"
    assert account["total"]["exact"] == to_text(Fraction(145, 3) + lowest / 90 * 40)
    assert (account["place"], outcome.accounts["a"]["place"]) == (2, 1)
    assert account["articles"] == ["order_87:55", "order_87:57"]


def test_the_deduction_of_small_firms_counts_for_the_score_alone():
    outcome = evaluate(RULES, [LotBid("a", 100), LotBid("b", 105, 10)], SHEETS)
    assert outcome.points["b"] == 40
    assert outcome.accounts["b"]["price"]["bid"]["exact"] == "105/1"


def test_the_lowest_price_wins_by_the_lowest_price_method():
    outcome = evaluate(LotRules("lowest_price", 100), [LotBid("a", 100), LotBid("b", 105, 10), LotBid("c", 99)], {})
    assert [(place.bid, place.decided_by) for place in outcome.places] == [
        ("b", "price"),
        ("c", "price"),
        ("a", "price"),
    ]
    assert "total" not in outcome.accounts["a"]


def test_of_one_brand_only_the_best_is_recommended():
    outcome = evaluate(RULES, [*BIDS], SHEETS, brand_groups=[["b", "a"]])
    assert [place.bid for place in outcome.places] == ["a", "b"]
    assert outcome.candidates == ["a"]


POINTS = st.integers(0, 120).map(lambda quarter: Fraction(quarter, 4))


@st.composite
def evaluations(draw):
    bids, members = draw(st.integers(2, 5)), draw(st.sampled_from([1, 3, 5]))
    sheets = {f"m{m}": {b: {"plan": draw(POINTS), "other": draw(POINTS)} for b in range(bids)} for m in range(members)}
    prices = {b: draw(st.integers(1, 10**9)) for b in range(bids)}
    return sheets, prices


FREE = LotRules("comprehensive", 40, (Criterion("plan", Fraction(30)), Criterion("other", Fraction(30))))


def order(sheets, prices, **arguments):
    outcome = evaluate(FREE, [LotBid(bid, price) for bid, price in prices.items()], sheets, **arguments)
    return [(place.bid, place.place) for place in outcome.places]


@given(evaluations(), st.randoms(use_true_random=False))
def test_neither_the_order_of_bids_nor_of_members_matters(made, random):
    sheets, prices = made
    bids, members = list(prices), list(sheets)
    random.shuffle(bids)
    random.shuffle(members)
    assert order({m: sheets[m] for m in members}, {b: prices[b] for b in bids}) == order(sheets, prices)


@given(evaluations(), st.integers(2, 10_000))
def test_the_currency_unit_does_not_matter(made, scale):
    sheets, prices = made
    assert order(sheets, {bid: price * scale for bid, price in prices.items()}) == order(sheets, prices)


@given(evaluations())
def test_a_bid_that_is_worse_in_everything_changes_no_order(made):
    sheets, prices = made
    worse = len(prices)
    longer = {m: {**rows, worse: {"plan": Fraction(0), "other": Fraction(0)}} for m, rows in sheets.items()}
    after = order(longer, {**prices, worse: max(prices.values()) + 1})
    assert [one for one in after if one[0] != worse] == order(sheets, prices)
    assert after[-1] == (worse, len(prices) + 1)


@given(evaluations())
def test_a_better_score_never_costs_a_place(made):
    sheets, prices = made
    before = dict(order(sheets, prices))
    better = {m: {**rows, 0: {"plan": Fraction(30), "other": Fraction(30)}} for m, rows in sheets.items()}
    assert dict(order(better, prices))[0] <= before[0]


@given(evaluations())
def test_total_is_the_sum_of_its_parts(made):
    sheets, prices = made
    outcome = evaluate(FREE, [LotBid(bid, price) for bid, price in prices.items()], sheets)
    for scored in outcome.scored.values():
        assert scored.total == sum((row.mean for row in scored.criteria), Fraction(0)) + scored.price_points
        assert 0 <= scored.total <= 100


# Scores far from the others


def five(*given):
    return {f"m{number}": {"a": {"plan": points}, "b": {"plan": 20}} for number, points in enumerate(given)}


def far(sheets, **arguments):
    return [
        (one.member, one.side, one.decisive)
        for one in outliers([PLAN], ["a", "b"], sheets, {}, share=30, times=2, **arguments)
    ]


def test_one_far_below_the_others_is_shown():
    """25 on average of the rest; 5 lies 20 of 30 points away. With it, b is first; without it, a is."""
    assert far(five(25, 24, 26, 25, 2)) == [("m4", "low", False)]
    assert far(five(22, 21, 22, 23, 5)) == [("m4", "low", True)]
    assert far(five(10, 10, 10, 10, 30)) == [("m4", "high", False)]


def test_a_quarrel_of_all_flags_nobody():
    assert far(five(2, 10, 18, 25, 30)) == []


def test_a_small_distance_is_none():
    assert far(five(20, 20, 20, 20, 12)) == []
    assert far(five(20, 20, 20, 20, 11)) == [("m4", "low", True)]


def test_two_members_are_too_few_to_tell():
    assert far(five(0, 30)) == []


def test_objective_scores_are_no_matter_of_taste():
    sheets = {m: {"a": {"years": p}, "b": {"years": 5}} for m, p in {"m1": 0, "m2": 10, "m3": 10}.items()}
    assert outliers([YEARS], ["a", "b"], sheets, {}, share=30, times=2) == []


def test_the_median():
    assert median([Fraction(3), Fraction(1), Fraction(2)]) == 2
    assert median([Fraction(4), Fraction(1), Fraction(2), Fraction(3)]) == Fraction(5, 2)
