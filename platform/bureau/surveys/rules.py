"""Which forms can be asked of anybody, what counts, and the limits against stuffing."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from scorecards.form import AllOrNothing, Form, Judged, Levels, Unscored, YesNo

ASKABLE = (Levels, YesNo, AllOrNothing, Judged, Unscored)
# Reading a question takes a person longer than this; a script does not read.
SECONDS_PER_QUESTION = 1.0
# A ticket is the page as it was opened; a page left open overnight asks for a new one.
TICKET_LIFE = timedelta(hours=12)
# A school's own network shows the world one address, so many may answer from it, but not all in one minute.
PER_ADDRESS_A_DAY = 300
BURST_ANSWERS, BURST_SPAN = 20, timedelta(minutes=1)
# Fewer are not shown one by one: whoever knows who answered would know what.
LEAST_SHOWN = 5


def unaskable(form: Form) -> list[str]:
    """Codes of the items that need an inspector (counting, listed deductions, red lines)."""
    return [item.code for item in form.items() if not isinstance(item.rule, ASKABLE)]


def address_hash(key: str, address: str) -> str:
    return hmac.new(key.encode(), address.encode(), hashlib.sha256).hexdigest()


def make_ticket(key: str, opened_at: datetime, nonce: str) -> str:
    """Names the moment at which the page was opened; only the survey's key makes one."""
    stamp = f"{int(opened_at.timestamp())}.{nonce}"
    return f"{stamp}.{hmac.new(key.encode(), stamp.encode(), hashlib.sha256).hexdigest()[:32]}"


def read_ticket(key: str, ticket: str) -> datetime | None:
    """When its page was opened; None if it was not made here."""
    stamp, _dot, mark = ticket.rpartition(".")
    wanted = hmac.new(key.encode(), stamp.encode(), hashlib.sha256).hexdigest()[:32]
    seconds = stamp.partition(".")[0]
    if not hmac.compare_digest(mark.encode(), wanted.encode()) or not seconds.isdecimal():
        return None
    return datetime.fromtimestamp(int(seconds)).astimezone()


@dataclass(frozen=True, slots=True)
class Tally:
    """`mean`: percent over what is counted, one place, None below LEAST_SHOWN; `items`: code → level or yes/no → how
    many."""

    answers: int
    counted: int
    mean: Decimal | None
    items: Mapping[str, Mapping[str, int]]


def tally(rows: Iterable[tuple[Mapping[str, Any], Decimal | None, str]]) -> Tally:
    """From (answers, percent, doubtful)."""
    answers = counted = 0
    percents: list[Decimal] = []
    items: dict[str, dict[str, int]] = {}
    for given, percent, doubtful in rows:
        answers += 1
        if doubtful:
            continue
        counted += 1
        if percent is not None:
            percents.append(percent)
        for code, answer in given.items():
            kind, value = next(iter(answer.items()))
            choice = str(value) if kind in ("level", "judged") else ("yes" if value is True else str(kind))
            if kind == "met" and value is False:
                choice = "no"
            counts = items.setdefault(code, {})
            counts[choice] = counts.get(choice, 0) + 1
    if counted < LEAST_SHOWN:
        return Tally(answers, counted, None, {})
    mean = None
    if percents:
        mean = (sum(percents, Decimal(0)) / len(percents)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Tally(answers, counted, mean, items)
