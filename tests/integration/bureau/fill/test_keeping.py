"""From a phone's first document to its receipt."""

import pytest
from sqlalchemy import func, select

from bureau.fill import rules
from bureau.fill.models import FillReceipt, FillSubmission
from bureau.inspections.models import Inspection, InspectionAnswer, InspectionPhoto, InspectionResult
from bureau.inspections.service import answering, planning, results
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from tests.support import inspections


def count(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def stored(scene):
    scene.as_bureau()
    return {row.item_code: (row.answer, row.remark) for row in db.session.scalars(select(InspectionAnswer))}


def test_a_whole_visit_from_task_to_receipt(scene):
    phone = scene.phone
    (task,) = phone.tasks()
    assert (task["inspection_id"], task["submission_id"], task["answers"]) == (str(scene.visit.id), None, {})
    form = phone.call("GET", f"/fill/forms/{task['form_version_id']}").json
    assert form["form"]["sections"]
    assert len(form["digest"]) == 64
    scene.fill()
    photo = phone.photo("1", place={"latitude": 31.2, "longitude": 120.5, "accuracy": 12.5})
    phone.sign()
    response = phone.put()
    assert (response.status_code, response.json["rev"], response.json["conflicts"]) == (201, 1, [])
    assert response.json["missing"] == sorted(phone.blobs)
    assert phone.upload() == [201, 201, 201]
    assert phone.upload(photo) == [200]
    done = phone.finalise()
    assert done.status_code == 200, done.json
    assert done.json["attachments"] == sorted(phone.blobs)
    assert (done.json["seq"], done.json["visit_state"], done.json["score"]["score"]) == (1, "released", "100")
    assert phone.finalise().json == done.json
    scene.as_bureau()
    assert (count(FillReceipt), count(InspectionResult), count(InspectionAnswer)) == (1, 1, len(scene.perfect))
    assert db.session.scalar(select(Inspection.state).where(Inspection.id == scene.visit.id)) == "released"
    kept = db.session.scalars(select(InspectionPhoto)).one()
    assert (kept.sha256, float(kept.latitude), float(kept.accuracy)) == (photo, 31.2, 12.5)
    assert phone.tasks() == []
    assert phone.show().json["receipt"] == done.json


def test_the_task_says_what_the_service_holds_and_who_wrote_it(scene):
    scene.acting(scene.phone.someone.actor)
    answering.save_answers(
        scene.phone.someone.actor, scene.visit.school_id, scene.visit.id, {"1": {"met": False}}, {"1": "漏水"}
    )
    db.session.commit()
    (task,) = scene.phone.tasks()
    held = task["answers"]["1"]
    assert (held["answer"], held["remark"], held["by"]) == ({"met": False}, "漏水", str(scene.phone.someone.account_id))
    assert held["digest"] == rules.answer_digest({"met": False}, "漏水")
    assert task["parameters"]["boarders"] == 110
    assert task["inspectors"][0]["sections"] is None


def test_the_same_content_again_is_the_same_revision_whatever_the_header_says(scene):
    phone = scene.phone
    phone.answer("1", {"met": True})
    body = phone.body()
    first = phone.put(body)
    assert (first.status_code, first.json["rev"]) == (201, 1)
    for headers in ({"If_None_Match": "*"}, {"If_Match": '"1"'}, {"If_Match": '"7"'}):
        again = phone.put(body, **headers)
        assert (again.status_code, again.json) == (200, first.json)
    scene.as_bureau()
    assert count(FillSubmission) == 1


def test_another_device_must_first_see_what_the_service_has(scene):
    phone = scene.phone
    phone.answer("1", {"met": True})
    phone.put()
    phone.answer("1", {"met": False})
    for headers in ({"If_None_Match": "*"}, {"If_Match": '"9"'}):
        stale = phone.put(**headers)
        assert (stale.status_code, stale.json["rev"]) == (412, 1)
        assert stale.json["submission"]["answers"]["1"]["answer"] == {"met": True}
    assert phone.call("PUT", f"/fill/submissions/{phone.uuid}", json=phone.body()).status_code == 422
    assert stored(scene)["1"] == ({"met": True}, "")
    assert (phone.put().status_code, phone.rev) == (200, 2)
    assert stored(scene)["1"] == ({"met": False}, "")
    second = scene.new_phone()
    refused = second.put()
    assert (refused.status_code, refused.json["submission_id"]) == (409, str(phone.uuid))


def test_a_submission_that_the_service_lost_can_be_sent_anew(scene):
    scene.phone.answer("1", {"met": True})
    lost = scene.phone.put(If_Match='"4"')
    assert (lost.status_code, lost.json["rev"], lost.json["submission"]) == (412, 0, None)
    assert scene.phone.put(If_None_Match="*").status_code == 201


def test_ones_own_answer_is_no_conflict_after_a_lost_reply(scene):
    phone = scene.phone
    phone.answer("1", {"met": True})
    phone.put()
    phone.answer("1", {"met": False})  # base as if the first reply had never come
    response = phone.put()
    assert (response.status_code, response.json["conflicts"]) == (200, [])
    assert stored(scene)["1"] == ({"met": False}, "")


def save_online(scene, answers, remarks=None, role=Role.INSPECTOR):
    actor = scene.acting(scene.world.actor(role))
    answering.save_answers(actor, scene.visit.school_id, scene.visit.id, answers, remarks)
    db.session.commit()


def test_what_somebody_else_wrote_meanwhile_is_kept_and_shown_until_it_is_settled(scene):
    phone = scene.phone
    save_online(scene, {"1": {"met": False}, "2": {"judged": "7.5"}}, {"1": "漏水"})
    scene.fill()
    phone.answer("2", {"judged": "7.5"})
    phone.sign()
    response = phone.put()
    (conflict,) = response.json["conflicts"]
    assert (conflict["key"], conflict["mine"]) == ("1", {"answer": {"met": True}, "remark": ""})
    assert (conflict["theirs"]["answer"], conflict["theirs"]["remark"]) == ({"met": False}, "漏水")
    assert stored(scene)["1"] == ({"met": False}, "漏水")
    phone.upload()
    refused = phone.finalise()
    assert (refused.status_code, [one["key"] for one in refused.json["conflicts"]]) == (409, ["1"])
    assert phone.show().json["conflicts"] == response.json["conflicts"]
    phone.answer("1", {"met": True}, base=conflict["theirs"]["digest"])
    assert phone.put().json["conflicts"] == []
    assert stored(scene)["1"] == ({"met": True}, "")
    assert phone.finalise().status_code == 200


def test_a_conflict_ends_when_the_other_side_comes_round(scene):
    save_online(scene, {"1": {"met": False}})
    scene.phone.answer("1", {"met": True})
    assert len(scene.phone.put().json["conflicts"]) == 1
    save_online(scene, {"1": {"met": True}})
    assert scene.phone.show().json["conflicts"] == []


def test_a_cleared_answer_of_somebody_else_is_not_brought_back_in_silence(scene):
    save_online(scene, {"1": {"met": False}})
    (task,) = scene.phone.tasks()
    save_online(scene, {"1": None})
    scene.phone.answer("1", {"met": True}, base=task["answers"]["1"]["digest"])
    assert [one["theirs"]["answer"] for one in scene.phone.put().json["conflicts"]] == [None]


def test_finalising_names_what_is_still_open(scene):
    phone = scene.phone
    phone.answer("1", {"met": True})
    photo = phone.photo("1")
    phone.put()
    assert phone.finalise().json["missing"] == [photo]
    phone.upload()
    assert phone.finalise(manifest_sha256="0" * 64).status_code == 422
    assert phone.finalise(rev=9).status_code == 412
    refused = phone.finalise()
    assert (refused.status_code, set(refused.json["unanswered"])) == (422, set(scene.perfect) - {"1"})
    scene.fill()
    phone.put()
    refused = phone.finalise()
    inspector = f"inspector:{phone.someone.account_id}"
    assert (refused.status_code, refused.json["signatures"]) == (422, [inspector, "school"])
    phone.sign(inspector)
    phone.put()
    phone.upload()
    assert phone.finalise().json["signatures"] == ["school"]
    phone.more["unsigned_reason"] = "校长认为扣分过重"
    phone.put()
    assert phone.finalise().status_code == 200


def test_the_visit_is_handed_in_with_the_last_inspector(pair):
    phone, other = pair.phone, pair.other
    for key in ("A.1", "A.2"):
        phone.answer(key, {"met": True})
    phone.sign(f"inspector:{phone.someone.account_id}")
    phone.put()
    phone.upload()
    first = phone.finalise()
    assert first.status_code == 200, first.json
    assert (first.json["visit_state"], first.json["score"]) == ("in_progress", None)
    assert phone.put(phone.body() | {"remark": "补充"}).status_code == 409
    pair.as_bureau()
    assert count(InspectionResult) == 0
    other.answer("A.1", {"met": False})
    other.answer("B.1", {"met": False})
    assert [one["key"] for one in other.put().json["conflicts"]] == ["A.1"]
    del other.answers["A.1"]
    other.put()
    refused = other.finalise()
    assert (refused.status_code, refused.json["unanswered"]) == (422, ["B.2"])
    other.answer("B.2", {"met": True})
    other.sign(f"inspector:{other.someone.account_id}", "school")
    other.put()
    other.upload()
    last = other.finalise()
    assert last.status_code == 200, last.json
    assert (last.json["visit_state"], last.json["score"]["score"], last.json["seq"]) == ("released", "30", 2)
    assert last.json["prev"] == first.json["hash"]
    assert phone.finalise().json == first.json


def test_a_visit_sent_back_opens_the_submission_under_a_new_revision(scene):
    plan = inspections.make_plan(scene.as_bureau(), releases_on_submit=False)
    visit = inspections.make_visit(scene.world, "a2", plan)
    db.session.commit()
    phone = scene.new_phone(visit=visit)
    scene.fill(phone)
    phone.sign()
    phone.put()
    phone.upload()
    receipt = phone.finalise().json
    officer = scene.acting(scene.world.actor(Role.CANTEEN_OFFICER))
    db.session.refresh(visit)
    results.send_back(officer, visit.school_id, visit.id, "缺照片", visit.version)
    db.session.commit()
    task = next(one for one in phone.tasks() if one["inspection_id"] == str(visit.id))
    assert (task["state"], task["return_reason"], task["submission_id"]) == ("in_progress", "缺照片", str(phone.uuid))
    shown = phone.show().json
    assert (shown["state"], shown["rev"], shown["receipt"]) == ("draft", 2, None)
    assert phone.finalise().status_code == 412
    phone.rev = 2
    phone.photo("1")
    assert phone.put().json["rev"] == 3
    phone.upload()
    again = phone.finalise().json
    assert (again["seq"], again["prev"], again["rev"]) == (receipt["seq"] + 1, receipt["hash"], 3)


def test_a_cancelled_or_reassigned_visit_is_refused_in_words(scene):
    scene.phone.answer("1", {"met": True})
    scene.phone.put()
    scene.phone.answer("1", {"met": False})
    officer = scene.acting(scene.world.actor(Role.CANTEEN_OFFICER))
    visit = db.session.get_one(Inspection, (scene.visit.bureau_id, scene.visit.school_id, scene.visit.id))
    db.session.refresh(visit)
    planning.cancel(officer, visit.school_id, visit.id, "停课", visit.version)
    db.session.commit()
    refused = scene.phone.put()
    assert (refused.status_code, "取消" in refused.json["detail"]) == (409, True)
    system = scene.as_bureau()
    other = inspections.make_visit(scene.world, "a3", inspections.make_plan(system))
    from bureau.inspections.models import InspectionInspector

    db.session.delete(
        db.session.scalars(select(InspectionInspector).where(InspectionInspector.inspection_id == other.id)).one()
    )
    db.session.commit()
    refused = scene.new_phone(visit=other).put()
    assert (refused.status_code, "分配" in refused.json["detail"]) == (409, True)


def test_another_bureaus_visit_and_another_persons_submission_are_not_found(scene):
    system = scene.acting(system_actor(scene.world.bureaus["b"]))
    foreign = inspections.make_visit(scene.world, "b1", inspections.make_plan(system))
    db.session.commit()
    assert scene.new_phone(visit=foreign).put().status_code == 404
    scene.phone.answer("1", {"met": True})
    scene.phone.put()
    stranger = scene.new_phone(place="b", visit=foreign)
    stranger.uuid, stranger.rev = scene.phone.uuid, 1
    assert stranger.show().status_code == 404
    assert stranger.finalise().status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"answers": {"99": {"answer": {"met": True}, "remark": "", "at": "2026-01-01T00:00:00Z", "base": None}}}, "answers.99"),
        ({"answers": {"1": {"answer": {"count": 1}, "remark": "", "at": "2026-01-01T00:00:00Z", "base": None}}}, "answers.1"),
        ({"answers": {"1": {"answer": {"met": True}, "remark": "坏\x00", "at": "2026-01-01T00:00:00Z"}}}, "answers.1.value.remark"),
        ({"answers": {"1": {"answer": None, "remark": "", "at": "2026-01-01T00:00:00"}}}, "answers.1.value.at"),
        ({"surprise": 1}, "surprise"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "started_at"),
        ({"started_at": "9999-12-31T23:59:59Z"}, "started_at"),
        ({"attachments": [{"sha256": "x", "size": 1, "mime": "image/jpeg", "purpose": "photo", "taken_at": "2026-01-01T00:00:00Z"}]}, "attachments.0.sha256"),
        ({"clock_offset_ms": "5"}, "clock_offset_ms"),
        ({"answers": {str(n): {"answer": None, "at": "2026-01-01T00:00:00Z"} for n in range(2001)}}, "answers"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_whole_by_path(scene, change, field):
    refused = scene.phone.put(scene.phone.body() | change)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field]), refused.json
    scene.as_bureau()
    assert count(FillSubmission) == 0


def test_a_clock_that_lost_its_time_loses_no_work(scene):
    scene.phone.more |= {"started_at": "1970-01-01T00:00:05Z", "clock_offset_ms": -(10**12)}
    scene.phone.answers["1"] = {"answer": {"met": True}, "remark": "", "at": "2199-01-01T00:00:00Z", "base": None}
    scene.phone.photo("1", taken_at="1970-01-01T00:00:10Z")
    assert scene.phone.put().status_code == 201
    assert scene.phone.upload() == [201]
    scene.as_bureau()
    assert db.session.scalars(select(InspectionAnswer.answered_at)).one() <= now()


def test_a_visit_stays_on_the_version_that_it_began_with(scene):
    body = scene.phone.body() | {"form_version_id": str(new_id())}
    refused = scene.phone.put(body)
    assert (refused.status_code, refused.json["current"]["form_version_id"]) == (409, str(scene.visit.form_version_id))
