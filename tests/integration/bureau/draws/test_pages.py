"""The way through the pages and the REST interface, by role."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bureau.draws.commands import draw as command
from bureau.draws.models import InspectorInterest
from bureau.draws.service import campaign, drawing
from bureau.inspections.models import Inspection
from bureau.inspections.service import planning
from bureau.inspections.service.previous import mandatory_items, previous_visit
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from tests.support import draws, inspections


@pytest.fixture
def officer(acting, world):
    return acting(world.actor(Role.CANTEEN_OFFICER))


def text(response, status=200):
    assert response.status_code == status, response.get_data(as_text=True)[:2000]
    return response.get_data(as_text=True)


def test_a_filter_proposes_and_the_list_stays_as_it_was_added(officer, world, client_as):
    plan = inspections.make_plan(officer)
    page = client_as(Role.CANTEEN_OFFICER)
    path = f"/inspections/plans/{plan.id}/schools"
    assert "选择条件后点" in text(page.get(path))
    proposed = text(page.get(f"{path}?stage=primary&is_boarding=1&zone_id=&canteen_mode=&tier="))
    assert "演示第一小学" in proposed
    assert "演示第二小学" not in proposed
    assert "中风险" in proposed
    assert "演示外区小学" not in text(page.get(f"{path}?stage="))
    refused = text(page.post(path, data={"stage": "primary"}), 422)
    assert "请至少选择一所学校" in refused
    assert page.post(path, data={"stage": "primary", "all_filtered": "1"}).status_code == 302
    listed = {world.schools["a1"], world.schools["a2"]}
    assert campaign.covered_ids(officer, plan.id) == listed
    # The school changes its kind; the list does not follow.
    from bureau.schools.models import School

    db.session.get(School, (officer.bureau_id, world.schools["a2"])).stage = "junior"
    db.session.commit()
    assert campaign.covered_ids(officer, plan.id) == listed
    assert page.post(f"{path}/{world.schools['a2']}/remove").status_code == 302
    assert campaign.covered_ids(officer, plan.id) == {world.schools["a1"]}
    assert page.post(f"{path}/{world.schools['b1']}/remove").status_code == 404


def test_a_school_with_a_visit_stays_on_the_list(officer, world, client_as):
    plan = draws.drawable_plan(world)
    inspections.make_visit(world, "a1", plan)
    page = client_as(Role.CANTEEN_OFFICER)
    text(page.post(f"/inspections/plans/{plan.id}/schools/{world.schools['a1']}/remove"), 422)
    assert world.schools["a1"] in campaign.covered_ids(officer, plan.id)


def fields(world, **values):
    actor = system_actor(world.bureaus["a"])
    return {
        "id": str(new_id()), "high": "100%", "medium": "100%", "low": "0", "order": "route", "team_size": "2",
        "visits_a_day": "3", "first_day": (today() + timedelta(days=1)).isoformat(),
        "last_day": (today() + timedelta(days=20)).isoformat(), "public_value": "演示：下期号码",
        "inspector_ids": [str(person.id) for person in planning.available_inspectors(actor)], **values,
    }  # fmt: skip


def test_the_whole_way_to_a_published_draw_and_its_verification(officer, world, client_as, tmp_path):
    plan = draws.drawable_plan(world)
    page, anyone = client_as(Role.CANTEEN_OFFICER), client_as(None)
    base = f"/inspections/plans/{plan.id}/draws"
    assert "还没有抽取" in text(page.get(base))
    assert "参加抽取的检查员" in text(page.get(f"{base}/new"))
    refused = text(page.post(f"{base}/new", data=fields(world, visits_a_day="9")), 422)
    assert "每人每天最多 3 所" in refused
    given = fields(world)
    path = page.post(f"{base}/new", data=given).location
    assert page.post(f"{base}/new", data=given).location == path
    row = drawing.get_draw(officer, drawing.list_draws(officer, plan.id)[0].id)
    public = f"/public/draws/{row.bureau_id}/{row.id}"
    before = text(anyone.get(public))
    assert row.commitment in before
    assert "演示第一小学" not in before
    assert anyone.get(f"{public}/document.json").status_code == 404
    shown = text(page.get(path))
    assert "抽取后立即安排检查" in shown
    assert text(page.post(f"{path}/reveal", data={"version": row.version, "public_value": ""}), 422)
    assert page.post(f"{path}/reveal", data={"version": row.version, "public_value": "1 2 3"}).status_code == 302
    assert page.post(f"{path}/reveal", data={"version": row.version, "public_value": "1 2 3"}).status_code == 409
    db.session.expire_all()
    seed = drawing.document_of(row)["seed"]
    drawn = text(page.get(path))
    assert seed in drawn
    assert "演示第一小学" in drawn
    between = text(anyone.get(public))
    assert row.result_digest in between
    assert seed not in between
    assert "演示第一小学" not in between
    assert anyone.get(f"{public}/document.json").status_code == 404
    assert text(page.post(f"{path}/publish", data={"version": row.version}), 422)
    for visit in db.session.scalars(select(Inspection).where(Inspection.draw_id == row.id)):
        planning.cancel(officer, visit.school_id, visit.id, "演示", visit.version)
    db.session.commit()
    assert page.post(f"{path}/publish", data={"version": row.version}).status_code == 302
    after = text(anyone.get(public))
    assert seed in after
    assert "演示第一小学" in after
    file = tmp_path / "draw.json"
    file.write_bytes(anyone.get(f"{public}/document.json").data)
    assert page.get(f"{path}/document.json").data == file.read_bytes()
    told = CliRunner().invoke(command, ["verify", str(file), "--commitment", row.commitment])
    assert (told.exit_code, "FAILED" in told.output) == (0, False)
    document = json.loads(file.read_text(encoding="utf-8"))
    document["pools"]["schools"][0]["weight"] += 1
    file.write_text(json.dumps(document), encoding="utf-8")
    assert CliRunner().invoke(command, ["verify", str(file)]).exit_code == 1


def test_the_public_page_of_a_withdrawn_draw_says_why(officer, world, client_as):
    row = draws.committed(world)
    page = client_as(Role.CANTEEN_OFFICER)
    path = f"/inspections/draws/{row.id}"
    assert text(page.post(f"{path}/withdraw", data={"version": row.version, "reason": " "}), 422)
    assert page.post(f"{path}/withdraw", data={"version": row.version, "reason": "名单漏了一所"}).status_code == 302
    assert "名单漏了一所" in text(client_as(None).get(f"/public/draws/{row.bureau_id}/{row.id}"))
    assert text(page.post(f"{path}/reveal", data={"version": row.version + 1}), 409)


def test_who_may_look_and_who_may_draw(officer, world, client_as):
    row = draws.committed(world)
    path, api = f"/inspections/draws/{row.id}", f"/api/v1/draws/{row.id}"
    for role, reads, runs in (
        (Role.DISCIPLINE_SUPERVISOR, 200, 403),
        (Role.INSPECTOR, 403, 403),
        (Role.ZONE_SUPERVISOR, 403, 403),
        (Role.PRINCIPAL, 403, 403),
    ):
        client = client_as(role)
        assert client.get(path).status_code == reads, role
        assert client.get(f"{api}/document").status_code == reads, role
        assert client.post(f"{path}/reveal", data={"version": row.version}).status_code == runs, role
        assert client.post(f"{api}/reveal", json={}, headers={"If-Match": '"1"'}).status_code == runs, role
    other = client_as(Role.BUREAU_ADMIN, "b")
    assert other.get(path).status_code == 404
    assert other.post(f"{path}/reveal", data={"version": row.version}).status_code == 404


def test_the_same_by_rest(officer, world, client_as):
    plan = draws.drawable_plan(world)
    client = client_as(Role.CANTEEN_OFFICER)
    base = f"/api/v1/inspection-plans/{plan.id}"
    schools = client.get(f"{base}/schools").json["items"]
    assert {row["school_id"] for row in schools} == {world.schools[code] for code in ("a1", "a2", "a3")}
    assert all(row["risk"] == sum(row["risk_parts"].values()) for row in schools)
    assert client.delete(f"{base}/schools/{world.schools['a3']}").status_code == 204
    assert len(client.post(f"{base}/schools", json={"school_ids": [world.schools["a3"]]}).json["items"]) == 3
    assert client.post(f"{base}/schools", json={"school_ids": [world.schools["b1"]]}).status_code == 422
    asked = {name: value for name, value in fields(world, public_value="").items() if name != "id"}
    row = client.put(f"{base}/draws/{new_id()}", json=asked).json
    assert (row["state"], "seed" in row) == ("committed", False)
    path = f"/api/v1/draws/{row['id']}"
    assert client.get(f"{path}/document").json["seed"] is None
    drawn = client.post(f"{path}/reveal", json={}, headers={"If-Match": f'"{row["version"]}"'}).json
    assert drawn["state"] == "drawn"
    assert client.post(f"{path}/reveal", json={}, headers={"If-Match": f'"{drawn["version"]}"'}).status_code == 409
    assert client.put(f"{path}/publication", headers={"If-Match": f'"{drawn["version"]}"'}).status_code == 422
    document = client.get(f"{path}/document").json
    assert [one["id"] for one in client.get(f"{base}/draws").json["items"]] == [row["id"]]
    visit = document["result"]["visits"][0]
    month = client.get(f"/api/v1/inspections/calendar?day={visit['day']}&person_id={visit['inspectors'][0]}").json
    assert visit["visit_id"] in [one["id"] for one in month["items"]]


def test_an_inspector_declares_for_themselves_only(world, client_as, acting):
    acting(world.actor(Role.CANTEEN_OFFICER))
    second = inspections.more_inspectors(world)[0]
    client = client_as(Role.INSPECTOR)
    mine = {"id": str(new_id()), "school_id": world.schools["a2"], "kind": "relative", "reason": "姐姐在该校任教",
            "valid_from": "2026-01-01", "valid_until": ""}  # fmt: skip
    assert client.post("/inspections/interests", data=mine).status_code == 302
    assert client.post("/inspections/interests", data=mine).status_code == 302
    page = text(client.get("/inspections/interests"))
    assert page.count("姐姐在该校任教") == 1
    others = {**mine, "id": str(new_id()), "person_id": str(second)}
    assert client.post("/inspections/interests", data=others).status_code == 403
    assert client.get("/inspections/interests/all").status_code == 403
    theirs = client_as(Role.INSPECTOR, "b")
    assert "姐姐" not in text(theirs.get("/inspections/interests"))
    assert theirs.post(f"/inspections/interests/{mine['id']}/withdraw", data={"version": 1}).status_code == 404
    body = {key: value or None for key, value in mine.items() if key != "id"} | {
        "person_id": str(world.person(Role.INSPECTOR).account_id)
    }
    assert client.put(f"/api/v1/inspector-interests/mine/{mine['id']}", json=body).status_code == 200
    assert (
        client.put(f"/api/v1/inspector-interests/mine/{mine['id']}", json=body | {"kind": "declared"}).status_code
        == 409
    )
    admin = client_as(Role.BUREAU_ADMIN)
    assert admin.post("/inspections/interests/all", data=others).status_code == 302
    assert text(admin.get("/inspections/interests/all")).count("姐姐在该校任教") == 2
    late = {**mine, "id": str(new_id()), "valid_until": "2025-01-01"}
    assert "结束日期不能早于开始日期" in text(client.post("/inspections/interests", data=late), 422)
    assert client.post(f"/inspections/interests/{mine['id']}/withdraw", data={"version": 1}).status_code == 302
    acting(world.actor(Role.BUREAU_ADMIN))
    assert len(db.session.scalars(select(InspectorInterest)).all()) == 2


def test_an_inspectors_calendar_is_theirs(officer, world, client_as):
    visit = inspections.make_visit(world)
    db.session.commit()
    mine = text(client_as(Role.INSPECTOR).get("/inspections/calendar"))
    assert "演示第一小学" in mine
    assert "演示第一小学" not in text(client_as(Role.INSPECTOR, "b").get("/inspections/calendar"))
    person = world.person(Role.INSPECTOR).account_id
    assert "演示第一小学" in text(client_as(Role.SAFETY_OFFICER).get(f"/inspections/calendar?person_id={person}"))
    assert client_as(Role.INSPECTOR, "b").get(f"/api/v1/inspections/calendar?person_id={person}").status_code == 404
    assert text(client_as(Role.INSPECTOR).get("/inspections/calendar?day=nonsense"))
    assert visit.scheduled_on == today()


def test_days_are_put_in_order_by_way_or_chance(officer, world, client_as):
    from bureau.schools.models import School

    plan = draws.drawable_plan(world)
    places = {"a1": (30.00, 120.00), "a2": (30.00, 120.09), "a3": (30.00, 120.05)}
    for code, (latitude, longitude) in places.items():
        school = db.session.get(School, (officer.bureau_id, world.schools[code]))
        school.latitude, school.longitude = latitude, longitude
    people = [person.id for person in planning.available_inspectors(officer)][:2]
    visits = planning.assign(officer, plan.id, [world.schools[code] for code in places], people, today())
    db.session.commit()
    page = client_as(Role.CANTEEN_OFFICER)
    path = f"/inspections/plans/{plan.id}/days"
    assert page.post(path, data={"order": "route"}).status_code == 302
    db.session.expire_all()
    use_scope(db.session(), officer.scope)
    order = [visit.school_id for visit in sorted(visits, key=lambda visit: visit.day_order)]
    assert order[1] == world.schools["a3"]  # it lies between the two others
    assert "公里" in text(page.get(path))
    assert page.post(path, data={"order": "random"}).status_code == 302
    assert page.post(path, data={"order": "alphabet"}).status_code == 422
    assert client_as(Role.INSPECTOR).post(path, data={"order": "route"}).status_code == 403


def test_what_failed_last_time_is_mandatory_and_shown(officer, world, acting, client_as):
    version = inspections.published(officer)
    system = acting(system_actor(officer.bureau_id))
    first = inspections.make_visit(world, "a1", inspections.make_plan(system, version))
    noise = inspections.make_visit(world, "a2", inspections.make_plan(system, version))
    inspections.submit(world, first, {"1": {"met": False}}, remarks={"1": "演示：地面有积水"})
    inspections.submit(world, noise, {"2": inspections.perfect_answers(noise)["2"]})
    again = inspections.make_visit(world, "a1", inspections.make_plan(system, version))
    assert mandatory_items(officer, again) == ["1"]
    before = previous_visit(officer, again)
    assert (before["inspection_id"], before["visited_on"]) == (first.id, today())
    assert before["answers"]["1"]["answer"] == {"met": False}
    assert before["answers"]["1"]["remark"] == "演示：地面有积水"
    assert before["answers"]["1"]["lost"] not in (None, "0")
    assert before["answers"]["2"]["lost"] is None
    assert (mandatory_items(officer, first), previous_visit(officer, first)) == ([], None)
    other_form = inspections.make_visit(world, "a1", inspections.make_plan(system))
    assert previous_visit(officer, other_form) is None
    db.session.commit()
    shown = text(client_as(Role.CANTEEN_OFFICER).get(f"/inspections/visits/{again.school_id}/{again.id}"))
    assert "上次失分，本次必查（1 项）" in shown
