"""The pages of the day: everything in order on one page, each form in a minute, each role its own."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.roles import Role
from kernel.database import new_id
from kernel.web.dates import today
from school.canteen_day import kinds
from school.canteen_day.kinds import KINDS
from school.canteen_day.service import reading
from tests.support.canteen_day import (
    ATE,
    COOKED,
    SAMPLE,
    TASTED,
    add_machine,
    add_person,
    add_refrigerator,
    cook,
    keep,
)


@pytest.fixture
def kitchen(session, world):
    """a1 with people, cupboards and a machine, and one record of most kinds."""
    actor = cook(world)
    fit, expired = add_person(actor, "演示张厨"), add_person(actor, "演示李厨", health_days=-1)
    cold = add_refrigerator(actor)
    machine = add_machine(actor)
    keep(actor, kinds.STAFF_CHECK, staff_id=fit.id, findings=["hand_wound"])
    keep(actor, kinds.REFRIGERATOR, refrigerator_id=cold.id, celsius=Decimal(12), action="移到 2 号冰箱")
    keep(actor, kinds.COOKING, **{**COOKED, "celsius": Decimal(60)})
    keep(actor, kinds.TASTING, **TASTED)
    keep(actor, kinds.SAMPLE, **{**SAMPLE, "grams": 100})
    keep(actor, kinds.ACCOMPANYING, **ATE)
    keep(actor, kinds.WASTE, meal="lunch", kind="leftovers", grams=12_000, diners=400)
    keep(actor, kinds.DISINFECTION, meal="lunch", object="餐具", method="steam", seconds=900, celsius=Decimal(100))
    keep(actor, kinds.CLEANING, areas=["操作间"])
    keep(actor, kinds.PEST, pests=["flies"], means="粘蝇纸 6 张", places="操作间")
    keep(actor, kinds.WATER, machine_id=machine.id, is_descaled=True, is_disinfected=True, exceptions="")
    keep(actor, kinds.HANDOVER, to_name="演示王厨", is_locked=True)
    keep(actor, kinds.CONTROL, kind="daily", summary="", attendees="", findings=[{"text": "地面有积水"}])
    session.commit()
    return {"fit": fit, "expired": expired, "cold": cold, "machine": machine}


def test_the_page_of_the_day_tells_what_is_wrong(kitchen, client_as):
    page = client_as(Role.CANTEEN_MANAGER).get("/canteen-day")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    for words in (
        "演示张厨",
        "停止上岗",
        "红烧肉 中心温度只有 60 ℃",
        "红烧肉 留样只有 100 克",
        "1 号冰箱 为 12 ℃",
        "演示李厨",
    ):
        assert words in text, words


@pytest.mark.parametrize("code", KINDS)
def test_every_form_opens_today_yesterday_and_empty(kitchen, client_as, code):
    role = Role.PRINCIPAL
    for day in (today(), today() - timedelta(days=1)):
        page = client_as(role).get(f"/canteen-day/enter/{code}?day={day}&meal=lunch")
        assert page.status_code == 200, code
    empty = client_as(role, "a2").get(f"/canteen-day/enter/{code}")
    assert empty.status_code == 200


@pytest.mark.parametrize("code", KINDS)
def test_every_list_opens_for_school_and_bureau(kitchen, client_as, world, code):
    school = world.schools["a1"]
    assert client_as(Role.CANTEEN_MANAGER).get(f"/canteen-day/records/{code}").status_code == 200
    assert client_as(Role.CANTEEN_OFFICER).get(f"/schools/{school}/canteen-day/records/{code}").status_code == 200


def test_every_record_has_its_page(kitchen, client_as, world, acting):
    school = world.schools["a1"]
    client, officer = client_as(Role.CANTEEN_MANAGER), client_as(Role.ZONE_SUPERVISOR)
    for code, kind in KINDS.items():
        actor = cook(world)
        for record in reading.list_records(actor, kind, actor.school_id).items:
            assert client.get(f"/canteen-day/records/{code}/{record.id}").status_code == 200, code
            assert officer.get(f"/schools/{school}/canteen-day/records/{code}/{record.id}").status_code == 200
            if code not in ("control_report", "supervision_check"):
                assert client.get(f"/canteen-day/enter/{code}?corrects={record.id}").status_code == 200, code


OTHER_PAGES = (
    "/canteen-day/food-samples", "/canteen-day/food-samples/labels", "/canteen-day/equipment", "/canteen-day/roster",
    "/canteen-day/findings", "/canteen-day/group", "/canteen-day/export", "/canteen-day/export/print",
    "/canteen-staff", "/canteen-staff/new", "/canteen-licences", "/canteen-trainings", "/canteen-trainings/new",
)  # fmt: skip


@pytest.mark.parametrize("path", OTHER_PAGES)
def test_the_other_pages_open(kitchen, client_as, path):
    assert client_as(Role.CANTEEN_MANAGER).get(path).status_code == 200
    assert client_as(Role.CANTEEN_MANAGER, "a2").get(path).status_code == 200


def test_the_bureau_reads_a_day_and_writes_none(kitchen, client_as, world):
    school = world.schools["a1"]
    page = client_as(Role.CANTEEN_OFFICER).get(f"/schools/{school}/canteen-day")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "红烧肉 留样只有 100 克" in text
    assert "/canteen-day/enter/" not in text
    assert client_as(Role.CANTEEN_OFFICER).post("/canteen-day/enter/tasting", data={}).status_code == 403
    lines = client_as(Role.CANTEEN_OFFICER).get("/oversight/canteen-day").get_data(as_text=True)
    assert "演示第一小学" in lines


def test_a_tap_records_that_all_was_fine_and_twice_is_once(kitchen, client_as, world):
    client = client_as(Role.CANTEEN_MANAGER)
    row = {"rows-0-id": str(new_id()), "rows-0-is_fine": "1", "meal": "breakfast"}
    for _time in range(2):
        answer = client.post("/canteen-day/enter/tasting", data=row)
        assert answer.status_code == 302
    actor = cook(world)
    assert (
        len(
            [
                one
                for one in reading.list_records(actor, kinds.TASTING, actor.school_id).items
                if one.meal == "breakfast"
            ]
        )
        == 1
    )


def test_the_morning_check_keeps_the_normal_and_the_exception(session, world, client_as):
    actor = cook(world)
    people = [add_person(actor, f"演示{name}") for name in ("甲", "乙", "丙")]
    session.commit()
    data = {"happened_at": ""}
    for number, (person, status) in enumerate(zip(people, ("fit", "found", "absent"), strict=True)):
        data |= {
            f"rows-{number}-id": str(new_id()),
            f"rows-{number}-staff_id": str(person.id),
            f"rows-{number}-status": status,
        }
    data |= {"rows-1-finding_diarrhoea": "1"}
    answer = client_as(Role.FOOD_SAFETY_OFFICER).post("/canteen-day/enter/staff_check", data=data)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    actor = cook(world)
    found = {
        one.staff_name: one.fitness for one in reading.list_records(actor, kinds.STAFF_CHECK, actor.school_id).items
    }
    assert found == {"演示甲": "fit", "演示乙": "kept_away", "演示丙": "absent"}


def test_a_refused_row_shows_its_error_where_it_stands(kitchen, client_as):
    """The first row is left empty; the error of the second must not move up."""
    data = {
        "meal": "lunch", "rows-0-id": str(new_id()), "rows-0-dish_name": "青菜", "rows-0-celsius": "",
        "rows-1-id": str(new_id()), "rows-1-dish_name": "鱼", "rows-1-celsius": "290",
    }  # fmt: skip
    answer = client_as(Role.CANTEEN_MANAGER).post("/canteen-day/enter/cooking_temperature", data=data)
    assert answer.status_code == 422
    assert 'id="field-rows-1-celsius-error"' in answer.get_data(as_text=True)
    assert 'id="field-rows-0-celsius-error"' not in answer.get_data(as_text=True)


def test_a_teacher_says_how_the_meal_was_and_no_more(kitchen, client_as):
    client = client_as(Role.TEACHER)
    assert client.get("/canteen-day/enter/accompanying_meal?meal=lunch").status_code == 200
    assert client.get("/canteen-day/enter/food_sample?meal=lunch").status_code == 403


def test_the_workbook_holds_every_kind_with_its_records(kitchen, client_as):
    from python_calamine import CalamineWorkbook

    answer = client_as(Role.CANTEEN_MANAGER).get("/canteen-day/export.xlsx")
    assert answer.status_code == 200
    import io

    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    assert "食品留样" in book.sheet_names
    rows = book.get_sheet_by_name("食品留样").to_python()
    assert "红烧肉" in rows[1]
