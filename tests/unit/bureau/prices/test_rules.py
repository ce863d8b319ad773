"""Aggregation, outliers, rounding, states: by hand, and for whatever numbers come."""

from datetime import date, timedelta
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.prices import rules
from bureau.prices.rules import Answered, Quote
from kernel.states import NoTransition, next_state

PRICES = st.lists(st.fractions(min_value=1, max_value=100_000, max_denominator=1000), min_size=1, max_size=30)


def fractions(*values):
    return [F(str(value)) for value in values]


@pytest.mark.parametrize(
    ("value", "fen"),
    [(F(1, 2), 1), (F(3, 2), 2), (F(5, 2), 3), (F(499, 1000), 0), (F(4999, 10), 500), (F(500), 500), (F(1001, 3), 334)],
)
def test_a_half_fen_goes_up(value, fen):
    assert rules.half_up(value) == fen


@given(st.fractions(min_value=0, max_value=10**9))
def test_rounding_moves_by_half_a_fen_at_most_and_never_down_from_a_half(value):
    rounded = rules.half_up(value)
    assert -F(1, 2) < rounded - value <= F(1, 2)


def test_average_and_median_by_hand():
    # 三家超市 5.20、5.40、5.90 元：平均 5.50，中位 5.40。
    quotes = [Quote("a", F(520)), Quote("b", F(540)), Quote("c", F(590))]
    assert rules.aggregate(quotes, "average").price_fen == 550
    assert rules.aggregate(quotes, "median").price_fen == 540
    # 四家：中位数取中间两家的平均；(540 + 545) / 2 = 542.5 → 543。
    assert rules.aggregate([*quotes, Quote("d", F(545))], "median").price_fen == 543
    assert rules.aggregate([], "median") is None


def test_a_source_seen_twice_does_not_weigh_twice():
    quotes = [Quote("a", F(500)), Quote("a", F(520)), Quote("b", F(600))]
    found = rules.aggregate(quotes, "average")
    assert found.by_source == {"a": F(510), "b": F(600)}
    assert found.price_fen == 555, "not (500 + 520 + 600) / 3"


def test_an_outlier_by_hand():
    # 480 500 505 510 520 900：中位 507.5，离差 27.5 7.5 2.5 2.5 12.5 392.5，MAD = (7.5 + 12.5) / 2 = 10。
    values = fractions(480, 500, 505, 510, 520, 900)
    scores = rules.scores(values)
    assert scores[0] == F(6745, 10_000) * F("27.5") / 10
    assert scores[-1] == F(6745, 10_000) * F("392.5") / 10
    assert [rules.is_outlier(score, F("3.5")) for score in scores] == [False] * 5 + [True]


def test_where_most_agree_the_mean_distance_stands_in():
    # 五家 500、一家 900：MAD 为 0；平均离差 400 / 6，得分 400 ÷ (1.253314 × 66.67) ≈ 4.79。
    scores = rules.scores(fractions(500, 500, 500, 500, 500, 900))
    assert scores[:5] == [0] * 5
    assert scores[5] == 6 / F("1.253314")
    assert rules.is_outlier(scores[5], F("3.5"))


def test_two_prices_say_nothing_about_each_other():
    assert rules.scores(fractions(100, 10_000)) == [0, 0]
    assert rules.scores(fractions(7, 7, 7)) == [0, 0, 0]


@given(PRICES)
def test_the_result_lies_between_its_sources(values):
    quotes = [Quote(str(number), value) for number, value in enumerate(values)]
    for method in rules.Method:
        found = rules.aggregate(quotes, method)
        assert min(values) <= found.exact <= max(values)


@given(PRICES, st.integers(0, 29), st.randoms())
def test_the_order_of_reports_changes_nothing(values, number, chance):
    quotes = [Quote(str(position % 5), value) for position, value in enumerate(values)]
    mixed = chance.sample(quotes, len(quotes))
    for method in rules.Method:
        assert rules.aggregate(quotes, method).exact == rules.aggregate(mixed, method).exact


