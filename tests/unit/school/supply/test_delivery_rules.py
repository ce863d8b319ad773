from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.states import NoTransition
from school.supply import delivery_rules as rules
from school.supply import labels
from school.supply.delivery_rules import Balance, Count, Lot
from school.supply.rejections.models import STATES

RICE = Lot(Decimal(100), Decimal(100), Decimal(0), Decimal(5), "ambient", None)
PORK = Lot(Decimal(20), Decimal(20), Decimal(0), Decimal(0), "chilled", Decimal(8))


def count(arrived="100", **changes):
    return Count(Decimal(arrived), Decimal(changes.pop("net", arrived)), **changes)


@pytest.mark.parametrize(
    ("lot", "counted", "problems"),
    [
        (RICE, count(), {}),
        (RICE, count("0"), {}),
        (
            RICE,
            count("-1"),
            {"arrived_quantity": "negative", "net_quantity": "over_arrived", "rejected_quantity": "over_net"},
        ),
        (RICE, count(net="101"), {"net_quantity": "over_arrived"}),
        (RICE, count(rejected=Decimal(101)), {"rejected_quantity": "over_net"}),
        (RICE, count(rejected=Decimal(1)), {"reason": "reason_missing", "photos": "photo_missing"}),
        (RICE, count(rejected=Decimal(1), reason="mood", has_photo=True), {"reason": "reason_missing"}),
        (RICE, count(rejected=Decimal(1), reason="damaged", has_photo=True), {}),
        (PORK, count("20"), {"temperature_celsius": "temperature_missing"}),
        (PORK, count("20", temperature=Decimal(8)), {}),
        (PORK, count("20", temperature=Decimal("8.1")), {"temperature_celsius": "too_warm"}),
        (PORK, count("20", rejected=Decimal(20), reason="too_warm", has_photo=True), {}),
    ],
)
def test_what_a_count_lacks(lot, counted, problems):
    assert rules.count_problems(lot, counted) == problems


def test_what_comes_beyond_the_tolerance_of_an_order_line_is_surplus():
    first, second = (RICE, count("60")), (RICE, count("46"))
    assert rules.surplus([first]) == 0
    assert rules.surplus([first, second]) == 1
    received = Lot(Decimal(60), Decimal(100), Decimal(50), Decimal(5), "ambient", None)
    assert rules.surplus([(received, count("56"))]) == 1
    assert rules.surplus([]) == 0


def test_a_departure_from_the_delivery_note_is_told_both_ways():
    assert rules.deviation(Decimal(100), Decimal("97.46")) == Decimal("-2.5")
    assert rules.is_beyond(Decimal(100), Decimal("94.9"), Decimal(5))
    assert not rules.is_beyond(Decimal(100), Decimal(105), Decimal(5))
    assert rules.deviation(Decimal(0), Decimal(0)) == 0


def test_a_rejection_is_settled_by_what_became_of_its_goods():
    whole = Balance(Decimal(5), replaced=Decimal(5))
    money = Balance(Decimal(5), credited=Decimal(5))
    assert rules.settled_event([whole]) == "replace"
    assert rules.settled_event([money]) == "credit"
    assert rules.settled_event([whole, money]) == "settle"
    assert rules.settled_event([whole, Balance(Decimal(1))]) == "replace_part"
    with pytest.raises(NoTransition):
        rules.next_state("voided", "reopen")


@given(
    st.decimals(0, 100, places=3),
    st.dictionaries(st.text(min_size=1), st.decimals(0, 50, places=3), max_size=5),
)
def test_goods_that_come_for_a_rejection_fill_its_lines_in_turn(amount, lines):
    shares = rules.shared_out(amount, lines)
    assert sum(shares.values(), Decimal(0)) == min(amount, sum(lines.values(), Decimal(0)))
    assert all(0 < share <= lines[key] for key, share in shares.items())


def test_safety_is_what_endangers_other_schools_too():
    assert rules.is_safety(["damaged", "spoiled"])
    assert not rules.is_safety(["damaged", "too_warm", "surplus"])
    assert set(rules.REASONS) >= rules.SAFETY_REASONS


def test_every_word_has_its_label():
    assert set(labels.REASONS) == set(rules.REASONS)
    assert set(labels.REJECTION_STATES) == set(STATES) == set(labels.REJECTION_TONES)
    assert {event for _state, event in rules.TRANSITIONS} | {"make"} == set(labels.REJECTION_EVENTS)
    assert set(labels.DELIVERY_PROBLEMS) == {
        "negative", "over_arrived", "over_net", "reason_missing", "photo_missing", "temperature_missing",
    }  # fmt: skip
