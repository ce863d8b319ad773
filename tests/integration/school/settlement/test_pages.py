"""The pages of each side, as they are clicked."""

import io

import pytest
from openpyxl import load_workbook

from kernel.database import clock_at, new_id
from school.settlement.service import finding
from tests.support import settlement as told
from tests.support.pictures import jpeg

MONTH = told.MONTH
TEXT = f"{MONTH:%Y-%m}"


@pytest.fixture
def later():
    """The third of the following month, for requests too."""
    with clock_at(told.settled_on()):
        yield


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.get_data(as_text=True)


def post(client, address, status=302, **data):
    response = client.post(address, data=data, content_type="multipart/form-data")
    assert response.status_code == status, (address, response.get_data(as_text=True)[:2000])
    return response


def test_a_month_from_making_to_the_last_payment(shop, client_as, later):
    told.delivered(shop)
    accountant, company = client_as("accountant"), client_as("supplier_user")
    assert "¥940.00" in page(accountant, "/supplier-statements")
    post(accountant, "/supplier-statements/make", month=TEXT)
    statement = told.current(shop)
    address, own = f"/supplier-statements/{statement.id}", f"/supplier-statements/own/{statement.id}"
    assert company.get(own).status_code == 404
    shown = page(accountant, address)
    digest = shown.split('name="digest" value="')[1][:64]
    post(accountant, f"{address}/send", version=statement.version, digest=digest)
    statement = told.again(shop, statement)
    assert statement.digest == digest
    assert "确认无误" in page(company, own)
    assert "¥520.00" in page(company, f"{own}/dispute")
    post(company, f"{own}/agree", version=statement.version, digest=digest)
    scan = (io.BytesIO(jpeg("票")), "票.jpg")
    values = {
        "id": str(new_id()), "number": "12345678", "code": "0123456789", "issued_on": "2026-01-01", "amount": "940.00",
        "tax": "84.60", "matches-0-statement_id": str(statement.id), "matches-0-amount": "940.00", "file": scan,
    }  # fmt: skip
    assert "940.00" in page(company, f"{own}/invoice")
    post(company, f"{own}/invoice", **values)
    assert "12345678" in page(company, "/supplier-statements/own/invoices")
    invoices = page(accountant, "/supplier-statements/invoices?state=recorded")
    form = invoices.split('action="/supplier-statements/invoices/')[1]
    invoice_id, version = form.split("/")[0], form.split('name="version" value="')[1].split('"')[0]
    assert accountant.get(f"/supplier-statements/invoices/{invoice_id}/scan").mimetype == "image/jpeg"
    assert company.get(f"/supplier-statements/own/invoices/{invoice_id}/scan").mimetype == "image/jpeg"
    post(accountant, f"/supplier-statements/invoices/{invoice_id}/check", version=version)
    statement = told.again(shop, statement)
    assert statement.state == "invoiced"
    principal = client_as("principal")
    assert "批准付款" in page(principal, "/")
    post(principal, f"{address}/approve", version=statement.version, reason="")
    statement = told.again(shop, statement)
    paying = {"id": str(new_id()), "version": statement.version, "paid_on": str(told.settled_on().date())}
    post(client_as("cashier"), f"{address}/payments", amount="940", reference="回单 7", **paying)
    assert "已付清" in page(accountant, address)
    assert "¥940.00" in page(company, own)


def test_a_stale_page_does_not_send_what_nobody_saw(shop, client_as, later):
    told.delivered(shop)
    statement = told.drafted(shop)
    accountant = client_as("accountant")
    address = f"/supplier-statements/{statement.id}"
    digest = page(accountant, address).split('name="digest" value="')[1][:64]
    told.delivered(shop, day=20, batch="L2")
    response = post(accountant, f"{address}/send", 409, version=statement.version, digest=digest)
    assert "有变化" in response.get_data(as_text=True)


def test_what_is_disputed_is_answered_and_sent_again(shop, client_as, later):
    told.delivered(shop)
    statement = told.sent(shop)
    line = finding.lines_of(statement)[0]
    company, accountant = client_as("supplier_user"), client_as("accountant")
    own, address = f"/supplier-statements/own/{statement.id}", f"/supplier-statements/{statement.id}"
    said = {"version": statement.version, "digest": statement.digest, "objections-0-line_id": str(line.id)}
    post(company, f"{own}/dispute", 422, **said, **{"objections-0-reason": ""})
    post(company, f"{own}/dispute", **said, **{"objections-0-reason": "少算 5 公斤"})
    assert "少算 5 公斤" in page(accountant, address)
    assert "答复供应商异议" in page(accountant, "/")
    objection = finding.objections_of(told.again(shop, statement))[0]
    post(accountant, f"{address}/objections/{objection.id}", version=objection.version, answer="复称后补记")
    post(accountant, f"{address}/adjustments", id=str(new_id()), amount="26.00", reason="补记 5 公斤")
    shown = page(accountant, address)
    assert "¥966.00" in shown
    digest = shown.split('name="digest" value="')[1][:64]
    post(accountant, f"{address}/send", version=told.again(shop, statement).version, digest=digest)
    assert "复称后补记" in page(company, own)
    assert "¥966.00" in page(company, own)


def test_the_bureau_reads_and_exports(shop, client_as, later):
    told.delivered(shop)
    statement = told.sent(shop)
    officer = client_as("procurement_officer")
    shown = page(officer, f"/supplier-statements/all?month={TEXT}")
    assert "演示第一小学" in shown
    assert "待供应商确认" in shown
    page(officer, f"/supplier-statements/schools/{statement.school_id}")
    assert "¥520.00" in page(officer, f"/supplier-statements/schools/{statement.school_id}/{statement.id}")
    content = officer.get(f"/supplier-statements/all/sheet?month={TEXT}").data
    rows = list(load_workbook(io.BytesIO(content)).active.values)
    assert any(statement.number in row and 940 in row for row in rows)
    assert client_as("zone_supervisor", "a-west").get(
        f"/supplier-statements/schools/{statement.school_id}/{statement.id}"
    ).status_code == 404  # fmt: skip


def test_sheets_and_lists(shop, client_as, later):
    told.delivered(shop)
    statement = told.sent(shop)
    accountant, company = client_as("accountant"), client_as("supplier_user")
    content = accountant.get(f"/supplier-statements/{statement.id}/sheet").data
    assert len(list(load_workbook(io.BytesIO(content)).active.values)) >= 3
    assert company.get(f"/supplier-statements/own/{statement.id}/sheet").status_code == 200
    assert statement.number in page(accountant, "/supplier-statements/earlier?state=sent")
    assert statement.number not in page(accountant, "/supplier-statements/earlier?state=paid")
    assert statement.number in page(company, f"/supplier-statements/own?month={TEXT}")
    assert "请填写月份" in page(accountant, "/supplier-statements?month=x")
    assert statement.number in page(accountant, f"/search?q={statement.number}")


def test_who_may_not(shop, client_as, later):
    told.delivered(shop)
    statement = told.sent(shop)
    address = f"/supplier-statements/{statement.id}"
    assert client_as("storekeeper").get(address).status_code == 403
    assert client_as("cashier").post(f"{address}/withdraw", data={"version": 2, "reason": "x"}).status_code == 403
    assert client_as("accountant").post(f"{address}/approve", data={"version": 2}).status_code == 403
    assert client_as("procurement_officer").get(address).status_code == 403
    assert client_as("accountant", "a2").get(address).status_code == 404
    assert client_as("supplier_user", "a-2").get(f"/supplier-statements/own/{statement.id}").status_code == 404
