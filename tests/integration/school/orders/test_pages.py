"""The pages of orders as each side walks through them, and who is kept out of which."""

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest

from kernel.database import db, new_id
from kernel.web.dates import today
from school.orders.models import BatchCertificate, SupplyOrder
from school.orders.service import finding
from tests.support.orders import confirmed, draft, sent, shipped, submitted, tomorrow
from tests.support.pictures import jpeg


def current(shop, order_id):
    shop.cook()
    return db.session.get(
        SupplyOrder, (shop.agreement.bureau_id, shop.world.schools["a1"], order_id), populate_existing=True
    )


def text_of(response):
    return response.get_data(as_text=True)


def test_a_school_makes_an_order_by_hand_and_a_supplier_answers_and_ships(shop, client_as):
    db.session.commit()
    cook = client_as("canteen_manager")
    assert shop.agreement.number in text_of(cook.get("/supply-orders/new"))
    page = text_of(cook.get(f"/supply-orders/new?agreement_id={shop.agreement.id}"))
    assert "粳米" in page
    assert "¥21.00" in page
    order_id = str(new_id())
    form = {
        "id": order_id, "agreement_id": shop.agreement.id, "deliver_on": tomorrow(), "deliver_from": "06:00",
        "deliver_until": "07:30", "place": "食堂后门", "contact": "演示 13900000000", "note": "",
        "lines-0-agreement_item_id": shop.rice.id, "lines-0-quantity": "50",
        "lines-1-agreement_item_id": shop.pork.id, "lines-1-quantity": "",
    }  # fmt: skip
    made = cook.post("/supply-orders/new", data=form)
    assert made.status_code == 302
    assert cook.post("/supply-orders/new", data=form).status_code == 302
    order = current(shop, order_id)
    assert (order.line_count, order.amount_fen, str(order.deliver_from)) == (1, 26000, "06:00:00")
    edited = cook.post(
        f"/supply-orders/{order_id}/edit", data={**form, "version": order.version, "lines-0-quantity": "60"}
    )
    assert edited.status_code == 302
    stale = cook.post(f"/supply-orders/{order_id}/edit", data={**form, "version": 1, "lines-0-quantity": "70"})
    assert stale.status_code == 409
    order = current(shop, order_id)
    assert cook.post(f"/supply-orders/{order_id}/submit", data={"version": order.version}).status_code == 302
    order = current(shop, order_id)
    again = cook.post(f"/supply-orders/{order_id}/approve", data={"version": order.version})
    assert again.status_code == 422
    assert "自己" in text_of(again)
    principal = client_as("principal")
    assert "审批订单" in text_of(principal.get("/"))
    assert principal.post(f"/supply-orders/{order_id}/approve", data={"version": order.version}).status_code == 302

    supplier = client_as("supplier_user")
    assert "确认订单" in text_of(supplier.get("/"))
    assert order.number in text_of(supplier.get("/supply-orders/own"))
    order = current(shop, order_id)
    assert supplier.post(f"/supply-orders/own/{order_id}/confirm", data={"version": order.version}).status_code == 302
    assert "60" in text_of(supplier.get(f"/supply-orders/own/{order_id}/ship"))
    line = finding.lines_of(current(shop, order_id))[0]
    parcel = {
        "id": new_id(), "expected_on": tomorrow(), "plate": "演a12345", "driver": "", "temperature_celsius": "",
        "note": "", "lines-0-order_line_id": line.id, "lines-0-quantity": "60", "lines-0-batch_no": "L1",
        "lines-0-production_date": today() - timedelta(days=2), "lines-0-expiry_date": "",
    }  # fmt: skip
    done = supplier.post(f"/supply-orders/own/{order_id}/ship", data=parcel)
    assert done.status_code == 302
    note = text_of(supplier.get(done.location))
    assert "<svg" in note
    assert "演A12345" in note
    assert current(shop, order_id).state == "shipped"
    storekeeper = text_of(client_as("storekeeper").get("/"))
    assert "收货：" in storekeeper


