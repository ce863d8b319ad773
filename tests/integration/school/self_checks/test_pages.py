"""The pages: started, filled item by item or as one form, handed in; the landing page; the bureau's pages."""

import re
from decimal import Decimal

import pytest

from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from scorecards.form import AllOrNothing, Repeat, Section
from tests.support.inspections import make_plan, make_visit
from tests.support.inspections import submit as inspect
from tests.support.samples.self_checks import make_check, make_schedule, make_version, submitted_check
from tests.unit.scorecards.forms import form, item

HTMX = {"HX-Request": "true"}


def page_of(client, address, **more):
    answer = client.get(address, **more)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def test_from_the_landing_page_to_the_result(client_as, world, session):
    schedule = make_schedule(world, role=Role.CANTEEN_MANAGER)
    client = client_as("canteen_manager")
    assert "自查：演示每日自查" in page_of(client, "/")
    page = page_of(client, "/self-checks")
    action = re.search(r'action="(/self-checks/schedules/[^"]+)"', page)[1]
    sent = client.post(action, data={"id": str(new_id())})
    assert sent.status_code == 302
    address = sent.location
    assert client.post(action, data={"id": str(new_id())}).location == address  # pressed twice: the same check
    saved = client.post(f"{address}/items/0", data={"i0-met": "no", "i0-remark": "演示积水"}, headers=HTMX)
    assert "已保存" in saved.get_data(as_text=True)
    review = client.post(f"{address}/in-order", follow_redirects=True).get_data(as_text=True)
    assert "−20" in review
    done = client.post(f"{address}/submit", data={"remark": "演示"})
    assert done.status_code == 302
    assert client.post(f"{address}/submit", data={"remark": ""}).status_code == 302  # pressed twice
    result = page_of(client, address)
    assert "备注：演示积水" in result
    assert "检查员备注" not in result
    assert "自查：演示每日自查" not in page_of(client, "/")
    assert "按时完成" in page_of(client, "/self-checks/calendar")
    assert schedule.title in page_of(client, f"/self-checks/schedules/{schedule.id}")


def test_a_refused_answer_is_shown_as_typed(client_as, world, session):
    check = make_check(world)
    client = client_as("principal")
    answer = client.post(f"/self-checks/{check.id}/items/1", data={"i1-judged": "99"}, headers=HTMX)
    assert answer.status_code == 422
    whole = client.post(f"/self-checks/{check.id}", data={"i1-judged": "99"})
    assert whole.status_code == 422
    assert 'value="99"' in whole.get_data(as_text=True)
    assert client.post(f"/self-checks/{check.id}/items/77", data={}).status_code == 404


def test_what_is_open_is_listed_before_submission(client_as, world, session):
    check = make_check(world)
    client = client_as("principal")
    page = client.post(f"/self-checks/{check.id}", data={"i0-met": "yes"}, follow_redirects=True).get_data(as_text=True)
    assert "还有 6 项没有填写" in page
    refused = client.post(f"/self-checks/{check.id}/submit", data={"remark": ""})
    assert refused.status_code == 422
    assert "还有 6 项没有填写，填完才能提交。" in refused.get_data(as_text=True)


def test_rooms_named_on_the_page_are_filled_one_by_one(client_as, world, session):
    rooms = Section(
        code="R",
        title="寝室",
        na_allowed=True,
        repeat=Repeat(unit_label="寝室"),
        items=(item("R1", AllOrNothing(), 40),),
    )
    plain = Section(code="P", title="公共", items=(item("P1", AllOrNothing(), 60),))
    version = make_version(world, form=form(sections=(plain, rooms), total=Decimal(100), na_policy="renormalise"))
    check = make_check(world, form_version_id=version.id)
    client = client_as("dormitory_supervisor")
    fields = {"unit-0-0-label": "101", "unit-0-0-code": "", "unit-0-1-label": "", "unit-0-2-label": "102"}
    sent = client.post(f"/self-checks/{check.id}/figures", data={"version": check.version, **fields})
    assert sent.status_code == 302, sent.get_data(as_text=True)
    assert client.post(f"/self-checks/{check.id}/figures", data={"version": 999, **fields}).status_code == 409
    page = page_of(client, f"/self-checks/{check.id}")
    assert "寝室 · 101" in page
    assert 'name="i1-2-met"' in page
    answer = client.post(f"/self-checks/{check.id}/items/1-2", data={"i1-2-met": "no"}, headers=HTMX)
    assert answer.status_code == 200
    review = client.post(f"/self-checks/{check.id}/in-order", follow_redirects=True).get_data(as_text=True)
    assert "−" in review
    assert client.post(f"/self-checks/{check.id}/sections/1/absent", headers=HTMX).status_code == 200
    client.post(f"/self-checks/{check.id}/submit", data={"remark": ""})
    assert "不适用" in page_of(client, f"/self-checks/{check.id}")


def test_a_section_all_right_at_one_touch(client_as, world, session):
    check = make_check(world)
    client = client_as("principal")
    answer = client.post(f"/self-checks/{check.id}/sections/0/met", headers=HTMX)
    assert "全部填完" in answer.get_data(as_text=True)


