"""A state machine is one table (state, event) → state, and raises otherwise. Pure."""

from collections.abc import Mapping
from typing import TypeVar

Target = TypeVar("Target")


class NoTransition(ValueError):
    """The event does not exist in this state."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"no {event!r} from {state!r}")
        self.state = state
        self.event = event


def next_state(transitions: Mapping[tuple[str, str], Target], state: str, event: str) -> Target:
    try:
        return transitions[state, event]
    except KeyError:
        raise NoTransition(state, event) from None
