"""The rule report of a tender: one finding per rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["passed", "warned", "refused"]
Effect = Literal["refuse", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`found`, `demanded`: figures as plain text in `unit` ("days", "workdays", "percent", "fen", "points", "lots",
    "years", "date", "" …), "" where the rule has none. `places`: titles of the lots or words it is about.
    `text`: a sentence of the package that made it; rules of this package are put into words by their code.
    """

    rule: str
    outcome: Outcome
    found: str = ""
    demanded: str = ""
    unit: str = ""
    citation: str = ""
    places: tuple[str, ...] = ()
    text: str = ""


def judged(ok: bool, effect: Effect) -> Outcome:
    if ok:
        return "passed"
    return "refused" if effect == "refuse" else "warned"


def refused(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.outcome == "refused"]


def unanswered(findings: Sequence[Finding], waived: Sequence[tuple[str, str]]) -> list[Finding]:
    """Warnings that nobody has passed over yet. `waived`: (rule, found): a waiver holds for the figure it was given at."""
    known = set(waived)
    return [
        finding for finding in findings if finding.outcome == "warned" and (finding.rule, finding.found) not in known
    ]
