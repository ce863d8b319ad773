"""What a school's module of self-checks offers to the bureau's pages; found by type, see bureau.oversight.feeds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.oversight.feeds import Span
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class SelfScore:
    """The self-check that stands beside an official result. `url`: where the bureau reads it."""

    school_id: int
    check_id: UUID
    submitted_at: datetime
    score: Decimal | None
    maximum: Decimal | None
    percent: Decimal | None
    band: str | None
    verdict: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Punctuality:
    """One school's recurring checks in a span. `expected`: those whose day is over, or that are done already;
    `late`: done after their day; the rest of them is not done."""

    school_id: int
    expected: int
    on_time: int
    late: int

    @property
    def undone(self) -> int:
        return self.expected - self.on_time - self.late

    @property
    def percent(self) -> int | None:
        return None if not self.expected else self.on_time * 100 // self.expected


@dataclass(frozen=True, slots=True)
class SelfCheckRequest:
    """What the bureau asked of schools at once. `done`: of a request with one deadline, the schools that submitted."""

    id: UUID
    title: str
    rhythm: str
    starts_on: date
    ends_on: date | None
    schools: int
    done: int


@dataclass(frozen=True, slots=True)
class SelfCheckFeed:
    """Self-checks (自查) of the actor's schools.

    scores       (actor, plan id) → {school_id: SelfScore}: the newest handed in before the official visit was, tied to
                 the plan before any other of the same form version
    punctuality  (actor, span) → one row per school that has recurring checks, from one statement
    ask          (actor, batch, school ids, **content) → how many schools are asked; the same batch is one request
    requests     (actor) → the bureau's requests, newest first
    end          (actor, batch, last day) → how many schools' schedules end with it
    rhythms      code → lazy label
    roles        code → lazy label, of those in a school who may be asked
    """

    scores: Callable[[Actor, UUID], Mapping[int, SelfScore]]
    punctuality: Callable[[Actor, Span], Sequence[Punctuality]]
    ask: Callable[..., int]
    requests: Callable[[Actor], Sequence[SelfCheckRequest]]
    end: Callable[[Actor, UUID, date], int]
    rhythms: Mapping[str, Any]
    roles: Mapping[str, Any]
