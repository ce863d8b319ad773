import io
import time

import openpyxl
import pytest
from sqlalchemy import func, select

from bureau.schools import service
from bureau.schools.models import School, Zone
from bureau.schools.sheet import SPEC
from kernel.database.scope import Scope, use_scope
from kernel.errors import Conflict
from kernel.sheets import export_xlsx

ROW = {
    "code": "n1", "name": "演示导入小学", "stage": "primary", "zone": "a-east", "setting": "rural", "is_boarding": True,
    "canteen_mode": "delivered", "enrolment_6_8": 100, "enrolment_9_11": 90, "classes": 6, "staff_count": 20,
    "boarders_male": 10, "boarders_female": 12, "diners": 150,
}  # fmt: skip


def sheet(*rows):
    return export_xlsx(SPEC, rows)


@pytest.fixture
def upload(client_as):
    """`upload(rows…)`: the import's id, from the page that checks it."""

    def do(*rows, data=None, name="演示.xlsx", client=None):
        client = client or client_as("bureau_admin")
        content = sheet(*rows) if data is None else data
        answer = client.post("/schools/imports", data={"file": (io.BytesIO(content), name)})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return answer.location.rsplit("/", 1)[1]

    return do


@pytest.fixture
def count(session, world):
    def do(model=School):
        session.commit()
        use_scope(session(), Scope("houqin_bureau", world.bureaus["a"]))
        return session.scalar(select(func.count()).select_from(model))

    return do


def test_the_template_can_be_filled_and_brought_back(client_as, upload, stored):
    client = client_as("bureau_admin")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/schools/imports/template").data))
    page = book.worksheets[0]
    titles = [str(cell.value) for cell in page[3]]
    assert titles[0].startswith("学校代码")
    for place, value in ((1, "n1"), (2, "演示模板小学"), (3, "小学"), (6, "是"), (8, 0), (9, 88)):
        page.cell(4, place, value)
    target = io.BytesIO()
    book.save(target)
    import_id = upload(data=target.getvalue())
    assert client.post(f"/schools/imports/{import_id}/apply").status_code == 302
    school = stored("n1")
    assert (school.name, school.stage, school.is_boarding, school.enrolment_6_8, school.canteen_mode) == (
        "演示模板小学", "primary", True, 88, "self_run",
    )  # fmt: skip


def test_nothing_is_written_before_somebody_says_yes(client_as, upload, stored, count, world):
    client, schools = client_as("bureau_admin"), count()
    import_id = upload(
        ROW, {"code": "a2", "name": "演示第二小学", "stage": "primary", "diners": 77, "zone": "演示新片区"}
    )
    assert count() == schools
    page = client.get(f"/schools/imports/{import_id}").get_data(as_text=True)
    assert "<del>520</del> → <ins>77</ins>" in page
    assert "演示新片区" in page
    assert client.post(f"/schools/imports/{import_id}/apply").status_code == 302
    assert (count(), count(Zone)) == (schools + 1, 3)
    new, changed = stored("n1"), stored("a2")
    assert (new.zone_id, new.boarders_female, new.setting) == (world.zones["a-east"], 12, "rural")
    assert (changed.diners, changed.enrolment_6_8, changed.version) == (77, 300, 2)  # an empty cell changes nothing
    zones = {zone["id"]: zone for zone in client.get("/api/v1/zones").json["items"]}
    assert (zones[changed.zone_id]["name"], zones[changed.zone_id]["code"]) == ("演示新片区", "Z1")
    assert client.post(f"/schools/imports/{import_id}/apply").status_code == 302  # a double click
    assert (count(), stored("a2").version) == (schools + 1, 2)
    assert "演示.xlsx" in client.get("/schools/imports").get_data(as_text=True)


def test_an_export_brought_back_unchanged_changes_nothing(client_as, upload, stored):
    client = client_as("bureau_admin")
    import_id = upload(data=client.get("/schools/export").data)
    page = client.get(f"/schools/imports/{import_id}").get_data(as_text=True)
    assert "完全一致" in page


