from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.catalogue.rules import Requirement
from kernel.states import NoTransition
from school.supply.rules import (
    LineFacts,
    Provided,
    amount_fen,
    content_digest,
    counts_as_provided,
    day_problem,
    keep_until,
    line_problems,
    missing_certificates,
    months_later,
    next_state,
    proposed_batch,
    proposed_expiry,
    total_fen,
)

DAY = date(2026, 9, 7)
MEAT, RICE = UUID(int=1), UUID(int=2)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
quantities = st.decimals(Decimal("0.001"), Decimal("9999999"), places=3)
prices = st.integers(0, 100_000_000)


@given(quantities, prices)
def test_an_amount_is_the_exact_product_rounded_half_up_once(quantity: Decimal, price: int) -> None:
    assert amount_fen(quantity, price) == floor(Fraction(quantity) * price + Fraction(1, 2))


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("2.5", 333, 833), ("0.5", 1, 1), ("0.499", 1, 0), ("1.005", 100, 101), ("3", 0, 0)],
)
def test_amounts(quantity: str, price: int, amount: int) -> None:
    assert amount_fen(Decimal(quantity), price) == amount


def test_a_total_leaves_out_lines_without_a_price() -> None:
    assert total_fen([120, None, 30]) == 150
    assert total_fen([None, None]) is None
    assert total_fen([0, None]) == 0


@given(days, st.integers(1, 3650))
def test_the_proposed_expiry_comes_after_production(made: date, shelf_life: int) -> None:
    expiry = proposed_expiry(made, shelf_life)
    assert expiry is not None
    assert expiry - made == timedelta(days=shelf_life)
    assert line_problems(_line(production_date=made, expiry_date=expiry), made) == {}


def test_no_expiry_is_proposed_for_what_has_no_shelf_life_or_no_date() -> None:
    assert proposed_expiry(DAY, None) is None
    assert proposed_expiry(None, 30) is None


def _line(**changes: object) -> LineFacts:
    facts: dict[str, object] = {
        "quantity": Decimal(10), "unit": "kg", "factors": ("kg", "袋"), "batch_no": "A1",
        "production_date": DAY - timedelta(days=1), "expiry_date": DAY + timedelta(days=30), "temperature": None,
    }  # fmt: skip
    return LineFacts(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, {}),
        ({"unit": "箱"}, {"unit": "unit_unknown"}),
        ({"factors": None}, {"item_id": "item_unknown"}),
        ({"quantity": Decimal(0)}, {"quantity": "not_positive"}),
        ({"quantity": Decimal(-1)}, {"quantity": "not_positive"}),
        ({"batch_no": ""}, {"batch_no": "batch_missing"}),
        ({"production_date": DAY + timedelta(days=1)}, {"production_date": "made_after_receipt"}),
        ({"production_date": DAY}, {}),
        ({"expiry_date": DAY - timedelta(days=1)}, {"expiry_date": "expires_before_made"}),
        ({"production_date": None, "expiry_date": DAY - timedelta(days=1)}, {"expiry_date": "expired"}),
        ({"expiry_date": DAY}, {}),
        ({"expiry_date": None}, {}),
        ({"temperature": Decimal("81")}, {"temperature_celsius": "implausible"}),
        ({"temperature": Decimal("-60")}, {}),
    ],
)
def test_what_is_wrong_with_a_line(changes: dict[str, object], problems: dict[str, str]) -> None:
    assert line_problems(_line(**changes), DAY) == problems


def test_a_batch_without_a_number_is_named_by_its_day() -> None:
    assert proposed_batch("B7", DAY) == "B7"
    assert proposed_batch("", DAY) == "20260907"
    assert proposed_batch("", None) == ""


def test_nothing_is_received_tomorrow() -> None:
    assert day_problem(DAY, DAY) is None
    assert day_problem(DAY + timedelta(days=1), DAY) == "in_future"
    assert day_problem(DAY - timedelta(days=400), DAY) is None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)), (date(2026, 6, 30), 24, date(2028, 6, 30)),
    ],
)  # fmt: skip
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_the_record_is_kept_as_long_as_its_longest_line_asks() -> None:
    assert keep_until([date(2026, 10, 1), date(2027, 3, 1)], DAY, 6, 24) == date(2027, 9, 1)
    assert keep_until([date(2026, 10, 1), None], DAY, 6, 24) == date(2028, 9, 7)
    assert keep_until([], DAY, 6, 24) == date(2028, 9, 7)


