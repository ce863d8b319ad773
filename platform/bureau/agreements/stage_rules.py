"""Pure rules of the second stage: what the clock says of a competition, and who wins."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, TypeVar

CompetitionState = Literal["open", "closed", "decided", "cancelled", "failed"]
Answer = TypeVar("Answer", bound=Any)


def state_at(state: str, deadline: datetime, at: datetime) -> CompetitionState:
    """An open competition is closed from its deadline on, to the moment; no job need run for it."""
    if state == "open" and at >= deadline:
        return "closed"
    return state  # type: ignore[return-value]


def ranked(answers: Iterable[Answer]) -> list[Answer]:
    """Lowest total first; of two equal totals the one that was given earlier."""
    return sorted(answers, key=lambda one: (one.total_fen, one.answered_at, str(one.supplier_id)))
