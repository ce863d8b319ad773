"""On which days a school was out of service."""

from datetime import date

from bureau.schools.duty_facts import closed_spans
from duties.facts import SchoolFacts

MONDAY, TUESDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 20)


def facts(closed):
    return SchoolFacts(1, "演示小学", None, "primary", False, "self_run", 100, closed=closed)


def test_suspended_until_it_reopened():
    spans = closed_spans([(MONDAY, "suspended"), (FRIDAY, "active")])
    assert spans == ((MONDAY, FRIDAY),)
    assert facts(spans).in_service(FRIDAY)
    assert not facts(spans).in_service(TUESDAY)


def test_suspended_then_merged_stays_closed():
    assert closed_spans([(MONDAY, "suspended"), (TUESDAY, "merged")]) == ((MONDAY, None),)


def test_suspended_and_reopened_on_one_day_is_closed_that_day():
    assert closed_spans([(MONDAY, "suspended"), (MONDAY, "active")]) == ((MONDAY, TUESDAY),)


def test_never_closed():
    assert closed_spans([]) == ()
    assert facts(()).in_service(MONDAY)
