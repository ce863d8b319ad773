"""Receiving on a phone: everything is filled in, two people sign, what is refused goes its own way, warnings come first."""

import io
from datetime import timedelta

import pytest

from kernel.database import db, new_id
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Account
from kernel.identity.passwords import hash_password
from kernel.web.dates import today
from school.orders.service.shipping import lots_of
from school.supply.models import GoodsReceipt
from school.supply.rejections.finding import of_receipt
from tests.support.deliveries import accept, on_its_way, received, refusing
from tests.support.pictures import jpeg
from tests.support.world import PASSWORD


def text_of(response):
    return response.get_data(as_text=True)


def filled(client, shop, shipment, **changes):
    """The form as the page gives it, with what is typed beside."""
    page = text_of(client.get(f"/deliveries/{shipment.id}"))
    assert 'name="lots-0-arrived_quantity"' in page
    shop.cook()
    values = {"id": str(new_id()), "received_at": "", "wanted": "replace", "note": ""}
    for place, lot in enumerate(lots_of(shipment)):
        values |= {
            f"lots-{place}-shipment_line_id": str(lot.id), f"lots-{place}-arrived_quantity": str(lot.quantity),
            f"lots-{place}-net_quantity": "", f"lots-{place}-rejected_quantity": "", f"lots-{place}-reason": "",
            f"lots-{place}-note": "", f"lots-{place}-batch_no": lot.batch_no,
        }  # fmt: skip
    return {**values, "lots-1-temperature_celsius": "3", **changes}


def only_receipt(shop):
    shop.cook()
    return db.session.query(GoodsReceipt).populate_existing().one()


def test_a_code_leads_to_a_page_on_which_nothing_is_typed(shop, client_as):
    _order, shipment = on_its_way(shop)
    db.session.commit()
    keeper = client_as("storekeeper")
    scanned = keeper.get(f"/deliveries/code/{shipment.code}")
    assert scanned.location.endswith(f"/deliveries/{shipment.id}")
    assert keeper.get(f"/deliveries?code={shipment.code.lower()}").location == scanned.location
    assert keeper.get("/deliveries?code=ZZZZZZZZ").location.endswith("/goods-receipts")
    data = filled(keeper, shop, shipment)
    done = keeper.post(f"/deliveries/{shipment.id}", data=data)
    assert done.status_code == 302, text_of(done)
    assert keeper.post(f"/deliveries/{shipment.id}", data=data).location == done.location
    receipt = only_receipt(shop)
    page = text_of(keeper.get(done.location))
    assert "等待第二人确认" in page
    assert "第二人的口令" in page
    assert keeper.post(f"/goods-receipts/{receipt.id}/confirm", data={"version": receipt.version}).status_code == 422
    cook = client_as("canteen_manager")
    assert "第二人确认收货" in text_of(cook.get("/"))
    confirmed = cook.post(f"/goods-receipts/{receipt.id}/confirm", data={"version": receipt.version})
    assert confirmed.status_code == 302
    page = text_of(cook.get(f"/goods-receipts/{receipt.id}"))
    assert "订货与到货" in page
    assert "第二人确认收货" not in text_of(cook.get("/"))
    assert keeper.get(f"/deliveries/{shipment.id}").location.endswith(f"/goods-receipts/{receipt.id}")


def test_the_second_person_signs_on_the_same_phone(shop, client_as):
    use_scope(db.session(), IDENTITY)
    someone = shop.world.person("canteen_manager", "a1")
    db.session.get(Account, someone.account_id).password_hash = hash_password(PASSWORD)
    db.session.commit()
    _order, shipment = on_its_way(shop)
    receipt = accept(shop, shipment)
    db.session.commit()
    keeper = client_as("storekeeper")
    url = f"/goods-receipts/{receipt.id}/confirm-here"
    wrong = keeper.post(url, data={"version": receipt.version, "username": someone.username, "password": "不对"})
    assert wrong.status_code == 422
    assert "用户名、手机号或口令不正确" in text_of(wrong)
    assert "不对" not in text_of(wrong)
    right = {"version": receipt.version, "username": someone.username, "password": PASSWORD}
    assert keeper.post(url, data=right).status_code == 302
    assert only_receipt(shop).state == "recorded"


