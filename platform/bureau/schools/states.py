"""The life of a school as one table. Pure."""

from typing import Literal, cast

State = Literal["active", "suspended", "merged"]
Event = Literal["suspend", "reopen", "merge"]

# A merged school has no way back: its people and records have gone on with another one.
TRANSITIONS: dict[tuple[State, Event], State] = {
    ("active", "suspend"): "suspended",
    ("suspended", "reopen"): "active",
    ("active", "merge"): "merged",
    ("suspended", "merge"): "merged",
}
EVENTS: tuple[Event, ...] = ("suspend", "reopen", "merge")


class TransitionRefused(Exception):
    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} is not possible from {state}")
        self.state = state
        self.event = event


def next_state(state: str, event: str) -> State:
    """The state after `event`; TransitionRefused for every pair that is not in the table."""
    following = TRANSITIONS.get(cast(tuple[State, Event], (state, event)))
    if following is None:
        raise TransitionRefused(state, event)
    return following


def possible(state: str) -> tuple[Event, ...]:
    """The events that may happen next; for the buttons of a page."""
    return tuple(event for event in EVENTS if (state, event) in TRANSITIONS)


StaffChoice = Literal["carry_over", "end"]  # what becomes of the people of a school that is merged
STAFF_CHOICES: tuple[StaffChoice, ...] = ("carry_over", "end")

MergeRefusal = Literal["itself", "source_merged", "target_merged", "target_suspended"]


def merge_refusal(source_id: int, source_state: str, target_id: int, target_state: str) -> MergeRefusal | None:
    """Why `source` cannot be merged into `target`, None when it can. A merged target would start a chain."""
    if source_state == "merged":
        return "source_merged"
    if source_id == target_id:
        return "itself"
    if target_state == "merged":
        return "target_merged"
    if target_state == "suspended":
        return "target_suspended"
    return None
