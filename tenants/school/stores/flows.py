"""What may follow what: one table of states per kind of record. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from kernel import states


class Requisition(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PREPARED = "prepared"  # hazardous goods: one keeper made it up, the second has to sign
    ISSUED = "issued"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Stocktake(StrEnum):
    COUNTING = "counting"
    COUNTED = "counted"
    POSTED = "posted"
    CANCELLED = "cancelled"


class Confirmation(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Month(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


TABLES: Mapping[str, Mapping[tuple[str, str], str]] = {
    "requisition": {
        (Requisition.SUBMITTED, "approve"): Requisition.APPROVED,
        (Requisition.SUBMITTED, "refuse"): Requisition.REFUSED,
        (Requisition.SUBMITTED, "cancel"): Requisition.CANCELLED,
        (Requisition.APPROVED, "cancel"): Requisition.CANCELLED,
        (Requisition.APPROVED, "prepare"): Requisition.PREPARED,
        (Requisition.APPROVED, "issue"): Requisition.ISSUED,
        (Requisition.PREPARED, "issue"): Requisition.ISSUED,
        (Requisition.PREPARED, "undo"): Requisition.APPROVED,
    },
    "stocktake": {
        (Stocktake.COUNTING, "finish"): Stocktake.COUNTED,
        (Stocktake.COUNTING, "cancel"): Stocktake.CANCELLED,
        (Stocktake.COUNTED, "recount"): Stocktake.COUNTING,
        (Stocktake.COUNTED, "approve"): Stocktake.POSTED,
        (Stocktake.COUNTED, "cancel"): Stocktake.CANCELLED,
    },
    "confirmation": {
        (Confirmation.WAITING, "confirm"): Confirmation.CONFIRMED,
        (Confirmation.WAITING, "refuse"): Confirmation.REFUSED,
    },
    "month": {
        (Month.OPEN, "close"): Month.CLOSED,
        (Month.CLOSED, "reopen"): Month.OPEN,
    },
}


def next_state(kind: str, state: str, event: str) -> str:
    return str(states.next_state(TABLES[kind], state, event))
