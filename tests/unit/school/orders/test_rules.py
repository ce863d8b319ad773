from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kernel.states import NoTransition
from school.orders import rules
from school.orders.models import ORDER_STATES
from school.orders.rules import Counts, Tiers
from school.supply import delivery_rules

TIERS = Tiers(300_000, 2_000_000)
DAY = date(2026, 11, 20)
QUANTITY = st.decimals(min_value=0, max_value=999, places=3)


def test_every_state_is_in_the_table_and_ends_are_ends():
    assert {source for source, _event in rules.TRANSITIONS} | set(rules.TRANSITIONS.values()) == set(ORDER_STATES)
    assert rules.STATES == ORDER_STATES
    assert not rules.events_of("cancelled") | rules.events_of("declined")


def test_what_is_not_in_the_table_does_not_happen():
    with pytest.raises(NoTransition):
        rules.next_state("draft", "send")
    with pytest.raises(NoTransition):
        rules.next_state("shipped", "cancel")


@pytest.mark.parametrize(
    ("amount", "roles"),
    [
        (300_000, {"canteen_manager", "logistics_director", "principal"}),
        (300_001, {"logistics_director", "principal"}),
        (2_000_000, {"logistics_director", "principal"}),
        (2_000_001, {"principal"}),
    ],
)
def test_the_tiers_are_the_last_amount_that_each_bears(amount, roles):
    assert {role for role in ("canteen_manager", "logistics_director", "principal", "storekeeper")
            if rules.may_approve({role}, amount, TIERS)} == roles  # fmt: skip


@pytest.mark.parametrize(
    ("base", "factor", "packs", "is_base", "units"),
    [
        ("51", "25", [], False, "3"),  # bags of 25 kg
        ("50", "25", [], False, "2"),
        ("0.1", "0.5", [], False, "1"),
        ("7.31", "1", [], True, "7.4"),  # weighed
        ("7.31", "1", ["2.5", "5"], True, "7.5"),
        ("0", "1", ["2.5"], True, "0"),
    ],
)
def test_needs_are_rounded_up_to_what_can_be_bought(base, factor, packs, is_base, units):
    found = rules.rounded_up(Decimal(base), Decimal(factor), map(Decimal, packs), is_base_unit=is_base)
    assert found == Decimal(units)


@given(
    st.decimals(min_value="0.001", max_value=9999, places=3), st.sampled_from(["0.5", "1", "15", "25"]),
    st.lists(st.sampled_from(["0.4", "0.5", "1", "2.5"]), max_size=3), st.booleans(),
)  # fmt: skip
def test_rounding_up_never_leaves_too_little_nor_a_whole_step_too_much(base, factor, packs, is_base):
    unit = Decimal(1) if is_base else Decimal(factor)
    sizes = list(map(Decimal, packs))
    ordered = rules.rounded_up(base, unit, sizes, is_base_unit=is_base) * unit
    step = min(sizes, default=Decimal("0.1")) if is_base else unit
    assert base <= ordered < base + step + Decimal("0.001")


@given(st.lists(QUANTITY, min_size=1, max_size=9), QUANTITY, QUANTITY)
def test_stock_and_what_is_under_way_are_used_up_day_by_day(wanted, stock, coming):
    gross = [(DAY + timedelta(days=place), amount) for place, amount in enumerate(wanted)]
    lacking = rules.needs_after_stock(gross, stock, coming)
    assert sum(amount for _day, amount in lacking) == max(sum(wanted) - stock - coming, Decimal(0))
    assert all(amount > 0 for _day, amount in lacking)
    assert [day for day, _amount in lacking] == sorted(day for day, _amount in lacking)


def test_last_weeks_order_comes_again_on_its_weekday():
    assert rules.same_weekday_after(DAY, DAY) == DAY + timedelta(days=7)
    assert rules.same_weekday_after(DAY - timedelta(days=30), DAY) == DAY + timedelta(days=5)


