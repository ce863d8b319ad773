import io
from datetime import date

import pytest
from sqlalchemy import select

from kernel.database import clock_at, new_id
from kernel.sheets import export_xlsx
from school.canteen_books.meal_models import Attendance, MealPayment
from school.canteen_books.models import BookMonth, BookVoucher, CanteenStatement
from school.canteen_books.service import months, plans
from school.canteen_books.sheets import ATTENDANCE, PAYMENTS
from school.diners.models import DinerCount
from tests.integration.school.canteen_books.conftest import OCTOBER, SEPTEMBER, at
from tests.support.canteen_books import close_month, monthly_plan, pay, through

LAST = date(2026, 9, 30)
PLACE = "a2"


@pytest.fixture
def client(client_as):
    return lambda role: client_as(role, PLACE)


@pytest.fixture
def served(books):
    with clock_at(at(LAST)):
        accountant = books.act("accountant")
        month = months.get_month(accountant, books.school_id, SEPTEMBER)
        months.set_meal_days(accountant, SEPTEMBER, month.version, [date(2026, 9, day) for day in (7, 8, 9)])
        plan = monthly_plan(books, 30_000, SEPTEMBER)
        plans.enrol(books.act("accountant"), [pupil.id for pupil in books.pupils], plan.id, SEPTEMBER)
        pay(books, books.pupils, 30_000, SEPTEMBER)
        yield books


def test_a_voucher_goes_through_three_hands_on_pages(served, client, session):
    accountant = client("accountant")
    page = accountant.get("/canteen-books/vouchers/new").get_data(as_text=True)
    assert "支付水电燃气费" in page
    assert "5002" not in page  # nobody needs an account's number
    form = {"id": str(new_id()), "template": "other_income", "on_day": "2026-09-30", "amount": "88.80", "summary": ""}
    answer = accountant.post("/canteen-books/vouchers", data=form)
    assert answer.status_code == 302
    found = session.scalars(select(BookVoucher).where(BookVoucher.amount_fen == 8_880)).one()
    path = f"/canteen-books/vouchers/{found.id}"
    assert accountant.post(f"{path}/approve", data={"version": "1"}).status_code == 403
    principal = client("principal")
    assert "出纳签字" in principal.post(f"{path}/approve", data={"version": "1"}).get_data(as_text=True)
    cashier = client("cashier")
    assert cashier.post(f"{path}/sign", data={"version": "1"}).status_code == 302
    session.refresh(found)
    assert principal.post(f"{path}/approve", data={"version": str(found.version)}).status_code == 302
    assert "JZ2026-" in principal.get(path).get_data(as_text=True)
    # A stale look changes nothing.
    assert principal.post(f"{path}/refuse", data={"version": "1", "reason": "x"}).status_code == 409


def test_a_payment_needs_its_payee_at_the_field(served, client):
    form = {"id": str(new_id()), "template": "wages", "on_day": "2026-09-30", "amount": "1.001"}
    page = client("accountant").post("/canteen-books/vouchers", data=form)
    assert page.status_code == 422
    form["amount"] = "100"
    assert "请选择收款方" in client("accountant").post("/canteen-books/vouchers", data=form).get_data(as_text=True)


