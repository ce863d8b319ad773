"""Receiving by page: who may, what a wrong entry looks like, photos, double clicks, voiding."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.database import new_id
from tests.support.pictures import jpeg
from tests.support.receipts import DAY, line


@pytest.fixture
def filled(stocked):
    """A page's receipt of rice, as a browser sends it; the certificate's slot is 0, the one to choose a kind in 9000."""

    def make(**changes):
        return {
            "id": str(new_id()), "received_at": f"{DAY}T06:30", "supplier_name": "演示供货商", "delivery_note_no": "",
            "second_receiver_name": "", "note": "", "next_line": "1", "q": "",
            "lines-0-item_id": str(stocked.rice), "lines-0-quantity": "2", "lines-0-unit": "袋",
            "lines-0-unit_price": "119.99", "lines-0-batch_no": "B1", "lines-0-production_date": str(DAY),
            "lines-0-expiry_date": "", "certificates-0-kind": "batch_report", "certificates-0-number": "",
            "certificates-0-valid_until": "", "certificates-9000-kind": "", "certificates-9000-number": "",
            "certificates-9000-valid_until": "", **changes,
        }  # fmt: skip

    return make


def post(client, data, **files):
    for name, content in files.items():
        data = {**data, name.replace("__", "-"): (io.BytesIO(content), "p.jpg")}
    return client.post("/goods-receipts/new", data=data, content_type="multipart/form-data")


def test_recording_with_a_photo_and_looking_at_it(client_as, filled):
    client = client_as("storekeeper")
    sent = post(client, filled(), certificates__0__photos=jpeg("report"))
    assert sent.status_code == 302, sent.get_data(as_text=True)
    page = client.get(sent.location).get_data(as_text=True)
    assert "SH" in page
    assert "¥239.98" in page
    assert "50 kg" in page
    assert "证明齐全" in page
    photo = re.search(r'href="(/files/[0-9a-f-]+)"', page)
    assert client.get(photo[1]).mimetype == "image/jpeg"
    assert client_as("storekeeper", "a2").get(photo[1]).status_code == 404


def test_without_the_photo_it_is_recorded_and_named_as_lacking(client_as, filled):
    client = client_as("canteen_manager")
    sent = post(client, filled())
    page = client.get(sent.location).get_data(as_text=True)
    assert "缺少下列证明" in page
    assert "出厂检验报告" in page
    assert "有 1 张收货单缺少证明" in client.get("/").get_data(as_text=True)
    added = client.post(
        f"{sent.location}/certificates",
        data={"kind": "batch_report", "number": "", "valid_until": "", "photos": (io.BytesIO(jpeg("late")), "p.jpg")},
        content_type="multipart/form-data",
    )
    assert added.status_code == 302
    assert "缺少下列证明" not in client.get(sent.location).get_data(as_text=True)


def test_a_double_click_makes_one_receipt(client_as, filled):
    client = client_as("storekeeper")
    data = filled()
    first = post(client, data, certificates__0__photos=jpeg("same"))
    again = post(client, data, certificates__0__photos=jpeg("same"))
    assert first.location == again.location
    assert len(client.get("/api/v1/goods-receipts").json["items"]) == 1
    other = post(client, data, certificates__0__photos=jpeg("other"))
    assert other.status_code == 409
    assert "内容不同" in other.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lines-0-quantity": "viel"}, "lines-0-quantity"),
        ({"lines-0-quantity": "0"}, "lines-0-quantity"),
        ({"lines-0-unit": "箱"}, "lines-0-unit"),
        ({"lines-0-expiry_date": "2020-01-01"}, "lines-0-expiry_date"),
        ({"lines-0-batch_no": "", "lines-0-production_date": ""}, "lines-0-batch_no"),
        ({"supplier_name": ""}, "supplier_name"),
        ({"received_at": str(DAY + timedelta(days=30)) + "T06:00"}, "received_at"),
        ({"certificates-0-valid_until": "2030-01-01"}, "certificates-0-number"),
        ({"certificates-9000-number": "7"}, "certificates-1-kind"),
    ],
)
def test_a_wrong_entry_comes_back_with_its_message(client_as, filled, changes, field):
    page = post(client_as("storekeeper"), filled(**changes))
    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert f'id="field-{field}-error"' in text
    assert 'value="演示供货商"' in text or "supplier_name" in changes


def test_what_is_no_picture_is_refused_at_its_slot(client_as, filled):
    page = post(client_as("storekeeper"), filled(), certificates__0__photos=b"<script>")
    assert page.status_code == 422
    assert 'id="field-certificates-0-photos-error"' in page.get_data(as_text=True)


def test_goods_that_came_too_warm_stand_out_with_the_rule(client_as, recorded, stocked):
    warm = recorded(line(stocked.pork, temperature_celsius=Decimal("8.1")))
    fine = recorded(line(stocked.pork, temperature_celsius=Decimal("8.0")))
    client = client_as("principal")
    text = client.get(f"/goods-receipts/{warm.id}").get_data(as_text=True)
    assert '<span class="state tone-danger">8.1 ℃</span>' in text
    assert "《餐饮服务食品安全操作规范》" in text
    assert 'tone-danger">8' not in client.get(f"/goods-receipts/{fine.id}").get_data(as_text=True)


def test_nothing_picked_is_said_plainly(client_as, filled):
    data = {name: value for name, value in filled().items() if not name.startswith("lines-")}
    page = post(client_as("storekeeper"), data)
    assert page.status_code == 422
    assert "请至少登记一种物品" in page.get_data(as_text=True)


def test_rows_with_gaps_and_a_later_slot_find_their_files(client_as, filled, stocked):
    data = filled()
    moved = {name.replace("lines-0-", "lines-7-").replace("certificates-0-", "certificates-104-"): value
             for name, value in data.items()}  # fmt: skip
    sent = post(client_as("storekeeper"), moved, certificates__104__photos=jpeg("moved"))
    assert sent.status_code == 302
    assert "证明齐全" in client_as("storekeeper").get(sent.location).get_data(as_text=True)


def test_goods_are_picked_without_a_script(client_as, filled, stocked):
    client = client_as("storekeeper")
    found = client.post("/goods-receipts/new", data=filled(look_up="1", q="食盐")).get_data(as_text=True)
    assert str(stocked.salt) in found
    more = client.post("/goods-receipts/new", data=filled(add_item=str(stocked.pork))).get_data(as_text=True)
    assert 'name="lines-1-item_id"' in more
    assert "动物检疫合格证明" in more
    assert 'name="lines-1-temperature_celsius"' in more
    less = client.post("/goods-receipts/new", data=filled(remove_line="0")).get_data(as_text=True)
    assert "lines-0-item_id" not in less


def test_parts_of_the_page_are_fetched(client_as, stocked):
    client = client_as("storekeeper")
    assert "粳米" in client.get("/goods-receipts/pick?q=米").get_data(as_text=True)
    assert "没有名称含" in client.get("/goods-receipts/pick?q=龙虾").get_data(as_text=True)
    added = client.get(f"/goods-receipts/line?item_id={stocked.pork}&next_line=3&certificates-0-kind=meat_inspection")
    text = added.get_data(as_text=True)
    assert 'name="lines-3-quantity"' in text
    assert "动物检疫合格证明" in text
    assert "肉品品质检验合格证" not in text, "its slot is on the page already"
    expiry = client.get(
        f"/goods-receipts/expiry?index=3&lines-3-item_id={stocked.rice}&lines-3-production_date=2026-01-01"
    )
    assert 'value="2027-01-01"' in expiry.get_data(as_text=True)
    assert client.get(f"/goods-receipts/line?item_id={new_id()}&next_line=0").status_code == 404


def test_a_mistake_is_voided_and_recorded_again_from_it(client_as, filled):
    client = client_as("logistics_director")
    sent = post(client, filled())
    refused = client.post(f"{sent.location}/void", data={"version": "1", "reason": ""})
    assert refused.status_code == 422
    assert client.post(f"{sent.location}/void", data={"version": "1", "reason": "数量有误"}).status_code == 302
    page = client.get(sent.location).get_data(as_text=True)
    assert "数量有误" in page
    again = re.search(r'href="(/goods-receipts/new\?[^"]+)"', page)[1].replace("&amp;", "&")
    copied = client.get(again).get_data(as_text=True)
    assert 'name="lines-0-quantity"' in copied
    assert 'value="2"' in copied
    assert client.post(f"{sent.location}/void", data={"version": "2", "reason": "再来"}).status_code == 409


@pytest.mark.parametrize(
    ("role", "reads", "records"),
    [
        ("storekeeper", True, True), ("canteen_manager", True, True), ("logistics_director", True, True),
        ("principal", True, False), ("food_safety_officer", True, False), ("accountant", True, False),
        ("teacher", False, False), ("guard", False, False), ("dormitory_supervisor", False, False),
        ("canteen_officer", False, False), ("zone_supervisor", False, False), ("supplier_user", False, False),
    ],
)  # fmt: skip
def test_who_reads_and_who_records(client_as, recorded, stocked, filled, role, reads, records):
    receipt = recorded(line(stocked.salt))
    client = client_as(role)
    for path in ("/goods-receipts", f"/goods-receipts/{receipt.id}"):
        assert client.get(path).status_code == (200 if reads else 403)
    assert client.get("/goods-receipts/new").status_code == (200 if records else 403)
    sent = client.post(f"/goods-receipts/{receipt.id}/void", data={"version": "1", "reason": "试"})
    assert sent.status_code == (302 if records else 403)


def test_the_bureau_reads_every_school_and_a_zone_its_own(client_as, world, recorded, stocked):
    receipt = recorded(line(stocked.salt))
    path = f"/schools/{world.schools['a1']}/goods-receipts"
    for role, place, status in (
        ("canteen_officer", "a", 200), ("discipline_supervisor", "a", 200), ("zone_supervisor", "a-east", 200),
        ("zone_supervisor", "a-west", 404), ("canteen_officer", "b", 404), ("storekeeper", "a1", 403),
        ("committee_expert", "a", 403),
    ):  # fmt: skip
        client = client_as(role, place)
        assert client.get(path).status_code == status, (role, place)
        assert client.get(f"{path}/{receipt.id}").status_code == status, (role, place)
        assert client.get(f"/api/v1{path}/{receipt.id}").status_code == status, (role, place)
    text = client_as("canteen_officer").get(f"{path}/{receipt.id}").get_data(as_text=True)
    assert "补充证明" not in text, "the bureau looks on and does not record"


def test_another_schools_receipt_is_not_there(client_as, recorded, stocked):
    receipt = recorded(line(stocked.salt))
    client = client_as("storekeeper", "a2")
    assert client.get(f"/goods-receipts/{receipt.id}").status_code == 404
    assert client.get(f"/api/v1/goods-receipts/{receipt.id}").status_code == 404
    assert client.post(f"/goods-receipts/{receipt.id}/void", data={"version": "1", "reason": "x"}).status_code == 404
    assert "没有" in client.get("/goods-receipts").get_data(as_text=True)
