"""Generation: ahead, once, in any pieces, after days of silence, and by the plan that holds."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bureau.roles import Role
from bureau.schools.models import School, SchoolStateChange
from duties.kinds import DutyKind
from duties.models import Duty, DutyProgress, DutySetting, SchoolDutyKind, SchoolDutySetting
from duties.service.fulfilling import fulfil
from duties.service.generating import generate
from kernel.actor import system_actor
from kernel.database import clock_at, db, new_id
from kernel.workdays import service as workdays
from school.diners.models import ServedMeal
from tests.support.duties import FRIDAY, at, published

DAY = timedelta(days=1)


def rows(bureau_id, school_id=None, kind=None):
    query = select(Duty).where(Duty.bureau_id == bureau_id).order_by(Duty.due_at, Duty.kind, Duty.period)
    query = query if school_id is None else query.where(Duty.school_id == school_id)
    return list(db.session.scalars(query if kind is None else query.where(Duty.kind == kind)))


def keys(duties):
    return {(duty.school_id, duty.kind, duty.period): duty for duty in duties}


def test_a_week_ahead_for_each_school_of_its_kind(world, district):
    made = generate(district.bureau_id)
    found = rows(district.bureau_id)
    assert made.schools == 3
    assert made.duties == len(found)
    a1, a2 = world.schools["a1"], world.schools["a2"]
    # Friday to Friday: six school days; a1 boards and serves three meals, a2 serves lunch.
    counts = Counter((duty.school_id, duty.kind) for duty in found)
    assert (counts[a1, "morning"], counts[a2, "morning"]) == (6, 6)
    assert (counts[a1, "samples"], counts[a2, "samples"]) == (18, 6)
    assert (counts[a1, "weekly"], counts[a1, "drill"]) == (2, 1)
    drill = next(duty for duty in found if duty.kind == "drill")
    assert (drill.period, drill.on_day, drill.first_day) == ("2026-11", date(2026, 11, 30), date(2026, 11, 1))


def test_done_again_it_writes_nothing(district):
    generate(district.bureau_id)
    before = {duty.id for duty in rows(district.bureau_id)}
    again = generate(district.bureau_id)
    assert (again.schools, again.duties) == (0, 0)
    assert {duty.id for duty in rows(district.bureau_id)} == before


def test_without_its_memory_it_still_writes_nothing_twice(district):
    """The second wall: should `duty_progress` be lost, the keys hold."""
    generate(district.bureau_id)
    before = keys(rows(district.bureau_id)).keys()
    for row in db.session.scalars(select(DutyProgress)):
        db.session.delete(row)
    db.session.flush()
    generate(district.bureau_id)
    assert keys(rows(district.bureau_id)).keys() == before


@pytest.mark.parametrize("silence", [1, 6, 14])
def test_catches_up_after_days_of_silence(world, district, silence):
    generate(district.bureau_id)
    end = FRIDAY + silence * DAY
    with clock_at(at(end, 6)):
        generate(district.bureau_id)
    found = rows(district.bureau_id, world.schools["a2"], "morning")
    expected = [
        day for day in (FRIDAY + n * DAY for n in range(silence + 8)) if day.weekday() < 5
    ]  # fmt: skip
    assert [duty.on_day for duty in found] == expected


def test_record_made_while_nothing_was_generated_counts_after_catching_up(world, district, acting):
    generate(district.bureau_id)
    silent_until = FRIDAY + 17 * DAY  # a Monday; the week before it was never generated
    missed_day = FRIDAY + 14 * DAY
    head = acting(world.actor(Role.PRINCIPAL, "a2"))
    with clock_at(at(missed_day, 7, 30)):
        assert not fulfil(head, head.school_id, "morning", missed_day, record=("check", new_id()))
    acting(district)
    with clock_at(at(silent_until, 6)):
        generate(district.bureau_id)
    found = {duty.on_day: duty for duty in rows(district.bureau_id, world.schools["a2"], "morning")}
    assert found[missed_day].fulfilled_at == at(missed_day, 7, 30)
    assert found[missed_day - DAY].fulfilled_at is None


def test_new_school_owes_what_is_not_due_yet(world, district):
    with clock_at(at(FRIDAY, 12)):
        generate(district.bureau_id)
    found = rows(district.bureau_id, world.schools["a2"])
    assert [duty.kind for duty in found if duty.on_day == FRIDAY] == ["samples", "weekly"]


def test_holiday_entered_later_takes_back_what_is_not_due_yet(world, district):
    generate(district.bureau_id)
    monday = FRIDAY + 3 * DAY
    workdays.set_day(district, monday, is_workday=False, name="演示停课")
    generate(district.bureau_id)
    found = rows(district.bureau_id, world.schools["a2"], "morning")
    assert monday not in [duty.on_day for duty in found]
    assert FRIDAY in [duty.on_day for duty in found]


def test_what_was_done_stays_and_is_not_written_twice_when_the_plan_changes(world, district, acting):
    generate(district.bureau_id)
    head = acting(world.actor(Role.PRINCIPAL, "a2"))
    assert fulfil(head, head.school_id, "drill", FRIDAY, record=("tick", new_id()))
    acting(district)
    db.session.add(
        DutySetting(bureau_id=district.bureau_id, id=new_id(), kind="drill", month_day=27, created_by=head.account_id)
    )
    db.session.flush()
    generate(district.bureau_id)
    done = rows(district.bureau_id, world.schools["a2"], "drill")
    open_one = rows(district.bureau_id, world.schools["a1"], "drill")
    assert [(duty.on_day, duty.fulfilled_at is not None) for duty in done] == [(date(2026, 11, 30), True)]
    assert [(duty.on_day, duty.fulfilled_at) for duty in open_one] == [(date(2026, 11, 27), None)]


def test_setting_of_the_bureau_reaches_its_types_of_schools(world, district):
    settings = [
        DutySetting(kind="morning", is_on=False, why="演示", stages=["junior"]),
        DutySetting(kind="morning", due_time=at(FRIDAY, 7).time()),
    ]
    for row in settings:
        row.bureau_id, row.id, row.created_by = district.bureau_id, new_id(), district.account_id
        db.session.add(row)
    db.session.flush()
    generate(district.bureau_id)
    assert rows(district.bureau_id, world.schools["a3"], "morning") == []
    assert {
        duty.due_at.astimezone(at(FRIDAY).tzinfo).hour
        for duty in rows(district.bureau_id, world.schools["a1"], "morning")
    } == {7}


def test_school_s_own_kind_and_earlier_time(world, district, acting):
    head = acting(world.actor(Role.PRINCIPAL, "a1"))
    db.session.add_all(
        [
            SchoolDutySetting(
                bureau_id=head.bureau_id, school_id=head.school_id, id=new_id(), kind="morning",
                due_time=at(FRIDAY, 7, 15).time(), created_by=head.account_id,
            ),
            SchoolDutyKind(
                bureau_id=head.bureau_id, school_id=head.school_id, id=new_id(), title="演示校门巡查", cadence="daily",
                due_time=at(FRIDAY, 16).time(), grace_hours=24, starts_on=FRIDAY + 3 * DAY, created_by=head.account_id,
            ),
        ]
    )  # fmt: skip
    db.session.flush()
    acting(district)
    generate(district.bureau_id)
    morning = rows(district.bureau_id, head.school_id, "morning")
    assert {duty.due_at for duty in morning if duty.on_day == FRIDAY} == {at(FRIDAY, 7, 15)}
    own = [duty for duty in rows(district.bureau_id) if duty.kind.startswith("s-")]
    assert {duty.school_id for duty in own} == {head.school_id}
    assert min(duty.on_day for duty in own) == FRIDAY + 3 * DAY


def suspend(world, district, place, day, to_state="suspended"):
    school = db.session.get(School, (district.bureau_id, world.schools[place]))
    former, school.state = school.state, to_state
    db.session.add(
        SchoolStateChange(
            bureau_id=district.bureau_id, id=new_id(), school_id=school.id, event="suspend", from_state=former,
            to_state=to_state, reason="演示", at=at(day, 9), by=district.account_id,
        )
    )  # fmt: skip
    db.session.flush()


def test_suspended_school_owes_nothing_from_that_day_and_again_when_it_reopens(world, district):
    generate(district.bureau_id)
    monday = FRIDAY + 3 * DAY
    with clock_at(at(monday, 10)):
        suspend(world, district, "a2", monday)
        generate(district.bureau_id)
        days = {duty.on_day for duty in rows(district.bureau_id, world.schools["a2"])}
        assert days == {FRIDAY}
    reopened = monday + 2 * DAY
    with clock_at(at(reopened, 10)):
        suspend(world, district, "a2", reopened, "active")
        generate(district.bureau_id)
    morning = [duty.on_day for duty in rows(district.bureau_id, world.schools["a2"], "morning")]
    assert morning[0] == FRIDAY
    assert monday not in morning
    assert monday + DAY not in morning
    assert morning[-1] == reopened + 7 * DAY


def test_asked_duties_are_not_taken_back(world, district):
    kinds = (DutyKind("morning", "晨检", "daily"), DutyKind("delivery", "收货", "asked"))
    with published(*kinds):
        generate(district.bureau_id)
        duty = Duty(
            bureau_id=district.bureau_id, school_id=world.schools["a1"], kind="delivery", period="x",
            on_day=FRIDAY + DAY, first_day=FRIDAY, last_day=FRIDAY + DAY, opens_at=at(FRIDAY),
            due_at=at(FRIDAY + DAY, 9), closes_at=at(FRIDAY + DAY, 12), is_long=False,
        )  # fmt: skip
        db.session.add(duty)
        workdays.set_day(district, FRIDAY + 3 * DAY, is_workday=False, name="演示停课")
        generate(district.bureau_id)
        assert [row.period for row in rows(district.bureau_id, kind="delivery")] == ["x"]


def test_other_bureaus_get_nothing(world, district, acting):
    generate(district.bureau_id)
    acting(system_actor(world.bureaus["b"]))
    assert rows(world.bureaus["b"]) == []


def test_meals_are_those_that_the_school_says_it_serves(world, district, acting):
    head = acting(world.actor(Role.PRINCIPAL, "a1"))
    for meal, is_served in (("breakfast", False), ("lunch", True), ("night_snack", True)):
        db.session.add(
            ServedMeal(
                bureau_id=head.bureau_id, school_id=head.school_id, id=new_id(), meal=meal, is_served=is_served,
                report_until=at(FRIDAY, 9).time(), created_by=head.account_id,
            )
        )  # fmt: skip
    db.session.flush()
    acting(district)
    generate(district.bureau_id)
    assert {duty.meal for duty in rows(district.bureau_id, head.school_id, "samples")} == {"lunch", "night_snack"}
    assert {duty.meal for duty in rows(district.bureau_id, world.schools["a2"], "samples")} == {"lunch"}


def test_school_without_a_canteen_serves_none(world, district):
    db.session.get(School, (district.bureau_id, world.schools["a2"])).canteen_mode = "none"
    db.session.flush()
    with published(DutyKind("samples", "留样", "per_meal")):
        generate(district.bureau_id)
        assert rows(district.bureau_id, world.schools["a2"]) == []