def test_missing_papers_are_named_and_photographed_at_the_door(shop, client_as):
    _order, shipment = on_its_way(shop, "a1", "100", "0", certified=False)
    db.session.commit()
    keeper = client_as("storekeeper")
    data = filled(keeper, shop, shipment)
    data.pop("lots-1-temperature_celsius")
    page = text_of(keeper.get(f"/deliveries/{shipment.id}"))
    assert "缺 出厂检验报告" in page
    refused = keeper.post(f"/deliveries/{shipment.id}", data=data)
    assert refused.status_code == 422
    assert "缺少必备证明，不得验收：谷物：出厂检验报告" in text_of(refused)
    assert "第五十三条" in text_of(refused)
    scan = {
        "certificates-0-kind": "batch_report", "certificates-0-number": "", "certificates-0-valid_until": "",
        "certificates-0-photos": (io.BytesIO(jpeg("报告")), "p.jpg"),
    }  # fmt: skip
    done = keeper.post(f"/deliveries/{shipment.id}", data={**data, **scan}, content_type="multipart/form-data")
    assert done.status_code == 302, text_of(done)


def test_a_part_is_refused_with_a_photo_and_the_supplier_answers(shop, client_as):
    _order, shipment = on_its_way(shop)
    db.session.commit()
    keeper = client_as("storekeeper")
    refuse = {"lots-0-rejected_quantity": "30", "lots-0-reason": "bad_quality", "lots-0-note": "有杂质"}
    without = keeper.post(f"/deliveries/{shipment.id}", data=filled(keeper, shop, shipment, **refuse))
    assert "拒收须有照片" in text_of(without)
    photo = {"lots-0-photos": (io.BytesIO(jpeg("杂质")), "p.jpg")}
    data = {**filled(keeper, shop, shipment, **refuse), **photo}
    done = keeper.post(f"/deliveries/{shipment.id}", data=data, content_type="multipart/form-data")
    assert done.status_code == 302, text_of(done)
    receipt = only_receipt(shop)
    cook = client_as("canteen_manager")
    cook.post(f"/goods-receipts/{receipt.id}/confirm", data={"version": receipt.version})
    rejection = of_receipt(shop.cook(), receipt.school_id, receipt.id)
    supplier = client_as("supplier_user")
    assert "答复拒收单" in text_of(supplier.get("/"))
    own = f"/goods-rejections/own/{rejection.id}"
    assert "有杂质" in text_of(supplier.get(own))
    assert supplier.get(f"{own}/photos/0").mimetype == "image/jpeg"
    assert supplier.get(f"{own}/photos/1").status_code == 404
    assert client_as("supplier_user", "a-2").get(f"{own}/photos/0").status_code == 404
    answer = {"version": rejection.version, "answer": "replace", "note": "明早补", "promised_on": ""}
    assert "请填写补货日期" in text_of(supplier.post(f"{own}/answer", data=answer))
    day = today() + timedelta(days=1)
    assert supplier.post(f"{own}/answer", data={**answer, "promised_on": day}).status_code == 302
    assert 'value="30"' in text_of(supplier.get(f"{own}/ship"))
    again = supplier.post(
        f"{own}/ship",
        data={
            "id": new_id(), "expected_on": day, "plate": "", "driver": "", "temperature_celsius": "", "note": "",
            "lines-0-order_line_id": of_line(shop, rejection), "lines-0-quantity": "30", "lines-0-batch_no": "L1",
            "lines-0-production_date": "", "lines-0-expiry_date": "",
        },
    )  # fmt: skip
    assert again.status_code == 302, text_of(again)
    assert "补货" in text_of(cook.get(f"/supply-orders/{rejection.order_id}"))
    shown = text_of(cook.get(f"/goods-rejections/{rejection.id}"))
    assert rejection.number in shown
    officer = client_as("canteen_officer")
    assert officer.get(f"/schools/{rejection.school_id}/goods-rejections/{rejection.id}").status_code == 200


def of_line(shop, rejection):
    from school.supply.rejections.finding import lines_of

    shop.cook()
    return lines_of(rejection)[0].order_line_id


def test_refused_goods_are_given_up_by_the_school(shop, client_as):
    _order, shipment = on_its_way(shop)
    receipt = received(shop, shipment, refusing(shop, "30"))
    rejection = of_receipt(shop.cook(), receipt.school_id, receipt.id)
    db.session.commit()
    url = f"/goods-rejections/{rejection.id}/credit"
    assert client_as("accountant").post(url, data={"version": rejection.version, "reason": "x"}).status_code == 403
    keeper = client_as("storekeeper")
    assert keeper.post(url, data={"version": rejection.version}).status_code == 422
    assert keeper.post(url, data={"version": rejection.version, "reason": "不再需要"}).status_code == 302
    assert "不再补货，已扣款" in text_of(keeper.get(f"/goods-rejections/{rejection.id}"))


