from datetime import date
from itertools import product

import pytest

from bureau.challenges import labels, rules
from bureau.challenges.models import COMPLAINT_STATES, STATES
from bureau.challenges.rules import Occasion
from kernel.states import NoTransition
from kernel.workdays.arrangement import national_days
from kernel.workdays.rules import Calendar

EVENTS = ("accept", "return", "reject", "answer", "withdraw", "correct")
COMPLAINT_EVENTS = ("accept", "refuse", "withdraw", "decide")
WHOLE = Occasion(date(2026, 5, 6), date(2026, 5, 8), date(2026, 5, 13), date(2026, 6, 10), date(2026, 6, 11))
TODAY = date(2026, 6, 12)


@pytest.fixture(scope="module")
def calendar():
    days = national_days()
    return Calendar({day.day: day.is_workday for day in days}, frozenset(day.day.year for day in days))


@pytest.mark.parametrize(("state", "event"), list(product(STATES, EVENTS)))
def test_every_pair_moves_or_raises(state, event):
    if (state, event) in rules.TRANSITIONS:
        assert rules.next_state(state, event) in STATES
    else:
        with pytest.raises(NoTransition):
            rules.next_state(state, event)


@pytest.mark.parametrize(("state", "event"), list(product(COMPLAINT_STATES, COMPLAINT_EVENTS)))
def test_every_pair_of_a_complaint_moves_or_raises(state, event):
    if (state, event) in rules.COMPLAINT_TRANSITIONS:
        assert rules.next_complaint_state(state, event) in COMPLAINT_STATES
    else:
        with pytest.raises(NoTransition):
            rules.next_complaint_state(state, event)


def test_what_is_answered_rejected_or_withdrawn_stays_so():
    assert not {state for state, _event in rules.TRANSITIONS} & {"answered", "rejected", "withdrawn"}
    assert not {state for state, _event in rules.COMPLAINT_TRANSITIONS} & {"refused", "decided", "withdrawn"}


def test_there_are_words_for_all():
    assert set(labels.STATES) == set(labels.STATE_TONES) == set(STATES)
    assert set(labels.COMPLAINT_STATES) == set(COMPLAINT_STATES)
    assert set(labels.STAGES) == set(labels.NOT_YET) == set(rules.STAGES)


@pytest.mark.parametrize(
    ("stage", "occasion", "declared", "known"),
    [
        ("documents", WHOLE, None, date(2026, 5, 13)),
        ("documents", Occasion(date(2026, 5, 6), date(2026, 5, 20), date(2026, 5, 13)), None, date(2026, 5, 20)),
        ("documents", Occasion(date(2026, 5, 6)), None, date(2026, 5, 6)),
        ("documents", Occasion(), None, None),
        ("result", WHOLE, date(2020, 1, 1), date(2026, 6, 11)),
        ("result", Occasion(date(2026, 5, 6)), None, None),
        ("process", WHOLE, date(2026, 6, 3), date(2026, 6, 3)),
        ("process", WHOLE, date(2026, 5, 5), None),
        ("process", WHOLE, date(2026, 6, 13), None),
        ("process", WHOLE, None, None),
    ],
)
def test_from_when_the_term_runs(stage, occasion, declared, known):
    assert rules.known_on(stage, occasion, declared, TODAY) == known


def test_seven_working_days_over_the_labour_day_holiday(calendar):
    """The example of an examination: known on 6 May 2025, filed until 15 May."""
    assert rules.filing_until(date(2025, 5, 6), 7, calendar).value == date(2025, 5, 15)


def test_only_decisions_of_the_last_months_count():
    decided = [date(2025, 6, 12), date(2025, 6, 13), date(2026, 6, 12), date(2026, 6, 13)]
    assert rules.unfounded_in_span(decided, TODAY, 12) == 2
    assert rules.unfounded_in_span([date(2026, 2, 28), date(2026, 3, 1)], date(2026, 3, 31), 1) == 1
