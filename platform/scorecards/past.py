"""What the forms ask of whoever keeps the visits: their answers and remarks. The visits live above this layer, so the
composition root hands the functions in (see scorecards.module)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.actor import Actor

MOST_VISITS = 2000


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A submitted visit: its answers' JSON by key, what the school had, and the official score."""

    answers: Mapping[str, Any]
    tags: Collection[str] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, Any] = field(default_factory=dict)
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OftenWritten:
    """A remark that inspectors wrote `times` times at an item, with the answer it most often went with."""

    item_code: str
    text: str
    times: int
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PastVisits:
    """`answers(actor, version_id, limit)`: newest first. `remarks(actor, version_ids, limit)`: most written first."""

    answers: Callable[[Actor, UUID, int], Sequence[PastVisit]]
    remarks: Callable[[Actor, Sequence[UUID], int], Sequence[OftenWritten]]
