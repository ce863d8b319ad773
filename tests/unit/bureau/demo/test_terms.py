from datetime import date
from itertools import pairwise

from bureau.demo import MARK
from bureau.demo.terms import TERMS, term_on


def test_two_years_of_two_terms_in_order() -> None:
    assert len(TERMS) == len({term.name for term in TERMS}) == 4
    assert all(MARK in term.name for term in TERMS)
    assert all(earlier.ends_on < later.starts_on for earlier, later in pairwise(TERMS))
    assert all(120 <= (term.ends_on - term.starts_on).days <= 155 for term in TERMS)
    assert all(day.weekday() < 5 for term in TERMS for day in (term.starts_on, term.ends_on))


def test_the_term_of_a_day() -> None:
    assert term_on(date(2026, 9, 1)) is TERMS[2]
    assert term_on(date(2027, 1, 22)) is TERMS[2]
    assert term_on(date(2026, 8, 1)) is None