def test_the_wizard_closes_the_month_and_the_statement_is_public(served, client, session, world):
    accountant, principal = client("accountant"), client("principal")
    page = accountant.get("/canteen-books/months/2026-09").get_data(as_text=True)
    assert "提交结账" in page
    month = session.scalars(select(BookMonth)).one()
    path = "/canteen-books/months/2026-09"
    assert accountant.post(f"{path}/prepare", data={"version": str(month.version)}).status_code == 302
    session.refresh(month)
    assert accountant.post(f"{path}/close", data={"version": str(month.version)}).status_code == 403
    assert principal.post(f"{path}/close", data={"version": str(month.version)}).status_code == 302
    session.refresh(month)
    assert month.state == "closed"
    public = f"/public/canteen/a/{PLACE}/2026-09"
    assert client(None).get(public).status_code == 404
    assert accountant.post(f"{path}/statement", data={"version": str(month.version)}).status_code == 302
    shown = client(None).get(public).get_data(as_text=True)
    assert "¥1,500.00" in shown
    assert "演示学生" not in shown
    assert "2026-09" in client(None).get(f"/public/canteen/a/{PLACE}").get_data(as_text=True)
    assert client(None).get("/public/canteen/a/nowhere").status_code == 404
    session.refresh(month)
    # Opening it again takes the statement down; the next edition says that it is one.
    reason = {"reason": "漏记", "version": str(month.version)}
    assert accountant.post(f"{path}/ask-reopening", data=reason).status_code == 302
    session.refresh(month)
    assert client("logistics_director").post(f"{path}/reopen", data=reason).status_code == 403
    reason["version"] = str(month.version)
    assert principal.post(f"{path}/reopen", data=reason).status_code == 302
    assert client(None).get(public).status_code == 404
    with clock_at(at(date(2026, 10, 9))):
        session.expire_all()
        close_month(served, SEPTEMBER)
        session.refresh(month)
        assert client("accountant").post(f"{path}/statement", data={"version": str(month.version)}).status_code == 302
    assert "更正版" in client(None).get(public).get_data(as_text=True)
    editions = session.scalars(select(CanteenStatement).order_by(CanteenStatement.edition)).all()
    assert [(one.edition, one.replaced_at is None) for one in editions] == [(1, False), (2, True)]


def test_what_is_missing_stands_in_the_wizard(served, client):
    with clock_at(at(date(2026, 9, 20))):
        page = client("accountant").get("/canteen-books/months/2026-09").get_data(as_text=True)
        assert "待办" in page
        answer = client("accountant").post("/canteen-books/months/2026-09/prepare", data={"version": "2"})
        assert answer.status_code in (409, 422)


def test_a_teacher_marks_who_is_away_and_the_count_follows(served, client, session):
    books = served
    room = books.pupils[0].class_id
    with clock_at(at(date(2026, 9, 8), 12)):
        teacher = client("teacher")
        page = teacher.get(f"/meal-attendance?class_id={room}&day=2026-09-08").get_data(as_text=True)
        assert "演示学生1" in page
        form = {"class_id": str(room), "on_day": "2026-09-08", "meal": "lunch", "absent": str(books.pupils[1].id)}
        answer = teacher.post("/meal-attendance", data=form, follow_redirects=True)
        assert "用餐 4 人" in answer.get_data(as_text=True)
    books.act("accountant")
    row = session.scalars(select(Attendance)).one()
    assert (row.pupil_id, row.state, row.source) == (books.pupils[1].id, "absent", "class")
    assert session.scalars(select(DinerCount.actual)).one() == 4
    with clock_at(at(date(2026, 9, 8), 13)):
        form["absent"] = ""
        del form["absent"]
        client("teacher").post("/meal-attendance", data=form)
    assert session.scalars(select(Attendance)).all() == []
    assert client("cashier").get("/meal-attendance").status_code == 403


def test_attendance_comes_from_a_table_and_goes_back_into_one(served, client, session):
    books = served
    first, second = books.pupils[:2]
    rows = [
        {
            "number": first.number,
            "name": first.name,
            "first": date(2026, 9, 5),
            "last": date(2026, 9, 8),
            "reason": "病假",
        },
        {"number": second.number, "first": date(2026, 9, 9), "state": "absent"},
    ]
    accountant = client("accountant")
    answer = accountant.post(
        "/meal-attendance/imports", data={"file": (io.BytesIO(export_xlsx(ATTENDANCE, rows)), "考勤.xlsx")}
    )
    place = answer.location
    assert "演示学生1" in accountant.get(place).get_data(as_text=True)
    assert session.scalars(select(Attendance)).all() == []
    assert accountant.post(f"{place}/apply").status_code == 302
    books.act("accountant")
    marked = {(row.pupil_id, row.on_day) for row in session.scalars(select(Attendance))}
    assert marked == {(first.id, date(2026, 9, 7)), (first.id, date(2026, 9, 8)), (second.id, date(2026, 9, 9))}
    sheet = accountant.get("/meal-attendance/months/2026-09.xlsx")
    assert sheet.status_code == 200
    wrong = [
        {"number": "没有", "first": date(2026, 9, 7)},
        {"number": first.number, "name": "别人", "first": date(2026, 9, 7)},
        {"number": first.number, "first": date(2026, 9, 5)},
        {"number": first.number, "first": date(2026, 9, 8), "last": date(2026, 9, 7)},
    ]
    answer = accountant.post(
        "/meal-attendance/imports", data={"file": (io.BytesIO(export_xlsx(ATTENDANCE, wrong)), "错.xlsx")},
        follow_redirects=True,
    )  # fmt: skip
    text = answer.get_data(as_text=True)
    assert "表格中有 4 处错误" in text
    assert "请核对" in text