REQUIRED = {
    MEAT: (Requirement("animal_quarantine"), Requirement("meat_inspection")),
    RICE: (Requirement("batch_report"),),
}


def _came(kind: str, line: int | None = None, *, copy: bool = True, until: date | None = None) -> Provided:
    return Provided(kind, line, copy, until)


@pytest.mark.parametrize(
    ("categories", "provided", "missing"),
    [
        ([MEAT], [], [(MEAT, "animal_quarantine"), (MEAT, "meat_inspection")]),
        ([MEAT], [_came("animal_quarantine"), _came("meat_inspection")], []),
        ([MEAT], [_came("animal_quarantine"), _came("batch_report")], [(MEAT, "meat_inspection")]),
        ([MEAT, RICE], [_came("animal_quarantine"), _came("meat_inspection")], [(RICE, "batch_report")]),
        # One line's paper says nothing about the other line.
        ([RICE, RICE], [_came("batch_report", 0)], [(RICE, "batch_report")]),
        ([RICE, RICE], [_came("batch_report", 0), _came("batch_report", 1)], []),
        ([RICE, RICE], [_came("batch_report")], []),
        # A number without a copy proves nothing; nor does a paper that had run out.
        ([RICE], [_came("batch_report", copy=False)], [(RICE, "batch_report")]),
        ([RICE], [_came("batch_report", until=DAY - timedelta(days=1))], [(RICE, "batch_report")]),
        ([RICE], [_came("batch_report", until=DAY)], []),
        ([UUID(int=9)], [], []),
    ],
)
def test_missing_certificates(
    categories: list[UUID], provided: list[Provided], missing: list[tuple[UUID, str]]
) -> None:
    found = missing_certificates(categories, REQUIRED, provided, DAY)
    assert [(one.category, one.requirement.kind) for one in found] == missing


kinds = st.sampled_from(["animal_quarantine", "meat_inspection", "batch_report", "other"])
papers = st.builds(
    Provided, kinds, st.one_of(st.none(), st.integers(0, 3)), st.booleans(),
    st.one_of(st.none(), st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3))),
)  # fmt: skip
line_categories = st.lists(st.sampled_from([MEAT, RICE]), min_size=1, max_size=4)


@given(line_categories, st.lists(papers, max_size=6), papers)
def test_one_more_paper_never_makes_more_missing(
    categories: list[UUID], provided: list[Provided], further: Provided
) -> None:
    before = missing_certificates(categories, REQUIRED, provided, DAY)
    after = missing_certificates(categories, REQUIRED, [*provided, further], DAY)
    assert set(after) <= set(before)
    if not counts_as_provided(further, DAY):
        assert after == before


@given(line_categories)
def test_every_required_kind_of_the_whole_receipt_leaves_nothing_missing(categories: list[UUID]) -> None:
    everything = [_came(requirement.kind) for found in REQUIRED.values() for requirement in found]
    assert missing_certificates(categories, REQUIRED, everything, DAY) == []


def test_the_same_content_has_one_digest_however_it_is_written() -> None:
    one = {"a": Decimal("1.50"), "lines": [{"x": DAY, "y": None}]}
    assert content_digest(one) == content_digest({"lines": [{"y": None, "x": DAY}], "a": Decimal("1.5")})
    assert content_digest({"a": Decimal(100)}) == content_digest({"a": Decimal("1E+2")})
    assert content_digest(one) != content_digest({**one, "a": Decimal("1.51")})
    assert content_digest({"lines": [1, 2]}) != content_digest({"lines": [2, 1]})


def test_a_receipt_is_voided_once() -> None:
    assert next_state("recorded", "void") == "voided"
    with pytest.raises(NoTransition):
        next_state("voided", "void")
