from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.states import NoTransition
from school.settlement import rules
from school.settlement.rules import Counted, Delivered
from school.supply.rules import amount_fen

MONTH = date(2026, 9, 1)
MONTHS = [date(2026 + place // 12, place % 12 + 1, 1) for place in range(30)]
quantities = st.decimals(0, 1000, places=3)


@pytest.mark.parametrize(
    ("state", "events"),
    [
        ("draft", {"send", "withdraw"}),
        ("sent", {"agree", "dispute", "withdraw"}),
        ("disputed", {"send", "withdraw"}),
        ("agreed", {"match", "settle"}),
        ("invoiced", {"unmatch", "approve"}),
        ("approved", {"revoke", "pay_part", "pay"}),
        ("paid", set()),
        ("withdrawn", set()),
    ],
)
def test_what_may_happen_in_each_state(state, events):
    assert rules.events_of(state) == events
    for event in {name for _state, name in rules.TRANSITIONS} - events:
        with pytest.raises(NoTransition):
            rules.next_state(state, event)


def test_an_agreed_statement_never_changes_its_content_again():
    assert not {"send", "withdraw", "dispute"} & {event for state in rules.AGREED for event in rules.events_of(state)}
    assert set(rules.AGREED) < set(rules.FROZEN) < set(rules.STATES)


@given(st.sampled_from(MONTHS), st.frozensets(st.sampled_from(MONTHS)))
def test_every_claim_has_one_home_that_is_not_frozen(month, frozen):
    home = rules.home(month, frozen)
    assert home >= month
    assert home not in frozen
    homes = [one for one in [*MONTHS, date(2028, 7, 1)] if (month == one and one not in frozen)
             or month in rules.carried_months(one, frozen)]  # fmt: skip
    assert homes == [home]


def test_months():
    assert rules.previous_month(date(2026, 1, 1)) == date(2025, 12, 1)
    assert rules.next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert rules.last_day(date(2028, 2, 1)) == date(2028, 2, 29)
    assert rules.carried_months(MONTH, {date(2026, 8, 1), date(2026, 6, 1)}) == [date(2026, 8, 1)]


@given(quantities, quantities, quantities, quantities)
def test_no_step_differs_without_a_reason(shipped, arrived, tare, rejected):
    net = max(arrived - tare, Decimal(0))
    rejected = min(rejected, net)
    found = {
        one.code: one.quantity for one in rules.lot_reasons(Counted(shipped, arrived, net, rejected, net - rejected))
    }
    moved = (
        found.get("over_arrived", 0) - found.get("short_arrived", 0) - found.get("tare", 0) - found.get("rejected", 0)
    )
    assert shipped + moved == net - rejected  # the reasons account for the whole difference


def test_a_receipt_by_hand_says_so_and_one_without_price_too():
    counted = Counted(None, None, None, Decimal(0), Decimal(5))
    assert [one.code for one in rules.lot_reasons(counted, is_priced=False)] == ["no_order", "no_price"]


@pytest.mark.parametrize(
    ("ordered", "shipped", "waived", "code"),
    [
        ("10", "10", "0", None),
        ("10", "8", "0", "part_shipped"),
        ("10", "8", "2", "waived"),
        ("10", "10.4", "0", "over_shipped"),
    ],
)
def test_order_beside_what_was_sent(ordered, shipped, waived, code):
    found = rules.order_reason(Decimal(ordered), Decimal(shipped), Decimal(waived))
    assert (found.code if found else None) == code
    if found:
        assert found.quantity == abs(Decimal(ordered) - Decimal(shipped))


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**9), max_size=6))
def test_an_invoice_is_shared_out_within_what_is_open(amount, open_fen):
    if amount < 0:
        open_fen = [-one for one in open_fen]
    parts = rules.shared(amount, open_fen)
    assert all(rules.fits(part, most) for part, most in zip(parts, open_fen, strict=True))
    assert rules.fits(sum(parts), amount)
    assert sum(parts) == (min(amount, sum(open_fen)) if amount >= 0 else max(amount, sum(open_fen)))


@pytest.mark.parametrize(
    ("total", "owed", "fits"),
    [
        (0, 0, True),
        (5, 5, True),
        (6, 5, False),
        (-1, 5, False),
        (-5, -5, True),
        (-6, -5, False),
        (1, -5, False),
        (1, 0, False),
    ],
)
def test_never_more_than_is_owed_in_its_direction(total, owed, fits):
    assert rules.fits(total, owed) is fits


def test_the_fingerprint_is_that_of_the_content():
    head, line = {"number": "DZ1", "amount_fen": 5}, {"quantity": Decimal("1.500"), "name": "米", "reasons": []}
    first = rules.statement_digest(head, [line])
    assert first == rules.statement_digest(head, [{**line, "quantity": Decimal("1.5")}])
    for other in (
        {**line, "quantity": Decimal("1.51")},
        {**line, "name": "面"},
        {**line, "reasons": [{"code": "tare"}]},
    ):
        assert first != rules.statement_digest(head, [other])
    assert first != rules.statement_digest({**head, "amount_fen": 6}, [line])
    assert first != rules.statement_digest(head, [line, line])


def test_three_way_adds_up_the_lots_of_an_orders_line():
    lots = [
        Delivered("a", "米", "D1", "kg", Decimal(10), Decimal(4), 520, 2080),
        Delivered("b", "肉", "D1", "kg", Decimal(3), Decimal(3), 2100, 6300),
        Delivered("a", "米", "D1", "kg", Decimal(10), Decimal(5), 520, 2600),
        Delivered("c", "葱", "", "kg", None, Decimal(1), 300, 300),
    ]  # fmt: skip
    rice, pork, leek = rules.three_way(lots, amount_fen)
    assert (rice.accepted, rice.ordered_fen, rice.received_fen, rice.difference_fen) == (9, 5200, 4680, -520)
    assert pork.difference_fen == 0
    assert (leek.ordered_fen, leek.difference_fen, leek.received_fen) == (None, None, 300)
