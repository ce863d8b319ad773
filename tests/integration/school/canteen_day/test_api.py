"""REST of the day: what a phone sends later, twice, or in the wrong state."""

import json
from datetime import timedelta

import pytest

from bureau.roles import Role
from kernel.database import clock_at, new_id
from kernel.web.dates import today
from school.canteen_day import kinds
from school.canteen_day.kinds import KINDS
from tests.support.canteen_day import SAMPLE, add_person, at, cook, keep
from tests.support.pictures import jpeg

TASTED = {"meal": "lunch", "is_fine": True}


def put(client, path, body, **headers):
    return client.put(f"/api/v1/canteen-day/{path}", json=body, headers=headers)


def test_a_record_is_put_once_and_again_with_the_same_answer(client_as):
    client, record_id = client_as(Role.CANTEEN_MANAGER), new_id()
    happened = at(6, 40, days=-1).isoformat()
    first = put(client, f"tastings/{record_id}", {**TASTED, "happened_at": happened})
    again = put(client, f"tastings/{record_id}", {**TASTED, "happened_at": happened})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json["is_late"] is True
    assert first.json["on_day"] == (today() - timedelta(days=1)).isoformat()
    assert first.json["recorded_at"] > first.json["happened_at"]
    assert put(client, f"tastings/{record_id}", {**TASTED, "note": "另一份"}).status_code == 409


def test_what_it_sent_is_in_the_list_of_its_day(client_as, world):
    client = client_as(Role.CANTEEN_MANAGER)
    put(client, f"tastings/{new_id()}", TASTED)
    own = client.get(f"/api/v1/canteen-day/tastings?day={today()}").json["items"]
    assert [one["meal"] for one in own] == ["lunch"]
    assert client.get("/api/v1/canteen-day/tastings?day=2020-01-01").json["items"] == []
    school = world.schools["a1"]
    seen = client_as(Role.ZONE_SUPERVISOR).get(f"/api/v1/schools/{school}/canteen-day/tastings").json["items"]
    assert seen == own
    other = client_as(Role.ZONE_SUPERVISOR, "a-west").get(f"/api/v1/schools/{school}/canteen-day/tastings")
    assert other.status_code == 404


def test_a_correction_names_what_it_corrects_and_why(client_as):
    client, wrong = client_as(Role.CANTEEN_MANAGER), new_id()
    put(client, f"waste-weights/{wrong}", {"meal": "lunch", "grams": 120, "diners": 100})
    body = {"meal": "lunch", "grams": 12_000, "diners": 100, "corrects_id": str(wrong)}
    assert put(client, f"waste-weights/{new_id()}", body).status_code == 422
    right = put(client, f"waste-weights/{new_id()}", {**body, "correction_reason": "单位写错"})
    assert (right.status_code, right.json["grams_per_diner"]) == (201, "120.0")
    rows = client.get("/api/v1/canteen-day/waste-weights").json["items"]
    assert [(row["grams"], row["superseded_at"] is None) for row in rows] == [(12_000, True), (120, False)]
    assert [row["grams"] for row in client.get("/api/v1/canteen-day/waste-weights?current=1").json["items"]] == [12_000]
    assert put(client, f"waste-weights/{new_id()}", {**body, "correction_reason": "再改"}).status_code == 409


def test_the_refusal_to_let_somebody_work_names_its_article(session, world, client_as):
    staff = add_person(cook(world), "演示甲", health_days=-1)
    session.commit()
    answer = put(client_as(Role.FOOD_SAFETY_OFFICER), f"staff-checks/{new_id()}", {"staff_id": str(staff.id)})
    assert answer.status_code == 422
    assert answer.json["rule"] == "health_expired"
    assert "食品安全法" in answer.json["citation"]


def test_a_sample_is_thrown_away_with_the_version_seen_and_in_its_time(session, world, client_as):
    kept = keep(cook(world), kinds.SAMPLE, **SAMPLE)
    session.commit()
    client, path = client_as(Role.CANTEEN_MANAGER), f"/api/v1/canteen-day/food-samples/{kept.id}/disposal"
    assert client.post(path, json={}).status_code == 422
    early = client.post(path, json={}, headers={"If-Match": "1"})
    assert (early.status_code, early.json["rule"]) == (422, "too_early")
    with clock_at(kept.dispose_not_before):
        assert client.post(path, json={}, headers={"If-Match": "9"}).status_code == 409
        done = client.post(path, json={}, headers={"If-Match": "1"})
    assert (done.status_code, done.json["disposed_by_name"] != "") == (200, True)


def test_a_photo_goes_first_and_the_record_names_it(client_as):
    import io

    client, photo_id = client_as(Role.CANTEEN_MANAGER), new_id()
    data = {"file": (io.BytesIO(jpeg("canteen")), "photo.jpg")}
    sent = client.put(f"/api/v1/canteen-day/photos/{photo_id}", data=data, content_type="multipart/form-data")
    assert sent.status_code == 200
    record = put(client, f"tastings/{new_id()}", {**TASTED, "photo_id": str(photo_id)})
    assert record.json["photo_id"] == str(photo_id)
    assert put(client, f"tastings/{new_id()}", {**TASTED, "photo_id": str(new_id())}).status_code == 422


def test_equipment_is_added_once_and_changed_with_its_version(client_as):
    client, row_id = client_as(Role.CANTEEN_MANAGER), new_id()
    body = {"name": "1 号冰箱", "kind": "chilled"}
    assert put(client, f"refrigerators/{row_id}", body).status_code == 201
    assert put(client, f"refrigerators/{row_id}", body).status_code == 200
    assert put(client, f"refrigerators/{row_id}", {**body, "place": "仓库"}).status_code == 409
    changed = put(client, f"refrigerators/{row_id}", {**body, "place": "仓库"}, **{"If-Match": "1"})
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    assert put(client, f"refrigerators/{row_id}", body, **{"If-Match": "1"}).status_code == 409
    assert put(client, f"refrigerators/{new_id()}", body).status_code == 422  # one name, one cupboard


def test_a_finding_is_moved_on_with_its_version(client_as):
    officer = client_as(Role.FOOD_SAFETY_OFFICER)
    report = {"kind": "daily", "findings": [{"text": "地面有积水"}]}
    assert put(officer, f"control-reports/{new_id()}", report).status_code == 201
    found = officer.get("/api/v1/canteen-day/findings?state=open").json["items"][0]
    path, step = f"/api/v1/canteen-day/findings/{found['id']}/steps", {"event": "fix", "words": "已清理"}
    assert officer.post(path, json=step).status_code == 422
    assert officer.post(path, json=step, headers={"If-Match": "1"}).json["state"] == "fixed"
    assert officer.post(path, json=step, headers={"If-Match": "1"}).status_code == 409


@pytest.mark.parametrize("code", KINDS)
def test_a_role_without_the_task_puts_nothing(client_as, code):
    for role in (Role.GUARD, Role.CANTEEN_OFFICER, Role.SUPPLIER_USER):
        answer = put(client_as(role), f"{KINDS[code].slug}/{new_id()}", json.loads("{}"))
        assert answer.status_code == 403, (role, answer.json)


def test_a_teacher_only_says_how_the_meal_was(client_as):
    client = client_as(Role.TEACHER)
    ate = {"meal": "lunch", "person_name": "演示教师", "person_kind": "teacher"}
    assert put(client, f"accompanying-meals/{new_id()}", ate).status_code == 201
    assert put(client, f"tastings/{new_id()}", TASTED).status_code == 403
