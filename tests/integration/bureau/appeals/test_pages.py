import io

import pytest

from bureau.appeals.models import Appeal
from bureau.inspections.models import InspectionInspector
from bureau.roles import Role
from kernel.database import db, new_id
from tests.support.follow_up import as_person, draft_appeal, result_of, sent_appeal, told_visit
from tests.support.pictures import jpeg


@pytest.fixture
def visit(session, world):
    return told_visit(world)


def test_a_school_appeals_from_its_result_and_the_bureau_decides(visit, world, client_as):
    school = client_as(Role.PRINCIPAL)
    result = school.get(f"/inspections/results/{visit.id}").get_data(as_text=True)
    assert f"/appeals/new?inspection_id={visit.id}&amp;item=3" in result
    assert "/rectifications/" in result
    assert "申诉期限" in result
    form = school.get(f"/appeals/new?inspection_id={visit.id}&item=3")
    assert form.status_code == 200
    appeal_id = new_id()
    data = {
        "id": str(appeal_id), "inspection_id": str(visit.id), "item_code": "3", "reason": "演示：只有一处", "action": "send",
        "evidence": [(io.BytesIO(jpeg("a")), "a.jpg"), (io.BytesIO(jpeg("b")), "b.jpg")],
    }  # fmt: skip
    answer = school.post("/appeals/new", data=data, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (302, f"/appeals/{appeal_id}")
    assert "待复核" in school.get(f"/appeals/{appeal_id}").get_data(as_text=True)
    officer = client_as(Role.CANTEEN_OFFICER)
    path = f"/appeals/schools/{visit.school_id}/{appeal_id}"
    page = officer.get(path).get_data(as_text=True)
    assert "演示：只有一处" in page
    assert "i0-count" in page
    refused = officer.post(
        f"{path}/decision", data={"version": 2, "outcome": "upheld", "reason": "演示", "i0-count": "5"}
    )
    assert refused.status_code == 422
    done = officer.post(
        f"{path}/decision", data={"version": 2, "outcome": "upheld", "reason": "演示：属实", "i0-count": "1"}
    )
    assert done.status_code == 302
    assert result_of(world, visit).revision == 1
    told = client_as(Role.PRINCIPAL).get(f"/inspections/results/{visit.id}").get_data(as_text=True)
    assert f"/inspections/results/{visit.id}/revisions/0" in told
    assert client_as(Role.PRINCIPAL).get(f"/inspections/results/{visit.id}/revisions/0").status_code == 200
    assert officer.get(f"/inspections/visits/{visit.school_id}/{visit.id}/revisions/1").status_code == 200
    assert client_as(Role.BUREAU_ADMIN).get("/appeals/statistics").status_code == 200


def test_a_draft_is_kept_changed_and_sent_later(visit, world, client_as):
    appeal = draft_appeal(world, visit)
    school = client_as(Role.LOGISTICS_DIRECTOR)
    assert school.get(f"/appeals/{appeal.id}/edit").status_code == 200
    data = {"version": appeal.version, "reason": "演示：改写", "action": "draft"}
    assert school.post(f"/appeals/{appeal.id}/edit", data=data).status_code == 302
    stale = school.post(f"/appeals/{appeal.id}/edit", data={**data, "reason": "演示：旧页"})
    assert stale.status_code == 409
    assert client_as(Role.BUREAU_ADMIN).get(f"/appeals/schools/{appeal.school_id}/{appeal.id}").status_code == 404


def test_the_inspectors_colleague_decides_not_the_inspector(visit, world, client_as):
    admin = as_person(world, Role.BUREAU_ADMIN)
    db.session.add(
        InspectionInspector(
            bureau_id=visit.bureau_id, school_id=visit.school_id, inspection_id=visit.id, person_id=admin.account_id
        )
    )
    db.session.flush()
    appeal = sent_appeal(world, visit)
    path = f"/appeals/schools/{appeal.school_id}/{appeal.id}"
    client = client_as(Role.BUREAU_ADMIN)
    assert "您参加了这次检查" in client.get(path).get_data(as_text=True)
    data = {"version": appeal.version, "outcome": "rejected", "reason": "演示"}
    assert client.post(f"{path}/decision", data=data).status_code == 403
    assert client_as(Role.SAFETY_OFFICER).post(f"{path}/decision", data=data).status_code == 302


@pytest.mark.parametrize(
    ("role", "sees", "may_decide"),
    [
        (Role.BUREAU_ADMIN, True, True), (Role.CANTEEN_OFFICER, True, True), (Role.DISCIPLINE_SUPERVISOR, True, False),
        (Role.ZONE_SUPERVISOR, True, False), (Role.INSPECTOR, False, False), (Role.PRINCIPAL, False, False),
        (Role.SUPPLIER_USER, False, False),
    ],
)  # fmt: skip
def test_who_reads_and_who_decides(visit, world, client_as, role, sees, may_decide):
    appeal = sent_appeal(world, visit)
    path = f"/appeals/schools/{appeal.school_id}/{appeal.id}"
    client = client_as(role)
    assert (client.get(path).status_code == 200) is sees
    data = {"version": appeal.version, "outcome": "rejected", "reason": "演示"}
    assert (client.post(f"{path}/decision", data=data).status_code == 302) is may_decide


@pytest.mark.parametrize(
    ("role", "may_appeal"),
    [(Role.PRINCIPAL, True), (Role.LOGISTICS_DIRECTOR, True), (Role.CANTEEN_MANAGER, False), (Role.TEACHER, False)],
)
def test_who_appeals(visit, client_as, role, may_appeal):
    data = {"id": str(new_id()), "inspection_id": str(visit.id), "item_code": "1", "reason": "演示"}
    assert (client_as(role).post("/appeals/new", data=data).status_code == 302) is may_appeal


def test_the_api_does_the_same(visit, world, client_as):
    school = client_as(Role.PRINCIPAL)
    appeal_id = new_id()
    body = {"inspection_id": str(visit.id), "item_code": "1", "reason": "演示"}
    made = school.put(f"/api/v1/appeals/{appeal_id}", json=body)
    assert (made.status_code, made.json["state"]) == (200, "draft")
    sent = school.put(f"/api/v1/appeals/{appeal_id}/sending", headers={"If-Match": '"1"'})
    assert (sent.status_code, sent.json["state"]) == (200, "sent")
    officer = client_as(Role.BUREAU_ADMIN)
    listed = officer.get("/api/v1/district/appeals?state=sent").json["items"]
    assert [one["id"] for one in listed] == [str(appeal_id)]
    decided = officer.post(
        f"/api/v1/schools/{visit.school_id}/appeals/{appeal_id}/decision",
        json={"outcome": "upheld", "reason": "演示", "answer": {"met": True}},
        headers={"If-Match": f'"{sent.json["version"]}"'},
    )
    assert (decided.status_code, decided.json["state"], decided.json["revision"]) == (200, "upheld", 1)
    assert officer.get("/api/v1/appeal-statistics").json["items"][0]["upheld"] == 1


def test_acknowledging_from_the_page(visit, client_as):
    school = client_as(Role.PRINCIPAL)
    assert school.post(f"/inspections/results/{visit.id}/acknowledgement", data={"note": ""}).status_code == 302
    page = school.get(f"/inspections/results/{visit.id}").get_data(as_text=True)
    assert "确认了结果" in page
    assert "/appeals/new" not in page
    assert db.session.query(Appeal).count() == 0
