from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from types import SimpleNamespace
from uuid import UUID

import pytest

from bureau.agreements import change_rules, labels, rules, stage_rules
from bureau.agreements.change_rules import Added
from bureau.agreements.models import CHANGE_KINDS
from bureau.agreements.rules import AgreementTerms, ItemTerms, LotTerms
from kernel.states import NoTransition

FIRST, LAST = date(2026, 3, 1), date(2027, 2, 28)
DAY = timedelta(days=1)
EVENTS = ("sign", "cancel", "suspend", "resume", "terminate")
RICE, OIL = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(("state", "event"), list(product(rules.STATES, EVENTS)))
def test_every_pair_of_state_and_event_either_moves_or_raises(state, event):
    if (state, event) in rules.TRANSITIONS:
        assert rules.next_state(state, event) in rules.STATES
    else:
        with pytest.raises(NoTransition):
            rules.next_state(state, event)


def test_what_is_over_stays_over():
    assert not [pair for pair in rules.TRANSITIONS if pair[0] in ("terminated", "cancelled")]


def test_the_clock_begins_and_ends_an_agreement_both_days_inside():
    days = {FIRST - DAY: "signed", FIRST: "active", LAST: "active", LAST + DAY: "expired"}
    for day, expected in days.items():
        assert rules.standing("signed", FIRST, LAST, day) == expected
    assert rules.standing("suspended", FIRST, LAST, LAST) == "suspended"
    assert rules.standing("suspended", FIRST, LAST, LAST + DAY) == "expired"
    assert rules.standing("terminated", FIRST, LAST, LAST + DAY) == "terminated"
    assert rules.standing("pending", FIRST, LAST, LAST) == "pending"


def test_orders_only_from_an_active_agreement_and_an_active_lot():
    assert rules.may_order("signed", "active", FIRST, LAST, LAST)
    assert not rules.may_order("signed", "suspended", FIRST, LAST, FIRST)
    for state, day in (("suspended", FIRST), ("signed", FIRST - DAY), ("signed", LAST + DAY), ("terminated", FIRST)):
        assert not rules.may_order(state, "active", FIRST, LAST, day)


def test_thirty_days_to_sign_and_how_late_it_is():
    assert rules.sign_by(date(2026, 9, 28), 30) == date(2026, 10, 28)
    assert rules.days_late(date(2026, 10, 28), date(2026, 10, 28), LAST) == 0
    assert rules.days_late(date(2026, 10, 28), date(2026, 10, 30), LAST) == 2
    assert rules.days_late(date(2026, 10, 28), None, date(2026, 10, 29)) == 1
    assert rules.days_late(None, None, LAST) == 0


def test_states_events_and_kinds_have_words():
    assert set(labels.STANDINGS) == set(labels.STANDING_TONES) == set(rules.STANDINGS)
    assert set(EVENTS) <= set(labels.EVENTS)
    assert set(CHANGE_KINDS) == set(labels.CHANGE_KINDS) == set(change_rules.POSSIBLE)
    assert set(labels.CHANGE_TONES) == set(labels.CHANGE_STATES)
    assert {*rules.LOT_FIELDS, *rules.ITEM_FIELDS, "supplier_id", "first_day", "last_day", "second_stage"} == set(
        labels.TERMS
    )


def awarded(**values):
    items = (
        ItemTerms(RICE, "粳米", "kg", 520, Decimal("5000.000")),
        ItemTerms(OIL, "大豆油", "桶", 6800, Decimal(200)),
    )
    lot = LotTerms(1, "粮油", "fixed", items)
    return AgreementTerms(UUID(int=9), "协议", FIRST, LAST, (lot,), **values)


def with_lot(**values):
    terms = awarded()
    return replace(terms, lots=(replace(terms.lots[0], **values),))


def with_item(**values):
    lot = awarded().lots[0]
    return with_lot(items=(replace(lot.items[0], **values), lot.items[1]))


def test_the_same_terms_in_another_order_and_another_spelling_are_the_same():
    other = with_item(quantity=Decimal(5000))
    other = replace(other, title="另一个名称", lots=(replace(other.lots[0], items=other.lots[0].items[::-1]),))
    assert rules.differences(awarded(), other) == []
    assert rules.digest(awarded()) == rules.digest(other)


