"""Whatever is done in whatever order: nothing is lost, nothing falls below zero, and the moves add up."""

from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bureau.agreements import balance_rules as rules
from bureau.agreements.balance_rules import Delta, Held, NotEnough, NotHeld, Stand

QUANTITY = st.decimals(0, 500, places=3)
FEN = st.integers(0, 300_000)


class Sequences(RuleBasedStateMachine):
    """Two schools' balances of one line, orders on each, and everything that may happen to them."""

    @initialize(quantity=st.decimals(0, 1000, places=3), fen=st.one_of(st.none(), st.integers(0, 500_000)))
    def begin(self, quantity, fen):
        self.given = 2 * quantity
        self.given_fen = None if fen is None else 2 * fen
        self.stands = [Stand(Decimal(0), amount_fen=None if fen is None else 0) for _side in range(2)]
        self.moves = [[], []]
        self.lines = {}
        for side in range(2):
            self.post(side, rules.allocated(quantity, fen))

    def post(self, side, delta):
        try:
            self.stands[side] = rules.apply(self.stands[side], delta)
        except (NotEnough, NotHeld):
            return False
        self.moves[side].append(delta)
        return True

    @rule(side=st.integers(0, 1), quantity=QUANTITY, fen=FEN)
    def reserve(self, side, quantity, fen):
        free, money = self.stands[side].free, self.stands[side].free_fen
        done = self.post(side, rules.reserved(quantity, fen))
        assert done == (quantity <= free and (money is None or fen <= money))
        if done:
            self.lines[len(self.lines)] = (side, Held(quantity, quantity, Decimal(0), fen, 0))

    def line(self, number):
        return self.lines[number % len(self.lines)] if self.lines else (None, None)

    def keep(self, number, side, held, delta):
        if self.post(side, delta):
            self.lines[number % len(self.lines)] = (
                side,
                Held(
                    held.ordered, held.reserved + delta.reserved, held.used + delta.used,
                    held.reserved_fen + delta.reserved_fen, held.used_fen + delta.used_fen,
                ),
            )  # fmt: skip

    @rule(number=st.integers(0, 50), quantity=QUANTITY, fen=FEN, is_last=st.booleans())
    def consume(self, number, quantity, fen, is_last):
        side, held = self.line(number)
        if held:
            self.keep(number, side, held, rules.consumed(held, quantity, fen, is_last=is_last))

    @rule(number=st.integers(0, 50))
    def release(self, number):
        side, held = self.line(number)
        if held:
            self.keep(number, side, held, rules.released(held.reserved, held.reserved_fen))

    @rule(number=st.integers(0, 50), quantity=QUANTITY, fen=FEN)
    def give_back(self, number, quantity, fen):
        side, held = self.line(number)
        if held:
            try:
                delta = rules.given_back(held, quantity, fen)
            except NotHeld:
                assert quantity > held.used or fen > held.used_fen
                return
            self.keep(number, side, held, delta)

    @rule(side=st.integers(0, 1), quantity=QUANTITY)
    def transfer(self, side, quantity):
        if self.post(side, rules.taken_away(quantity, 0)):
            assert self.post(1 - side, rules.allocated(quantity, None))

    @invariant()
    def conserved(self):
        if not hasattr(self, "stands"):
            return
        assert sum(one.quantity for one in self.stands) == self.given
        assert sum(one.free + one.reserved + one.used for one in self.stands) == self.given
        if self.given_fen is not None:
            assert sum(one.free_fen + one.reserved_fen + one.used_fen for one in self.stands) == self.given_fen
        for side, stand in enumerate(self.stands):
            assert min(stand.free, stand.reserved, stand.used) >= 0
            assert min(stand.free_fen or 0, stand.reserved_fen, stand.used_fen) >= 0
            total = rules.total(self.moves[side])
            for one in fields(Delta):
                stored = getattr(stand, one.name)
                assert stored is None or stored == getattr(total, one.name)
            lines = [held for at, held in self.lines.values() if at == side]
            assert sum((held.reserved for held in lines), Decimal(0)) == stand.reserved
            assert sum((held.used for held in lines), Decimal(0)) == stand.used


TestSequences = Sequences.TestCase


def test_a_balance_without_a_limit_counts_all_the_same():
    stand = rules.apply(Stand(), rules.reserved(Decimal(10), 500))
    assert (stand.free, stand.free_fen, stand.reserved, stand.reserved_fen) == (None, None, 10, 500)


@given(QUANTITY, QUANTITY)
def test_what_is_left_is_told(limit, wanted):
    if wanted <= limit:
        assert rules.apply(Stand(limit), rules.reserved(wanted, 0)).free == limit - wanted
    else:
        with pytest.raises(NotEnough) as refused:
            rules.apply(Stand(limit), rules.reserved(wanted, 0))
        assert (refused.value.measure, refused.value.free) == ("quantity", limit)


def test_a_last_delivery_frees_the_rest_and_another_only_what_came():
    held = Held(Decimal(10), Decimal(10), Decimal(0), 1000, 0)
    assert rules.consumed(held, Decimal(4), 400, is_last=True) == Delta(
        Decimal(0), Decimal(-10), Decimal(4), 0, -1000, 400
    )
    assert rules.consumed(held, Decimal(4), 400, is_last=False) == Delta(
        Decimal(0), Decimal(-4), Decimal(4), 0, -400, 400
    )


def test_the_tolerance_is_of_the_order():
    assert rules.most_delivered(Decimal(100), Decimal("2.5")) == Decimal("102.5")


def test_the_last_fen_and_the_last_gram_are_the_limit():
    stand = Stand(Decimal("1.000"), amount_fen=100)
    assert rules.apply(stand, rules.reserved(Decimal("1.000"), 100)).free_fen == 0
    with pytest.raises(NotEnough) as refused:
        rules.apply(stand, rules.reserved(Decimal("1.000"), 101))
    assert (refused.value.measure, refused.value.free) == ("amount", 100)
    with pytest.raises(NotEnough):
        rules.apply(stand, rules.reserved(Decimal("1.001"), 100))
    held = Held(Decimal(1), Decimal(0), Decimal(1), 0, 100)
    assert rules.given_back(held, Decimal(1), 100) == Delta(used=Decimal(-1), used_fen=-100)
    for quantity, fen in ((Decimal("1.001"), 100), (Decimal(1), 101)):
        with pytest.raises(NotHeld):
            rules.given_back(held, quantity, fen)


def test_goods_of_a_voided_receipt_are_held_again_up_to_what_was_ordered():
    held = Held(Decimal(10), Decimal(4), Decimal(6), 400, 600)
    assert rules.given_back(held, Decimal(6), 600, awaited=True) == Delta(
        reserved=Decimal(6), used=Decimal(-6), reserved_fen=600, used_fen=-600
    )
    over = Held(Decimal(10), Decimal(0), Decimal("10.5"), 0, 1050)
    assert rules.given_back(over, Decimal("10.5"), 1050, awaited=True) == Delta(
        reserved=Decimal(10), used=Decimal("-10.5"), reserved_fen=1000, used_fen=-1050
    )