def test_payments_are_taken_by_the_cashier_once(served, client, session):
    pupil = served.pupils[0]
    cashier = client("cashier")
    form = {"id": str(new_id()), "number": pupil.number, "amount": "12.30", "paid_on": "2026-09-30", "method": "cash"}
    for _again in range(2):
        assert cashier.post("/meal-payments", data=form).status_code == 302
    served.act("cashier")
    assert session.scalars(select(MealPayment).where(MealPayment.amount_fen == 1_230)).one().method == "cash"
    assert cashier.post("/meal-payments", data={**form, "number": "没有"}).status_code == 422
    assert client("accountant").post("/meal-payments", data=form).status_code == 403
    rows = [{"number": pupil.number, "amount": "300.5", "paid_on": date(2026, 9, 29), "method": "bank"}]
    answer = cashier.post(
        "/meal-payments/imports", data={"file": (io.BytesIO(export_xlsx(PAYMENTS, rows)), "缴费.xlsx")}
    )
    for _again in range(2):
        assert cashier.post(f"{answer.location}/apply").status_code == 302
    served.act("cashier")
    assert [row.amount_fen for row in session.scalars(select(MealPayment).where(MealPayment.voucher_id.is_(None)))] == [
        1_230,
        30_050,
    ]
    book = {"id": str(new_id()), "until": "2026-09-30"}
    assert client("accountant").post("/meal-payments/book", data=book).status_code == 302
    found = session.scalars(select(BookVoucher).where(BookVoucher.amount_fen == 31_280)).one()
    through(served, found)
    assert f"¥{312.80 + 300:,.2f}" in client("accountant").get(f"/meal-accounts/{pupil.id}").get_data(as_text=True)


def test_a_price_above_the_limit_is_refused_with_its_source(served, client, client_as):
    officer = client_as("canteen_officer", "a")
    form = {
        "id": str(new_id()), "unit": "month", "limit": "320", "valid_from": "2026-09-01", "citation": "演示限额公告",
        "setting": "", "stage": "", "meal": "", "valid_to": "",
    }  # fmt: skip
    assert officer.post("/charge-limits", data=form).status_code == 302
    served.act("accountant")
    plan = plans.all_plans(served.act("accountant"), served.school_id)[0]
    path = f"/meal-plans/{plan.id}/prices"
    accountant = client("accountant")
    answer = accountant.post(path, data={"from_month": "2026-10", "price": "320.01"})
    assert answer.status_code == 422
    assert "演示限额公告" in answer.get_data(as_text=True)
    assert accountant.post(path, data={"from_month": "2026-10", "price": "320"}).status_code == 302
    assert accountant.post("/charge-limits", data=form).status_code == 403


