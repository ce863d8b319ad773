"""Recurring checks: what the clock asks for, who may do it, what the bureau asks of many schools and reads of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from bureau.oversight.feeds import Span
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from school.self_checks.service import comparing, due, filling, overseeing, schedules, submitting
from scorecards import service as forms
from scorecards.form import AllOrNothing
from tests.support.inspections import make_plan, make_visit
from tests.support.inspections import submit as inspect
from tests.support.samples.self_checks import fill_check, make_check, make_schedule, make_version, submitted_check
from tests.unit.scorecards.forms import form, item

DAY = timedelta(days=1)


def backdated(world, days=3, place="a1", **values):
    """A daily schedule that began some days ago."""
    return make_schedule(world, place, starts_on=today() - days * DAY, day=today() - days * DAY, **values)


def noon(day):
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def test_owed_by_the_clock_and_fulfilled_by_the_check_itself(session, world):
    schedule = backdated(world, 1, grace_days=1)
    head = world.actor(Role.PRINCIPAL, "a1")
    assert [(one.occurrence.occurs_on, one.standing) for one in due.owed_now(head)] == [
        (today() - DAY, "late"), (today(), "open")
    ]  # fmt: skip
    check = submitted_check(world, schedule_id=schedule.id, occurs_on=today())
    assert (check.occurs_on, check.due_on) == (today(), today())
    assert [one.standing for one in due.owed_now(head)] == ["late"]
    found = due.occurrences_of(head, head.school_id, today(), today())
    assert [(one.standing, one.check_id, one.found_nothing) for one in found] == [("on_time", check.id, True)]


def test_a_day_later_it_is_late_and_then_missed(session, world):
    backdated(world, 0, grace_days=1)
    head = world.actor(Role.PRINCIPAL, "a1")
    for later, standing in ((0, "open"), (1, "late"), (2, "missed")):
        first = due.occurrences_of(head, head.school_id, today(), today(), day=today() + later * DAY)[0]
        assert first.standing == standing


def test_made_up_a_day_late_counts_as_late(session, world):
    schedule = backdated(world, 1, grace_days=1)
    check = submitted_check(world, schedule_id=schedule.id, occurs_on=today() - DAY)
    assert check.submitted_on == today()
    head = world.actor(Role.PRINCIPAL, "a1")
    found = due.occurrences_of(head, head.school_id, today() - DAY, today() - DAY)
    assert [one.standing for one in found] == ["done_late"]


@pytest.mark.parametrize(
    ("offset", "refusal"), [(-3, RuleBroken), (1, RuleBroken), (-9, NotFound)], ids=["missed", "ahead", "no such day"]
)
def test_what_cannot_be_begun(session, world, offset, refusal):
    schedule = backdated(world, 3, grace_days=1)
    with pytest.raises(refusal):
        make_check(world, schedule_id=schedule.id, occurs_on=today() + offset * DAY)


def test_an_occurrence_has_one_check(session, world):
    schedule = make_schedule(world)
    check = make_check(world, schedule_id=schedule.id, occurs_on=today())
    with pytest.raises(Conflict) as refused:
        make_check(world, schedule_id=schedule.id, occurs_on=today())
    assert refused.value.current["id"] == str(check.id)


def test_only_the_role_that_is_asked_or_the_heads(session, world):
    schedule = make_schedule(world, role=Role.FOOD_SAFETY_OFFICER)
    what = {"schedule_id": schedule.id, "occurs_on": today()}
    with pytest.raises(Denied):
        make_check(world, role=Role.STOREKEEPER, **what)
    guard = world.actor(Role.GUARD, "a1")
    assert due.owed_now(guard, mine=True) == []
    check = make_check(world, role=Role.FOOD_SAFETY_OFFICER, **what)
    fill_check(world, check)
    with pytest.raises(Denied):
        submitting.submit(world.actor(Role.STOREKEEPER, "a1"), check.id)
    assert submitting.submit(world.actor(Role.FOOD_SAFETY_OFFICER, "a1"), check.id).state == "submitted"


def test_a_recurring_check_takes_the_newest_version(session, world):
    schedule = make_schedule(world)
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    old = forms.get_version(bureau, schedule.form_version_id)
    draft = forms.import_form(bureau, form(item("1", AllOrNothing(), 7)), template_id=old.template_id)
    newer = forms.publish(bureau, draft.id, draft.version)
    assert make_check(world, schedule_id=schedule.id, occurs_on=today()).form_version_id == newer.id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rhythm": "weekly"}, "weekdays"),
        ({"rhythm": "monthly"}, "month_day"),
        ({"rhythm": "once"}, "ends_on"),
        ({"role": Role.SUPPLIER_USER}, "role"),
        ({"starts_on": today() - DAY}, "starts_on"),
        ({"ends_on": today() - DAY}, "ends_on"),
        ({"form_version_id": new_id()}, "form_version_id"),
    ],
)
def test_what_does_not_fit_together(session, world, values, field):
    with pytest.raises(Invalid) as refused:
        make_schedule(world, **values)
    assert field in refused.value.fields


def test_sent_twice_edited_and_ended(session, world):
    schedule = make_schedule(world)
    head = world.actor(Role.PRINCIPAL, "a1")
    content = {name: getattr(schedule, name) for name in schedules.CONTENT if name != "plan_id"}
    assert schedules.create_schedule(head, schedule.id, **content) == (schedule, False)
    with pytest.raises(Conflict):
        schedules.create_schedule(head, schedule.id, **{**content, "title": "别的"})
    values = {"title": "新名", "role": "", "ends_on": today()}
    schedules.edit_schedule(head, schedule.id, schedule.version, **values)
    with pytest.raises(Conflict):
        schedules.edit_schedule(head, schedule.id, schedule.version - 1, **values)
    with pytest.raises(Invalid):
        schedules.edit_schedule(head, schedule.id, schedule.version, **{**values, "ends_on": today() - DAY})
    found = due.occurrences_of(head, head.school_id, today(), today() + 9 * DAY)
    assert [one.occurrence.occurs_on for one in found] == [today()]


def ask(world, places=("a1", "a2"), batch=None, **values):
    bureau = system_actor(world.bureaus["a"])
    version_id = values.pop("form_version_id", None) or make_version(world).id
    use_scope(db.session(), bureau.scope)
    content = {
        "title": "演示要求", "form_version_id": version_id, "rhythm": "once", "starts_on": today(),
        "ends_on": today() + 5 * DAY, **values,
    }  # fmt: skip
    return schedules.ask_schools(bureau, batch or new_id(), [world.schools[place] for place in places], **content)


def test_the_bureau_asks_schools_once_and_reads_who_did_it(session, world):
    batch = new_id()
    asked = ask(world, batch=batch)
    again = ask(world, batch=batch, form_version_id=asked[0].form_version_id)
    assert [row.id for row in again] == [row.id for row in asked]
    with pytest.raises(Conflict):
        ask(world, batch=batch, form_version_id=asked[0].form_version_id, title="别的要求")
    submitted_check(world, schedule_id=asked[0].id, occurs_on=today())
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    (request,) = [row for row in overseeing.requests(bureau) if row.id == batch]
    assert (request.schools, request.done) == (2, 1)


def test_a_school_cannot_change_what_the_bureau_asked(session, world):
    (schedule,) = ask(world, ["a1"])
    head = world.actor(Role.PRINCIPAL, "a1")
    use_scope(session(), head.scope)
    with pytest.raises(RuleBroken):
        schedules.edit_schedule(head, schedule.id, schedule.version, title="x", role="", ends_on=None)


def test_a_plan_of_the_bureaus_is_not_the_schools_to_choose(session, world):
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    plan = make_plan(bureau)
    with pytest.raises(Invalid):
        make_schedule(world, plan_id=plan.id, form_version_id=plan.form_version_id)


def test_self_score_beside_the_official_one(session, world):
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    plan = make_plan(bureau)
    visit = make_visit(world, "a1", plan)
    (asked,) = schedules.ask_schools(
        bureau, new_id(), [], title="检查前自查", plan_id=plan.id, rhythm="once", starts_on=today(), ends_on=today()
    )
    assert asked.school_id == world.schools["a1"]
    assert asked.form_version_id == plan.form_version_id
    early = submitted_check(world, form_version_id=plan.form_version_id, changes={"2": {"judged": "0"}})
    tied = submitted_check(world, schedule_id=asked.id, occurs_on=today())
    untied = submitted_check(world, form_version_id=plan.form_version_id, changes={"2": {"judged": "5"}})
    use_scope(session(), bureau.scope)
    result = inspect(world, visit, {"1": {"met": False}})
    after = submitted_check(world, form_version_id=plan.form_version_id)
    use_scope(session(), bureau.scope)
    found = comparing.comparison_of(bureau, result)
    assert found.check.id == tied.id
    assert found.check.id not in (early.id, untied.id, after.id)
    assert found.difference == 20
    assert [pair.key for pair in found.pairs if pair.differs] == ["1"]


def test_what_was_checked_after_the_visit_is_not_compared(session, world):
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    plan = make_plan(bureau)
    result = inspect(world, make_visit(world, "a1", plan))
    submitted_check(world, form_version_id=plan.form_version_id)
    use_scope(session(), bureau.scope)
    assert comparing.comparison_of(bureau, result) is None


def test_punctuality_of_a_span_in_one_statement(session, world):
    place = {"a1": 3, "a2": 2}
    made = {name: backdated(world, days, name, grace_days=5) for name, days in place.items()}
    submitted_check(
        world, schedule_id=made["a1"].id, occurs_on=today() - 3 * DAY, at=noon(today() - 3 * DAY)
    )  # on its day
    submitted_check(world, schedule_id=made["a1"].id, occurs_on=today() - 2 * DAY)  # today: late
    submitted_check(world, schedule_id=made["a1"].id, occurs_on=today())  # already, so it counts
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    statements = []
    engine = session.connection().engine

    def note(_connection, _cursor, statement, *_):
        if "self_check" in statement:
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        rows = {row.school_id: row for row in overseeing.punctuality(bureau, Span(today() - 9 * DAY, today()))}
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == 1
    first, second = rows[world.schools["a1"]], rows[world.schools["a2"]]
    assert (first.expected, first.on_time, first.late, first.undone) == (4, 2, 1, 1)
    assert (second.expected, second.on_time, second.late, second.undone) == (2, 0, 0, 2)


def test_another_schools_schedule_does_not_exist(session, world):
    schedule = make_schedule(world)
    sibling = world.actor(Role.PRINCIPAL, "a2")
    use_scope(session(), sibling.scope)
    for school_id in (sibling.school_id, world.schools["a1"]):
        with pytest.raises(NotFound):
            schedules.get_schedule(sibling, school_id, schedule.id)
    with pytest.raises(NotFound):
        filling.start(sibling, new_id(), schedule_id=schedule.id, occurs_on=today())
