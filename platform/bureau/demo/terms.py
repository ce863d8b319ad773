"""School terms of two school years. The days are the demo's own, near those that most provinces publish."""

from dataclasses import dataclass
from datetime import date

from bureau.demo import MARK


@dataclass(frozen=True, slots=True)
class Term:
    """Both days are school days of the term."""

    name: str
    starts_on: date
    ends_on: date


TERMS = (
    Term(f"{MARK}·2025—2026学年第一学期", date(2025, 9, 1), date(2026, 1, 30)),
    Term(f"{MARK}·2025—2026学年第二学期", date(2026, 3, 2), date(2026, 7, 3)),
    Term(f"{MARK}·2026—2027学年第一学期", date(2026, 9, 1), date(2027, 1, 22)),
    Term(f"{MARK}·2026—2027学年第二学期", date(2027, 2, 22), date(2027, 7, 2)),
)


def term_on(day: date) -> Term | None:
    """None between terms."""
    return next((term for term in TERMS if term.starts_on <= day <= term.ends_on), None)