def test_the_bureau_sees_who_has_not_published_and_no_pupil(served, client_as, client, session):
    with clock_at(at(date(2026, 10, 16))):
        officer = client_as("canteen_officer", "a")
        page = officer.get("/canteen-books/oversight?month=2026-09").get_data(as_text=True)
        assert "演示第二小学" in page
        assert "逾期" in page
        close_month(served, SEPTEMBER)
        page = officer.get("/canteen-books/oversight?month=2026-09&show=findings").get_data(as_text=True)
        assert "食材支出占伙食费收入 0.00%" in page
        page = officer.get(f"/schools/{served.school_id}/canteen-books/2026-09").get_data(as_text=True)
        assert "预收学生伙食费" in page
        assert "演示学生" not in page
        assert officer.get("/meal-accounts").status_code == 403
        found = officer.get("/api/v1/canteen-books/schools?month=2026-09").get_json()
        mine = next(row for row in found if row["school_id"] == served.school_id)
        assert (mine["standing"], mine["income_fen"], mine["is_late"]) == ("closed", 150_000, True)
        supervisor = client_as("zone_supervisor", "a-west")
        assert "演示第二小学" not in supervisor.get("/canteen-books/oversight?month=2026-09").get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    [
        "/canteen-books", "/canteen-books/vouchers", "/canteen-books/payees", "/canteen-books/months/2026-09/entries",
        "/canteen-books/months/2026-09/balance", "/canteen-books/months/2026-09/balance.xlsx",
        "/canteen-books/months/2026-09/accounts/2203", "/canteen-books/months/2026-09/refunds",
        "/canteen-books/months/2026-09/refunds.xlsx", "/canteen-books/months/2026-09/statement", "/meal-payments",
        "/meal-accounts", "/meal-subsidies", "/meal-plans", "/meal-plans/new", "/canteen-books/settlement",
        "/meal-attendance", "/meal-attendance/imports", "/charge-limits",
    ],
)  # fmt: skip
def test_the_accountants_pages(served, client, path):
    assert client("accountant").get(path).status_code == 200


def test_a_school_without_books_is_told_so(client_as):
    page = client_as("accountant", "a1").get("/canteen-books").get_data(as_text=True)
    assert "建立食堂账" in page
    assert client_as("principal", "a1").get("/canteen-books").status_code == 200
    assert client_as("accountant", "a1").get("/canteen-books/months/2026-09").status_code == 404
    assert client_as("accountant", "a1").post("/canteen-books", data={"month": "2026-09"}).status_code == 302
    assert client_as("accountant", "a1").get("/canteen-books").status_code == 200


def test_over_rest(served, client, session):
    accountant = client("accountant")
    key = new_id()
    body = {"template": "other_income", "on_day": "2026-09-30", "amount_fen": 777}
    path = f"/api/v1/book-vouchers/{key}"
    found = accountant.put(path, json=body).get_json()
    assert found["state"] == "entered"
    assert accountant.put(path, json=body).get_json() == found
    assert accountant.put(path, json={**body, "amount_fen": 778}).status_code == 409
    assert client("cashier").post(f"{path}/sign", headers={"If-Match": '"1"'}).status_code == 200
    principal = client("principal")
    assert principal.post(f"{path}/approve", headers={"If-Match": '"1"'}).status_code in (409, 412)
    assert principal.post(f"{path}/approve", headers={"If-Match": '"2"'}).get_json()["state"] == "approved"
    sums = {row["code"]: row for row in accountant.get("/api/v1/book-months/2026-09/balance").get_json()}
    assert sums["4003"]["closing_fen"] == 777
    (month,) = accountant.get("/api/v1/book-months").get_json()
    assert (month["month"], month["state"]) == ("2026-09", "open")
    refused = accountant.post("/api/v1/book-months/2026-10/prepare", headers={"If-Match": '"1"'})
    assert refused.status_code == 404
    assert accountant.get("/api/v1/book-months/2026-9/balance").status_code == 404


def test_months_before_the_books_and_gaps(books, client):
    with clock_at(at(date(2026, 12, 3))):
        accountant = books.act("accountant")
        months.open_month_for(accountant, date(2026, 12, 3))
        assert [f"{one.month:%m}" for one in months.newest_months(accountant, books.school_id)] == [
            "12",
            "11",
            "10",
            "09",
        ]
    assert months.get_month(accountant, books.school_id, OCTOBER).state == "open"
