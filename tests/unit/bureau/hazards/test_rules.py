from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bureau.hazards import rules
from kernel.states import NoTransition
from scorecards.result import VetoFound

NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)
STATES = ("found", "controlled", "removed", "closed", "dismissed")
EVENTS = sorted({event for _state, event in rules.TRANSITIONS})


def test_every_pair_is_a_transition_or_refused() -> None:
    for state, event in product(STATES, EVENTS):
        if (state, event) in rules.TRANSITIONS:
            assert rules.next_state(state, event) in STATES
        else:
            with pytest.raises(NoTransition):
                rules.next_state(state, event)


def test_only_the_bureaus_check_closes() -> None:
    assert [key for key, to in rules.TRANSITIONS.items() if to == "closed"] == [("removed", "close")]


@pytest.mark.parametrize(
    ("state", "after", "step", "late"),
    [
        ("found", 1, "control", False),
        ("found", 25, "control", True),
        ("controlled", 25, "remove", False),
        ("controlled", 400, "remove", True),
        ("removed", 25, "check", False),
        ("removed", 400, "check", True),
        ("closed", 400, None, False),
        ("dismissed", 400, None, False),
    ],
)
def test_the_clock_makes_late(state: str, after: int, step: str | None, late: bool) -> None:
    clock = rules.countdown(state, NOW + timedelta(hours=24), NOW + timedelta(days=15), NOW + timedelta(hours=after))
    assert (clock.step, clock.late) == (step, late)


def test_only_verdicts_that_name_a_hazard_are_red_lines() -> None:
    vetoes = [
        VetoFound("1", "verdict", "重大事故隐患"),
        VetoFound("2", "verdict", "不合格"),
        VetoFound("3", "form_zero", ""),
        VetoFound("4", "band_cap", "重大隐患"),
    ]
    assert rules.red_lines(vetoes) == {"1": "重大事故隐患"}
