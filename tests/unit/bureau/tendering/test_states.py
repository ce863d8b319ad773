from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.tendering.rules.states import (
    BACK,
    ENDED,
    EVENTS,
    GUARDS,
    RUNNING,
    STATES,
    TABLE,
    Facts,
    Guarded,
    NotInTable,
    accepts_bids,
    events_from,
    next_state,
)

NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
FINE = Facts(at=NOON, actor_id=uuid4(), reason="演示原因", bid_deadline=NOON + timedelta(days=20), live_lots=1)
WAY = (
    ("submit", "review"), ("publish", "bidding"), ("close_bidding", "opening"), ("open", "qualification_review"),
    ("qualify", "evaluation"), ("finish_evaluation", "report"), ("deliver_report", "award_decision"),
    ("decide", "award_notice"), ("announce", "challenge_window"), ("close_window", "contracting"),
    ("complete", "complete"),
)  # fmt: skip


def facts_for(event):
    if event == "close_bidding":
        return replace(FINE, is_clock=True, at=FINE.bid_deadline)
    if event == "fail":
        return replace(FINE, live_lots=0)
    return FINE


def test_the_straight_way_from_draft_to_complete():
    state = "draft"
    for event, expected in WAY:
        state = next_state(state, event, facts_for(event))
        assert state == expected


def test_every_state_is_reached_and_every_guard_used():
    reached = {transition.to for transition in TABLE.values()} | {"draft"}
    assert reached - {BACK} == set(STATES)
    assert {guard for transition in TABLE.values() for guard in transition.guards} == set(GUARDS)


@pytest.mark.parametrize(
    ("state", "event", "changed", "guard"),
    [
        ("draft", "submit", {"live_lots": 0}, "live_lot"),
        ("review", "return", {"reason": "  "}, "reason"),
        ("review", "publish", {"drafter_ids": frozenset({FINE.actor_id})}, "not_drafter"),
        ("review", "publish", {"bid_deadline": NOON}, "deadline_ahead"),
        ("review", "publish", {"bid_deadline": None}, "deadline_ahead"),
        ("bidding", "close_bidding", {"at": FINE.bid_deadline}, "clock_only"),
        ("bidding", "close_bidding", {"is_clock": True, "at": FINE.bid_deadline - timedelta(microseconds=1)}, "deadline_reached"),
        ("opening", "open", {"live_lots": 0}, "live_lot"),
        ("qualification_review", "qualify", {"live_lots": 0}, "live_lot"),
        ("evaluation", "fail", {}, "no_live_lot"),
        ("bidding", "terminate", {"reason": ""}, "reason"),
        ("contracting", "suspend", {"reason": ""}, "reason"),
        ("suspended", "resume", {"reason": ""}, "reason"),
        ("challenge_window", "withdraw_award", {"reason": ""}, "reason"),
        ("report", "re_evaluate", {"reason": ""}, "reason"),
        ("draft", "drop", {"reason": ""}, "reason"),
    ],
)  # fmt: skip
def test_each_guard_refuses(state, event, changed, guard):
    with pytest.raises(Guarded) as refusal:
        next_state(state, event, replace(FINE, **changed), suspended_from="bidding")
    assert refusal.value.guard == guard


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("draft", "publish"),  # nobody passes by the review
        ("award_decision", "announce"),  # no award notice before the purchaser's decision
        ("opening", "qualify"),
        ("bidding", "open"),
        ("complete", "terminate"),
        ("failed", "resume"),
        ("draft", "terminate"),
        ("suspended", "suspend"),
    ],
)
def test_what_the_table_does_not_hold(state, event):
    with pytest.raises(NotInTable):
        next_state(state, event, facts_for(event), suspended_from="bidding")


@pytest.mark.parametrize("state", RUNNING)
def test_a_suspension_goes_back_to_where_it_came_from(state):
    assert next_state(state, "suspend", FINE) == "suspended"
    assert next_state("suspended", "resume", FINE, suspended_from=state) == state
    with pytest.raises(NotInTable):
        next_state("suspended", "resume", FINE)


def test_nothing_leaves_an_end():
    for state in ENDED:
        assert events_from(state) == ()


@given(
    st.lists(st.tuples(st.sampled_from(EVENTS), st.booleans(), st.booleans(), st.integers(0, 2), st.integers(-5, 30)))
)
def test_no_sequence_of_events_leaves_the_table(steps):
    """Whatever is tried in whatever order, only transitions of the table happen, and an end is an end."""
    state, came_from = "draft", None
    for event, is_clock, has_reason, lots, days in steps:
        facts = Facts(
            at=NOON + timedelta(days=days), actor_id=uuid4(), is_clock=is_clock, reason="演示" if has_reason else "",
            bid_deadline=FINE.bid_deadline, live_lots=lots,
        )  # fmt: skip
        before = state
        try:
            state = next_state(before, event, facts, suspended_from=came_from)
        except (NotInTable, Guarded):
            assert state == before
            continue
        assert before not in ENDED
        assert (before, event) in TABLE
        assert state in STATES
        if event == "close_bidding":
            assert is_clock
            assert facts.at >= facts.bid_deadline
        came_from = before if state == "suspended" else None


def test_a_bid_is_in_time_until_the_deadline_and_not_at_it():
    deadline = FINE.bid_deadline
    assert accepts_bids("bidding", deadline, deadline - timedelta(microseconds=1))
    assert not accepts_bids("bidding", deadline, deadline)
    assert not accepts_bids("suspended", deadline, NOON)
    assert not accepts_bids("bidding", None, NOON)
