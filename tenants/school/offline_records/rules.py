"""Pure rules of records made on a phone without a network: which instant counts, what is the same record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kernel.digests import digest

RECEIPT = "receipt"
CONFIRMATION = "receipt_confirmation"
SKEW = timedelta(minutes=5)  # how far a corrected instant may lie ahead: the offset was measured over a network
PHOTO, PHOTOS = "photo", "photos"  # members of a body that name pictures by their SHA-256


class Flag(StrEnum):
    """Why a claimed instant was not taken at its word."""

    LATE = "late"  # it arrived longer after it was made than is believed without question
    CLOCK = "clock"  # the phone's clock was wrong
    AHEAD = "ahead"  # it would have been made in the future


@dataclass(frozen=True, slots=True)
class Claim:
    """`at`: when it was made, by the service's clock, never later than it arrived. `counts_at`: from when it counts as
    written down."""

    at: datetime
    counts_at: datetime
    flags: tuple[Flag, ...] = ()


def judge(
    made_at: datetime, offset_ms: int, received_at: datetime, *, most_hours: Decimal, most_clock_minutes: Decimal
) -> Claim:
    """`offset_ms`: the service's clock less the phone's. What is not believed is kept as claimed and counts from its
    arrival: a record is never dated back silently."""
    try:
        claimed = made_at + timedelta(milliseconds=offset_ms)
    except OverflowError:
        return Claim(received_at, received_at, (Flag.CLOCK,))
    flags = []
    if claimed > received_at + SKEW:
        flags.append(Flag.AHEAD)
    if received_at - claimed > timedelta(hours=float(most_hours)):
        flags.append(Flag.LATE)
    if abs(offset_ms) > most_clock_minutes * 60_000:
        flags.append(Flag.CLOCK)
    at = min(claimed, received_at)
    return Claim(at, received_at if flags else at, tuple(flags))


def content_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a record the same one when it is sent again: not the phone's measure of its clock, which changes."""
    return {name: document.get(name) for name in ("kind", "school_id", "made_at", "body", "files")}


def content_digest(document: Mapping[str, Any]) -> str:
    return digest(content_of(document))


def pictures(body: Any) -> Iterator[str]:
    """Every SHA-256 that a body names under `photo` or `photos`, wherever it stands."""
    if isinstance(body, Mapping):
        for name, value in body.items():
            if name in (PHOTO, PHOTOS):
                yield from _hashes(value)
            else:
                yield from pictures(value)
    elif isinstance(body, Sequence) and not isinstance(body, str):
        for inner in body:
            yield from pictures(inner)


def _hashes(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Sequence):
        return [one for one in value if isinstance(one, str)]
    return []
