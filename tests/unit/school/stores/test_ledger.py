"""Whatever is moved, in whatever order: nothing comes into being, nothing vanishes, nothing falls below zero."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.stores import rules
from school.stores.rules import Cost, Holding, Lot, Move, NotEnough

SUPPLIER, CONSUMED, DISPOSED = UUID(int=1), UUID(int=2), UUID(int=3)
PLACES = [UUID(int=number) for number in (11, 12, 13)]
BATCHES = [UUID(int=number) for number in (101, 102)]
VIRTUAL = {SUPPLIER, CONSUMED, DISPOSED}

quantities = st.decimals("0.000001", "50", places=6) | st.integers(1, 50).map(Decimal)
moves = st.tuples(
    st.sampled_from(BATCHES), st.sampled_from([*PLACES, CONSUMED]), st.sampled_from([*PLACES, CONSUMED, DISPOSED]), quantities
).filter(lambda one: one[1] != one[2] and (one[1] in PLACES or one[2] in PLACES))  # fmt: skip


def begin(received):
    """Holdings and costs after the receipts: batch → (quantity, fen)."""
    holdings, costs = {}, {}
    for batch, (quantity, fen) in zip(BATCHES, received, strict=True):
        costs[batch] = Cost(quantity, fen)
        rules.apply(holdings, [Move(batch, SUPPLIER, PLACES[0], quantity, fen)], costs, VIRTUAL)
    return holdings, costs


def total(holdings, batch):
    held = [one for (_place, of), one in holdings.items() if of == batch]
    return sum((one.quantity for one in held), Decimal(0)), sum(one.amount_fen for one in held)


@given(
    st.tuples(*(st.tuples(quantities, st.integers(0, 10**7)) for _ in BATCHES)),
    st.lists(moves, max_size=40),
)
def test_any_sequence_of_moves_conserves_quantity_and_worth(received, sequence):
    holdings, costs = begin(received)
    out = {batch: [Decimal(0), 0] for batch in BATCHES}  # what lies beyond the books
    for batch, source, target, quantity in sequence:
        if source in VIRTUAL and quantity > out[batch][0]:
            continue  # nobody brings back more than went out
        before = dict(holdings)
        try:
            (amount,) = rules.apply(holdings, [Move(batch, source, target, quantity)], costs, VIRTUAL)
        except NotEnough:
            assert before.get((source, batch), Holding()).quantity < quantity
            assert holdings == before
            continue
        sign = (target in VIRTUAL) - (source in VIRTUAL)
        out[batch][0] += sign * quantity
        out[batch][1] += sign * amount
    for batch, (quantity, fen) in zip(BATCHES, received, strict=True):
        inside = total(holdings, batch)
        assert (inside[0] + out[batch][0], inside[1] + out[batch][1]) == (quantity, fen)
    for held in holdings.values():
        assert held.quantity >= 0
        assert held.amount_fen >= 0
        assert held.quantity > 0 or held.amount_fen == 0


@given(quantities, st.integers(0, 10**7), st.lists(quantities, min_size=1, max_size=30))
def test_what_a_part_cost_is_never_more_than_a_fen_from_its_share(quantity, fen, parts):
    """However many parts a batch goes out in: rounding never adds up."""
    cost, batch, place = Cost(quantity, fen), BATCHES[0], PLACES[0]
    holdings = {(place, batch): Holding(quantity, fen)}
    gone, paid = Decimal(0), 0
    for part in parts:
        if gone + part > quantity:
            break
        paid += rules.apply(holdings, [Move(batch, place, CONSUMED, part)], {batch: cost}, VIRTUAL)[0]
        gone += part
        assert abs(paid - Decimal(fen) * gone / quantity) <= 1
    rest = quantity - gone
    if rest:
        paid += rules.apply(holdings, [Move(batch, place, CONSUMED, rest)], {batch: cost}, VIRTUAL)[0]
    assert paid == fen


def test_three_for_a_hundred_fen_go_out_as_33_34_33():
    holdings = {(PLACES[0], BATCHES[0]): Holding(Decimal(3), 100)}
    one = Move(BATCHES[0], PLACES[0], CONSUMED, Decimal(1))
    assert rules.apply(holdings, [one] * 3, {BATCHES[0]: Cost(Decimal(3), 100)}, VIRTUAL) == [33, 34, 33]


DAY = date(2026, 11, 20)


def lot(number, quantity, days, *, usable=True, received=0):
    expiry = None if days is None else DAY + timedelta(days=days)
    return Lot(UUID(int=number), PLACES[0], Decimal(quantity), expiry, DAY - timedelta(days=received), usable)


def test_first_expired_goes_first_and_nothing_that_must_not_be_used():
    lots = [
        lot(1, 5, None, received=30), lot(2, 5, 3), lot(3, 5, 0), lot(4, 5, -1), lot(5, 5, 1, usable=False), lot(6, 2, 3, received=1),
    ]  # fmt: skip
    takes, missing = rules.propose(lots, Decimal(9), DAY)
    assert [(take.batch_id.int, take.quantity) for take in takes] == [(3, 5), (6, 2), (2, 2)]
    assert missing == 0
    assert rules.propose(lots, Decimal(20), DAY)[1] == 3


@given(
    st.lists(st.builds(lot, st.integers(1, 9), st.integers(0, 20), st.integers(-3, 9) | st.none())), st.integers(1, 100)
)
def test_a_proposal_takes_what_is_wanted_or_all_there_is(lots, wanted):
    takes, missing = rules.propose(lots, Decimal(wanted), DAY)
    assert sum(take.quantity for take in takes) + missing == wanted
    there = sum(one.quantity for one in rules.first_out(lots, DAY))
    assert missing == max(wanted - there, 0)


@pytest.mark.parametrize(
    ("days", "expected"), [(None, "none"), (-1, "expired"), (0, "today"), (1, "soon"), (7, "soon"), (8, "good")]
)
def test_colours_of_expiry(days, expected):
    expiry = None if days is None else DAY + timedelta(days=days)
    assert rules.freshness(expiry, DAY, 7) == expected


@pytest.mark.parametrize(
    ("quantity", "least", "most", "expected"),
    [(4, 5, 9, "low"), (5, 5, 9, "right"), (10, 5, 9, "high"), (0, None, None, "right"), (0, 0, None, "right")],
)
def test_levels(quantity, least, most, expected):
    def as_decimal(value):
        return None if value is None else Decimal(value)

    assert rules.level(Decimal(quantity), as_decimal(least), as_decimal(most)) == expected


def test_ways():
    assert rules.may_move("issue", "store", "consumed")
    assert not rules.may_move("issue", "supplier", "consumed")
    assert not rules.may_move("receipt", "store", "fridge")
    assert rules.may_move("stocktake", "store", "difference")
    assert rules.may_move("stocktake", "difference", "freezer")
    assert not rules.may_move("stocktake", "store", "fridge")


def test_months():
    assert rules.next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert rules.next_month(date(2026, 1, 1)) == date(2026, 2, 1)
    assert rules.month_of(DAY) == date(2026, 11, 1)