def test_a_wrong_quantity_is_shown_at_its_field(shop, client_as):
    db.session.commit()
    cook = client_as("canteen_manager")
    answer = cook.post(
        "/supply-orders/new",
        data={
            "id": new_id(), "agreement_id": shop.agreement.id, "deliver_on": "2020-01-01", "place": "", "contact": "",
            "note": "", "deliver_from": "", "deliver_until": "", "lines-0-agreement_item_id": shop.rice.id,
            "lines-0-quantity": "7.5",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    page = text_of(answer)
    assert "送货日期不能早于今天" in page
    assert 'value="7.5"' in page


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("teacher", "/supply-orders", 403),
        ("accountant", "/supply-orders", 200),
        ("accountant", "/supply-orders/new", 403),
        ("storekeeper", "/supply-orders/propose", 200),
        ("principal", "/supply-orders/propose", 403),
        ("supplier_user", "/supply-orders", 403),
        ("supplier_user", "/supply-orders/own/certificates", 200),
        ("procurement_officer", "/supply-orders/all", 200),
        ("zone_supervisor", "/supply-orders/all", 200),
        ("inspector", "/supply-orders/all", 403),
        ("canteen_officer", "/supply-orders/certificate-findings", 200),
    ],
)
def test_who_opens_which_page(shop, client_as, role, path, status):
    db.session.commit()
    assert client_as(role).get(path).status_code == status


def test_only_who_prepares_may_cancel_and_only_who_approves_may_refuse(shop, client_as):
    order = submitted(shop)
    db.session.commit()
    data = {"version": order.version, "reason": "演示"}
    assert client_as("accountant").post(f"/supply-orders/{order.id}/cancel", data=data).status_code == 403
    assert client_as("storekeeper").post(f"/supply-orders/{order.id}/refuse", data=data).status_code == 403
    assert client_as("principal").post(f"/supply-orders/{order.id}/refuse", data=data).status_code == 302


def test_a_refusal_without_a_reason_shows_the_page_again(shop, client_as):
    order = sent(shop)
    db.session.commit()
    answer = client_as("supplier_user").post(f"/supply-orders/own/{order.id}/decline", data={"version": order.version})
    assert answer.status_code == 422
    assert "请填写此项" in text_of(answer)


def test_another_day_is_asked_for_and_agreed_to(shop, client_as):
    order = sent(shop)
    db.session.commit()
    day = tomorrow() + timedelta(days=1)
    data = {"version": order.version, "reason": "车辆检修", "day": day}
    assert client_as("supplier_user").post(f"/supply-orders/own/{order.id}/propose-day", data=data).status_code == 302
    cook = client_as("canteen_manager")
    assert "供应商提出改期" in text_of(cook.get("/"))
    order = current(shop, order.id)
    assert cook.post(f"/supply-orders/{order.id}/accept-day", data={"version": order.version}).status_code == 302
    assert current(shop, order.id).deliver_on == day


def test_one_click_orders_the_same_again(shop, client_as):
    order = sent(shop)
    db.session.commit()
    cook = client_as("canteen_manager")
    again = {"id": new_id()}
    first = cook.post(f"/supply-orders/{order.id}/repeat", data=again)
    assert (first.status_code, cook.post(f"/supply-orders/{order.id}/repeat", data=again).location) == (
        302,
        first.location,
    )
    assert current(shop, again["id"]).source == "repeat"


def test_the_budget_is_set_by_who_keeps_the_money(shop, client_as):
    draft(shop)
    db.session.commit()
    data = {"id": new_id(), "month": tomorrow().strftime("%Y-%m"), "amount": "100.50", "note": ""}
    assert client_as("canteen_manager").post("/supply-orders/budgets", data=data).status_code == 403
    accountant = client_as("accountant")
    assert accountant.post("/supply-orders/budgets", data=data).status_code == 302
    assert "¥100.50" in text_of(accountant.get("/supply-orders/budgets"))
    twice = accountant.post("/supply-orders/budgets", data={**data, "id": new_id()})
    assert twice.status_code == 422
    changed = accountant.post("/supply-orders/budgets", data={**data, "version": 1, "amount": "200"})
    assert changed.status_code == 302
    assert accountant.post("/supply-orders/budgets", data={**data, "version": 1, "amount": "300"}).status_code == 409


def test_orders_go_out_as_a_sheet(shop, client_as):
    order = sent(shop)
    submitted(shop)
    db.session.commit()
    sheet = client_as("canteen_manager").get("/supply-orders/sheet")
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.data)).active.values)
    assert len([row for row in rows if "粳米" in row]) == 2
    own = client_as("supplier_user").get(f"/supply-orders/own/sheet?day={order.deliver_on}")
    rows = list(openpyxl.load_workbook(io.BytesIO(own.data)).active.values)
    assert [row[0] for row in rows if "粳米" in row] == [order.number]


