from io import BytesIO

import pytest

from bureau.inspections.schemas import PlaceOut, RankingOut
from bureau.inspections.service import results
from bureau.roles import Role
from kernel.database import db, new_id
from tests.support import inspections
from tests.support.pictures import jpeg


def api(visit, rest=""):
    return f"/api/v1/schools/{visit.school_id}/inspections/{visit.id}{rest}"


def seen(visit):
    """What a client of this version sends."""
    return {"If-Match": f'"{visit.version}"'}


def test_a_visit_goes_from_plan_to_result(held_scene, client_as, world, acting):
    scene = held_scene
    filler, officer, school = client_as(Role.INSPECTOR), client_as(Role.CANTEEN_OFFICER), client_as(Role.PRINCIPAL)
    assert [row["id"] for row in filler.get("/api/v1/inspections/mine").json["items"]] == [str(scene.visit.id)]
    shown = filler.get(api(scene.visit)).json
    assert (shown["state"], shown["answers"]) == ("planned", {})
    codes = [item["code"] for section in shown["form"]["sections"] for item in section["items"]]
    assert codes == [str(number) for number in range(1, 8)]
    scene.as_inspector()
    answers = inspections.perfect_answers(scene.visit)
    saved = filler.put(api(scene.visit, "/answers"), json={"answers": {"1": {"met": False}}, "remarks": {"1": "漏水"}})
    assert (saved.status_code, saved.json["state"]) == (200, "in_progress")
    photo_id = new_id()
    for _ in range(2):
        sent = filler.put(
            api(scene.visit, f"/photos/{photo_id}?item_code=1"),
            data={"photo": (BytesIO(jpeg("a")), "a.jpg")},
            content_type="multipart/form-data",
        )
        assert (sent.status_code, sent.json["item_code"]) == (200, "1")
    refused = filler.put(api(scene.visit, "/submission"), json={"met_by": "", "remark": ""})
    assert refused.status_code == 422
    assert set(refused.json["errors"]) == {f"answers.{code}" for code in "234567"}
    rest = {code: answer for code, answer in answers.items() if code != "1"}
    done = filler.put(api(scene.visit, "/submission"), json={"answers": rest, "met_by": "张老师"})
    assert (done.status_code, done.json["score"], done.json["band"]) == (200, "80", "良好")
    again = filler.put(api(scene.visit, "/submission"), json={"answers": {"1": {"met": True}}})
    assert again.json == done.json
    assert school.get("/api/v1/inspection-results").json["items"] == []
    assert school.get(f"/api/v1/inspection-results/{scene.visit.id}").status_code == 404
    assert officer.put(api(scene.visit, "/release")).status_code == 422
    version = officer.get(api(scene.visit)).json["version"]
    released = officer.put(api(scene.visit, "/release"), headers={"If-Match": f'"{version}"'})
    assert (released.status_code, released.json["state"]) == (200, "released")
    result = school.get(f"/api/v1/inspection-results/{scene.visit.id}").json
    assert result["account"]["sections_account"][0]["lines"][0]["remark"] == "漏水"
    assert [row["score"] for row in school.get("/api/v1/inspection-results").json["items"]] == ["80"]
    ranking = officer.get(f"/api/v1/inspection-plans/{scene.plan.id}/ranking?stage=primary&is_boarding=true").json
    assert [(row["rank"], row["of"], row["school_name"]) for row in ranking["items"]] == [(1, 1, "演示第一小学")]
    # It goes past the schema's dump, and must not go past the schema.
    assert ranking == RankingOut().dump(
        {"items": results.ranking(acting(world.actor(Role.CANTEEN_OFFICER)), scene.plan.id)}
    )
    assert set(ranking["items"][0]) == set(PlaceOut().fields)
    lost = officer.get(f"/api/v1/inspection-plans/{scene.plan.id}/lost-items").json["items"]
    assert [(row["code"], row["times"]) for row in lost] == [("1", 1)]


