"""Staff from Excel: all rows or none, errors at their cells, one-time passwords in the result."""

import io
import time

import pytest
from sqlalchemy import func, select

from bureau.people import service
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Account, Membership, Person
from kernel.sheets import Column, SheetSpec, export_xlsx, read_xlsx

HEADING = ["姓名", "手机号", "岗位", "学校或片区", "用户名", "邮箱", "任职开始日期", "任职截止日期"]


def sheet(*rows, heading=None):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(heading or HEADING)
    for row in rows:
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(client, data, path="/people/import"):
    return client.post(path, data={"file": (io.BytesIO(data), "人员.xlsx")}, content_type="multipart/form-data")


def rows_of(answer):
    import openpyxl

    assert answer.mimetype.endswith("spreadsheetml.sheet"), answer.get_data(as_text=True)[:2000]
    lines = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.fixture
def count(session):
    def read(model, *conditions):
        session.commit()
        use_scope(session(), IDENTITY)
        return session.scalar(select(func.count()).select_from(model).where(*conditions))

    return read


GOOD = (
    ("演示王芳", "139 0000 1001", "司务长", "演示第一小学", "wang.fang", "w@x.example", None, None),
    ("演示王芳", "13900001001", "食品安全员", "a1", None, None, "2026-01-01", "2099-12-31"),
    ("演示李军", 13900001002, "片区督导", "a-east", None, None, None, None),
    ("演示陈明", "13900001003", "检查员", None, None, None, None, None),
)


def test_a_right_sheet_becomes_people_with_roles_and_passwords(client_as, count, world, app):
    answer = upload(client_as("bureau_admin", "a"), sheet(*GOOD))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    rows = rows_of(answer)
    assert [row["岗位"] for row in rows] == ["司务长", "食品安全员", "片区督导", "检查员"]
    assert rows[0]["用户名"] == "wang.fang"
    assert rows[0]["一次性口令"] == rows[1]["一次性口令"], "one person, one account"
    assert len({row["一次性口令"] for row in rows}) == 3
    assert count(Account, Account.mobile.like("1390000100%")) == 3
    assert count(Membership, Membership.role == "zone_supervisor", Membership.zone_id == world.zones["a-east"]) == 2
    client = app.test_client()
    data = {"name": "13900001002", "password": rows[2]["一次性口令"]}
    assert client.post("/sign-in", data=data).status_code == 302
    assert client.get("/sign-in/onward").location == "/account/password"


def test_who_has_an_account_keeps_it(client_as, count, join, world):
    join(client_as("bureau_admin", "b"), "guard", "13900001001", "演示王芳", school_id=world.schools["b1"])
    rows = rows_of(upload(client_as("bureau_admin", "a"), sheet(*GOOD[:1])))
    assert rows[0]["一次性口令"] in (None, "")
    assert "沿用" in rows[0]["说明"]
    assert count(Account, Account.mobile == "13900001001") == 1
    assert count(Person, Person.display_name == "演示王芳") == 2


WRONG = [
    (("", "13900001009", "门卫", "a1"), "此项必填"),
    (("演示甲", "1390000", "门卫", "a1"), "11 位"),
    (("演示甲", "13900001009", "国王", "a1"), "岗位"),
    (("演示甲", "13900001009", "门卫", None), "请填写学校"),
    (("演示甲", "13900001009", "门卫", "演示外区小学"), "没有名称或代码"),
    (("演示甲", "13900001009", "片区督导", "a1"), "没有名称或代码"),
    (("演示甲", "13900001009", "检查员", "a1"), "请留空"),
    (("演示甲", "13900001001", "门卫", "a1"), "两个姓名"),
    (("演示王芳", "13900001001", "司务长", "a1"), "同一人的同一岗位"),
    (("演示甲", "13900001009", "门卫", "a1", "138"), "3 到 40 个字符"),
    (("演示甲", "13900001009", "门卫", "a1", "wang.fang"), "用户名已被使用"),
    (("演示甲", "13900001009", "门卫", "a1", "guard@b1"), "用户名已被使用"),
    (("演示甲", "13900001009", "门卫", "a1", None, "nobody"), "邮箱"),
    (("演示甲", "13900001009", "门卫", "a1", None, None, "2026-09-02", "2026-09-01"), "不能早于"),
    (("演示甲", "13900001009", "门卫", "a1", None, None, "昨天"), "日期"),
]