@pytest.mark.parametrize(
    ("proposed", "where", "field"),
    [
        (awarded(second_stage="mini_competition"), "", "second_stage"),
        (replace(awarded(), supplier_id=UUID(int=8)), "", "supplier_id"),
        (replace(awarded(), last_day=LAST + DAY), "", "last_day"),
        (replace(awarded(), first_day=FIRST - DAY), "", "first_day"),
        (replace(awarded(), lots=()), "1", "missing"),
        (with_lot(number=2), "1", "missing"),
        (with_lot(price_rule="discount", discount=Decimal(10)), "1", "price_rule"),
        (with_lot(amount_fen=1), "1", "amount_fen"),
        (with_lot(hold_days=30), "1", "hold_days"),
        (with_lot(settlement_notes="另付运费"), "1", "settlement_notes"),
        (with_lot(net_rate=Decimal(95)), "1", "net_rate"),
        (with_lot(balance_form="per_school"), "1", "balance_form"),
        (with_lot(items=awarded().lots[0].items[:1]), f"1/{OIL}", "missing"),
        (with_item(item_id=UUID(int=3)), f"1/{RICE}", "missing"),
        (with_item(price_fen=521), f"1/{RICE}", "price_fen"),
        (with_item(quantity=Decimal("5000.001")), f"1/{RICE}", "quantity"),
        (with_item(unit="袋"), f"1/{RICE}", "unit"),
        (with_item(tolerance=Decimal(1)), f"1/{RICE}", "tolerance"),
        (with_item(specification="二级"), f"1/{RICE}", "specification"),
    ],
)
def test_every_substantive_difference_is_named(proposed, where, field):
    found = rules.differences(awarded(), proposed)
    assert (where, field) in {(one.where, one.field) for one in found}
    assert rules.digest(awarded()) != rules.digest(proposed)


def added(quantity, original=1000, basis=520):
    return Added(Decimal(quantity), None if original is None else Decimal(original), basis)


def test_supplements_stay_within_ten_percent_of_the_original_amount_in_all():
    percent = Decimal(10)
    assert change_rules.supplement([added(100)], 520_000, 0, percent) == (None, 52_000, 52_000)
    assert change_rules.supplement([added("100.01")], 520_000, 0, percent)[0] == "too_much"
    assert change_rules.supplement([added(50)], 520_000, 26_000, percent)[0] is None
    assert change_rules.supplement([added(50)], 520_000, 26_001, percent)[0] == "too_much"
    # One line may take it all: the limit is of the amount, not of each line.
    assert change_rules.supplement([added(100, original=10)], 520_000, 0, percent)[0] is None


def test_without_an_amount_each_line_has_its_own_limit():
    percent = Decimal(10)
    assert change_rules.supplement([added(100, basis=None)], None, 0, percent)[0] is None
    assert change_rules.supplement([added("100.001", basis=None)], None, 0, percent)[0] == "too_much"
    assert change_rules.supplement([added(1, original=None, basis=None)], None, 0, percent)[0] == "too_much"
    assert change_rules.supplement([added(1, original=None, basis=None)], 10**9, 0, percent)[0] == "too_much"


def test_a_price_follows_the_market_only_when_it_moved_enough_and_not_too_far():
    def market(now):
        return change_rules.market_price(520, 500, now, Decimal(10), Decimal(30))

    assert market(549).refusal == market(451).refusal == "not_moved"
    assert (market(550).refusal, market(550).price_fen) == (None, 572)
    assert (market(450).refusal, market(450).price_fen) == (None, 468)
    assert market(650).refusal is None
    assert market(651).refusal == "too_far"
    assert market(100).refusal is None


def test_what_a_supplier_gives_up_only_goes_down():
    assert change_rules.lowered_price(520, 519).refusal is None
    assert {change_rules.lowered_price(520, new).refusal for new in (520, 521, 0)} == {"not_cheaper"}
    assert change_rules.lowered_discount(Decimal(10), Decimal("10.0001")) is None
    assert {change_rules.lowered_discount(Decimal(10), Decimal(new)) for new in (10, 9, 100)} == {"not_cheaper"}


def test_a_term_is_made_longer_before_it_is_over():
    assert change_rules.extension(LAST, LAST + DAY, LAST) is None
    assert change_rules.extension(LAST, LAST, LAST) == "not_longer"
    assert change_rules.extension(LAST, LAST + DAY, LAST + DAY) == "over"


def test_a_change_moves_once():
    assert change_rules.next_state("pending", "approve") == "active"
    assert change_rules.next_state("pending", "cancel") == "cancelled"
    assert {
        change_rules.next_state(state, event) for state in ("active", "cancelled") for event in ("approve", "cancel")
    } == {None}


def test_a_competition_is_closed_at_its_deadline_to_the_moment():
    deadline = datetime(2026, 9, 1, 9, 30)
    assert stage_rules.state_at("open", deadline, deadline - timedelta(microseconds=1)) == "open"
    assert stage_rules.state_at("open", deadline, deadline) == "closed"
    assert stage_rules.state_at("cancelled", deadline, deadline) == "cancelled"


def test_the_lowest_total_wins_and_of_two_the_earlier():
    def answer(name, total, minute):
        return SimpleNamespace(supplier_id=name, total_fen=total, answered_at=datetime(2026, 9, 1, 9, minute))

    answers = [answer("a", 500, 3), answer("b", 400, 9), answer("c", 400, 2)]
    assert [one.supplier_id for one in stage_rules.ranked(answers)] == ["c", "b", "a"]
