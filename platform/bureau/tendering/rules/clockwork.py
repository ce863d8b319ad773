"""What the clock has to do on a tender, and when it must look again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Step = Literal["check_takers", "close_bidding"]


@dataclass(frozen=True, slots=True)
class Hands:
    """`takers_checked`: for which end of the document period it was looked how many took the documents."""

    state: str
    documents_until: datetime | None
    bid_deadline: datetime | None
    takers_checked: datetime | None = None


def pending(hands: Hands) -> list[tuple[datetime, Step]]:
    """What is still to be done by itself, in the order of its instants."""
    if hands.state != "bidding" or hands.bid_deadline is None:
        return []
    steps: list[tuple[datetime, Step]] = [(hands.bid_deadline, "close_bidding")]
    until = hands.documents_until
    checked = until is not None and hands.takers_checked is not None and hands.takers_checked >= until
    if until is not None and until < hands.bid_deadline and not checked:
        steps.append((until, "check_takers"))
    return sorted(steps)


def due(hands: Hands, at: datetime) -> tuple[datetime, Step] | None:
    """The first step whose instant has come. A late clock does the steps one by one, each at its own instant."""
    return next((step for step in pending(hands) if step[0] <= at), None)


def next_check(hands: Hands) -> datetime | None:
    return next((instant for instant, _step in pending(hands)), None)
