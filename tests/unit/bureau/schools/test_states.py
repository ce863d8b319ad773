import itertools

import pytest

from bureau.schools import states
from bureau.schools.labels import EVENT
from bureau.schools.rules import STATES

ALLOWED = {
    ("active", "suspend"): "suspended",
    ("active", "merge"): "merged",
    ("suspended", "reopen"): "active",
    ("suspended", "merge"): "merged",
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product([*STATES, "unknown"], [*states.EVENTS, "unknown"])))
def test_the_whole_table(state, event):
    if (state, event) in ALLOWED:
        assert states.next_state(state, event) == ALLOWED[state, event]
    else:
        with pytest.raises(states.TransitionRefused) as refused:
            states.next_state(state, event)
        assert (refused.value.state, refused.value.event) == (state, event)


def test_the_buttons_follow_the_table():
    assert states.possible("active") == ("suspend", "merge")
    assert states.possible("suspended") == ("reopen", "merge")
    assert states.possible("merged") == ()
    assert tuple(EVENT) == states.EVENTS


@pytest.mark.parametrize(
    ("source", "target", "refusal"),
    [
        ((1, "active"), (2, "active"), None),
        ((1, "suspended"), (2, "active"), None),
        ((1, "active"), (1, "active"), "itself"),
        ((1, "suspended"), (1, "suspended"), "itself"),
        ((1, "active"), (2, "merged"), "target_merged"),
        ((1, "active"), (2, "suspended"), "target_suspended"),
        ((1, "merged"), (2, "active"), "source_merged"),
        ((1, "merged"), (1, "merged"), "source_merged"),
    ],
)
def test_which_merges_are_refused(source, target, refusal):
    assert states.merge_refusal(*source, *target) == refusal
