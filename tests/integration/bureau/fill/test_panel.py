"""What the bureau's page of a visit shows of the phones; the alarm of a score that differs."""

import prometheus_client
import pytest
from sqlalchemy import select, update

from bureau.fill import rules
from bureau.fill.models import FillSubmission
from bureau.inspections.service import answering
from bureau.roles import Role
from bureau.schools.models import School
from kernel.database import db
from kernel.files.models import Attachment
from kernel.notices.models import Notice


def page(client_as, scene, role=Role.CANTEEN_OFFICER):
    response = client_as(role).get(f"/inspections/visits/{scene.visit.school_id}/{scene.visit.id}")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_a_visit_that_no_phone_touched_shows_nothing_of_phones(scene, client_as):
    assert "evidence-title" not in page(client_as, scene)


def test_clock_place_missing_files_and_hashes_are_shown_never_refused(scene, client_as):
    scene.as_bureau()
    db.session.execute(update(School).where(School.id == scene.visit.school_id).values(latitude=31.2, longitude=120.5))
    db.session.commit()
    phone = scene.phone
    phone.more["clock_offset_ms"] = -86_400_000
    near = phone.photo("1", seed="near", place={"latitude": 31.2001, "longitude": 120.5, "accuracy": 20})
    far = phone.photo("2", seed="far", place={"latitude": 31.3, "longitude": 120.5, "accuracy": 20})
    phone.photo("3", seed="late")
    phone.put()
    phone.upload(near, far)
    shown = page(client_as, scene)
    assert "手机时间相差 -1440 分钟" in shown
    assert near in shown
    assert far in shown
    assert shown.count("较远") == 1
    assert "11 米" in shown
    assert "1 个文件未传到" in shown


@pytest.mark.parametrize("role", [Role.CANTEEN_OFFICER, Role.ZONE_SUPERVISOR, Role.INSPECTOR])
def test_both_values_of_a_conflict_stand_side_by_side(scene, client_as, role):
    inspector = scene.acting(scene.phone.someone.actor)
    answering.save_answers(
        inspector, scene.visit.school_id, scene.visit.id, {"2": {"judged": "7.5"}}, {"2": "墙角有灰"}
    )
    db.session.commit()
    scene.phone.answer("2", {"judged": "15"})
    scene.phone.put()
    shown = page(client_as, scene, role)
    for words in ("1 项填写不一致", "评分 7.5", "评分 15", "墙角有灰", "检查内容2"):
        assert words in shown


def finish(scene, score, **more):
    scene.fill()
    scene.phone.sign()
    digest = rules.score_digest({key: one["answer"] for key, one in scene.phone.answers.items()})
    scene.phone.more["client_score"] = {
        "maximum": 100,
        "band": "优秀",
        "verdict": None,
        "digest": digest,
        "score": score,
        **more,
    }
    scene.phone.put()
    scene.phone.upload()
    receipt = scene.phone.finalise()
    assert receipt.status_code == 200, receipt.json
    scene.as_bureau()
    return receipt.json, db.session.scalars(select(FillSubmission)).one()


def differences():
    return prometheus_client.REGISTRY.get_sample_value("houqin_fill_score_differences_total")


def test_a_score_that_agrees_is_noted_quietly(scene, client_as):
    before = differences()
    band = scene.phone.call("GET", f"/fill/forms/{scene.visit.form_version_id}").json["form"]["bands"][0]["label"]
    receipt, kept = finish(scene, "100.0", band=band)
    assert (receipt["score_differs"], kept.score_check) == (False, "same")
    assert differences() == before
    assert db.session.scalars(select(Notice).where(Notice.kind == "inspection_score_differs")).all() == []
    assert "手机与服务器得分一致" in page(client_as, scene)


def test_a_score_that_differs_stands_as_the_service_has_it_and_raises_the_alarm(scene, client_as, world):
    before = differences()
    receipt, kept = finish(scene, "99.5")
    assert (receipt["score_differs"], receipt["score"]["score"]) == (True, "100")
    assert (kept.score_check, kept.client_score["score"], kept.server_score["score"]) == ("differs", "99.5", "100")
    assert differences() == before + 1
    told = set(db.session.scalars(select(Notice.person_id).where(Notice.kind == "inspection_score_differs")))
    assert world.person(Role.CANTEEN_OFFICER).account_id in told
    assert world.person(Role.CANTEEN_OFFICER, "b").account_id not in told
    shown = page(client_as, scene)
    assert "手机与服务器得分不一致" in shown
    assert "99.5" in shown


def test_a_score_of_other_answers_is_not_compared(scene):
    _receipt, kept = finish(scene, "12", digest="0" * 64)
    assert (kept.score_check, kept.server_score) == ("other_answers", None)


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.FOOD_SAFETY_OFFICER])
def test_the_school_sees_the_photos_but_neither_signatures_nor_what_phones_sent(scene, client_as, role):
    scene.phone.photo("1")
    finish(scene, "100.0")
    shown = client_as(role).get(f"/inspections/results/{scene.visit.id}").get_data(as_text=True)
    assert "evidence-title" not in shown
    rows = db.session.execute(select(Attachment.purpose, Attachment.hidden_from_school)).all()
    assert sorted(rows) == [("inspection_photo", False), ("inspection_signature", True), ("inspection_signature", True)]