def test_plans_are_made_shown_filled_and_closed(session, world, client_as, acting):
    version = inspections.published(acting(world.actor(Role.CANTEEN_OFFICER)))
    second = inspections.more_inspectors(world)[0]
    officer = client_as(Role.CANTEEN_OFFICER)
    plan = {
        "id": str(new_id()), "title": "演示", "form_version_id": str(version.id),
        "starts_on": "2026-09-01", "ends_on": "2026-12-31",
    }  # fmt: skip
    created = officer.post("/api/v1/inspection-plans", json=plan)
    assert (created.status_code, created.json["state"]) == (201, "open")
    path = f"/api/v1/inspection-plans/{plan['id']}"
    assignment = {
        "school_ids": [world.schools["a1"], world.schools["a2"]], "scheduled_on": "2026-10-01",
        "inspector_ids": [str(world.person(Role.INSPECTOR).account_id), str(second)],
    }  # fmt: skip
    assert len(officer.post(f"{path}/visits", json=assignment).json["items"]) == 2
    assert len(officer.get(f"{path}/visits").json["items"]) == 2
    assert officer.post(f"{path}/visits", json={**assignment, "school_ids": [world.schools["b1"]]}).status_code == 422
    assert officer.put(f"{path}/closing", headers={"If-Match": '"9"'}).status_code == 409
    assert officer.put(f"{path}/closing", headers={"If-Match": '"1"'}).json["state"] == "closed"
    assert officer.get(path).json["state"] == "closed"
    assert [row["id"] for row in officer.get("/api/v1/inspection-plans").json["items"]] == [plan["id"]]


def test_sending_back_and_cancelling_want_version_and_reason(held_scene, world, client_as):
    scene = held_scene
    officer = client_as(Role.CANTEEN_OFFICER)
    scene.as_inspector()
    inspections.submit(world, scene.visit)
    db.session.commit()
    reason = {"reason": "缺照片"}
    assert officer.post(api(scene.visit, "/return"), json=reason).status_code == 422
    assert officer.post(api(scene.visit, "/return"), json={}, headers=seen(scene.visit)).status_code == 422
    back = officer.post(api(scene.visit, "/return"), json=reason, headers=seen(scene.visit))
    assert back.json["state"] == "in_progress"
    headers = {"If-Match": f'"{back.json["version"]}"'}
    gone = officer.post(api(scene.visit, "/cancellation"), json={"reason": "停电"}, headers=headers)
    assert gone.json["state"] == "cancelled"
    refused = officer.put(api(scene.visit, "/release"), headers={"If-Match": f'"{gone.json["version"]}"'})
    assert refused.status_code in (404, 422)


def test_photos_are_removed_while_the_visit_is_open(scene, world, client_as):
    scene.as_inspector()
    photo = inspections.add_photo(world, scene.visit)
    path = api(scene.visit, f"/photos/{photo.id}")
    assert client_as(Role.CANTEEN_OFFICER).delete(path).status_code == 403
    filler = client_as(Role.INSPECTOR)
    assert filler.delete(path).status_code == 204
    assert filler.delete(path).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"answers": {"1": 5}},
        {"answers": {"1": {"met": True, "count": 1}}},
        {"answers": {"2": {"judged": "NaN"}}},
        {"answers": {"2": {"judged": 1e400}}},
        {"answers": {"3": {"count": 10**18}}},
        {"answers": {"4": {"checked": "x"}}},
        {"answers": {"": {"met": True}}},
        {"answers": {"1": {"not_applicable": {"a": 1}}}},
        {"answers": {"1": {"not_applicable": "坏\x00"}}},
        {"answers": []},
        {"remarks": {"1": "坏\x00"}},
        {"remarks": {"1": 5}},
        {"unknown": 1},
    ],
)
def test_rubbish_is_refused_clearly(scene, client_as, body):
    answer = client_as(Role.INSPECTOR).put(api(scene.visit, "/answers"), json=body)
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"
