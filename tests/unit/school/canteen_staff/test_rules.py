from datetime import date, timedelta
from decimal import Decimal

import pytest

from school.canteen_staff.rules import (
    Paper,
    is_passed,
    needs_director,
    newest,
    refusal_to_work,
    standing,
)

DAY = date(2026, 11, 20)


def paper(kind: str, days: int | None) -> Paper:
    return Paper(kind, None, None if days is None else DAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, "expired"), (0, "soon"), (30, "soon"), (31, "held"), (None, "held")]
)
def test_a_paper_holds_on_its_last_day_and_warns_before(days, expected):
    assert standing(paper("health", days), DAY, 30) == expected


def test_nothing_on_record_is_missing():
    assert standing(None, DAY, 30) == "missing"


def test_the_paper_that_lasts_longest_counts():
    papers = [paper("health", -10), paper("health", 300), paper("training", 999)]
    assert newest(papers, "health") == papers[1]
    assert newest([paper("health", 10), paper("health", None)], "health").valid_until is None


@pytest.mark.parametrize(
    ("papers", "required", "refusal"),
    [
        ([], True, "health_missing"),
        ([paper("training", 10)], True, "health_missing"),
        ([paper("health", -1)], True, "health_expired"),
        ([paper("health", -1), paper("health", 1)], True, None),
        ([paper("health", 0)], True, None),
        ([paper("health", 9), paper("training", -1)], True, "training_expired"),
        ([paper("health", 9), paper("training", -1)], False, None),
        ([paper("health", 9)], True, None),
    ],
)
def test_who_may_not_work(papers, required, refusal):
    assert refusal_to_work(papers, DAY, training_required=required) == refusal


LIMITS = {"kindergarten": Decimal(300), "school": Decimal(500)}


@pytest.mark.parametrize(
    ("diners", "kindergarten", "needed"),
    [(299, True, False), (300, True, True), (499, False, False), (500, False, True), (300, False, False)],
)
def test_a_director_is_asked_for_by_diners(diners, kindergarten, needed):
    assert needs_director(diners, kindergarten, LIMITS) is needed


def test_a_test_is_passed_at_its_score():
    assert is_passed(Decimal(60), Decimal(60)) is True
    assert is_passed(Decimal("59.5"), Decimal(60)) is False
    assert is_passed(None, Decimal(60)) is None
    assert is_passed(Decimal(60), None) is None
