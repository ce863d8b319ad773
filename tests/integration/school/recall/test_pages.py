"""The pages and the API, as each role uses them."""

import re

import pytest
from sqlalchemy import select

from bureau.roles import Role
from kernel.database import db, new_id
from kernel.web.dates import today
from school.recall.models import Recall
from tests.support.recall import LOT


def test_the_officer_traces_and_recalls_by_one_click(world, two_schools, officer, client_as):
    client = client_as(Role.CANTEEN_OFFICER)
    page = client.get("/recalls/trace?kind=lot&batch_no=" + LOT)
    assert page.status_code == 200
    assert "封存并通知 2 所学校" in page.text
    assert "470 人次" in page.text
    sent = client.post("/recalls/", data={
        "id": str(new_id()), "kind": "lot", "batch_no": LOT, "reason": "抽检不合格", "tell": "1",
    })  # fmt: skip
    assert sent.status_code == 302
    shown = client.get(sent.location)
    assert "召回中" in shown.text
    assert client.get(sent.location + "/progress").status_code == 200
    assert client.get(sent.location + "/report").status_code == 200
    assert client.get("/recalls/").status_code == 200
    assert client.get("/recalls/trace.xlsx?kind=lot&batch_no=" + LOT).data[:2] == b"PK"


def test_a_reason_is_asked_at_its_field_and_nothing_is_kept(two_schools, officer, client_as):
    client = client_as(Role.CANTEEN_OFFICER)
    sent = client.post("/recalls/", data={"id": str(new_id()), "kind": "lot", "batch_no": LOT, "tell": "1"})
    assert sent.status_code == 422
    assert "请填写此项" in sent.text
    assert db.session.scalar(select(Recall)) is None


def test_the_school_is_told_on_its_first_page_and_answers(world, two_schools, officer, client_as):
    bureau = client_as(Role.CANTEEN_OFFICER)
    sent = bureau.post("/recalls/", data={
        "id": str(new_id()), "kind": "lot", "batch_no": LOT, "reason": "抽检不合格", "tell": "1",
    })  # fmt: skip
    recall_id = sent.location.rsplit("/", 1)[1]
    store = client_as(Role.STOREKEEPER, "a1")
    assert "待封存" in store.get("/").text
    page = store.get(f"/recalls/mine/{recall_id}")
    assert "演示米饭" in page.text
    assert "演示第二小学" not in page.text
    assert store.post(f"/recalls/mine/{recall_id}/seen").status_code == 302
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]  # of the page that said that it was read
    secured = store.post(f"/recalls/mine/{recall_id}/secure", data={"version": version, "found": "70 公斤"})
    assert secured.status_code == 302
    assert "70 公斤" in bureau.get(f"/recalls/{recall_id}").text
    assert client_as(Role.STOREKEEPER, "a3").get(f"/recalls/mine/{recall_id}").status_code == 404
    assert client_as(Role.CANTEEN_OFFICER, "b").get(f"/recalls/{recall_id}").status_code == 404


@pytest.mark.parametrize("role", [Role.DISCIPLINE_SUPERVISOR, Role.ASSET_OFFICER])
def test_who_only_reads_is_offered_no_recall(two_schools, officer, client_as, role):
    client = client_as(role)
    assert "封存并通知" not in client.get("/recalls/trace?kind=lot&batch_no=" + LOT).text
    sent = client.post("/recalls/", data={"id": str(new_id()), "kind": "lot", "batch_no": LOT, "reason": "x"})
    assert sent.status_code == 403


def test_a_school_traces_its_own_and_may_not_recall(two_schools, officer, client_as):
    client = client_as(Role.PRINCIPAL, "a1")
    page = client.get("/recalls/trace?kind=lot&batch_no=" + LOT)
    assert "320 人次" in page.text
    assert "封存并通知" not in page.text
    assert client.get("/recalls/").status_code == 403


def test_what_is_missing_is_said_at_its_field(client_as):
    client = client_as(Role.CANTEEN_OFFICER)
    page = client.get(f"/recalls/trace?kind=dish&on_day={today()}")
    assert page.status_code == 422
    assert "请选择菜品" in page.text


def test_by_the_api(world, two_schools, officer, client_as):
    client = client_as(Role.CANTEEN_OFFICER)
    answer = client.get("/api/v1/recalls/trace", query_string={"kind": "lot", "batch_no": LOT}).json
    assert [school["diners"] for school in answer["schools"]] == [320, 150]
    [lot] = answer["lots"]
    made = client.post("/api/v1/recalls", json={
        "id": str(new_id()), "kind": "lot", "batch_no": LOT, "lot": [lot["digest"]], "reason": "抽检不合格",
    })  # fmt: skip
    assert made.status_code == 201, made.text
    address = f"/api/v1/recalls/{made.json['id']}"
    assert client.post(f"{address}/tell").status_code == 422
    told = client.post(f"{address}/tell", headers={"If-Match": str(made.json["version"])})
    assert told.json["state"] == "active"
    store = client_as(Role.STOREKEEPER, "a1")
    part = store.get(f"{address}/part").json
    put = store.put(f"{address}/part", json={"found": "70 公斤"}, headers={"If-Match": str(part["version"])})
    assert put.json["state"] == "secured"


def test_pupils_fell_ill(world, two_schools, client_as):
    client = client_as(Role.TEACHER, "a1")
    assert "先救治学生" in client.get("/recalls/incidents/new").text
    sent = client.post("/recalls/incidents/new", data={
        "id": str(new_id()), "on_day": str(today()), "meal": "lunch", "sick_count": "3", "symptoms": "呕吐",
    })  # fmt: skip
    assert sent.status_code == 302
    assert client.get(sent.location).status_code == 200
    officer = client_as(Role.CANTEEN_OFFICER)
    assert "疑似食品安全事件" in officer.get("/").text
    assert "3 人不适" in officer.get("/recalls/").text
    assert client_as(Role.PRINCIPAL, "a2").get("/recalls/incidents").text.count("呕吐") == 0
