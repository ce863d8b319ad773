from decimal import Decimal
from itertools import product
from uuid import uuid4

import pytest

from bureau.appeals import labels, rules
from bureau.appeals.rules import UpheldRate
from kernel.states import NoTransition

EVENTS = ("send", "withdraw", "uphold", "reject")
ALLOWED = {("draft", "send"), ("sent", "withdraw"), ("sent", "uphold"), ("sent", "reject")}


@pytest.mark.parametrize(("state", "event"), list(product(rules.STATES, EVENTS)))
def test_every_pair_of_state_and_event_either_moves_or_raises(state, event):
    if (state, event) in ALLOWED:
        assert rules.next_state(state, event) in rules.STATES
    else:
        with pytest.raises(NoTransition):
            rules.next_state(state, event)


def test_states_and_events_have_words():
    assert set(labels.STATES) == set(labels.STATE_TONES) == set(rules.STATES)
    assert set(labels.EVENTS) == set(EVENTS)


def test_what_was_decided_stays_decided():
    assert not any(state in rules.DECIDED for state, _event in rules.TRANSITIONS)


def test_an_inspector_of_the_visit_does_not_decide():
    one, other = uuid4(), uuid4()
    assert rules.may_decide(one, {other})
    assert not rules.may_decide(one, {one, other})


def test_rates_are_of_what_was_decided():
    never = UpheldRate("a", "甲", 9, 2, 0, 0)
    third = UpheldRate("b", "乙", 9, 3, 3, 1)
    both = UpheldRate("c", "丙", 9, 2, 2, 2)
    assert (never.rate, third.rate, both.rate) == (None, Decimal("0.3333"), Decimal(1))
    assert [row.key for row in rules.by_rate([never, third, both])] == ["c", "b", "a"]
