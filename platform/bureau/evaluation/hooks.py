"""What packages above the evaluation rest on its result. They put these into their `Module.publishes`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bureau.tendering.models import Tender
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a result does not stand any more, and who says so: who asked for the new evaluation, and when. `kind`: which
    case of the law, for everybody to read; `reason`: the officer's own words, which may name people."""

    kind: str
    reason: str
    asked_at: datetime
    asked_by: UUID
    asked_by_name: str


@dataclass(frozen=True, slots=True)
class RestsOnResult:
    """is_decided  (actor, tender) → whether anything was decided on the result, so that taking it back needs two people.
    require_free  (actor, tender): raises RuleBroken where the result can no longer be taken back.
    withdraw      (actor, tender, withdrawal): undoes what rests on it. In the transaction, before the tender moves.
    """

    is_decided: Callable[[Actor, Tender], bool]
    require_free: Callable[[Actor, Tender], None]
    withdraw: Callable[[Actor, Tender, Withdrawal], None]
