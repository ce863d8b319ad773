"""Working days: the nation's arrangement is loaded, a bureau adds its own days, by hand and from a sheet."""

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import create_engine, text

from kernel.errors import NotFound
from kernel.sheets import export_xlsx
from kernel.workdays import service
from kernel.workdays.arrangement import national_days
from kernel.workdays.loading import load_national_days
from tests.unit.kernel.sheets.samples import xlsx


def test_the_arrangement_is_loaded_once_and_mended(owner_url):
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        assert load_national_days(connection) == 0
        assert connection.execute(text("SELECT count(*) FROM national_days")).scalar_one() == len(national_days())
        connection.execute(text("UPDATE national_days SET is_workday = true WHERE day = '2026-10-01'"))
        connection.execute(text("DELETE FROM national_days WHERE day = '2026-10-02'"))
        connection.execute(text("INSERT INTO national_days VALUES ('2026-08-08', false, 'x', 'x')"))
        connection.execute(text("INSERT INTO national_days VALUES ('2031-01-01', false, '元旦', 'x')"))
        assert load_national_days(connection) == 3
        assert connection.execute(text("SELECT count(*) FROM national_days WHERE day > '2031-01-01'")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM national_days WHERE name = '元旦'")).scalar_one() > 3
        connection.rollback()
    engine.dispose()


def test_a_bureaus_own_day_counts_for_its_schools_and_for_no_other_bureau(acting, world):
    bureau = acting(world.actor("bureau_admin"))
    friday = date(2026, 9, 4)
    service.set_day(bureau, friday, is_workday=False, name="演示区运动会")
    service.set_day(bureau, friday, is_workday=False, name="演示区运动会")
    assert service.add_workdays(bureau, date(2026, 9, 3), 1).value == date(2026, 9, 7)
    assert not service.is_workday(acting(world.actor("principal", "a2")), friday)
    assert service.is_workday(acting(world.actor("bureau_admin", "b")), friday)
    acting(bureau)
    service.remove_day(bureau, friday)
    assert service.is_workday(bureau, friday)
    with pytest.raises(NotFound):
        service.remove_day(bureau, friday)


def test_a_year_is_known_once_the_bureau_entered_it(acting, world):
    bureau = acting(world.actor("bureau_admin"))
    assert service.add_workdays(bureau, date(2027, 1, 4), 1).unknown_years == (2027,)
    service.set_day(bureau, date(2027, 1, 1), is_workday=False, name="元旦")
    assert not service.has_arrangement(bureau, 2027)
    service.set_day(bureau, date(2027, 10, 1), is_workday=False, name="国庆节")
    assert service.has_arrangement(bureau, 2027)
    assert service.workdays_between(bureau, date(2026, 12, 31), date(2027, 1, 4)).value == 1


def test_a_sheet_is_imported_whole_or_not_at_all(client_as, session, world):
    admin = client_as("bureau_admin")

    def send(data, name="days.xlsx"):
        return admin.post("/workdays/import", data={"file": (io.BytesIO(data), name)})

    good = [["日期", "安排", "名称"], ["2027-01-01", "放假", "元旦"], ["2027-10-01", "放假", "国庆节"]]
    answer = send(xlsx(good))
    assert answer.status_code == 302
    assert "year=2027" in answer.location
    page = admin.get("/workdays/?year=2027").get_data(as_text=True)
    assert "本区安排" in page
    assert "还没有录入" not in page

    bad = [*good, ["2027-10-01", "放假", "又一次"], ["明天", "休息", None]]
    answer = send(xlsx(bad))
    assert answer.status_code == 302
    assert "errors=" in answer.location
    page = admin.get(answer.location).get_data(as_text=True)
    assert "有 4 处错误" in page
    marked = admin.get(page.split('href="/files/')[1].split('"')[0].join(["/files/", ""])).data
    sheet = openpyxl.load_workbook(io.BytesIO(marked)).worksheets[0]
    assert "与第 3 行重复" in sheet["D4"].value
    assert "应填写日期" in sheet["D5"].value
    assert "又一次" not in admin.get("/workdays/?year=2027").get_data(as_text=True)
    for data in (b"%PDF-1.4", b"", xlsx([["甲"], ["乙"]])):
        assert send(data).status_code == 422
    assert admin.post("/workdays/import", data={}).status_code == 422


def test_the_page_counts_and_warns(client_as):
    principal = client_as("principal")
    page = principal.get("/workdays/?year=2026&start=2026-09-29&count=7").get_data(as_text=True)
    assert "最后一天是 2026-10-14。" in page
    assert "国办发明电〔2025〕7号" in page
    assert "2026-02-15 至 2026-02-23" in page
    assert "可能不准" in principal.get("/workdays/?year=2031").get_data(as_text=True)
    assert principal.get("/workdays/?year=abc").status_code == 422
    assert principal.get("/workdays/?start=x&count=y").status_code == 422
    assert principal.post("/workdays/", data={"day": "2026-09-04", "kind": "free", "name": "x"}).status_code == 403


def test_an_exported_year_imports_again(client_as, acting, world):
    admin = client_as("bureau_admin")
    assert admin.post("/workdays/", data={"day": "2026-09-04", "kind": "free", "name": "演示"}).status_code == 302
    assert admin.post("/workdays/", data={"day": "", "kind": "free", "name": ""}).status_code == 422
    exported = admin.get("/workdays/export?year=2026").data
    parsed = service.read_days(exported)
    assert parsed.problems == []
    assert date(2026, 9, 4) in {row.values["day"] for row in parsed.rows}
    assert service.read_days(admin.get("/workdays/template").data).problems[0].code == "no_rows"
    assert service.read_days(export_xlsx(service.SPEC, [])).problems[0].code == "no_rows"
    assert admin.post("/workdays/remove", data={"day": "2026-09-04"}).status_code == 302


def test_the_api(client_as):
    admin = client_as("bureau_admin")
    year = admin.get("/api/v1/workdays?year=2026").json
    assert year["is_known"] is True
    assert {name: value for name, value in year["items"][-1].items() if name in ("day", "is_workday")} == {
        "day": "2026-10-10",
        "is_workday": True,
    }
    found = admin.get("/api/v1/workdays/deadline?start=2026-12-30&count=15").json
    assert found["unknown_years"] == [2027]
    assert admin.get("/api/v1/workdays/count?start=2026-09-30&end=2026-10-08").json["workdays"] == 1
    assert admin.get("/api/v1/workdays/count?start=1999-09-30&end=2026-10-08").status_code == 422
    assert admin.put("/api/v1/workdays/own/2026-09-04", json={"is_workday": False, "name": "演示"}).status_code == 200
    assert admin.delete("/api/v1/workdays/own/2026-09-04").status_code == 204
    assert admin.delete("/api/v1/workdays/own/2026-09-04").status_code == 404
    assert admin.put("/api/v1/workdays/own/tomorrow", json={"is_workday": False, "name": "x"}).status_code == 422
    assert client_as("storekeeper").put("/api/v1/workdays/own/2026-09-04", json={}).status_code == 403
