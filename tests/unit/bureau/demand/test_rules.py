from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.demand import rules
from kernel.states import NoTransition

SEPTEMBER = date(2026, 9, 1)
AT = datetime(2026, 8, 20, 10, tzinfo=UTC)


def test_months_go_over_the_year() -> None:
    assert rules.months_of(date(2026, 11, 1), 3) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert rules.year_before(date(2028, 2, 1)) == date(2027, 2, 1)


@pytest.mark.parametrize("state", ["open", "closed", "aggregated", "tendered"])
@pytest.mark.parametrize("event", ["close", "reopen", "aggregate", "sheet_reopened", "tender", "release"])
def test_a_round_moves_only_as_the_table_says(state: str, event: str) -> None:
    allowed = {
        ("open", "close"), ("closed", "reopen"), ("closed", "aggregate"), ("aggregated", "aggregate"),
        ("aggregated", "sheet_reopened"), ("aggregated", "tender"), ("tendered", "release"),
    }  # fmt: skip
    if (state, event) in allowed:
        rules.next_round_state(state, event)
    else:
        with pytest.raises(NoTransition):
            rules.next_round_state(state, event)


def test_a_sheet_that_was_handed_in_is_not_changed_by_its_school() -> None:
    for state in ("submitted", "approved", "aggregated"):
        with pytest.raises(NoTransition):
            rules.next_sheet_state(state, "submit")
        assert not rules.may_fill("open", state)
    with pytest.raises(NoTransition):
        rules.next_sheet_state("approved", "withdraw")


def test_a_closed_round_takes_only_what_was_sent_back() -> None:
    assert rules.may_fill("open", "draft")
    assert not rules.may_fill("closed", "draft")
    assert rules.may_fill("closed", "returned")
    assert not rules.may_fill("tendered", "returned")


def test_late_by_the_clock() -> None:
    second = timedelta(seconds=1)
    assert not rules.is_late("draft", AT, None, AT)
    assert rules.is_late("draft", AT, None, AT + second)
    assert not rules.is_late("submitted", AT, AT, AT + second)
    assert rules.is_late("submitted", AT, AT + second, AT + second)
    assert rules.is_late("returned", AT, AT - second, AT + second)


def test_diners_scale_before_pupils() -> None:
    change = rules.change_of(rules.Headcount(500, 600), rules.Headcount(550, 600))
    assert (change.factor, change.of) == (Fraction(11, 10), "diners")
    assert rules.change_of(rules.Headcount(0, 600), rules.Headcount(550, 660)).of == "enrolment"
    assert rules.change_of(None, rules.Headcount(550, 660)) == rules.Change(Fraction(1), "", 0, 0)


def propose(received: dict[date, Decimal], asked: dict[date, Decimal], norm: Decimal | None) -> rules.Proposal | None:
    change = rules.change_of(rules.Headcount(500, 0), rules.Headcount(550, 0))
    return rules.propose(rules.months_of(SEPTEMBER, 2), received, asked, norm, change, 550)


def test_receipts_go_before_the_round_and_the_round_before_the_norm() -> None:
    last = date(2025, 9, 1)
    both = propose({last: Decimal(100)}, {last: Decimal(900)}, Decimal("0.5"))
    assert both == rules.Proposal("receipts", (Decimal(110), None), (Decimal(100), None))
    asked = propose({}, {last: Decimal(900)}, Decimal("0.5"))
    assert asked is not None
    assert (asked.source, asked.months) == ("round", (Decimal(990), None))
    norm = propose({}, {}, Decimal("0.5"))
    assert norm is not None
    assert (norm.source, norm.months) == ("norm", (Decimal(275), Decimal(275)))
    assert propose({}, {}, None) is None
    assert propose({date(2024, 9, 1): Decimal(5)}, {}, None) is None


def test_receipts_of_a_year_that_is_not_over_go_behind_the_round() -> None:
    last, months = date(2025, 9, 1), rules.months_of(SEPTEMBER, 2)
    change = rules.change_of(None, rules.Headcount(550, 0))
    both = rules.propose(months, {last: Decimal(100)}, {last: Decimal(900)}, None, change, 550, is_over=False)
    assert both is not None
    assert both.source == "round"
    alone = rules.propose(months, {last: Decimal(100)}, {}, None, change, 550, is_over=False)
    assert alone is not None
    assert alone.source == "receipts"


@pytest.mark.parametrize(
    ("value", "kept"),
    [("9.94", "9.9"), ("9.95", "10.0"), ("10.5", "11"), ("10.4999", "10"), ("0.04", "0.0"), ("0.05", "0.1")],
)
def test_proposals_are_rounded_half_up(value: str, kept: str) -> None:
    assert rules.rounded(Fraction(value)) == Decimal(kept)


@given(st.fractions(min_value=0, max_value=10**7))
def test_rounding_moves_a_proposal_by_half_a_unit_at_most(value: Fraction) -> None:
    step = Fraction(1, 2) if value >= 10 else Fraction(1, 20)
    assert abs(Fraction(rules.rounded(value)) - value) <= step


@pytest.mark.parametrize(("quantity", "price", "fen"), [("0.005", 100, 1), ("0.0049", 100, 0), ("1.5", 333, 500)])
def test_amounts_are_rounded_half_up_once(quantity: str, price: int, fen: int) -> None:
    assert rules.amount_fen(Decimal(quantity), price) == fen
