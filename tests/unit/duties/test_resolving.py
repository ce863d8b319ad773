"""What a kind asks of one school: the bureau's word, the school's own, and which of them wins."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duties.resolving import (
    Choice,
    SchoolChoice,
    SchoolTypes,
    Setting,
    excuses,
    looser,
    resolve,
    tightened,
    with_figures,
)
from duties.rules import Pattern
from duties.sources import SchoolFacts
from duties.starter import STARTERS

SCHOOL = SchoolFacts(1, "演示小学", 1, "primary", False, "self_run", 520)
DAILY = Pattern("daily", due_time=time(9))


def everyone(_facts):
    return True


def nobody(_facts):
    return False


def owed(*settings, applies=everyone, facts=SCHOOL, school=None):
    return resolve(DAILY, applies, facts, settings, school).pattern


def test_a_kind_is_owed_where_it_applies():
    assert owed() == DAILY
    assert owed(applies=nobody) is None


def test_setting_for_all_changes_the_time_but_makes_nobody_owe_what_is_not_for_them():
    later = Setting(choice=Choice(due_time=time(10)))
    assert owed(later).due_time == time(10)
    assert owed(later, applies=nobody) is None


def test_setting_that_names_a_type_reaches_schools_the_kind_was_not_made_for():
    assert owed(Setting(SchoolTypes(stages=("primary",))), applies=nobody) == DAILY
    assert owed(Setting(SchoolTypes(stages=("junior",))), applies=nobody) is None


def test_the_one_that_names_more_decides():
    general = Setting(choice=Choice(due_time=time(10)))
    primary = Setting(SchoolTypes(stages=("primary",)), choice=Choice(due_time=time(11)))
    small = Setting(SchoolTypes(stages=("primary",), most_diners=600), is_on=False)
    assert owed(general, primary).due_time == time(11)
    assert owed(small, general, primary) is None
    assert owed(small, general, primary, facts=replace(SCHOOL, diners=601)).due_time == time(11)


def test_of_equals_the_stricter_decides():
    off = Setting(SchoolTypes(boarding=False), is_on=False)
    late = Setting(SchoolTypes(stages=("primary",)), choice=Choice(due_time=time(11)))
    early = Setting(SchoolTypes(canteen_modes=("self_run",)), choice=Choice(due_time=time(8)))
    assert owed(off, late, early).due_time == time(8)
    assert owed(early, late, off).due_time == time(8)


@pytest.mark.parametrize(
    ("types", "fits"),
    [
        (SchoolTypes(), True),
        (SchoolTypes(boarding=True), False),
        (SchoolTypes(least_diners=520, most_diners=520), True),
        (SchoolTypes(least_diners=521), False),
        (SchoolTypes(canteen_modes=("delivered", "none")), False),
    ],
)
def test_types_of_schools(types, fits):
    assert types.fits(SCHOOL) is fits


def test_school_may_be_earlier_and_may_take_on_but_not_drop_or_be_later():
    school = SchoolChoice(choice=Choice(due_time=time(8)))
    assert owed(school=school).due_time == time(8)
    assert owed(school=SchoolChoice(choice=Choice(due_time=time(12)))) == DAILY
    assert owed(applies=nobody, school=SchoolChoice(is_added=True)) == DAILY
    assert owed(applies=nobody, school=school) is None
    resolved = resolve(DAILY, nobody, SCHOOL, (), SchoolChoice(is_added=True))
    assert not resolved.is_required


def test_bureau_that_tightens_later_overrides_the_school():
    school = SchoolChoice(choice=Choice(due_time=time(8)))
    assert owed(Setting(choice=Choice(due_time=time(7))), school=school).due_time == time(7)


choices = st.builds(
    Choice,
    due_time=st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    weekday=st.none() | st.integers(0, 6),
    month_day=st.none() | st.integers(1, 31),
    minutes_after=st.none() | st.integers(-60, 240),
)


@settings(deadline=None)
@given(choices, choices)
def test_a_school_is_never_looser_than_the_bureau(bureau, school):
    pattern = replace(Pattern("weekly"), **bureau.fields())
    result = tightened(pattern, school)
    for name in ("due_time", "weekday", "month_day", "minutes_after"):
        assert getattr(result, name) <= getattr(pattern, name)
        wanted = getattr(school, name)
        if wanted is not None and name not in looser(pattern, school):
            assert getattr(result, name) == wanted


def test_figures_decide_fields_forwards_and_backwards():
    menu = with_figures(Pattern("weekly", shift_days=-1), {"-shift_days": 7})
    assert menu.shift_days == -7
    assert with_figures(Pattern("term"), {"needed": 3}).needed == 3


def test_an_excuse_covers_what_could_only_be_done_on_its_days():
    day = date(2026, 11, 20)
    monday = day - timedelta(days=4)
    assert excuses(day, day, day, (day, day), names_kind=False)
    assert not excuses(day, day, day, (monday, day), names_kind=False)
    assert excuses(day, day, day, (monday, day), names_kind=True)
    assert not excuses(day, day, day + timedelta(days=1), (day, day), names_kind=True)


def test_starters_are_whole():
    assert len(STARTERS) > 60
    for code, starter in STARTERS.items():
        assert str(starter.title), code
        assert starter.pattern.cadence != "months" or starter.pattern.months
    monthly = {month for starter in STARTERS.values() for month in starter.pattern.months}
    assert monthly == set(range(1, 13))
