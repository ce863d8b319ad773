"""States and terms of challenges and complaints. Pure. Terms are in working days, the first day not counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kernel import states
from kernel.workdays.rules import Calendar, Reckoned, add_workdays

Stage = Literal["documents", "process", "result"]
STAGES: tuple[Stage, ...] = ("documents", "process", "result")
OPEN = ("filed", "accepted")
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("filed", "accept"): "accepted",
    ("filed", "return"): "returned",
    ("filed", "reject"): "rejected",
    ("filed", "answer"): "answered",  # an enquiry needs no acceptance
    ("filed", "withdraw"): "withdrawn",
    ("returned", "correct"): "filed",
    ("returned", "reject"): "rejected",
    ("returned", "withdraw"): "withdrawn",
    ("accepted", "answer"): "answered",
    ("accepted", "withdraw"): "withdrawn",
}
COMPLAINT_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("filed", "accept"): "accepted",
    ("filed", "refuse"): "refused",
    ("filed", "withdraw"): "withdrawn",
    ("accepted", "decide"): "decided",
    ("accepted", "withdraw"): "withdrawn",
}


def next_state(state: str, event: str) -> str:
    return states.next_state(TRANSITIONS, state, event)


def next_complaint_state(state: str, event: str) -> str:
    return states.next_state(COMPLAINT_TRANSITIONS, state, event)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a term for filing may run from. Days of Shanghai; None: it has not come.

    documents_until  the last day of the notice of the tender
    documents_taken  when this supplier got the document
    published        the notice of the tender
    result_ends      the last day of the notice of the result; result_out: the day it was published
    """

    published: date | None = None
    documents_taken: date | None = None
    documents_until: date | None = None
    result_out: date | None = None
    result_ends: date | None = None


def known_on(stage: Stage, occasion: Occasion, declared: date | None, today: date) -> date | None:
    """The day when the supplier knew or should have known (政府采购法 52, 实施条例 53); None: there is nothing yet.

    The document: the later of getting it and the end of its notice. The process: the day of the step, as the supplier
    names it, between the notice and today. The result: the end of its notice, which may be challenged before it too.
    """
    if occasion.published is None:
        return None
    if stage == "documents":
        days = [day for day in (occasion.documents_taken, occasion.documents_until) if day is not None]
        return max(days) if days else occasion.published
    if stage == "result":
        return None if occasion.result_out is None else occasion.result_ends
    if declared is None or not occasion.published <= declared <= today:
        return None
    return declared


def filing_until(known: date, workdays: int, calendar: Calendar) -> Reckoned[date]:
    return add_workdays(known, workdays, calendar)


def in_workdays(day: date, workdays: int, calendar: Calendar) -> date:
    return add_workdays(day, workdays, calendar).value


def unfounded_in_span(decided: Sequence[date], today: date, months: int) -> int:
    """How many of these decisions fall into the last `months` months."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    try:
        start = date(year, month + 1, today.day)
    except ValueError:  # the 31st of a month of 30 days
        start = date(year, month + 1, 28)
    return sum(1 for day in decided if start < day <= today)
