"""The whole way over REST: ids of the client's making, versions as If-Match, each thing sent twice."""

import io

import pytest

from kernel.database import clock_at, new_id
from tests.support import settlement as told
from tests.support.pictures import jpeg

MONTH = f"{told.MONTH:%Y-%m}"


@pytest.fixture
def later():
    with clock_at(told.settled_on()):
        yield


def call(client, method, path, body=None, version=None, status=200):
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    response = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
    assert response.status_code == status, (path, response.status_code, response.get_data(as_text=True)[:600])
    return response.get_json()


def test_from_the_draft_to_the_payment(shop, client_as, later):
    told.delivered(shop)
    accountant, company, officer = client_as("accountant"), client_as("supplier_user"), client_as("procurement_officer")
    statement_id = str(new_id())
    wanted = {"supplier_id": str(shop.agreement.supplier_id), "month": MONTH}
    draft = call(accountant, "PUT", f"/supplier-statements/{statement_id}", wanted)
    assert call(accountant, "PUT", f"/supplier-statements/{statement_id}", wanted)["number"] == draft["number"]
    assert call(accountant, "POST", "/supplier-statements/making", {"month": MONTH})["known"] == 1
    assert (draft["state"], draft["amount_fen"], len(draft["lines"])) == ("draft", 94000, 2)
    path, own = f"/supplier-statements/{statement_id}", f"/own-supplier-statements/{statement_id}"
    call(accountant, "POST", f"{path}/sending", {"digest": "0" * 64}, draft["version"], 409)
    call(accountant, "POST", f"{path}/sending", {}, status=422)  # without a version
    sent = call(accountant, "POST", f"{path}/sending", {"digest": draft["digest"]}, draft["version"])
    assert sent["digest"] == draft["digest"]
    call(accountant, "POST", f"{path}/sending", {}, draft["version"], 409)
    seen = call(company, "GET", own)
    assert [line["amount_fen"] for line in seen["lines"]] == [52000, 42000]
    call(company, "POST", f"{own}/agreement", {"digest": "f" * 64}, seen["version"], 409)
    agreed = call(company, "POST", f"{own}/agreement", {"digest": seen["digest"]}, seen["version"])
    assert agreed["state"] == "agreed"
    scan, invoice_id = str(new_id()), str(new_id())
    files = {"file": (io.BytesIO(jpeg("票")), "票.jpg")}
    kept = company.put(f"/api/v1/own-supplier-invoices/scans/{scan}", data=files, content_type="multipart/form-data")
    assert kept.get_json()["id"] == scan
    body = {
        "number": "87654321", "code": "0123456789", "issued_on": str(told.MONTH), "amount_fen": 94000, "tax_fen": 7762,
        "attachment_id": scan, "matches": [{"statement_id": statement_id}],
    }  # fmt: skip
    invoice = call(company, "PUT", f"/own-supplier-invoices/{invoice_id}", body)
    assert call(company, "PUT", f"/own-supplier-invoices/{invoice_id}", body) == invoice
    call(company, "PUT", f"/own-supplier-invoices/{invoice_id}", {**body, "tax_fen": 0}, status=409)
    call(company, "PUT", f"/own-supplier-invoices/{new_id()}", {**body, "number": "1"}, status=422)
    call(accountant, "POST", f"/supplier-invoices/{invoice_id}/check", version=invoice["version"])
    ready = call(accountant, "GET", path)
    assert (ready["state"], ready["invoices"][0]["part_fen"]) == ("invoiced", 94000)
    call(accountant, "POST", f"{path}/approval", version=ready["version"], status=403)
    approved = call(client_as("principal"), "POST", f"{path}/approval", version=ready["version"])
    payment = {"paid_on": str(told.settled_on().date()), "amount_fen": 94000, "reference": "回单 1"}
    payment_path = f"{path}/payments/{new_id()}"
    cashier = client_as("cashier")
    assert call(cashier, "PUT", payment_path, payment, approved["version"]) == call(
        cashier, "PUT", payment_path, payment
    )
    assert call(company, "GET", own)["state"] == "paid"
    overview = call(officer, "GET", f"/settlement-overview?month={MONTH}")["items"]
    assert [(row["states"], row["paid_fen"]) for row in overview if row["school_id"] == shop.world.schools["a1"]] == [
        ({"paid": 1}, 94000)
    ]


def test_disputed_answered_and_corrected(shop, client_as, later):
    told.delivered(shop)
    statement = told.sent(shop)
    accountant, company = client_as("accountant"), client_as("supplier_user")
    path, own = f"/supplier-statements/{statement.id}", f"/own-supplier-statements/{statement.id}"
    seen = call(company, "GET", own)
    said = {"digest": seen["digest"], "objections": [{"line_id": seen["lines"][0]["id"], "reason": "少算 1 公斤"}]}
    unknown = {**said, "objections": [{"line_id": str(new_id()), "reason": "x"}]}
    call(company, "POST", f"{own}/dispute", unknown, seen["version"], 422)
    call(company, "POST", f"{own}/dispute", said, seen["version"])
    disputed = call(accountant, "GET", path)
    objection = disputed["objections"][0]
    call(accountant, "POST", f"{path}/objections/{objection['id']}", {"answer": "补记"}, objection["version"])
    call(accountant, "POST", f"{path}/objections/{new_id()}", {"answer": "补记"}, 1, 404)
    adjustment = {"statement_id": str(statement.id), "amount_fen": 520, "reason": "补记 1 公斤"}
    made = call(accountant, "PUT", f"/settlement-adjustments/{new_id()}", adjustment)
    again = call(accountant, "GET", path)
    assert again["amount_fen"] == 94520
    call(accountant, "POST", f"{path}/sending", {"digest": again["digest"]}, again["version"])
    call(accountant, "POST", f"/settlement-adjustments/{made['id']}/withdrawal", version=made["version"], status=409)
    newest = call(company, "GET", own)
    assert (newest["revision"], newest["amount_fen"], newest["objections"][0]["answer"]) == (2, 94520, "补记")
    call(company, "POST", f"{own}/agreement", {"digest": seen["digest"]}, newest["version"], 409)
    assert call(accountant, "POST", f"{path}/difference-notes", status=409)
