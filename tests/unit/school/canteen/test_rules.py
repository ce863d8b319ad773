from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.states import NoTransition
from school.canteen import rules
from school.canteen.costs import Cost, ItemPrice, PriceSource, cost_of, first_known, total
from school.canteen.rules import Band, DishKind, Line, MenuEvent, MenuState, Mix
from school.canteen.standards import standard_on

FACTORS = standard_on(date(2026, 9, 1)).factors()
DAY = date(2026, 9, 7)


def test_states_are_one_table():
    assert rules.next_state("draft", MenuEvent.PUBLISH) == MenuState.PUBLISHED
    assert rules.next_state("published", MenuEvent.AMEND) == MenuState.PUBLISHED
    allowed = set(rules.TRANSITIONS)
    for state in MenuState:
        for event in MenuEvent:
            if (state, event) not in allowed:
                with pytest.raises(NoTransition):
                    rules.next_state(state, event)


def test_a_portion_follows_the_age_unless_the_recipe_says_otherwise():
    line = Line("大米", Decimal(100), band_grams={"15_17": "140"})
    assert rules.net_grams(line, "scaled", Band.AGE_9_11, FACTORS) == 100
    assert rules.net_grams(line, "scaled", Band.AGE_6_8, FACTORS) == Decimal("81.25")
    assert rules.net_grams(line, "scaled", Band.AGE_15_17, FACTORS) == 140
    assert rules.net_grams(line, "fixed", Band.AGE_6_8, FACTORS) == 100


@given(st.dictionaries(st.sampled_from(list(Band)), st.integers(0, 2000)))
def test_shares_of_a_mix_add_up(heads):
    assert abs(sum(Mix(heads).shares.values()) - 1) < Decimal("1e-20")


@given(st.decimals(min_value="0.1", max_value=500, places=2), st.decimals(min_value=1, max_value=100, places=1))
def test_gross_times_the_edible_share_is_net(net, edible):
    assert abs(rules.gross_grams(net, edible) * edible / 100 - net) < Decimal("1e-20")


def test_what_a_unit_weighs():
    assert rules.grams_of_unit("kg", None, None) == 1000
    assert rules.grams_of_unit("斤", None, None) == 500
    assert rules.grams_of_unit("L", None, Decimal("0.92")) == 920
    assert rules.grams_of_unit("盒", None, None) is None
    assert rules.grams_of_unit("盒", Decimal(206), None) == 206


def test_meat_share_is_by_raw_weight():
    assert rules.meat_share([(True, Decimal(30)), (False, Decimal(30))]) == 50
    assert rules.meat_share([]) is None
    assert rules.counts_as_meat(DishKind.HALF_MEAT, Decimal(50), Decimal(50))
    assert not rules.counts_as_meat(DishKind.HALF_MEAT, Decimal("49.9"), Decimal(50))
    assert rules.counts_as_meat(DishKind.MEAT, Decimal(10), Decimal(50))
    assert not rules.counts_as_meat(DishKind.VEGETABLE, Decimal(60), Decimal(50))
    assert rules.proposed_kind(Decimal(20), Decimal(50)) == DishKind.HALF_MEAT


def test_changes_tell_what_went_and_what_came():
    before = {(DAY, "lunch"): ["米饭", "鱼"], (DAY, "dinner"): ["面"]}
    after = {(DAY, "lunch"): ["鸡", "米饭"], (DAY, "dinner"): ["面"]}
    assert rules.changes_between(before, after) == [rules.Change(DAY, "lunch", ("鱼",), ("鸡",))]
    assert rules.changes_between(before, before) == []


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_week_begins_on_monday(day):
    monday = rules.monday_of(day)
    assert monday.weekday() == 0
    assert timedelta() <= day - monday < timedelta(days=7)


def price(fen, source=PriceSource.BOOK):
    return ItemPrice(Fraction(fen), source, DAY)


def test_cost_by_hand():
    """80 g net of a food whose edible share is 80 % is 100 g gross; at ¥12.34 a kilogram that is 1.234 yuan."""
    gross = rules.gross_grams(Decimal(80), Decimal(80))
    found = cost_of("菠菜", gross, Decimal(1000), price(1234))
    assert found.fen == Fraction(617, 5)
    assert found.rounded_fen == 123
    assert found.is_whole


def test_no_price_is_no_zero():
    unknown = cost_of("秘制酱", Decimal(10), Decimal(1000), None)
    whole = total([cost_of("米", Decimal(100), Decimal(1000), price(600)), unknown, unknown])
    assert (whole.rounded_fen, whole.unknown) == (60, ("秘制酱",))
    assert not whole.is_whole
    assert cost_of("牛奶", Decimal(200), None, price(300)).unknown == ("牛奶",)


def test_an_agreement_comes_before_a_receipt_and_a_receipt_before_the_book():
    agreement, receipt, book = price(1, PriceSource.AGREEMENT), price(2, PriceSource.RECEIPT), price(3)
    found = first_known([{"a": agreement}, {"a": receipt, "b": receipt}, {"a": book, "b": book, "c": book}])
    assert found == {"a": agreement, "b": receipt, "c": book}


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), max_size=8))
def test_costs_add_up_in_any_order(rows):
    parts = [Cost(Fraction(fen, 7)) if known else Cost(unknown=(f"x{fen}",)) for fen, known in rows]
    assert total(parts).fen == total(reversed(parts)).fen
    assert set(total(parts).unknown) == {one.unknown[0] for one in parts if one.unknown}
