"""From a phone's first document to its receipt."""

from sqlalchemy import func, select

from bureau.fill.models import FillReceipt, FillSubmission
from bureau.inspections.models import Inspection, InspectionAnswer, InspectionResult
from kernel.database import db


def count(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def test_a_whole_visit_from_task_to_receipt(scene):
    phone = scene.phone
    (task,) = phone.tasks()
    assert (task["inspection_id"], task["submission_id"], task["answers"]) == (str(scene.visit.id), None, {})
    form = phone.call("GET", f"/fill/forms/{task['form_version_id']}").json
    assert form["form"]["sections"] and len(form["digest"]) == 64
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
    assert count(FillReceipt) == 1
    assert count(InspectionResult) == 1
    assert db.session.scalar(select(Inspection.state).where(Inspection.id == scene.visit.id)) == "released"
    assert count(InspectionAnswer) == len(scene.perfect)
    assert phone.tasks() == []


def test_the_same_content_again_is_the_same_revision(scene):
    scene.phone.answer("1", {"met": True})
    first = scene.phone.put()
    assert (first.status_code, scene.phone.put().status_code) == (201, 200)
    scene.as_bureau()
    assert count(FillSubmission) == 1