def test_a_lot_is_named_and_not_over():
    assert rules.lot_problems(None, None, "", DAY) == {"batch_no": "batch_missing"}
    assert rules.lot_problems(DAY, DAY + timedelta(days=1), "L", DAY) == {}
    assert rules.lot_problems(DAY + timedelta(days=1), None, "L", DAY) == {"production_date": "made_after"}
    assert rules.lot_problems(None, DAY - timedelta(days=1), "L", DAY) == {"expiry_date": "expired"}
    assert rules.lot_problems(DAY, DAY, "L", DAY) == {"expiry_date": "expires_before_made"}


class Deliveries(RuleBasedStateMachine):
    """One order line with everything that may happen to it: deliveries, refusals, goods sent again, refusals credited,
    receipts voided, the rest given up. ordered + over = received + rejected + waived + open, and what is rejected is
    what its rejections have neither replaced."""

    def __init__(self):
        super().__init__()
        self.counts = Counts(Decimal(100))
        self.rejections = []
        self.receipts = []

    @rule(accepted=st.integers(0, 60), refused=st.integers(0, 60))
    def deliver(self, accepted, refused):
        most = rules.most_shipped(self.counts, Decimal(5), Decimal(0))
        accepted = min(Decimal(accepted), most)
        refused = min(Decimal(refused), most - accepted)
        if accepted + refused == 0:
            return
        self.counts = rules.arrived(self.counts, accepted, refused, replaces=False)
        self.receipts.append((accepted, refused, None))
        if refused:
            self.rejections.append(delivery_rules.Balance(refused))

    @precondition(lambda self: any(one.open for one in self.rejections))
    @rule(share=st.integers(1, 60), bad=st.booleans())
    def deliver_again(self, share, bad):
        place = next(place for place, one in enumerate(self.rejections) if one.open)
        one = self.rejections[place]
        came = min(Decimal(share), one.open)
        refused = came if bad else Decimal(0)
        self.counts = rules.arrived(self.counts, came - refused, refused, replaces=True)
        self.rejections[place] = delivery_rules.Balance(one.quantity, one.replaced + came, one.credited)
        self.receipts.append((came - refused, refused, place))
        if refused:
            self.rejections.append(delivery_rules.Balance(refused))

    @precondition(lambda self: any(one.open for one in self.rejections))
    @rule()
    def credit(self):
        place = next(place for place, one in enumerate(self.rejections) if one.open)
        one = self.rejections[place]
        self.rejections[place] = delivery_rules.Balance(one.quantity, one.replaced, one.credited + one.open)

    @precondition(lambda self: self.receipts and not self.receipts[-1][1])
    @rule()
    def void_the_last(self):
        accepted, refused, place = self.receipts.pop()
        self.counts = rules.taken_back(self.counts, accepted, refused, replaced=place is not None)
        if place is not None:
            one = self.rejections[place]
            self.rejections[place] = delivery_rules.Balance(one.quantity, one.replaced - accepted, one.credited)

    @rule()
    def give_up_the_rest(self):
        counts = self.counts
        self.counts = Counts(counts.ordered, counts.received, counts.rejected, counts.waived + counts.open)

    @invariant()
    def nothing_is_lost(self):
        one = self.counts
        assert one.ordered + one.over == one.received + one.rejected + one.waived + one.open
        assert min(one.received, one.rejected, one.waived, one.open, one.over) >= 0
        assert one.rejected == sum((each.quantity - each.replaced for each in self.rejections), Decimal(0))
        for each in self.rejections:
            assert each.quantity == each.replaced + each.credited + each.open
            assert min(each.replaced, each.credited, each.open) >= 0

    @invariant()
    def no_more_comes_than_the_tolerance_bears(self):
        assert self.counts.over <= Decimal(5)


TestDeliveries = Deliveries.TestCase


def test_an_order_is_received_when_nothing_more_is_awaited():
    done, half = Counts(Decimal(5), Decimal(5)), Counts(Decimal(5), Decimal(2))
    assert rules.state_event([done], in_transit=False) == "receive"
    assert rules.state_event([done, half], in_transit=False) == "receive_part"
    assert rules.state_event([done], in_transit=True) == "receive_part"