@pytest.mark.parametrize(("row", "said"), WRONG)
def test_one_wrong_cell_and_nothing_is_written(client_as, count, row, said):
    before = count(Account), count(Person), count(Membership)
    client = client_as("bureau_admin", "a")
    answer = upload(client, sheet(GOOD[0], row))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert said in page
    assert "第 3 行" in page
    assert (count(Account), count(Person), count(Membership)) == before
    marked = upload(client, sheet(GOOD[0], row), "/people/import/check")
    assert marked.status_code == 200
    assert said in str(rows_of(marked))


def test_a_check_writes_nothing(client_as, count):
    before = count(Account)
    answer = upload(client_as("bureau_admin", "a"), sheet(*GOOD), "/people/import/check")
    assert answer.status_code == 200
    assert "检查通过，共 4 行" in answer.get_data(as_text=True)
    assert count(Account) == before


@pytest.mark.parametrize("data", [b"", b"not a sheet", b"PK\x03\x04broken"])
def test_what_is_no_sheet_is_told(client_as, data):
    client = client_as("bureau_admin", "a")
    for path in ("/people/import", "/people/import/check"):
        assert upload(client, data, path).status_code in (200, 422)
    assert upload(client, data).status_code == 422
    assert client.post("/people/import").status_code == 422


def test_an_existing_role_and_another_name_are_problems(client_as, join, world):
    client = client_as("bureau_admin", "a")
    join(client, "guard", "13900001009", "演示某甲", school_id=world.schools["a1"])
    page = upload(client, sheet(("演示某甲", "13900001009", "门卫", "a1"))).get_data(as_text=True)
    assert "已有这个岗位" in page
    page = upload(client, sheet(("演示乙", "13900001009", "教师", "a1"))).get_data(as_text=True)
    assert "另一个姓名" in page
    assert "演示某甲" not in page


def test_a_head_imports_the_own_schools_roles_only(client_as, count, world):
    heading = ["姓名", "手机号", "岗位"]
    client = client_as("logistics_director", "a1")
    for role in ("校长", "总务主任", "局管理员", "检查员", "片区督导"):
        assert upload(client, sheet(("演示甲", "13900001009", role), heading=heading)).status_code == 422
    assert count(Account, Account.mobile == "13900001009") == 0
    assert upload(client, sheet(("演示甲", "13900001009", "门卫"), heading=heading)).status_code == 200
    assert count(Membership, Membership.role == "guard", Membership.school_id == world.schools["a1"]) == 2
    # a place named although there is none to name is no way out of the school
    assert upload(client, sheet(("演示乙", "13900001008", "门卫", "a2"))).status_code == 200
    assert count(Membership, Membership.role == "guard", Membership.school_id == world.schools["a2"]) == 1


def test_the_template_fits_what_may_be_filled_in(client_as):
    for role, has_place in (("bureau_admin", True), ("principal", False)):
        answer = client_as(role).get("/people/import/template")
        assert answer.status_code == 200
        titles = str(rows_of_template(answer))
        assert ("学校或片区" in titles) is has_place


def rows_of_template(answer):
    import openpyxl

    return list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(max_row=4, values_only=True))


def test_five_thousand_rows_in_five_seconds(app, session, world, acting):
    actor = acting(world.actor("bureau_admin", "a"))
    spec = SheetSpec("x", [Column(key, title, width=10) for key, title in zip(
        ("name", "mobile", "role", "place"), ("姓名", "手机号", "岗位", "学校或片区"), strict=True)])  # fmt: skip
    rows = [
        {"name": f"演示员工{n}", "mobile": f"137{n:08d}", "role": "教师", "place": ("a1", "a2", "a3")[n % 3]}
        for n in range(5000)
    ]
    data = export_xlsx(spec, rows)
    with app.test_request_context():
        started = time.process_time()
        parsed = read_xlsx(service.sheet_for(actor), data)
        assert parsed.is_whole
        result = service.import_people(actor, parsed)
        taken = time.process_time() - started
    assert (result.people, result.new_accounts, result.problems) == (5000, 5000, [])
    print(f"5,000 people in {taken:.1f} s")
    assert taken < 20, "several times what it takes, in this process's own seconds: others may be busy"
