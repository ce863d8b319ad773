from datetime import date, datetime

import pytest
from flask_babel import force_locale

from kernel.database import clock_at, new_id
from kernel.sheets import export_xlsx
from kernel.web.dates import SHANGHAI
from school.diners.labels import ALLERGENS
from school.diners.models import DinerCount, Pupil
from school.diners.rules import Allergen, Meal
from school.diners.service import classes, counting, importing, pupils
from school.diners.sheet import SPEC, allergens_of

MONDAY = date(2026, 11, 16)


def at(day, hour=8):
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def room(acting, world):
    teacher = world.actor("teacher", "a2")
    manager = acting(world.actor("canteen_manager", "a2"))
    values = {"name": "", "stage": "primary", "grade": 2, "number": 1, "teacher_id": teacher.account_id}
    found = classes.open_class(manager, new_id(), values)
    found.pupil_count = 41
    return found


def test_a_teacher_reports_in_one_tap(client_as, session, world, room):
    client = client_as("teacher", "a2")
    with clock_at(at(MONDAY)):
        page = client.get("/diners").get_data(as_text=True)
        assert "二年级1班" in page
        assert "与上次相同" in page
        assert 'value="41"' in page
        form = {
            "on_day": MONDAY.isoformat(), "counts-0-meal": "lunch", "counts-0-class_id": str(room.id),
            "counts-0-number": "41",
        }  # fmt: skip
        answer = client.post("/diners", data=form, follow_redirects=True)
        assert "已报 41 人" in answer.get_data(as_text=True)
        row = session.query(DinerCount).one()
        assert (row.planned, row.actual, row.class_id) == (41, None, room.id)
        form["counts-0-number"] = "三十"
        assert client.post("/diners", data=form).status_code == 422


def test_after_the_deadline_the_page_says_so(client_as, room):
    client = client_as("teacher", "a2")
    with clock_at(at(MONDAY, 10)):
        form = {
            "on_day": MONDAY.isoformat(), "counts-0-meal": "lunch", "counts-0-class_id": str(room.id),
            "counts-0-number": "41",
        }  # fmt: skip
        answer = client.post("/diners", data=form)
        assert answer.status_code == 422
        assert "截止" in answer.get_data(as_text=True)
        # What can be reported now is tomorrow.
        assert "2026-11-17" in client.get("/diners").get_data(as_text=True)


def test_the_canteen_sees_the_day_and_counts_who_came(client_as, session, room):
    client = client_as("canteen_manager", "a2")
    with clock_at(at(MONDAY, 13)):
        page = client.get("/diners/summary").get_data(as_text=True)
        assert "1 个班没有报" in page
        form = {
            "on_day": MONDAY.isoformat(), "back": "summary", "counts-0-meal": "lunch",
            "counts-0-class_id": str(room.id), "counts-0-number": "39", "counts-1-meal": "lunch",
            "counts-1-class_id": "", "counts-1-number": "18",
        }  # fmt: skip
        assert "39 / 39" in client.post("/diners/served", data=form, follow_redirects=True).get_data(as_text=True)
    assert {(row.class_id, row.actual) for row in session.query(DinerCount)} == {(room.id, 39), (None, 18)}


def test_meals_are_set_by_the_school(client_as, acting, world):
    client = client_as("canteen_manager", "a2")
    assert "09:00" in client.get("/diners/meals").get_data(as_text=True)
    form = {}
    for index, meal in enumerate(("breakfast", "lunch")):
        form |= {
            f"meals-{index}-meal": meal, f"meals-{index}-is_served": "1", f"meals-{index}-days_before": str(index),
            f"meals-{index}-report_until": "16:30", f"meals-{index}-version": "",
        }  # fmt: skip
    assert client.post("/diners/meals", data=form).status_code == 302
    from school.diners.service.meals import meals_served, settings

    actor = acting(world.actor("canteen_manager", "a2"))
    assert meals_served(actor, world.schools["a2"]) == ["breakfast", "lunch"]
    assert f"{settings(actor, world.schools['a2'])['lunch'].deadline(MONDAY):%d %H:%M}" == "15 16:30"
    assert client.post("/diners/meals", data=form).status_code == 422  # without the versions seen


def table(rows):
    return export_xlsx(SPEC, rows)