def test_a_warned_lot_stands_red_before_anything_is_unloaded(shop, client_as):
    _far, waiting = on_its_way(shop, "a2", certified=False)
    _order, shipment = on_its_way(shop)
    received(shop, shipment, refusing(shop, "100", "contaminated"))
    db.session.commit()
    keeper = client_as("storekeeper", "a2")
    assert "批次警示：粳米" in text_of(keeper.get("/"))
    assert "先别卸货" in text_of(keeper.get(f"/deliveries/{waiting.id}"))
    page = text_of(keeper.get("/lot-warnings"))
    assert "演示第一小学" in page
    officer = client_as("canteen_officer")
    page = text_of(officer.get("/lot-warnings/all"))
    assert "演示第二小学" in page
    shop.actor("canteen_officer")
    from school.supply.rejections.models import LotWarning

    one = db.session.query(LotWarning).one()
    acknowledge = f"/lot-warnings/{one.id}/acknowledge"
    assert keeper.post(acknowledge, data={"note": "已拒收"}).status_code == 302
    assert client_as("storekeeper", "a3").post(acknowledge, data={"note": "已拒收"}).status_code == 404
    lift = f"/lot-warnings/{one.id}/lift"
    assert client_as("discipline_supervisor").post(lift, data={"version": 1, "reason": "x"}).status_code == 403
    assert keeper.post(lift, data={"version": 1, "reason": "x"}).status_code == 403
    assert officer.post(lift, data={"version": one.version, "reason": "复检合格"}).status_code == 302
    assert officer.post(lift, data={"version": one.version, "reason": "复检合格"}).status_code == 409
    assert "先别卸货" not in text_of(keeper.get(f"/deliveries/{waiting.id}"))


def test_voiding_from_the_page_takes_all_back(shop, client_as):
    _order, shipment = on_its_way(shop)
    receipt = received(shop, shipment)
    db.session.commit()
    keeper = client_as("storekeeper")
    url = f"/goods-receipts/{receipt.id}/void"
    assert keeper.post(url, data={"version": 1, "reason": "点错"}).status_code == 409
    assert keeper.post(url, data={"version": receipt.version, "reason": "点错"}).status_code == 302
    assert keeper.get(f"/deliveries/{shipment.id}").status_code == 200


@pytest.mark.parametrize("role", ["accountant", "principal", "food_safety_officer"])
def test_who_does_not_receive_reads_and_confirms(shop, client_as, role):
    _order, shipment = on_its_way(shop)
    receipt = accept(shop, shipment)
    db.session.commit()
    client = client_as(role)
    assert client.post(f"/deliveries/{shipment.id}", data={}).status_code == 403
    data = {"version": receipt.version}
    assert client.post(f"/goods-receipts/{receipt.id}/confirm", data=data).status_code == 302
    assert client_as("teacher").post(f"/goods-receipts/{receipt.id}/confirm", data=data).status_code == 403


def test_a_delivery_over_rest(shop, client_as):
    _order, shipment = on_its_way(shop)
    db.session.commit()
    keeper = client_as("storekeeper")
    found = keeper.get(f"/api/v1/supply-orders/shipments/{shipment.id}").json
    body = {
        "shipment_id": found["id"],
        "lots": [
            {"shipment_line_id": lot["id"], "arrived_quantity": lot["quantity"], "temperature_celsius": "3"}
            for lot in found["lines"]
        ],
    }
    url = f"/api/v1/deliveries/{new_id()}"
    counted = keeper.put(url, json=body)
    assert (counted.status_code, counted.json["state"]) == (201, "awaiting")
    assert keeper.put(url, json=body).status_code == 200
    assert keeper.put(url, json={**body, "note": "别的"}).status_code == 409
    receipt = f"/api/v1/goods-receipts/{counted.json['id']}/confirmation"
    version = {"If-Match": str(counted.json["version"])}
    assert keeper.post(receipt, headers=version).status_code == 422
    done = client_as("canteen_manager").post(receipt, headers=version)
    assert (done.json["state"], done.json["lines"][0]["net_quantity"]) == ("recorded", "100")
    assert keeper.get("/api/v1/goods-rejections").json["items"] == []
    assert client_as("supplier_user").get("/api/v1/own-goods-rejections").json["items"] == []
