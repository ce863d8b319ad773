"""Art. 59 by hand: three lines, one slip at a time, then all at once in the article's order."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.evaluation.rules.amounts import capital
from bureau.evaluation.rules.correction import (
    PriceLine,
    PriceSheet,
    correct,
    correct_discount,
    line_amount,
    standing_after,
)

RICE = PriceLine("rice", 520, Decimal("1000"), 520_000)
OIL = PriceLine("oil", 1_150, Decimal("200.5"), 230_575)
SALT = PriceLine("salt", 199, Decimal("33.333"), 6_633)
TOTAL = 757_208
CLEAN = PriceSheet(TOTAL, capital(TOTAL), TOTAL, (RICE, OIL, SALT))


def codes(corrected):
    return [(step.code, step.key, step.before, step.after) for step in corrected.corrections]


def test_a_clean_sheet_stays_as_it_is():
    corrected = correct(CLEAN)
    assert (corrected.total_fen, corrected.corrections, corrected.questions) == (TOTAL, (), ())
    assert not corrected.needs_confirmation


def test_the_opening_form_goes_over_the_details():
    corrected = correct(replace(CLEAN, detail_total_fen=700_000))
    assert codes(corrected) == [("opening_form", None, 700_000, TOTAL)]
    assert corrected.corrections[0].article == "order_87:59:1"
    assert corrected.total_fen == TOTAL


def test_words_go_over_figures():
    corrected = correct(replace(CLEAN, total_fen=757_280, detail_total_fen=None))
    assert codes(corrected) == [("words", None, 757_280, TOTAL)]


def test_words_that_cannot_be_read_are_a_question():
    corrected = correct(replace(CLEAN, total_words="柒仟伍佰"))
    assert corrected.corrections == ()
    assert [(question.code, question.detail) for question in corrected.questions] == [("words_unreadable", "柒仟伍佰")]


@pytest.mark.parametrize("wrong", [52, 5_200, 52_000, 5_200_000])
def test_a_shifted_point_follows_the_amount_of_its_line(wrong):
    corrected = correct(replace(CLEAN, lines=(replace(RICE, unit_price_fen=wrong), OIL, SALT)))
    assert codes(corrected) == [("shifted_point", "rice", wrong, 520)]
    assert corrected.total_fen == TOTAL
    assert corrected.lines == CLEAN.lines


def test_a_point_shifted_in_price_and_amount_follows_the_total():
    shifted = replace(RICE, unit_price_fen=5_200, amount_fen=5_200_000)
    corrected = correct(replace(CLEAN, lines=(shifted, OIL, SALT)))
    assert codes(corrected) == [("shifted_point", "rice", 5_200, 520)]
    assert corrected.total_fen == TOTAL
    assert corrected.lines[0] == RICE


def test_two_lines_that_could_each_be_shifted_are_a_question():
    twice = (PriceLine("a", 100, Decimal(10), 1_000), PriceLine("b", 100, Decimal(10), 1_000))
    corrected = correct(PriceSheet(11_000, lines=twice))
    assert [question.code for question in corrected.questions] == ["shift_unclear"]
    assert codes(corrected) == [("units_decide", None, 11_000, 2_000)]


def test_a_wrong_price_that_is_no_shift_decides():
    wrong = replace(RICE, unit_price_fen=530)
    corrected = correct(replace(CLEAN, lines=(wrong, OIL, SALT)))
    assert codes(corrected) == [
        ("units_decide", "rice", 520_000, 530_000), ("units_decide", None, TOTAL, TOTAL + 10_000),
    ]  # fmt: skip
    assert corrected.total_fen == TOTAL + 10_000


def test_a_wrong_sum_follows_the_units():
    corrected = correct(replace(CLEAN, total_fen=757_000, total_words=capital(757_000), detail_total_fen=757_000))
    assert codes(corrected) == [("units_decide", None, 757_000, TOTAL)]
    assert corrected.corrections[0].article == "order_87:59:4"


def test_several_at_once_go_in_the_order_of_the_article():
    sheet = PriceSheet(
        total_fen=757_280,
        total_words=capital(757_000),
        detail_total_fen=700_000,
        lines=(replace(RICE, unit_price_fen=52), replace(OIL, amount_fen=230_000), SALT),
    )
    assert codes(correct(sheet)) == [
        ("opening_form", None, 700_000, 757_280),
        ("words", None, 757_280, 757_000),
        ("shifted_point", "rice", 52, 520),
        ("units_decide", "oil", 230_000, 230_575),
        ("units_decide", None, 757_000, TOTAL),
    ]


def test_a_bid_of_one_total_has_nothing_to_add_up():
    assert correct(PriceSheet(500)).total_fen == 500


@pytest.mark.parametrize(
    ("quantity", "amount"), [("0.005", 1), ("0.004", 0), ("1", 100), ("33.333", 3_333), ("0.015", 2)]
)
def test_lines_are_rounded_half_up(quantity, amount):
    assert line_amount(PriceLine("x", 100, Decimal(quantity), 0)) == amount


@pytest.mark.parametrize("quantity", ["0.0001", "-1"])
def test_a_quantity_has_at_most_three_decimals(quantity):
    with pytest.raises(ValueError, match="quantity"):
        line_amount(PriceLine("x", 100, Decimal(quantity), 0))


def test_the_bidder_confirms_or_is_out():
    wrong = correct(replace(CLEAN, total_fen=1, total_words="", detail_total_fen=None))
    assert standing_after(wrong, None) == "waiting"
    assert standing_after(wrong, "accepted") == "valid"
    assert standing_after(wrong, "refused") == "invalid"
    assert standing_after(correct(CLEAN), None) == "valid"


def test_of_two_discounts_the_opening_form_holds():
    assert correct_discount(Decimal("12.5"), None) == (Decimal("12.5"), ())
    assert correct_discount(Decimal("12.5"), Decimal("12.50")) == (Decimal("12.5"), ())
    holds, steps = correct_discount(Decimal("12.5"), Decimal("1.25"))
    assert (holds, steps[0].before, steps[0].after, steps[0].subject) == (
        Decimal("12.5"),
        Decimal("1.25"),
        holds,
        "discount",
    )


LINES = st.lists(
    st.builds(
        PriceLine, st.integers(0, 10**6), st.integers(1, 10**6),
        st.integers(1, 10**6).map(lambda whole: Decimal(whole).scaleb(-3)), st.integers(0, 10**9),
    ),
    min_size=1, max_size=8, unique_by=lambda line: line.key,
)  # fmt: skip


@given(LINES, st.integers(1, 10**10), st.none() | st.integers(0, 10**10), st.booleans())
def test_what_is_corrected_adds_up_and_needs_no_second_correction(lines, total, detail, in_words):
    sheet = PriceSheet(total, capital(total) if in_words else "", detail, tuple(lines))
    corrected = correct(sheet)
    assert corrected.total_fen == sum(line.amount_fen for line in corrected.lines)
    assert all(line.amount_fen == line_amount(line) for line in corrected.lines)
    again = correct(PriceSheet(corrected.total_fen, lines=corrected.lines))
    assert (again.corrections, again.total_fen) == ((), corrected.total_fen)
