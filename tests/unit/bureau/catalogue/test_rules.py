from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.catalogue.rules import (
    TRANSITIONS,
    ItemEvent,
    ItemState,
    Requirement,
    conversion_problems,
    events_of,
    inherited,
    next_state,
    searchable,
    to_base,
)
from kernel.states import NoTransition

quantities = st.decimals(Decimal("0.001"), Decimal("9999999"), places=3)
unit_factors = st.decimals(Decimal("0.000001"), Decimal("1000000"), places=6)


@given(quantities, unit_factors)
def test_conversion_to_the_base_unit_is_exact(quantity: Decimal, factor: Decimal) -> None:
    assert Fraction(to_base(quantity, factor)) == Fraction(quantity) * Fraction(factor)


@given(quantities, quantities, unit_factors)
def test_two_deliveries_weigh_as_much_as_one(one: Decimal, other: Decimal, factor: Decimal) -> None:
    assert to_base(one, factor) + to_base(other, factor) == to_base(one + other, factor)


def test_every_pair_of_state_and_event_is_decided() -> None:
    allowed = {
        (state.value, event.value): next_state(state, event)
        for state in ItemState
        for event in ItemEvent
        if (state, event) in TRANSITIONS
    }
    assert allowed == {
        ("draft", "publish"): "published",
        ("draft", "retire"): "retired",
        ("published", "retire"): "retired",
        ("retired", "publish"): "published",
    }
    for state, event in (("published", "publish"), ("retired", "retire")):
        with pytest.raises(NoTransition):
            next_state(state, event)
    assert events_of("published") == ("retire",)


@pytest.mark.parametrize(
    ("units", "problems"),
    [
        (["袋", "箱"], {}),
        (["kg"], {0: "is_base"}),
        (["袋", "箱", "袋"], {2: "twice"}),
        ([], {}),
    ],
)
def test_units_are_named_once_and_never_the_base(units: list[str], problems: dict[int, str]) -> None:
    assert conversion_problems("kg", units) == problems


def test_a_category_requires_what_its_parent_does_and_words_it_its_own_way() -> None:
    own = {
        "meat": (Requirement("animal_quarantine"), Requirement("purchase_voucher")),
        "pork": (Requirement("meat_inspection"), Requirement("animal_quarantine", "动检证（每车一张）")),
        "oil": (Requirement("batch_report"),),
    }
    effective = inherited(own, {"meat": None, "pork": "meat", "oil": None, "salt": None})
    assert effective["pork"] == (
        Requirement("animal_quarantine", "动检证（每车一张）"),
        Requirement("meat_inspection"),
        Requirement("purchase_voucher"),
    )
    assert effective["meat"] == own["meat"]
    assert effective["salt"] == ()


def test_an_item_is_found_by_any_of_its_words() -> None:
    assert searchable(" 粳米 ", "", "GR01") == "粳米 gr01"