def test_schedules_by_page(client_as, world, session):
    version = make_version(world)
    client = client_as("logistics_director")
    page_of(client, "/self-checks/schedules/new")
    fields = {
        "id": str(new_id()), "title": "演示周查", "form_version_id": str(version.id), "rhythm": "weekly",
        "starts_on": today().isoformat(), "ends_on": "", "month_day": "", "grace_days": "", "role": "",
    }  # fmt: skip
    assert client.post("/self-checks/schedules/new", data=fields).status_code == 422
    assert client.post("/self-checks/schedules/new", data={**fields, "weekdays": ["0", "4"]}).status_code == 302
    page = page_of(client, "/self-checks/schedules")
    assert "周一、周五" in page
    address = re.search(r'href="(/self-checks/schedules/[0-9a-f-]{36})"', page)[1]
    edit = {"title": "改名", "role": "", "ends_on": "", "version": "1"}
    assert client.post(address, data=edit).status_code == 302
    assert client.post(address, data={**edit, "title": "再改"}).status_code == 409
    assert client_as("guard").get("/self-checks/schedules/new").status_code == 403
    assert client_as("teacher").get("/self-checks").status_code == 403


@pytest.fixture
def compared(world, session):
    """A visit with 20 points lost on item 1, where the school had given itself full marks."""
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    plan = make_plan(bureau)
    submitted_check(world, form_version_id=plan.form_version_id)
    use_scope(session(), bureau.scope)
    visit = make_visit(world, "a1", plan)
    inspect(world, visit, {"1": {"met": False}})
    return plan, visit


def test_both_scores_on_every_page_of_the_result(client_as, world, compared):
    plan, visit = compared
    school = client_as("principal")
    page = page_of(school, f"/inspections/results/{visit.id}")
    assert "与学校自查对照" in page
    assert "自查得 20 / 20" in page
    own = page_of(school, f"/self-checks/comparison/{visit.id}?only=differing")
    assert "+20.00" in own
    assert own.count("检查内容") == 2  # the column's head and the one item that differs
    bureau = client_as("bureau_admin")
    assert "与学校自查对照" in page_of(bureau, f"/inspections/visits/{visit.school_id}/{visit.id}")
    assert "+20.00" in page_of(bureau, f"/schools/{visit.school_id}/self-checks/comparison/{visit.id}")
    scores = page_of(bureau, f"/oversight/self-checks/scores?plan_id={plan.id}")
    assert "+20.00" in scores
    assert bureau.get(f"/oversight/self-checks/scores?plan_id={new_id()}").status_code == 404
    assert client_as("principal", "a2").get(f"/self-checks/comparison/{visit.id}").status_code == 404


def test_the_bureau_asks_by_page_and_reads_the_month(client_as, world, session):
    version = make_version(world)
    client = client_as("canteen_officer")
    page_of(client, "/oversight/self-checks/requests/new")
    fields = {
        "id": str(new_id()), "title": "演示布置", "plan_id": "", "form_version_id": str(version.id), "rhythm": "daily",
        "starts_on": today().isoformat(), "ends_on": "", "month_day": "", "grace_days": "", "role": "",
        "school_ids": [str(world.schools["a1"])],
    }  # fmt: skip
    assert client.post("/oversight/self-checks/requests/new", data={**fields, "school_ids": []}).status_code == 422
    assert client.post("/oversight/self-checks/requests/new", data=fields).status_code == 302
    assert "演示布置" in page_of(client, "/oversight/self-checks/requests")
    assert "演示布置" in page_of(client_as("principal"), "/")
    page_of(client, "/oversight/self-checks/punctuality")
    ended = client.post(f"/oversight/self-checks/requests/{fields['id']}/end", data={})
    assert ended.status_code == 302
    assert client_as("zone_supervisor").get("/oversight/self-checks/requests/new").status_code == 403


def test_over_the_api_the_same(client_as, world, session):
    version = make_version(world)
    client = client_as("principal")
    address = f"/api/v1/self-checks/{new_id()}"
    body = {"form_version_id": str(version.id)}
    assert client.put(address, json=body).status_code == 201
    assert client.put(address, json=body).status_code == 200
    open_items = client.put(f"{address}/submission", json={})
    assert open_items.status_code == 422
    assert "answers.1" in open_items.get_json()["errors"]
    answers = {
        "1": True, "2": "15", "3": 0, "4": [], "5": ["1", "2"], "6": {"level": "1"}, "7": {"found": False},
    }  # fmt: skip
    assert client.put(f"{address}/answers", json={"answers": answers}).status_code == 200
    figures = {"parameters": {}, "units": {}}
    assert client.put(f"{address}/figures", json=figures).status_code == 422
    assert client.put(f"{address}/figures", json=figures, headers={"If-Match": '"99"'}).status_code == 409
    done = client.put(f"{address}/submission", json={"remark": "演示"})
    assert done.status_code == 200, done.get_json()
    assert done.get_json()["score"] in ("100", "100.0", "100.0000")
    assert client.put(f"{address}/submission", json={"remark": "别的"}).get_json()["remark"] == "演示"
    bureau = client_as("bureau_admin")
    listed = bureau.get(f"/api/v1/schools/{world.schools['a1']}/self-checks").get_json()
    assert [row["id"] for row in listed["items"]] == [done.get_json()["id"]]
    assert client_as("principal", "a2").get(address).status_code == 404