ROW = {
    "number": "2026001", "name": "演示新生", "class_name": "二年级1班", "sex": "female", "birth_date": date(2018, 5, 4),
    "is_boarder": False, "allergens": "花生、乳制品", "allergy_note": "",
}  # fmt: skip


def test_pupils_come_in_from_a_table_and_are_updated_by_number(acting, world, session, room):
    actor = acting(world.actor("logistics_director", "a2"))
    rows = [ROW, {**ROW, "number": "2026002", "name": "演示二", "allergens": "无"}]
    record = importing.check_import(actor, filename="名单.xlsx", data=table(rows))
    assert (record.state, record.created_count) == ("checked", 2)
    assert session.query(Pupil).count() == 0
    importing.apply_import(actor, record.id)
    importing.apply_import(actor, record.id)
    found = {pupil.number: pupil for pupil in session.query(Pupil)}
    assert found["2026001"].allergens == ["peanuts", "milk"]
    session.refresh(room)
    assert (room.pupil_count, room.allergic_count) == (2, 1)
    change = {"number": "2026001", "name": "演示改名", "class_name": "二年级1班", "sex": "female", "left_on": MONDAY}
    record = importing.check_import(actor, filename="改.xlsx", data=table([change, rows[1]]))
    assert (record.created_count, record.changed_count, record.unchanged_count) == (0, 1, 1)
    importing.apply_import(actor, record.id)
    pupil = session.query(Pupil).filter_by(number="2026001").one()
    # What the table left empty stays as it was.
    assert (pupil.name, pupil.is_active, pupil.allergens) == ("演示改名", False, ["peanuts", "milk"])
    session.refresh(room)
    assert (room.pupil_count, room.allergic_count) == (1, 0)


def test_a_table_with_errors_comes_back_marked_and_writes_nothing(client_as, session, room):
    import io

    client = client_as("logistics_director", "a2")
    rows = [
        ROW,
        ROW,
        {**ROW, "number": "3", "class_name": "九年级9班"},
        {**ROW, "number": "4", "allergens": "石头"},
        {**ROW, "number": "5", "birth_date": date(2026, 11, 30)},
    ]
    with clock_at(at(MONDAY)):
        answer = client.post(
            "/pupils/imports", data={"file": (io.BytesIO(table(rows)), "名单.xlsx")}, follow_redirects=True
        )
        text = answer.get_data(as_text=True)
        assert "表格中有 4 处错误" in text
        assert "没有这个班级" in text
        place = answer.request.path
        sheet = client.get(f"{place}/errors")
        assert sheet.status_code == 200
        assert sheet.mimetype.endswith("spreadsheetml.sheet")
    assert session.query(Pupil).count() == 0


def test_a_change_between_looking_and_writing_is_a_conflict(acting, world, room):
    from kernel.errors import Conflict

    actor = acting(world.actor("logistics_director", "a2"))
    values = {
        "class_id": room.id, "number": "2026001", "name": "演示新生", "sex": "female", "birth_date": None,
        "is_boarder": False, "allergens": [], "allergy_note": "", "left_on": None,
    }  # fmt: skip
    pupil = pupils.add_pupil(actor, new_id(), values)
    record = importing.check_import(actor, filename="a.xlsx", data=table([{**ROW, "name": "演示改"}]))
    pupils.edit_pupil(actor, pupil.id, pupil.version, {**values, "name": "演示另改"})
    with pytest.raises(Conflict, match="被他人修改"):
        importing.apply_import(actor, record.id)


@pytest.mark.parametrize(
    ("role", "place", "expected"),
    [
        ("teacher", "a2", True), ("canteen_manager", "a2", True), ("principal", "a2", True),
        ("accountant", "a2", False), ("guard", "a2", False), ("bureau_admin", "a", False),
        ("canteen_officer", "a", False), ("zone_supervisor", "a-east", False),
    ],
)  # fmt: skip
def test_pupils_are_known_to_their_teachers_and_their_canteen_only(client_as, room, role, place, expected):
    status = client_as(role, place).get("/pupils").status_code
    assert (status == 200) == expected
    assert status in (200, 403)


