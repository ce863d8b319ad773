import pytest

from bureau.collusion.rules.decisions import EVENTS, TABLE, NotInTable, events_from, next_state


@pytest.mark.parametrize(
    ("state", "events"),
    [
        ("open", ["dismiss", "refer", "invalidate"]), ("dismissed", ["reopen"]), ("invalid", ["reopen"]),
        ("referred", ["dismiss", "invalidate", "reopen"]),
    ],
)  # fmt: skip
def test_what_may_become_of_a_sign(state, events):
    assert events_from(state) == events
    for event in EVENTS:
        if event in events:
            assert next_state(state, event) == TABLE[state, event]
        else:
            with pytest.raises(NotInTable):
                next_state(state, event)