def test_errors_stand_in_the_same_sheet_and_nothing_is_kept(client_as, upload, count):
    client, schools = client_as("bureau_admin"), count()
    import_id = upload(
        ROW,
        {**ROW, "code": "n2", "stage": "动物园"},
        {**ROW, "code": "n3", "is_boarding": False},
        {**ROW, "code": "n1"},
        {**ROW, "code": "n4", "classes": "很多"},
        {**ROW, "code": "n/5"},
    )
    page = client.get(f"/schools/imports/{import_id}").get_data(as_text=True)
    for words in (
        "第 3 行“学段”", "第 4 行“男住宿生”", "第 4 行“女住宿生”", "第 5 行“学校代码”：与第 2 行重复", "第 6 行“班级数”",
        "第 7 行“学校代码”", "有 6 处错误",
    ):  # fmt: skip
        assert words in page, words
    marked = openpyxl.load_workbook(io.BytesIO(client.get(f"/schools/imports/{import_id}/errors").data)).active
    heading = [cell.value for cell in marked[1]]
    assert heading[-1] == "错误"
    assert marked.cell(2, len(heading)).value is None
    assert "男住宿生" in marked.cell(4, len(heading)).value
    assert marked.cell(4, heading.index("男住宿生") + 1).comment is not None
    assert marked.cell(6, heading.index("班级数") + 1).value == "很多"
    assert client.post(f"/schools/imports/{import_id}/apply").status_code == 409
    assert count() == schools


def test_a_school_that_changed_after_the_check_is_not_overwritten(client_as, upload, numbers, stored):
    client = client_as("bureau_admin")
    import_id = upload({"code": "a1", "name": "演示第一小学", "stage": "primary", "diners": 1}, ROW)
    numbers.update(version="1", diners="444")
    assert client_as("principal").post(f"/schools/{stored('a1').id}/edit", data=numbers).status_code == 302
    refused = client.post(f"/schools/imports/{import_id}/apply")
    assert refused.status_code == 409
    assert "演示第一小学" in refused.get_data(as_text=True)
    assert stored("a1").diners == 444
    assert stored("n1") is None


def test_a_code_taken_after_the_check_is_a_conflict(client_as, upload, json_profile):
    import_id = upload(ROW)
    client = client_as("bureau_admin")
    assert client.post("/api/v1/schools", json={**json_profile, "code": "n1"}).status_code == 201
    assert client.post(f"/schools/imports/{import_id}/apply").status_code == 409


def test_a_merged_school_is_not_imported_over(client_as, upload, world):
    client = client_as("bureau_admin")
    client.post(
        f"/api/v1/schools/{world.schools['a2']}/merge", headers={"If-Match": "1"},
        json={"target_id": world.schools["a1"], "staff": "end", "reason": "演示"},
    )  # fmt: skip
    import_id = upload({**ROW, "code": "a2"})
    assert "已并入他校，不能修改" in client.get(f"/schools/imports/{import_id}").get_data(as_text=True)


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04broken", b"<html>", "只有一列\n1".encode()])
def test_what_is_no_table_is_refused_kindly(client_as, upload, data):
    import_id = upload(data=data)
    page = client_as("bureau_admin").get(f"/schools/imports/{import_id}").get_data(as_text=True)
    assert "有 1 处错误" in page
    assert client_as("bureau_admin").get(f"/schools/imports/{import_id}/errors").status_code == 200


def test_no_file_is_said_at_the_field(client_as):
    answer = client_as("bureau_admin").post("/schools/imports", data={})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.get_data(as_text=True)


def test_another_bureau_s_import_is_not_there(client_as, upload):
    import_id = upload(ROW)
    client = client_as("bureau_admin", "b")
    assert client.get(f"/schools/imports/{import_id}").status_code == 404
    assert client.post(f"/schools/imports/{import_id}/apply").status_code == 404


def test_5000_rows_in_under_5_seconds(acting, world, session):
    """The processor's time, which a busy machine does not stretch; the database adds about half a second of its own
    (2.0 s by the clock on an idle one)."""
    admin = acting(world.actor("bureau_admin"))
    data = sheet(*({**ROW, "code": f"x{number}", "name": f"演示学校{number}"} for number in range(5000)))
    started = time.process_time()
    record = service.check_import(admin, filename="x.xlsx", data=data)
    service.apply_import(admin, record.id)
    session.flush()
    took = time.process_time() - started
    assert record.created_count == 5000
    assert took < 4.5, took
    with pytest.raises(Conflict):
        service.apply_import(admin, service.check_import(admin, filename="x", data=b"?").id)
