"""Duties over REST, and the operator's commands."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from bureau.roles import Role
from duties.commands import duties as commands
from duties.kinds import DutyKind
from duties.models import Duty, DutyTally
from duties.service.generating import generate
from kernel.database import clock_at, db, new_id
from tests.support.duties import FRIDAY, at, published
from tests.support.samples.duties import make_duty, make_kind

DAY = timedelta(days=1)


@pytest.fixture
def filled(district):
    generate(district.bureau_id)
    db.session.commit()
    with clock_at(at(FRIDAY, 9)):
        yield district


def test_a_school_s_duties_of_a_span(world, filled, client_as):
    client = client_as(Role.PRINCIPAL, "a2")
    found = client.get("/api/v1/duties?first=2026-11-20&last=2026-11-27").json["items"]
    assert {(one["code"], one["standing"]) for one in found if one["due_at"].startswith("2026-11-20")} == {
        ("morning", "late"), ("samples", "open"), ("weekly", "open"),
    }  # fmt: skip
    assert [one["due_at"] for one in found] == sorted(one["due_at"] for one in found)
    assert client.get("/api/v1/duties?first=2026-11-20&last=2027-11-20").status_code == 422
    beyond = client.get("/api/v1/duties?first=2026-12-31&last=2026-12-31").json["items"]
    assert [one["id"] for one in beyond if one["code"] == "drill"] == [None]


def test_what_waits_for_oneself(filled, client_as):
    codes = [one["code"] for one in client_as(Role.FOOD_SAFETY_OFFICER, "a2").get("/api/v1/duties/now").json["items"]]
    assert codes == ["morning", "weekly"]


def test_officer_and_supervisor_read_a_school(world, filled, client_as):
    path = f"/api/v1/schools/{world.schools['a2']}/duties"
    assert client_as(Role.CANTEEN_OFFICER).get(path).status_code == 200
    assert client_as(Role.ZONE_SUPERVISOR, "a-east").get(path).status_code == 200
    assert client_as(Role.ZONE_SUPERVISOR, "a-west").get(path).status_code == 404
    assert client_as(Role.CANTEEN_OFFICER, "b").get(path).status_code == 404


def test_tick_and_void_over_rest(world, filled, client_as):
    kind = make_kind(world, "a1", title="演示巡查", roles=["guard"])
    duty = make_duty(world, "a1", f"b-{kind.id}", due_at=at(FRIDAY, 10), opens_at=at(FRIDAY, 8))
    guard, path = client_as(Role.GUARD), f"/api/v1/duty-ticks/{new_id()}"
    body = {"duty_id": str(duty.id), "note": "已查"}
    first = guard.put(path, json=body)
    assert (first.status_code, first.json["note"]) == (200, "已查")
    again = guard.put(path, json=body)
    assert (again.status_code, again.json["id"], again.json["version"]) == (200, first.json["id"], 1)
    assert guard.put(path, json={**body, "note": "另外"}).status_code == 409
    assert client_as(Role.STOREKEEPER).put(f"/api/v1/duty-ticks/{new_id()}", json=body).status_code == 403
    assert client_as(Role.PRINCIPAL, "a2").get(path).status_code == 404
    assert guard.put(f"{path}/void", json={"reason": "填错"}).status_code == 422  # without the version seen
    gone = guard.put(f"{path}/void", json={"reason": "填错"}, headers={"If-Match": '"1"'})
    assert gone.json["void_reason"] == "填错"
    assert guard.put(f"{path}/void", json={"reason": "填错"}, headers={"If-Match": '"2"'}).status_code == 409


def test_excuse_over_rest(world, filled, client_as):
    excuse_id = new_id()
    body = {"first_day": "2026-11-20", "last_day": "2026-11-20", "reason": "power_cut", "note": "演示停电"}
    head = client_as(Role.PRINCIPAL, "a2")
    assert head.put(f"/api/v1/duty-excuses/{excuse_id}", json=body).json["state"] == "asked"
    assert head.put(f"/api/v1/duty-excuses/{excuse_id}", json={**body, "note": "另外"}).status_code == 409
    assert [one["id"] for one in head.get("/api/v1/duty-excuses?state=asked").json["items"]] == [str(excuse_id)]
    path = f"/api/v1/schools/{world.schools['a2']}/duty-excuses/{excuse_id}/decision"
    decision = {"event": "confirm"}
    assert head.put(path, json=decision, headers={"If-Match": '"1"'}).status_code == 403
    west = client_as(Role.ZONE_SUPERVISOR, "a-west")
    assert west.put(path, json=decision, headers={"If-Match": '"1"'}).status_code == 404
    east = client_as(Role.ZONE_SUPERVISOR, "a-east")
    assert east.put(path, json=decision, headers={"If-Match": '"1"'}).json["state"] == "confirmed"
    today = head.get("/api/v1/duties").json["items"]
    assert {one["code"] for one in today if one["standing"] == "excused"} == {"morning", "samples"}


def test_day_asks_the_same_few_questions_however_much_is_owed(world, filled, client_as, session):
    """Query budget of the page that everybody opens first."""
    client = client_as(Role.FOOD_SAFETY_OFFICER, "a1")
    client.get("/duties/today")
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        client.get("/duties/today")
        few = len(sent)
        for _ in range(30):
            make_duty(world, "a1", due_at=at(FRIDAY, 10), opens_at=at(FRIDAY, 8))
        session.commit()
        sent.clear()
        client.get("/duties/today")
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert 0 < len(sent) <= few <= 30


def test_commands_write_and_reconcile(app, world, district):
    run = app.test_cli_runner().invoke
    done = run(commands, ["generate", str(district.bureau_id)])
    assert done.exit_code == 0, done.output
    written = len(db.session.scalars(select(Duty)).all())
    assert done.output.startswith(f"{written} duties of 3 schools")
    with clock_at(at(FRIDAY + 3 * DAY, 9)):
        differing = run(commands, ["reconcile", str(district.bureau_id), "2026-11"])
        assert differing.exit_code == 1
        assert "morning" in differing.output
        assert "counted anew" in run(commands, ["reconcile", str(district.bureau_id), "2026-11", "--fix"]).output
        assert run(commands, ["reconcile", str(district.bureau_id), "2026-11"]).exit_code == 0
    assert db.session.scalars(select(DutyTally)).all()


def test_two_modules_may_not_declare_the_same_kind(session, app):
    from duties.kinds import published_kinds

    with (
        published(DutyKind("same", "甲", "daily"), DutyKind("same", "乙", "daily")),
        pytest.raises(ValueError, match="same"),
    ):
        published_kinds()


def test_every_code_that_a_record_fulfils_is_published(app):
    """A slip in a code would leave a duty open for ever, without an error."""
    import re
    from pathlib import Path

    from duties.kinds import published_kinds

    with app.app_context():
        known = set(published_kinds())
    wanted = {
        "receiving", "morning_check", "disinfection", "cooking_temperature", "sample_retention", "accompanying_meal",
        "tasting", "waste", "refrigerator_temperature", "cleaning", "daily_control", "weekly_check", "monthly_meeting",
        "menu_published", "satisfaction_survey", "supervision_group", "stocktake", "month_closing",
        "monthly_statement", "staff_training", "onsite_meeting", "missed_meal_refunds",
    }  # fmt: skip
    assert wanted <= known
    written = set()
    for path in Path(app.root_path, "tenants").rglob("*.py"):
        written |= set(re.findall(r'\bfulfil\([^)]*?,\s*"([a-z_]+)"', path.read_text()))
    assert written <= known
