"""Daily records from a phone: once, in their own time, refused in words, never another school's."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.roles import Role
from duties.models import DutyMark
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from school.canteen_day import kinds
from school.canteen_day.service import reading
from school.offline_records.models import OfflineRecord
from tests.support.canteen_day import add_person, add_refrigerator, cook
from tests.support.school_phones import SECOND

TASTED = {"meal": "lunch", "is_fine": True}


@pytest.fixture
def phone(phone_of):
    return phone_of(Role.CANTEEN_MANAGER)


def kept(world, kind, place="a1"):
    actor = cook(world, place)
    return reading.list_records(actor, kind, actor.school_id).items


def test_what_was_made_at_five_to_eleven_and_sent_at_three_was_written_at_five_to_eleven(phone, world):
    made = now() - timedelta(hours=4, minutes=5)
    answer = phone.record("tasting", TASTED, at=made)
    assert answer.status_code == 201, answer.json
    (record,) = kept(world, kinds.TASTING)
    assert (record.happened_at, record.created_at, record.is_late) == (made, made, False)
    mark = db.session.scalars(select(DutyMark).where(DutyMark.record_id == record.id)).one()
    assert mark.at == made
    said = answer.json
    assert (said["flags"], said["record_ids"], said["record_kind"]) == ([], [str(record.id)], "tasting")
    assert said["url"].endswith(str(record.id))
    arrived = db.session.scalars(select(OfflineRecord)).one()
    assert arrived.created_at - arrived.claimed_at > timedelta(hours=4)


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({"at": timedelta(days=-2)}, ["late"]),
        ({"at": timedelta(days=-1), "clock_offset_ms": 86_400_000}, ["clock"]),
        ({"at": timedelta(days=1), "clock_offset_ms": -86_400_000}, ["clock"]),
        ({"at": timedelta(days=1)}, ["ahead"]),
    ],
)
def test_what_is_not_believed_is_taken_marked_and_counts_from_its_arrival(phone, world, changes, flags):
    before = now()
    answer = phone.record("tasting", TASTED, **{**changes, "at": before + changes["at"]})
    assert answer.status_code == 201, answer.json
    assert answer.json["flags"] == flags
    assert answer.json["notes"][0]
    (record,) = kept(world, kinds.TASTING)
    assert record.created_at >= before
    assert record.happened_at <= record.created_at
    mark = db.session.scalars(select(DutyMark).where(DutyMark.record_id == record.id)).one()
    assert mark.at >= before - timedelta(minutes=1)
    if flags == ["late"]:
        assert record.is_late
        assert record.happened_at < before - timedelta(hours=47)


def test_the_same_again_is_answered_the_same_and_is_one_record(phone, world):
    record_id = new_id()
    document = phone.document("tasting", {"rows": [{"id": str(new_id()), **TASTED}]})
    first = phone.send(document, record_id)
    again = phone.send({**document, "clock_offset_ms": 9_000, "device": {"id": "换了设备号"}}, record_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json == phone.call("GET", f"/fill/records/{record_id}").json
    assert len(kept(world, kinds.TASTING)) == 1


def test_another_content_under_the_same_id_is_a_conflict_and_changes_nothing(phone, world):
    record_id, row = new_id(), {"id": str(new_id()), **TASTED}
    document = phone.document("tasting", {"rows": [row]})
    phone.send(document, record_id)
    changed = {**document, "body": {"rows": [{**row, "is_fine": False, "exceptions": "太咸"}]}}
    assert phone.send(changed, record_id).status_code == 409
    # Nor does a new envelope around the same row.
    assert phone.send(changed, new_id()).status_code == 409
    (record,) = kept(world, kinds.TASTING)
    assert record.is_fine


def test_refused_in_words_then_corrected_under_the_same_id(phone, world):
    cold = add_refrigerator(cook(world))
    record_id, row = new_id(), {"id": str(new_id()), "refrigerator_id": str(cold.id), "celsius": "12"}
    made = now() - timedelta(hours=1)
    refused = phone.send(phone.document("refrigerator_temperature", {"rows": [row]}, at=made), record_id)
    assert refused.status_code == 422
    assert refused.json["rule"] == "out_of_range"
    assert refused.json["citation"]
    assert kept(world, kinds.REFRIGERATOR) == []
    mended = {**row, "action": "移到二号冰箱"}
    assert (
        phone.send(phone.document("refrigerator_temperature", {"rows": [mended]}, at=made), record_id).status_code
        == 201
    )
    (record,) = kept(world, kinds.REFRIGERATOR)
    assert (record.happened_at, record.action) == (made, "移到二号冰箱")


def test_several_rows_are_kept_all_or_none_and_errors_name_theirs(phone, world):
    people = [add_person(cook(world), name) for name in ("演示甲", "演示乙")]
    rows = [{"staff_id": str(one.id), "celsius": "36.5"} for one in people]
    refused = phone.record("staff_check", rows[0], {**rows[1], "celsius": "63.5"})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["rows.1.celsius"])
    assert kept(world, kinds.STAFF_CHECK) == []
    assert phone.record("staff_check", *rows).status_code == 201
    assert len(kept(world, kinds.STAFF_CHECK)) == 2


def test_one_rows_error_names_its_row_as_well(phone):
    assert list(phone.record("tasting", {"meal": "lunch", "is_fine": False}).json["errors"]) == ["rows.0.exceptions"]
    assert list(phone.record("tasting", {"meal": "tea"}).json["errors"]) == ["rows.0.meal"]


def test_a_picture_comes_first_and_is_kept_to_the_byte(phone, world):
    name = phone.picture("陪餐")
    row = {
        "id": str(new_id()), "meal": "lunch", "person_name": "演示校长", "person_kind": "leader", "dishes": "good",
        "price": "good", "service": "good", "photo": name,
    }  # fmt: skip
    document, record_id = phone.document("accompanying_meal", {"rows": [row]}, pictures=[name]), new_id()
    waiting = phone.send(document, record_id)
    assert (waiting.status_code, waiting.json["missing"]) == (409, [name])
    assert kept(world, kinds.ACCOMPANYING) == []
    assert [phone.send_picture(name).status_code for _ in range(2)] == [201, 200]
    assert phone.send(document, record_id).status_code == 201
    (record,) = kept(world, kinds.ACCOMPANYING)
    assert record.photo_id is not None


def test_a_picture_that_was_damaged_or_hides_something_is_refused(phone):
    name = phone.picture()
    assert phone.send_picture(name, phone.blobs[name] + b"x").status_code == 422
    assert phone.send_picture("0" * 64, phone.blobs[name]).status_code == 422
    assert phone.send_picture("../etc", phone.blobs[name]).status_code == 404
    assert phone.send_picture(name, headers={"Content-Encoding": "gzip"}).status_code == 415
    assert phone.send_picture(name, b"x" * (6 * 1024 * 1024 + 1)).status_code == 413


def test_the_list_of_pictures_is_the_one_that_the_body_names(phone):
    name = phone.picture()
    document = phone.document("tasting", {"rows": [{"id": str(new_id()), **TASTED}]}, pictures=[name])
    assert list(phone.send(document).json["errors"]) == ["files"]


def test_nobody_takes_a_colleagues_picture_for_theirs(phone, phone_of):
    name = phone.picture()
    phone.send_picture(name)
    other = phone_of(Role.STOREKEEPER)
    other.blobs[name] = phone.blobs[name]
    row = {"id": str(new_id()), **TASTED, "photo": name}
    assert other.send(other.document("tasting", {"rows": [row]}, pictures=[name])).json["missing"] == [name]


def test_another_school_and_another_bureau_are_not_there(phone, phone_of, world):
    document = phone.document("tasting", {"rows": [{"id": str(new_id()), **TASTED}]})
    for place in ("a2", "b1"):
        assert phone.send({**document, "school_id": world.schools[place]}).status_code == 404
    record_id = new_id()
    assert phone.send(document, record_id).status_code == 201
    for stranger in (phone_of(Role.CANTEEN_MANAGER, "a2"), phone_of(Role.CANTEEN_MANAGER, "b1")):
        assert stranger.call("GET", f"/fill/records/{record_id}").status_code == 404
        assert stranger.send({**document}, record_id).status_code == 404
    colleague = phone_of(Role.STOREKEEPER)
    assert colleague.call("GET", f"/fill/records/{record_id}").status_code == 404
    assert colleague.send(document, record_id).status_code == 409
    assert len(kept(world, kinds.TASTING)) == 1
    assert kept(world, kinds.TASTING, "a2") == []


def test_a_teacher_says_how_the_meal_was_and_no_more(phone_of):
    teacher = phone_of(Role.TEACHER)
    ate = {
        "meal": "lunch", "person_name": "演示教师", "person_kind": "teacher", "dishes": "good", "price": "good",
        "service": "good",
    }  # fmt: skip
    assert teacher.record("accompanying_meal", ate).status_code == 201
    assert teacher.record("tasting", TASTED).status_code == 403
    assert teacher.record("control_report", {"kind": "daily"}).status_code == 403
    codes = {one["code"] for one in teacher.day().json["kinds"]}
    assert codes == {"accompanying_meal"}


def test_nobody_files_a_report_that_is_anothers(phone_of):
    assert phone_of(Role.STOREKEEPER).record("control_report", {"kind": "daily"}).status_code == 403


@pytest.mark.parametrize("role", [Role.SUPPLIER_USER, Role.CANTEEN_OFFICER, Role.ZONE_SUPERVISOR])
def test_suppliers_officers_and_zones_hand_nothing_in(phone, client_as, role):
    document = phone.document("tasting", {"rows": [{"id": str(new_id()), **TASTED}]})
    stranger = client_as(role)
    assert stranger.put(f"/api/v1/fill/records/{new_id()}", json=document).status_code == 403
    assert stranger.get("/api/v1/fill/school-day").status_code == 403


def test_a_second_persons_narrow_token_does_nothing_else(phone_of):
    second = phone_of(Role.CANTEEN_MANAGER, scopes=SECOND)
    assert second.record("tasting", TASTED).status_code == 403
    assert second.day().status_code == 403
    assert second.call("GET", "/fill/second-person").json["person"]["id"] == str(second.someone.account_id)
    assert second.call("GET", "/schools").status_code == 403


def test_an_inspectors_token_is_none_of_a_schools(phone_of):
    assert phone_of(Role.CANTEEN_MANAGER, scopes=("bureau:inspection:fill",)).day().status_code == 403
    assert phone_of(Role.CANTEEN_MANAGER).call("GET", "/fill/tasks").status_code == 403


def test_bodies_that_no_phone_sends(phone):
    good = phone.document("tasting", {"rows": [{"id": str(new_id()), **TASTED}]})
    bad = (
        ({**good, "kind": "unknown"}, 422),
        ({**good, "kind": "receipt_confirmation"}, 422),
        ({**good, "more": 1}, 422),
        ({**good, "body": {"rows": good["body"]["rows"], "more": 1}}, 422),
        ({**good, "body": {"rows": [{**good["body"]["rows"][0], "photo_id": str(new_id())}]}}, 422),
        ({**good, "body": {"rows": [{**good["body"]["rows"][0], "created_at": "2020-01-01"}]}}, 422),
        ({**good, "body": {"rows": [TASTED]}}, 422),
        ({**good, "body": {"rows": ["x"]}}, 422),
        ({**good, "body": {"rows": []}}, 422),
        ({**good, "body": {"rows": good["body"]["rows"] * 2}}, 422),
        ({**good, "body": {"rows": [{"id": str(new_id()), **TASTED} for _ in range(101)]}}, 422),
        ({**good, "body": []}, 422),
        ({**good, "made_at": "2026-09-07T10:55:00"}, 422),
        ({**good, "made_at": "0001-01-01T00:00:00+00:00"}, 422),
        ({**good, "clock_offset_ms": 10**14}, 422),
        ({**good, "files": [{"sha256": "x", "size": 1}]}, 422),
        ({**good, "school_id": -1}, 422),
        ([], 422),
    )
    for document, status in bad:
        answer = phone.call("PUT", f"/fill/records/{new_id()}", json=document)
        assert answer.status_code == status, (document, answer.json)
    where = f"/fill/records/{new_id()}"
    assert phone.call("PUT", where, data=b"{" + b" " * 3_000_000, content_type="application/json").status_code == 413
    assert phone.call("PUT", where, data="{不是".encode("gb18030"), content_type="application/json").status_code == 400
    assert phone.call("PUT", where, json=good, headers={"Content-Encoding": "gzip"}).status_code == 415
    assert phone.call("PUT", where, data=b"a=1").status_code in (415, 422)
    assert phone.call("PUT", "/fill/records/x", json=good).status_code == 404
    assert phone.call("PUT", f"/fill/confirmations/{new_id()}", json=good).status_code == 422


def test_the_school_and_the_bureau_see_what_came_late(phone, client_as, phone_of):
    phone.record("tasting", TASTED, at=now() - timedelta(days=2))
    phone.record("tasting", {**TASTED, "meal": "dinner"})
    principal = client_as("principal")
    assert len(principal.get("/api/v1/offline-records").json["items"]) == 2
    (late,) = principal.get("/api/v1/offline-records?flagged=true").json["items"]
    assert late["flags"] == ["late"]
    officer = client_as("canteen_officer")
    assert len(officer.get(f"/api/v1/schools/{phone.school_id}/offline-records").json["items"]) == 2
    assert (
        client_as("canteen_officer", "b").get(f"/api/v1/schools/{phone.school_id}/offline-records").status_code == 404
    )
    assert client_as("teacher").get("/api/v1/offline-records").status_code == 403
    page = principal.get("/offline-records?flagged=1").text
    assert "按收到时间计" in page
    assert page.count("<tr>") == 2
    assert "没有符合条件的记录" not in page
    assert "还没有从手机离线登记的记录" in client_as("teacher").get("/offline-records").text
    theirs = officer.get(f"/schools/{phone.school_id}/offline-records").text
    assert f"/schools/{phone.school_id}/canteen-day/records/tasting/" in theirs
    assert client_as("supplier_user").get("/offline-records").status_code == 403
    assert client_as("principal", "a2").get("/api/v1/offline-records").json["items"] == []


def test_nobody_changes_what_arrived(phone, world):
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    phone.record("tasting", TASTED)
    use_scope(db.session(), cook(world).scope)
    for statement in ("UPDATE offline_records SET digest = 'x'", "DELETE FROM offline_records"):
        with pytest.raises(ProgrammingError), db.session.begin_nested():
            db.session.execute(text(statement))