def test_the_bureau_reads_numbers_and_the_database_gives_it_no_name(acting, client_as, session, world, room):
    from kernel.actor import system_actor

    manager = acting(world.actor("logistics_director", "a2"))
    pupils.add_pupil(
        manager, new_id(),
        {
            "class_id": room.id, "number": "1", "name": "演示过敏生", "sex": "male", "birth_date": None,
            "is_boarder": False, "allergens": ["milk"], "allergy_note": "", "left_on": None,
        },
    )  # fmt: skip
    with clock_at(at(MONDAY)):
        counting.report(acting(world.actor("canteen_manager", "a2")), MONDAY, {(Meal.LUNCH, room.id): 1})
        page = client_as("canteen_officer").get(f"/diners/oversight?day={MONDAY}").get_data(as_text=True)
    assert "演示第二小学" in page
    assert "演示过敏生" not in page
    acting(system_actor(world.bureaus["a"]))
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    assert session.execute(text("SELECT sum(allergic_count) FROM school_classes")).scalar() == 1
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT name FROM pupils"))


def test_the_audit_does_not_tell_what_a_child_is_called(acting, world, session, room):
    from sqlalchemy import text

    actor = acting(world.actor("logistics_director", "a2"))
    pupils.add_pupil(
        actor, new_id(),
        {
            "class_id": room.id, "number": "1", "name": "演示保密生", "sex": "male", "birth_date": None,
            "is_boarder": False, "allergens": ["milk"], "allergy_note": "忌奶", "left_on": None,
        },
    )  # fmt: skip
    session.commit()
    told = session.execute(text("SELECT string_agg(changes::text, '') FROM audit_entries")).scalar()
    assert "pupils" in told
    assert "演示保密生" not in told
    assert "忌奶" not in told


def test_pupils_are_found_by_the_beginning_of_name_or_number(client_as, acting, world, room):
    manager = acting(world.actor("logistics_director", "a2"))
    for number, name in (("2026001", "演示甲"), ("2026002", "演示乙"), ("2025001", "样例丙")):
        pupils.add_pupil(
            manager, new_id(),
            {
                "class_id": room.id, "number": number, "name": name, "sex": "male", "birth_date": None,
                "is_boarder": False, "allergens": [], "allergy_note": "", "left_on": None,
            },
        )  # fmt: skip
    client = client_as("teacher", "a2")
    found = client.get("/pupils?text=演示").get_data(as_text=True)
    assert "演示甲" in found
    assert "样例丙" not in found
    assert "样例丙" in client.get("/pupils?text=2025").get_data(as_text=True)
    manager_page = client_as("logistics_director", "a2").get("/search?q=演示乙").get_data(as_text=True)
    assert "演示乙" in manager_page


def test_words_of_allergens(session):
    assert allergens_of(None) is None
    assert allergens_of("无") == []
    assert allergens_of("乳制品，花生 / milk") == ["peanuts", "milk"]
    assert allergens_of("花生、石头") == ["peanuts", "石头"]
    assert allergens_of("花生 乳制品") == ["peanuts", "milk"]
    with force_locale("en"):
        assert allergens_of(f"{ALLERGENS[Allergen.GLUTEN]}, {ALLERGENS[Allergen.MILK]}") == ["gluten", "milk"]


def test_over_rest(client_as, room):
    client = client_as("canteen_manager", "a2")
    with clock_at(at(MONDAY)):
        path = f"/api/v1/diners/{MONDAY}"
        body = {"counts": [{"meal": "lunch", "class_id": str(room.id), "number": 40}]}
        assert client.put(f"{path}/planned", json=body).status_code == 204
        found = client.get(path).get_json()
        assert found["meals"][0]["classes"][0]["planned"] == 40
        assert found["meals"][0]["expected"] == 40
        assert client.get("/api/v1/diners/yesterday").status_code == 422
    assert [row["name"] for row in client.get("/api/v1/classes").get_json()] == ["二年级1班"]
    body = {"class_id": str(room.id), "number": "7", "name": "演示生", "sex": "male"}
    key = new_id()
    path = f"/api/v1/pupils/{key}"
    manager = client_as("logistics_director", "a2")
    assert manager.put(path, json=body).status_code == 200
    assert manager.put(path, json=body).status_code == 200
    assert manager.put(path, json={**body, "name": "别人"}).status_code == 409
    assert manager.patch(path, json={**body, "name": "别人"}, headers={"If-Match": '"1"'}).status_code == 200
    assert manager.patch(path, json=body, headers={"If-Match": '"1"'}).status_code in (409, 412)
    assert client_as("accountant", "a2").get(path).status_code == 403
