"""What a check says: a verdict, what it rests on, and each place where something is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """UNCLEAR: what is known does not decide it, or a person has to say what is meant."""

    MET = "met"
    FAILED = "failed"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or may be. `code`: its kind, worded by labels.py with `values`."""

    code: str
    day: date | None = None
    meal: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    is_unclear: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that was held against a standard. `amount`: the known part, at least; `least` or `most` may be missing.
    `unknown_percent`: of the weight, that of which nothing is known. `day` None: of the mean day of the week."""

    code: str
    unit: str
    amount: Decimal
    least: Decimal | None
    most: Decimal | None
    unknown_percent: Decimal
    verdict: Verdict
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """`certain`: every figure of it was read in its source; else a person should confirm it."""

    code: str
    verdict: Verdict
    citation: str = ""
    certain: bool = True
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()


def judged(code: str, findings: Iterable[Finding], citation: str = "", certain: bool = True) -> Check:
    """Failed where anything is certainly wrong, unclear where something may be, met otherwise."""
    found = tuple(findings)
    return Check(code, verdict_of(found), citation, certain, found)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    found = tuple(findings)
    if any(not one.is_unclear for one in found):
        return Verdict.FAILED
    return Verdict.UNCLEAR if found else Verdict.MET


def measured(code: str, measures: Iterable[Measure], citation: str, certain: bool) -> Check:
    """Of figures: failed where one of them does."""
    found = tuple(measures)
    verdicts = {one.verdict for one in found}
    verdict = next(
        (one for one in (Verdict.FAILED, Verdict.UNCLEAR, Verdict.MET) if one in verdicts), Verdict.NOT_APPLICABLE
    )
    return Check(code, verdict, citation, certain, (), found)


def not_applicable(code: str) -> Check:
    return Check(code, Verdict.NOT_APPLICABLE)


def in_range(lower: Decimal, upper: Decimal | None, least: Decimal | None, most: Decimal | None) -> Verdict:
    """Of a value that lies between `lower` and `upper` (None: no upper bound is known)."""
    if least is not None and upper is not None and upper < least:
        return Verdict.FAILED
    if most is not None and lower > most:
        return Verdict.FAILED
    if least is not None and lower < least:
        return Verdict.UNCLEAR
    if most is not None and (upper is None or upper > most):
        return Verdict.UNCLEAR
    return Verdict.MET
