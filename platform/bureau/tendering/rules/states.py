"""The life of a tender: one table `(from, event) → to` with the guards that hold before it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

DRAFTING = ("draft", "review")
# From publication until nothing more is due of it: what a complaint may suspend, what Art. 29 may terminate.
RUNNING = (
    "bidding", "opening", "qualification_review", "evaluation", "report", "award_decision", "award_notice",
    "challenge_window", "contracting",
)  # fmt: skip
ENDED = ("complete", "terminated", "failed")
STATES = (*DRAFTING, *RUNNING, "complete", "suspended", "terminated", "failed")
BACK = "<back>"  # the state that a suspension came from
LIVE_LOTS = ("active", "awarded")


class NotInTable(ValueError):
    """The event does not exist in this state."""


class Guarded(ValueError):
    """The event exists here, but the guard named in `guard` does not hold."""

    def __init__(self, guard: str) -> None:
        super().__init__(guard)
        self.guard = guard


@dataclass(frozen=True, slots=True)
class Facts:
    """What guards look at. `live_lots`: lots neither failed nor cancelled. `may_return_to`: where a suspension came from."""

    at: datetime
    actor_id: UUID
    is_clock: bool = False
    reason: str = ""
    drafter_ids: frozenset[UUID] = field(default_factory=frozenset)
    bid_deadline: datetime | None = None
    live_lots: int = 0


@dataclass(frozen=True, slots=True)
class Transition:
    to: str
    guards: tuple[str, ...] = ()


GUARDS: Mapping[str, Callable[[Facts], bool]] = {
    "reason": lambda facts: bool(facts.reason.strip()),
    # Who wrote the tender does not pass it.
    "not_drafter": lambda facts: facts.actor_id not in facts.drafter_ids,
    # Nobody pushes a tender across a deadline by hand.
    "clock_only": lambda facts: facts.is_clock,
    "deadline_ahead": lambda facts: facts.bid_deadline is not None and facts.at < facts.bid_deadline,
    "deadline_reached": lambda facts: facts.bid_deadline is not None and facts.at >= facts.bid_deadline,
    "live_lot": lambda facts: facts.live_lots > 0,
    "no_live_lot": lambda facts: facts.live_lots == 0,
}

TABLE: Mapping[tuple[str, str], Transition] = {
    ("draft", "submit"): Transition("review", ("live_lot",)),
    ("review", "return"): Transition("draft", ("reason",)),
    ("review", "publish"): Transition("bidding", ("not_drafter", "deadline_ahead", "live_lot")),
    **{(state, "drop"): Transition("terminated", ("reason",)) for state in DRAFTING},
    ("bidding", "close_bidding"): Transition("opening", ("clock_only", "deadline_reached")),
    ("opening", "open"): Transition("qualification_review", ("live_lot",)),
    ("qualification_review", "qualify"): Transition("evaluation", ("live_lot",)),
    ("evaluation", "finish_evaluation"): Transition("report", ("live_lot",)),
    ("report", "deliver_report"): Transition("award_decision", ("live_lot",)),
    ("award_decision", "decide"): Transition("award_notice", ("live_lot",)),
    ("award_notice", "announce"): Transition("challenge_window", ("live_lot",)),
    ("challenge_window", "close_window"): Transition("contracting", ("live_lot",)),
    ("contracting", "complete"): Transition("complete", ("live_lot",)),
    # The committee meets again (Order 87, Art. 64), and an award that did not hold is decided anew.
    **{
        (state, "re_evaluate"): Transition("evaluation", ("reason", "live_lot"))
        for state in ("report", "award_decision", "award_notice", "challenge_window", "contracting")
    },
    **{
        (state, "withdraw_award"): Transition("award_decision", ("reason", "live_lot"))
        for state in ("award_notice", "challenge_window", "contracting")
    },
    **{(state, "suspend"): Transition("suspended", ("reason",)) for state in RUNNING},
    ("suspended", "resume"): Transition(BACK, ("reason",)),
    **{(state, "terminate"): Transition("terminated", ("reason",)) for state in (*RUNNING, "suspended")},
    **{(state, "fail"): Transition("failed", ("reason", "no_live_lot")) for state in (*RUNNING, "suspended")},
}
EVENTS = tuple(dict.fromkeys(event for _state, event in TABLE))


def next_state(state: str, event: str, facts: Facts, *, suspended_from: str | None = None) -> str:
    """Where `event` leads from `state`. Raises NotInTable or Guarded (the first guard that does not hold)."""
    transition = TABLE.get((state, event))
    if transition is None:
        raise NotInTable(f"{event} in {state}")
    for guard in transition.guards:
        if not GUARDS[guard](facts):
            raise Guarded(guard)
    if transition.to != BACK:
        return transition.to
    if suspended_from is None:
        raise NotInTable("a suspension that came from nowhere")
    return suspended_from


def events_from(state: str) -> tuple[str, ...]:
    return tuple(event for event in EVENTS if (state, event) in TABLE)


def accepts_bids(state: str, bid_deadline: datetime | None, at: datetime) -> bool:
    """Whether a bid that reaches the server at `at` is in time: before the deadline, by the server's clock (Art. 33)."""
    return state == "bidding" and bid_deadline is not None and at < bid_deadline