def test_a_supplier_uploads_a_paper_once(shop, client_as):
    order = confirmed(shop)
    shipped(shop, order)
    db.session.commit()
    supplier = client_as("supplier_user")
    form = {
        "id": str(new_id()), "item_id": shop.stocked.rice, "kind": "batch_report", "number": "R-1", "batch_no": "L1",
        "issued_by": "演示检测", "issued_on": today(), "valid_from": "", "valid_until": "", "covers_quantity": "500",
    }  # fmt: skip
    without = supplier.post("/supply-orders/own/certificates", data=form)
    assert "请选择文件" in text_of(without)
    for _ in range(2):
        data = {**form, "file": (io.BytesIO(jpeg("报告")), "报告.jpg")}
        assert supplier.post("/supply-orders/own/certificates", data=data).status_code == 302
    assert shop.supplier.supplier_id
    paper = db.session.query(BatchCertificate).one()
    assert paper.covers_quantity == Decimal(500)
    assert supplier.get(f"/supply-orders/own/certificates/{paper.id}/scan").mimetype == "image/jpeg"
    assert client_as("storekeeper").get(f"/supply-orders/certificates/{paper.id}/scan").status_code == 200
    assert client_as("storekeeper", "a2").get(f"/supply-orders/certificates/{paper.id}/scan").status_code == 404
    stop = f"/supply-orders/own/certificates/{paper.id}/withdraw"
    assert supplier.post(stop, data={"version": paper.version}).status_code == 302
    assert supplier.post(stop, data={"version": paper.version}).status_code == 409


def test_an_order_is_searched_by_its_number(shop, client_as):
    order = sent(shop)
    db.session.commit()
    assert order.number in text_of(client_as("canteen_manager").get(f"/search?q={order.number.lower()}"))
    assert order.number in text_of(client_as("supplier_user").get(f"/search?q={order.number}"))


def test_orders_over_rest(shop, client_as):
    db.session.commit()
    cook, order_id = client_as("canteen_manager"), new_id()
    body = {
        "agreement_id": str(shop.agreement.id), "deliver_on": tomorrow().isoformat(),
        "lines": [{"agreement_item_id": str(shop.rice.id), "quantity": "50"}],
    }  # fmt: skip
    url = f"/api/v1/supply-orders/{order_id}"
    made = cook.put(url, json=body)
    assert made.status_code == 200, made.json
    assert made.json["lines"][0]["unit_price_fen"] == 520
    assert cook.put(url, json=body).json["number"] == made.json["number"]
    other = {**body, "note": "别的"}
    assert cook.put(url, json=other).status_code == 409
    assert cook.put(url, json=other, headers={"If-Match": "1"}).status_code == 200
    sent_in = cook.post(f"{url}/submission", headers={"If-Match": str(cook.get(url).json["version"])})
    assert sent_in.json["state"] == "submitted"
    assert client_as("canteen_manager", "a2").get(url).status_code == 404
    assert client_as("supplier_user").get(f"/api/v1/own-supply-orders/{order_id}").status_code == 404
    version = {"If-Match": str(sent_in.json["version"])}
    assert client_as("principal").post(f"{url}/approval", headers=version).json["state"] == "sent"
    own = client_as("supplier_user").get(f"/api/v1/own-supply-orders/{order_id}").json
    assert own["state"] == "sent"
    line = own["lines"][0]["id"]
    parcel = {"lines": [{"order_line_id": line, "quantity": "50", "batch_no": "L1"}]}
    path = f"/api/v1/own-supply-orders/{order_id}/shipments/{new_id()}"
    shipment = client_as("supplier_user").put(path, json=parcel)
    assert shipment.status_code == 200, shipment.json
    assert shipment.json["lines"][0]["batch_no"] == "L1"
    officer = client_as("procurement_officer")
    school = shop.world.schools["a1"]
    assert officer.get(f"/api/v1/schools/{school}/supply-orders/{order_id}").json["state"] == "shipped"
    assert officer.get(f"/api/v1/schools/{school}/supply-orders").json["items"][0]["id"] == str(order_id)
