"""The interfaces through which what schools record reaches the bureau.

The bureau may not import the schools' modules. A module that has something to show puts an object of one of these
types into its `Module.publishes`; the pages here find them by type. Every function gets the actor and answers within
the actor's scope only: a zone supervisor sees the zone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app

from kernel.actor import Actor
from kernel.database.paging import Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure per school: `counts(actor, span)` → {school_id: count}. `label`, `help`: lazy translations.

    `endpoint`: the page of this module's own that lists what was counted, shown with the same span.
    """

    name: str
    label: Any
    help: Any
    counts: Callable[[Actor, Span], dict[int, int]]
    endpoint: str


@dataclass(frozen=True, slots=True)
class CertificateGap:
    """Receipts of one school that lack a certificate for goods of one category."""

    school_id: int
    category_id: UUID
    category_name: str
    receipts: int


@dataclass(frozen=True, slots=True)
class UncertifiedReceipt:
    """`missing`: the certificates' names. `url`: where the bureau reads the receipt."""

    id: UUID
    school_id: int
    number: str
    received_at: datetime
    supplier_name: str
    received_by_name: str
    missing: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class UncertifiedReceipts:
    """Receipts without certificates (无证收货).

    received  (actor, span) → {school_id: recorded receipts, with or without certificates}
    gaps      (actor, span) → one CertificateGap per school and category
    schools   (actor, span) → {school_id: receipts that lack at least one}
    receipts  (actor, span, school_ids or None, category_id or None, cursor, limit) → a page, newest first
    """

    received: Callable[[Actor, Span], dict[int, int]]
    gaps: Callable[[Actor, Span], Sequence[CertificateGap]]
    schools: Callable[[Actor, Span], dict[int, int]]
    receipts: Callable[[Actor, Span, Sequence[int] | None, UUID | None, str | None, int], Page[UncertifiedReceipt]]


def published(kind: type[T]) -> list[T]:
    """Everything of this type that the deployment's modules publish, in the modules' order."""
    modules = current_app.extensions["houqin.modules"]
    return [offer for module in modules for offer in module.publishes if isinstance(offer, kind)]