@given(PRICES, st.fractions(min_value=F(1, 100), max_value=100))
def test_outliers_do_not_depend_on_the_unit(values, factor):
    """Prices per 斤 and per kg mark the same shops."""
    assert rules.scores(values) == rules.scores([value * factor for value in values])


@given(PRICES)
def test_scores_are_never_negative_and_the_middle_has_none(values):
    scores = rules.scores(values)
    assert all(score >= 0 for score in scores)
    if rules.median(values) in values:
        assert scores[values.index(rules.median(values))] == 0


@pytest.mark.parametrize(
    ("new", "old", "percent"), [(550, 500, F(10)), (495, 550, F(-10)), (1001, 3000, F("-66.63")), (500, 500, F(0))]
)
def test_change_in_percent(new, old, percent):
    assert rules.change_percent(new, old) == percent


def test_the_threshold_is_met_by_the_unrounded_change():
    assert rules.is_triggered(550, 500, F(10))
    assert rules.is_triggered(450, 500, F(10))
    # 9.998 % 显示为 10.00 %，但没有达到 10 %。
    assert rules.change_percent(54_999, 50_000) == F(10)
    assert not rules.is_triggered(54_999, 50_000, F(10))


def test_a_mistaken_unit_is_told_and_named():
    units = {"kg": F(1), "袋": F(25)}
    assert rules.implausible(F(13_000), F(520), F(5))
    assert rules.likely_unit(13_000, units, F(520), F(5)) == "袋"
    assert not rules.implausible(F(2600), F(520), F(5)), "five times as dear is still taken"
    assert rules.implausible(F(2601), F(520), F(5))
    assert rules.implausible(F(103), F(520), F(5))
    assert not rules.implausible(F(104), F(520), F(5))
    assert not rules.implausible(F(1), None, F(5)), "nothing to compare with"


def test_publicity_counts_both_days():
    assert rules.publicity(date(2026, 3, 18), 7) == (date(2026, 3, 18), date(2026, 3, 24), date(2026, 3, 25))


DAY = date(2026, 3, 25)


@pytest.mark.parametrize(
    ("objections", "begins"),
    [
        ([], DAY),
        ([Answered("open", None)], None),
        ([Answered("upheld", date(2026, 3, 20))], None),
        ([Answered("rejected", date(2026, 3, 20))], DAY),
        ([Answered("rejected", date(2026, 3, 24))], DAY),
        ([Answered("rejected", date(2026, 3, 25))], date(2026, 3, 26)),
        ([Answered("rejected", date(2026, 3, 27)), Answered("rejected", date(2026, 3, 20))], date(2026, 3, 28)),
        ([Answered("rejected", date(2026, 3, 27)), Answered("open", None)], None),
    ],
)
def test_a_book_begins_when_every_objection_is_answered(objections, begins):
    assert rules.begins_on(DAY, objections) == begins


@given(st.lists(st.integers(-7, 30), max_size=6))
def test_a_book_never_begins_before_its_day_nor_on_the_day_of_an_answer(offsets):
    answers = [Answered("rejected", DAY + timedelta(days=offset)) for offset in offsets]
    begins = rules.begins_on(DAY, answers)
    assert begins >= DAY
    assert all(begins > answer.day for answer in answers)


def test_the_states_of_a_book():
    happen = [(*pair, after) for pair, after in rules.BOOK_TRANSITIONS.items()]
    assert ("publicised", "begin", "effective") in happen
    assert not [row for row in happen if row[0] in ("superseded", "withdrawn")], "both are ends"
    assert not [row for row in happen if row[0] == "effective" and row[1] != "supersede"], "what holds is not withdrawn"
    for state, event in [("draft", "publicise"), ("publicised", "take"), ("effective", "withdraw"), ("x", "begin")]:
        with pytest.raises(NoTransition):
            next_state(rules.BOOK_TRANSITIONS, state, event)


def test_a_signed_survey_stands():
    assert rules.events_of(rules.SURVEY_TRANSITIONS, "signed") == ()
    assert rules.events_of(rules.SURVEY_TRANSITIONS, "cancelled") == ()
    assert set(rules.events_of(rules.SURVEY_TRANSITIONS, "closed")) == {"reopen", "sign", "cancel"}
