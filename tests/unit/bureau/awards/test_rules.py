from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.awards import rules
from bureau.awards.rules import CHALLENGE, CONTRACT, NOTICE_STANDS, Candidate
from kernel.workdays.loading import national_days
from kernel.workdays.rules import Calendar, is_workday

FIGURES = {NOTICE_STANDS: 1, CHALLENGE: 7, CONTRACT: 30}


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    days = national_days()
    return Calendar({day.day: day.is_workday for day in days}, frozenset(day.day.year for day in days))


def test_a_holiday_and_a_worked_saturday_count_as_the_state_council_arranged_them(calendar):
    """Announced on 28 September 2026: the notice stands on the 29th, challenges may come until 14 October."""
    terms = rules.after_publication(date(2026, 9, 28), FIGURES, calendar)
    assert (terms.notice_ends_on, terms.challenge_until) == (date(2026, 9, 29), date(2026, 10, 14))
    assert terms.unknown_years == ()


def test_the_first_day_is_not_counted(calendar):
    assert rules.decide_by(date(2026, 6, 1), 5, calendar).value == date(2026, 6, 8)
    assert rules.publish_by(date(2026, 6, 4), 2, calendar).value == date(2026, 6, 8)


def test_a_contract_whose_last_day_is_free_may_be_signed_on_the_next_working_day(calendar):
    terms = rules.after_publication(date(2026, 9, 2), FIGURES, calendar)
    assert date(2026, 9, 2) + timedelta(days=30) == date(2026, 10, 2)
    assert terms.sign_by == date(2026, 10, 8)


def test_a_year_without_an_arrangement_is_named(calendar):
    assert 2030 in rules.after_publication(date(2030, 5, 6), FIGURES, calendar).unknown_years


@given(day=st.dates(date(2024, 1, 1), date(2026, 9, 1)), notice=st.integers(1, 5), challenge=st.integers(1, 15))
def test_terms_never_run_backwards(day, notice, challenge):
    terms = rules.after_publication(day, {NOTICE_STANDS: notice, CHALLENGE: challenge, CONTRACT: 30}, Calendar())
    assert day < terms.notice_ends_on < terms.challenge_until
    assert terms.sign_by >= day + timedelta(days=30)
    assert is_workday(terms.sign_by, Calendar())


CANDIDATES = [Candidate("first", "A", 1), Candidate("second", "B", 2), Candidate("third", "C", 3)]


@pytest.mark.parametrize(
    ("chosen", "passed", "skipped"),
    [
        (["first"], [], []),
        (["second"], [], ["first"]),
        (["second"], ["first"], []),
        (["third"], ["first"], ["second"]),
        (["first", "third"], [], ["second"]),
        (["first", "second"], [], []),
        (["first", "third"], ["second"], []),
        ([], [], []),
    ],
)
def test_the_winner_is_the_first_in_order(chosen, passed, skipped):
    for order in permutations(CANDIDATES):
        assert rules.follows_the_order(order, chosen, passed) == skipped


@pytest.mark.parametrize(
    ("state", "won", "kind"),
    [
        ("won", True, "award"), ("lost", False, "loss"), ("scored", False, "loss"), ("unopened", False, "unopened"),
        ("disqualified", False, "invalid"), ("invalid", False, "invalid"), ("unopenable", False, "invalid"),
    ],
)  # fmt: skip
def test_each_bidder_gets_the_letter_of_its_own_case(state, won, kind):
    assert rules.letter_kind(state, won) == kind


def test_a_loser_reads_its_own_score_and_the_excluded_its_reason():
    common, own = {"lot": "1"}, {"rank": 2, "score": "88.10"}
    reason = {"text": "资格证明过期", "article": "第四十四条"}
    assert rules.letter_body("loss", common, own, None) == {"kind": "loss", "lot": "1", "own": own}
    assert rules.letter_body("invalid", common, own, reason) == {"kind": "invalid", "lot": "1", "reason": reason}
    assert rules.letter_body("loss", common, own, reason)["reason"] == reason
