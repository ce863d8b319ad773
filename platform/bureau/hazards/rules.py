"""States and clocks of a hazard."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from kernel import states

State: TypeAlias = Literal["found", "controlled", "removed", "closed", "dismissed"]
# found: alarm is out. controlled: people are safe for now (停用、封闭、专人看守). removed: the school says it is gone.
# closed: the bureau has seen that it is. dismissed: it was none, as the bureau found, or as the inspector's corrected
# answer says.
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("found", "control"): "controlled",
    ("found", "remove"): "removed",
    ("controlled", "remove"): "removed",
    ("removed", "close"): "closed",
    ("removed", "reject"): "controlled",
    ("found", "dismiss"): "dismissed",
    ("controlled", "dismiss"): "dismissed",
    ("removed", "dismiss"): "dismissed",
    ("found", "correct"): "dismissed",
    ("controlled", "correct"): "dismissed",
    ("removed", "correct"): "dismissed",
    ("dismissed", "reopen"): "found",
}
OPEN_STATES = ("found", "controlled", "removed")
WORD_OF_A_RED_LINE = "隐患"
REMIND_EVERY = timedelta(hours=24)


def next_state(state: str, event: str) -> str:
    return states.next_state(TRANSITIONS, state, event)


@dataclass(frozen=True, slots=True)
class Countdown:
    """What is due next: "control" or "remove" by the school, "check" by the bureau; None when nothing is. `late`: the
    time is over."""

    step: str | None
    due_at: datetime | None
    late: bool


def countdown(state: str, control_by: datetime, remove_by: datetime, at: datetime) -> Countdown:
    """By the clock of `at`; no click makes a hazard late. The time to remove it goes on while a check is awaited."""
    if state == "found":
        return Countdown("control", control_by, at > control_by)
    if state == "controlled":
        return Countdown("remove", remove_by, at > remove_by)
    if state == "removed":
        return Countdown("check", remove_by, at > remove_by)
    return Countdown(None, None, False)


def red_lines(vetoes: list[Any]) -> dict[str, str]:
    """{answer key: label} of the vetoes that are hazards: those whose verdict says so (重大事故隐患, 重大隐患). Other
    vetoes cost points or the grade and are matters of the score."""
    found = {}
    for veto in vetoes:
        if veto.effect == "verdict" and WORD_OF_A_RED_LINE in veto.label:
            unit = getattr(veto, "unit", None)
            found[f"{veto.item}@{unit}" if unit else veto.item] = veto.label
    return found
