import hashlib
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.rectifications import labels, rules
from kernel.states import NoTransition

FIGURES = rules.Figures(1, 3, 7, 50, 20, 3, 7)
DAY = date(2026, 11, 20)
EVENTS = {event for _state, event in rules.TRANSITIONS}
ALLOWED = {
    ("open", "reply"), ("unresolved", "reply"), ("replied", "send_back"), ("replied", "accept"), ("accepted", "draw"),
    ("accepted", "close"), ("recheck", "find_fixed"), ("recheck", "find_unresolved"), ("withdrawn", "open"),
    *((state, "withdraw") for state in ("open", "unresolved", "replied", "accepted", "recheck")),
}  # fmt: skip


@pytest.mark.parametrize(("state", "event"), list(product(rules.STATES, sorted(EVENTS))))
def test_every_pair_of_state_and_event_either_moves_or_raises(state, event):
    if (state, event) in ALLOWED:
        assert rules.next_state(state, event) in rules.STATES
    else:
        with pytest.raises(NoTransition):
            rules.next_state(state, event)


@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=30))
def test_no_way_leads_out_of_closed_and_to_closed_only_past_the_desk(events):
    state, seen = "open", ["open"]
    for event in events:
        try:
            state = rules.next_state(state, event)
        except NoTransition:
            continue
        assert seen[-1] != "closed"
        seen.append(state)
    if "closed" in seen:
        assert "accepted" in seen


def test_states_events_and_severities_have_words():
    assert set(labels.STATES) == set(labels.STATE_TONES) == set(rules.STATES)
    assert set(labels.EVENTS) >= EVENTS
    assert set(labels.SEVERITIES) == set(rules.SEVERITIES)


@pytest.mark.parametrize(
    ("lost", "available", "vetoed", "key", "expected"),
    [
        ("1", "10", True, False, "immediate"), ("1", "10", False, True, "immediate"), ("5", "10", False, False, "urgent"),
        ("4.9", "10", False, False, "normal"), ("2", "10", False, False, "normal"), ("1.9", "10", False, False, "term"),
        ("0", None, False, False, "urgent"),
    ],
)  # fmt: skip
def test_severity(lost, available, vetoed, key, expected):
    points = None if available is None else Decimal(available)
    assert rules.severity(Decimal(lost), points, vetoed=vetoed, key=key, figures=FIGURES) == expected


def test_deadlines():
    end = DAY + timedelta(days=60)
    assert [(rules.deadline(one, DAY, end, FIGURES) - DAY).days for one in rules.SEVERITIES] == [1, 3, 7, 60]
    assert (rules.deadline("term", DAY, None, FIGURES) - DAY).days == 7
    assert (
        rules.deadline("term", DAY, DAY + timedelta(days=2), FIGURES) - DAY
    ).days == 7  # the term is as good as over


@given(st.sampled_from(rules.STATES), st.integers(-30, 60))
def test_colour_and_its_bounds_say_the_same(state, late):
    due_on = DAY - timedelta(days=late)
    tone = rules.overdue(state, due_on, DAY, FIGURES)
    for other in ("yellow", "orange", "red"):
        first, last = rules.due_bounds(other, DAY, FIGURES)
        within = due_on <= last and (first is None or due_on >= first)
        assert (within and state in rules.SCHOOL_STATES) is (tone == other)


@given(st.sets(st.text(min_size=1, max_size=8), max_size=40), st.integers(0, 100), st.randoms())
def test_a_draw_depends_on_the_set_and_the_seed_alone(pool, share, chance):
    listed = sorted(pool)
    shuffled = list(listed)
    chance.shuffle(shuffled)
    found = rules.drawn("seed", listed, share)
    assert rules.drawn("seed", shuffled, share) == found
    assert len(found) == (min(len(pool), -(-len(pool) * share // 100)) if share else 0)
    assert set(found) <= pool
    keys = [hashlib.sha256(f"seed:{one}".encode()).hexdigest() for one in found]
    rest = [hashlib.sha256(f"seed:{one}".encode()).hexdigest() for one in pool - set(found)]
    assert keys == sorted(keys)
    assert not found or not rest or max(keys) <= min(rest)
