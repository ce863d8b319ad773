"""From the first answer to the released result, through the services."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from bureau.inspections.models import (
    Inspection,
    InspectionAnswer,
    InspectionEvent,
    InspectionLoss,
    InspectionPhoto,
    InspectionResult,
)
from bureau.inspections.service import answering, planning, reading, results, submitting, visits
from bureau.roles import Role
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.files.models import Attachment
from kernel.files.service import get_attachment
from kernel.notices.models import Notice
from kernel.web.dates import today
from scorecards import service as forms
from scorecards.form import Section
from tests.support import inspections
from tests.support.pictures import jpeg
from tests.unit.scorecards.forms import every_shape


def save(scene, answers, remarks=None):
    return answering.save_answers(scene.inspector, scene.visit.school_id, scene.visit.id, answers, remarks)


def stored(scene):
    return {code: row.answer for code, row in answering.answers_of(scene.visit).items()}


def test_the_first_answer_begins_the_visit(scene):
    scene.as_inspector()
    assert scene.visit.state == "planned"
    save(scene, {"1": {"met": True}})
    assert (scene.visit.state, scene.visit.started_at is not None) == ("in_progress", True)
    save(scene, {"2": {"judged": "7.5"}})
    assert stored(scene) == {"1": {"met": True}, "2": {"judged": "7.5"}}
    starts = db.session.scalar(select(func.count()).where(InspectionEvent.event == "start"))
    assert starts == 1


def test_an_answer_is_replaced_cleared_and_its_remark_kept_apart(scene):
    scene.as_inspector()
    save(scene, {"1": {"met": True}}, {"1": "好"})
    save(scene, {"1": {"met": False}})
    assert answering.answers_of(scene.visit)["1"].remark == "好"
    save(scene, {}, {"1": "更好", "2": "只有备注"})
    rows = answering.answers_of(scene.visit)
    assert (rows["1"].answer, rows["1"].remark) == ({"met": False}, "更好")
    assert (rows["2"].answer, rows["2"].remark) == (None, "只有备注")
    save(scene, {"1": None})
    assert stored(scene)["1"] is None
    assert reading.answered_counts(scene.inspector, [scene.visit]) == {}
    save(scene, {"2": {"judged": "3"}})
    assert reading.answered_counts(scene.inspector, [scene.visit]) == {scene.visit.id: 1}
    assert answering.answers_of(scene.visit)["2"].remark == "只有备注"


@pytest.mark.parametrize(
    ("answers", "remarks", "field"),
    [
        ({"2": {"judged": "16"}}, {}, "answers.2"),
        ({"2": {"judged": "7.3"}}, {}, "answers.2"),
        ({"3": {"count": "x"}}, {}, "answers.3"),
        ({"4": {"checked": {"7": 1}}}, {}, "answers.4"),
        ({"1": {"found": True}}, {}, "answers.1"),
        ({"99": {"met": True}}, {}, "answers.99"),
        ({"99": None}, {}, "answers.99"),
        ({}, {"99": "x"}, "answers.99"),
        ({"7": {"not_applicable": "没有"}}, {}, "answers.7"),
        ({"1": {"not_applicable": "长" * 201}}, {}, "answers.1"),
        ({"1": {"not_applicable": "坏\x00"}}, {}, "answers.1"),
        ({}, {"1": "坏\x00"}, "remarks.1"),
        ({}, {"1": "长" * 1001}, "remarks.1"),
    ],
)
def test_what_the_form_cannot_score_is_refused_whole_and_in_words(scene, answers, remarks, field):
    scene.as_inspector()
    with pytest.raises(Invalid) as raised:
        save(scene, {"6": {"level": "1"}, **answers}, remarks)
    assert set(raised.value.fields) == {field}
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in raised.value.fields[field])
    assert stored(scene) == {}


def test_preview_rises_only_and_counts_what_is_open(scene):
    actor = scene.as_inspector()
    assert submitting.preview(actor, scene.visit).score == 0
    save(scene, {"1": {"met": True}})
    result = submitting.preview(actor, scene.visit)
    assert (result.score, result.complete, result.band) == (20, False, None)
    assert set(result.missing) == {"2", "3", "4", "5", "6", "7"}


def test_submission_scores_and_tells_the_school(scene, world, session):
    actor = scene.as_inspector()
    photo = inspections.add_photo(world, scene.visit)
    changes = {"1": {"met": False}, "4": {"checked": {"1": 1, "9": 2}}, "2": {"not_applicable": "没有食堂"}}
    result = inspections.submit(world, scene.visit, changes, remarks={"1": "漏水"}, met_by="张老师", remark="要整改")
    # 100 − 20 − (3 + 2×1), of 85 applicable points
    assert result.score == Decimal("70.6")
    assert (result.band, result.maximum, result.released_at is not None) == ("合格", 100, True)
    assert (scene.visit.state, scene.visit.met_by, scene.visit.remark) == ("released", "张老师", "要整改")
    lines = {line["code"]: line for section in result.account["sections_account"] for line in section["lines"]}
    assert lines["1"]["remark"] == "漏水"
    assert lines["1"]["photos"] == [str(photo.attachment_id)]
    assert [entry["label"] for entry in lines["4"]["chosen"]] == ["小项1", "每人"]
    assert result.account["form_digest"] == forms.get_version(actor, scene.visit.form_version_id).digest
    losses = session.execute(select(InspectionLoss.item_code, InspectionLoss.lost)).all()
    assert sorted(losses) == [("1", 20), ("4", 5)]
    told = set(session.scalars(select(Notice.person_id).where(Notice.kind == "inspection_released")))
    roles = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER)
    assert told == {world.person(role, "a1").account_id for role in roles}
    events = session.scalars(select(InspectionEvent.event).order_by(InspectionEvent.id)).all()
    assert events == ["plan", "start", "submit", "release"]


def test_an_incomplete_submission_names_every_open_item_and_changes_nothing(scene):
    actor = scene.as_inspector()
    save(scene, {"1": {"met": True}})
    with pytest.raises(Invalid) as raised:
        submitting.submit(actor, scene.visit.school_id, scene.visit.id, answers={"2": {"judged": "5"}})
    assert set(raised.value.fields) == {f"answers.{code}" for code in "34567"}
    assert scene.visit.state == "in_progress"
    assert db.session.scalar(select(func.count()).select_from(InspectionResult)) == 0


def test_a_repeated_submission_returns_the_result_that_stands(scene, world):
    scene.as_inspector()
    first = inspections.submit(world, scene.visit)
    again = inspections.submit(world, scene.visit, {"1": {"met": False}})
    assert again.id == first.id
    assert again.score == 100
    assert db.session.scalar(select(func.count()).select_from(InspectionResult)) == 1
    assert db.session.scalar(select(func.count()).where(InspectionEvent.event == "submit")) == 1


def test_after_submission_nothing_changes(scene, world):
    actor = scene.as_inspector()
    photo = inspections.add_photo(world, scene.visit)
    inspections.submit(world, scene.visit)
    with pytest.raises(RuleBroken):
        save(scene, {"1": {"met": False}})
    with pytest.raises(RuleBroken):
        inspections.add_photo(world, scene.visit, "2", "other")
    with pytest.raises(RuleBroken):
        answering.remove_photo(actor, scene.visit.school_id, scene.visit.id, photo.id)


def test_a_newer_version_of_the_form_does_not_touch_a_visit_under_way(scene, world, acting):
    scene.as_inspector()
    save(scene, {"1": {"met": True}})
    officer = scene.as_officer()
    version = forms.get_version(officer, scene.visit.form_version_id)
    old = every_shape()
    items = tuple(replace(item, text="新的要求") for item in old.sections[0].items[:2])
    newer = replace(old, total=Decimal(35), bands=(), sections=(Section(code="1", title="一", items=items),))
    draft = forms.import_form(officer, newer, template_id=version.template_id)
    forms.publish(officer, draft.id, draft.version)
    scene.as_inspector()
    result = inspections.submit(world, scene.visit)
    assert (result.score, result.maximum, result.form_version_id) == (100, 100, version.id)


def test_an_inspector_who_is_not_assigned_finds_no_visit(scene, world, acting):
    stranger = world.actor(Role.COMMITTEE_EXPERT)
    actor = acting(Actor(stranger.account_id, "x", "bureau", stranger.bureau_id, roles=frozenset({"inspector"})))
    for use_case in (
        lambda: visits.get_inspection(actor, scene.visit.school_id, scene.visit.id),
        lambda: answering.save_answers(actor, scene.visit.school_id, scene.visit.id, {"1": {"met": True}}),
        lambda: submitting.submit(actor, scene.visit.school_id, scene.visit.id),
        lambda: results.get_result(actor, scene.visit.school_id, scene.visit.id),
    ):
        with pytest.raises(NotFound):
            use_case()
    assert visits.my_visits(actor) == []
    also_expert = Actor(
        stranger.account_id, "x", "bureau", stranger.bureau_id, roles=frozenset({"inspector", "committee_expert"})
    )
    with pytest.raises(NotFound):
        visits.get_inspection(also_expert, scene.visit.school_id, scene.visit.id)


def test_an_officer_reads_every_visit_but_fills_none(scene):
    officer = scene.as_officer()
    assert visits.get_inspection(officer, scene.visit.school_id, scene.visit.id).id == scene.visit.id
    with pytest.raises(Denied):
        answering.save_answers(officer, scene.visit.school_id, scene.visit.id, {"1": {"met": True}})


def test_my_visits_are_mine_and_open(scene, world):
    actor = scene.as_inspector()
    assert [visit.id for visit, _school, _plan in visits.my_visits(actor)] == [scene.visit.id]
    inspections.submit(world, scene.visit)
    assert visits.my_visits(actor) == []
    assert len(visits.my_visits(actor, open_only=False)) == 1


# ---- release, sending back ----


def test_held_results_wait_for_the_bureau(held_scene, world, session):
    scene = held_scene
    scene.as_inspector()
    photo = inspections.add_photo(world, scene.visit)
    result = inspections.submit(world, scene.visit, {"1": {"met": False}})
    assert (scene.visit.state, result.released_at) == ("submitted", None)
    officer = scene.as_officer()
    assert [visit.id for visit, _school in reading.waiting_for_release(officer)] == [scene.visit.id]
    school = scene.as_school()
    assert results.own_results(school).items == []
    for use_case in (
        lambda: results.get_result(school, scene.visit.school_id, scene.visit.id),
        lambda: results.released_visit(school, scene.visit.id),
        lambda: get_attachment(school, photo.attachment_id),
    ):
        with pytest.raises(NotFound):
            use_case()
    scene.as_officer()
    visit = results.release(officer, scene.visit.school_id, scene.visit.id, scene.visit.version)
    results.release(officer, scene.visit.school_id, scene.visit.id, None)  # told twice: nothing happens
    assert visit.state == "released"
    assert session.scalar(select(func.count()).where(InspectionEvent.event == "release")) == 1
    school = scene.as_school()
    assert results.get_result(school, scene.visit.school_id, scene.visit.id).score == 80
    assert [row.plan_title for row in results.own_results(school).items] == ["演示检查"]
    assert get_attachment(school, photo.attachment_id).purpose == "inspection_photo"
    sibling = scene.as_school("a2")
    with pytest.raises(NotFound):
        results.get_result(sibling, scene.visit.school_id, scene.visit.id)
    with pytest.raises(NotFound):
        get_attachment(sibling, photo.attachment_id)


def test_release_and_return_want_the_version_seen(held_scene, world):
    scene = held_scene
    scene.as_inspector()
    inspections.submit(world, scene.visit)
    officer = scene.as_officer()
    with pytest.raises(Conflict):
        results.release(officer, scene.visit.school_id, scene.visit.id, scene.visit.version - 1)
    with pytest.raises(Conflict):
        results.send_back(officer, scene.visit.school_id, scene.visit.id, "缺照片", scene.visit.version - 1)


def test_what_was_sent_back_counts_nowhere_until_submitted_again(held_scene, world, session):
    scene = held_scene
    scene.as_inspector()
    inspections.submit(world, scene.visit, {"1": {"met": False}})
    officer = scene.as_officer()
    assert [place.score for place in results.ranking(officer, scene.plan.id)] == [80]
    results.send_back(officer, scene.visit.school_id, scene.visit.id, "缺照片", scene.visit.version)
    assert (scene.visit.state, scene.visit.submitted_at) == ("in_progress", None)
    assert results.ranking(officer, scene.plan.id) == []
    assert results.lost_items(officer, scene.plan.id) == []
    with pytest.raises(NotFound):
        results.get_result(officer, scene.visit.school_id, scene.visit.id)
    actor = scene.as_inspector()
    save(scene, {"1": {"met": True}, "5": {"checked": {"1": 1}}})
    again = submitting.submit(actor, scene.visit.school_id, scene.visit.id)
    assert again.score == 94
    scene.as_officer()
    assert [(item.code, item.lost) for item in results.lost_items(officer, scene.plan.id)] == [("5", 6)]
    results.release(officer, scene.visit.school_id, scene.visit.id, scene.visit.version)
    with pytest.raises(RuleBroken):
        results.send_back(officer, scene.visit.school_id, scene.visit.id, "晚了", scene.visit.version)


# ---- row-level security, without the services' own conditions ----


def test_a_schools_scope_holds_no_answer_and_nothing_unreleased(held_scene, world, session):
    scene = held_scene
    scene.as_inspector()
    inspections.add_photo(world, scene.visit)
    inspections.submit(world, scene.visit, {"1": {"met": False}})
    scene.as_school()
    for table in (Inspection, InspectionResult, Attachment):
        assert session.scalars(select(table)).all() == []
    for table in (InspectionAnswer, InspectionPhoto, InspectionLoss, InspectionEvent):
        with pytest.raises(Exception, match="permission denied"), session.begin_nested():
            session.scalars(select(table)).all()
    officer = scene.as_officer()
    results.release(officer, scene.visit.school_id, scene.visit.id, scene.visit.version)
    scene.as_school("a2")
    assert session.scalars(select(InspectionResult)).all() == []
    scene.as_school()
    assert [result.id for result in session.scalars(select(InspectionResult))] == [scene.visit.id]
    assert len(session.scalars(select(Attachment)).all()) == 1


# ---- photos ----


def test_a_photo_sent_twice_is_one_photo(scene):
    actor = scene.as_inspector()
    photo_id = new_id()
    sent = {"photo_id": photo_id, "item_code": "1", "data": jpeg("x"), "name": "a.jpg"}
    first = answering.add_photo(actor, scene.visit.school_id, scene.visit.id, **sent)
    assert answering.add_photo(actor, scene.visit.school_id, scene.visit.id, **sent) is first
    for other in ({"data": jpeg("y")}, {"item_code": "2"}):
        with pytest.raises(Conflict):
            answering.add_photo(actor, scene.visit.school_id, scene.visit.id, **{**sent, **other})
    assert len(answering.photos_of(scene.visit)["1"]) == 1


def test_a_photo_belongs_to_a_known_item_or_to_the_visit(scene, world):
    scene.as_inspector()
    inspections.add_photo(world, scene.visit, "")
    with pytest.raises(Invalid):
        inspections.add_photo(world, scene.visit, "99")
    with pytest.raises(Invalid):
        answering.add_photo(
            scene.inspector, scene.visit.school_id, scene.visit.id, photo_id=new_id(), item_code="1", data=b"no picture"
        )
    assert {code: len(group) for code, group in answering.photos_of(scene.visit).items()} == {"": 1}


def test_photos_are_limited_per_item(scene, world, monkeypatch):
    scene.as_inspector()
    monkeypatch.setattr(answering, "MOST_PHOTOS", 2)
    inspections.add_photo(world, scene.visit, "1", "a")
    inspections.add_photo(world, scene.visit, "1", "b")
    with pytest.raises(Invalid):
        inspections.add_photo(world, scene.visit, "1", "c")
    inspections.add_photo(world, scene.visit, "2", "c")


def test_a_removed_photo_leaves_the_visit_and_not_the_store(scene, world):
    actor = scene.as_inspector()
    photo = inspections.add_photo(world, scene.visit)
    assert answering.remove_photo(actor, scene.visit.school_id, scene.visit.id, photo.id) == "1"
    assert answering.photos_of(scene.visit) == {}
    assert get_attachment(actor, photo.attachment_id).hidden_from_school
    with pytest.raises(NotFound):
        answering.remove_photo(actor, scene.visit.school_id, scene.visit.id, photo.id)


def test_a_photo_of_another_visit_is_not_removed(scene, world):
    actor = scene.as_inspector()
    other = inspections.make_visit(world, "a1", inspections.make_plan(system_actor(actor.bureau_id)))
    photo = inspections.add_photo(world, other)
    with pytest.raises(NotFound):
        answering.remove_photo(actor, scene.visit.school_id, scene.visit.id, photo.id)


def test_planning_again_keeps_answers_of_a_cancelled_visit(scene, world):
    scene.as_inspector()
    save(scene, {"1": {"met": True}})
    officer = scene.as_officer()
    planning.cancel(officer, scene.visit.school_id, scene.visit.id, "停电", scene.visit.version)
    team = [world.person("inspector").account_id, *inspections.more_inspectors(world)]
    planning.assign(officer, scene.plan.id, [scene.visit.school_id], team, today())
    assert stored(scene) == {"1": {"met": True}}
