"""Pure rules of rectification: severity and deadline, states, overdue by the clock, the sample to look at again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from kernel import states

TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("open", "reply"): "replied",
    ("unresolved", "reply"): "replied",
    ("replied", "send_back"): "open",
    ("replied", "accept"): "accepted",
    ("accepted", "draw"): "recheck",  # 回头看: drawn, or picked by hand
    ("accepted", "close"): "closed",  # 销号
    ("recheck", "find_fixed"): "closed",
    ("recheck", "find_unresolved"): "unresolved",
    ("open", "withdraw"): "withdrawn",  # an upheld appeal gave the points back
    ("unresolved", "withdraw"): "withdrawn",
    ("replied", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
    ("recheck", "withdraw"): "withdrawn",
    ("withdrawn", "open"): "open",  # a later revision took points again
}
STATES = ("open", "replied", "accepted", "recheck", "unresolved", "closed", "withdrawn")
# Where the school must act, so that its deadline runs. While a reply waits for the bureau the clock stands still.
SCHOOL_STATES = frozenset({"open", "unresolved"})
ENDED = frozenset({"closed", "withdrawn"})
Severity: TypeAlias = Literal["immediate", "urgent", "normal", "term"]
SEVERITIES: tuple[Severity, ...] = ("immediate", "urgent", "normal", "term")
Tone: TypeAlias = Literal["yellow", "orange", "red"]


def next_state(state: str, event: str) -> str:
    return states.next_state(TRANSITIONS, state, event)


@dataclass(frozen=True, slots=True)
class Figures:
    """From policy. Days are calendar days; shares are percent of an item's points."""

    immediate_days: int
    urgent_days: int
    normal_days: int
    urgent_share: int
    normal_share: int
    orange_days: int
    red_days: int


def severity(lost: Decimal, available: Decimal | None, *, vetoed: bool, key: bool, figures: Figures) -> Severity:
    """A veto or a lost key item is put right at once; else by the share of its points that an item lost. An item
    without points that failed counts as lost whole."""
    if vetoed or key:
        return "immediate"
    percent = 100 * lost / available if available else Decimal(100)
    if percent >= figures.urgent_share:
        return "urgent"
    return "normal" if percent >= figures.normal_share else "term"


def deadline(severity: Severity, told_on: date, term_ends_on: date | None, figures: Figures) -> date:
    """The last day, counted from the day after the school was told. "term": the end of the term, where it is known and
    not nearer than the deadline of a normal finding."""
    days = {
        "immediate": figures.immediate_days, "urgent": figures.urgent_days, "normal": figures.normal_days,
    }  # fmt: skip
    if severity != "term":
        return told_on + timedelta(days=days[severity])
    normal = told_on + timedelta(days=figures.normal_days)
    return max(term_ends_on or normal, normal)


def overdue(state: str, due_on: date, today: date, figures: Figures) -> Tone | None:
    """How late the school is: yellow from the first day, then orange, then red. None: in time, or not its turn."""
    late = (today - due_on).days
    if state not in SCHOOL_STATES or late < 1:
        return None
    if late >= figures.red_days:
        return "red"
    return "orange" if late >= figures.orange_days else "yellow"


def due_bounds(tone: Tone, today: date, figures: Figures) -> tuple[date | None, date]:
    """`due_on` of what is overdue in this tone: [first or None for no bound, last], both included."""
    yellow, orange, red = (today - timedelta(days=days) for days in (1, figures.orange_days, figures.red_days))
    if tone == "red":
        return None, red
    if tone == "orange":
        return red + timedelta(days=1), orange
    return orange + timedelta(days=1), yellow


def drawn(seed: str, pool: Sequence[str], share: int) -> list[str]:
    """`share` percent of the pool, at least one: those whose SHA-256 of "seed:id" is smallest, in that order. The
    outcome depends on the set alone, so whoever has seed and pool can draw again."""
    if not pool or share <= 0:
        return []
    count = min(len(pool), -(-len(pool) * share // 100))
    return sorted(pool, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())[:count]
