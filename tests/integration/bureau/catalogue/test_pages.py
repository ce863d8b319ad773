"""Catalogue pages and API: forms, errors at their fields, who may keep it."""

import io

import openpyxl
import pytest

from kernel.database import new_id
from tests.support.catalogue import stock

HEADINGS = ["编码", "名称", "类别", "规格", "执行标准", "基本单位", "包装换算", "保质期(天)", "储存条件"]


@pytest.fixture
def stocked(world, acting):
    return stock(acting(world.actor("procurement_officer")))


def sheet(*rows):
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return target


def send(client, file, **fields):
    return client.post(
        "/catalogue/sheet", data={"what": "items", "file": (file, "食材.xlsx"), **fields},
        content_type="multipart/form-data",
    )  # fmt: skip


def test_every_reader_sees_the_list_and_only_keepers_the_buttons(client_as, stocked):
    for role, keeps in (("procurement_officer", True), ("zone_supervisor", False), ("storekeeper", False)):
        page = client_as(role).get("/catalogue")
        assert page.status_code == 200
        text = page.get_data(as_text=True)
        assert "粳米" in text
        assert ("/catalogue/items/new" in text) is keeps
    assert client_as("teacher").get("/catalogue").status_code == 403
    assert client_as("storekeeper").get("/catalogue/items/new").status_code == 403


def test_an_item_is_made_by_form_and_published(client_as, stocked):
    client = client_as("procurement_officer")
    data = {
        "id": str(new_id()), "code": "OI01", "name": "菜籽油", "category_id": str(stocked.grain), "base_unit": "L",
        "shelf_life_days": "540", "storage": "ambient", "specification": "一级", "standard": "",
        "conversions-0-unit": "桶", "conversions-0-factor": "5", "conversions-1-unit": "", "conversions-1-factor": "",
    }  # fmt: skip
    made = client.post("/catalogue/items/new", data=data)
    assert made.status_code == 302
    page = client.get(made.location).get_data(as_text=True)
    assert "1 桶 = 5 L" in page
    assert client_as("storekeeper").get(made.location).status_code == 404
    assert client.post(f"{made.location}/publish", data={"version": "1"}).status_code == 302
    assert client_as("storekeeper").get(made.location).status_code == 200
    # Twice the same form is one item.
    assert client.post("/catalogue/items/new", data=data).location == made.location


def test_wrong_input_comes_back_with_what_was_typed(client_as, stocked):
    data = {"id": str(new_id()), "code": "", "name": "错", "category_id": "x", "base_unit": "L",
            "conversions-0-unit": "桶", "conversions-0-factor": "many"}  # fmt: skip
    page = client_as("procurement_officer").post("/catalogue/items/new", data=data)
    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert 'value="many"' in text
    assert 'id="field-conversions-0-factor-error"' in text
    assert 'id="field-code-error"' in text


def test_a_stale_form_shows_both_contents(client_as, stocked):
    client = client_as("procurement_officer")
    data = {
        "id": str(stocked.rice), "version": "1", "code": "GR01", "name": "香米", "category_id": str(stocked.grain),
        "base_unit": "kg", "storage": "ambient",
    }  # fmt: skip
    page = client.post(f"/catalogue/items/{stocked.rice}/edit", data=data)
    assert page.status_code == 409
    assert "已被他人修改" in page.get_data(as_text=True)


def test_a_category_asks_for_what_was_checked(client_as, stocked):
    client = client_as("canteen_officer")
    data = {
        "id": str(new_id()), "code": "egg", "name": "蛋", "storage": "ambient", "parent_id": "",
        "requirements-0-label": "", "requirements-4-kind": "produce_conformity", "requirements-4-label": "合格证（每箱）",
    }  # fmt: skip
    assert client.post("/catalogue/categories/new", data=data).status_code == 302
    text = client.get("/catalogue/categories").get_data(as_text=True)
    assert "合格证（每箱）" in text


def test_a_sheet_is_imported_whole(client_as, stocked, session):
    client = client_as("procurement_officer")
    sent = send(
        client,
        sheet(
            ["GR01", "粳米", "谷物", "特级", "GB/T 1354", "kg", "袋=25；小袋=10", 365, "常温"],
            ["GR02", "籼米", "grain", None, None, "kg", "1袋=25kg", None, None],
        ),
        publish="1",
    )
    assert sent.status_code == 302, sent.get_data(as_text=True)
    rows = client_as("storekeeper").get("/api/v1/catalogue/items").json["items"]
    by_code = {row["code"]: row for row in rows}
    assert by_code["GR01"]["specification"] == "特级"
    assert {row["unit"]: row["factor"] for row in by_code["GR01"]["conversions"]} == {"小袋": "10", "袋": "25"}
    assert by_code["GR02"]["conversions"] == [{"unit": "袋", "factor": "25"}]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (["GR05", "米", "没有的类别", "", "", "kg", "", "", ""], "没有这个类别"),
        (["GR05", "米", "谷物", "", "", "kg", "袋约25", "", ""], "看不懂"),
        (["GR05", "米", "谷物", "", "", "kg", "kg=1", "", ""], "基本单位无需换算"),
        (["GR05", "米", "谷物", "", "", "kg", "", "很久", ""], "保质期(天)"),
        (["GR05", "", "谷物", "", "", "kg", "", "", ""], "名称"),
        (["GR01", "粳米", "谷物", "", "", "袋", "", "", ""], "不能更改基本单位"),
        (["GR06", "重复", "谷物", "", "", "kg", "", "", ""], "出现了两次"),
    ],
)
def test_one_wrong_cell_and_nothing_is_imported(client_as, stocked, row, complaint):
    client = client_as("procurement_officer")
    sent = send(client, sheet(["GR06", "好米", "谷物", "", "", "kg", "", "", ""], row), publish="1")
    text = sent.get_data(as_text=True)
    assert sent.status_code == 422
    assert complaint in text
    assert "第 3 行" in text
    assert "data:application/vnd" in text
    rows = client.get("/api/v1/catalogue/items?q=GR06").json["items"]
    assert rows == []


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_a_file_that_is_no_sheet_is_answered_clearly(client_as, stocked, content):
    assert send(client_as("procurement_officer"), io.BytesIO(content)).status_code == 422


def test_categories_come_from_a_sheet_too(client_as, stocked):
    book = openpyxl.Workbook()
    book.active.append(["编码", "名称", "上级类别", "储存条件", "必备证明"])
    book.active.append(["beef", "牛肉", "fresh", "冷藏", "动物检疫合格证明"])
    book.active.append(["fresh", "鲜肉", None, "冷藏", "购货凭证；动物检疫合格证明"])
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    client = client_as("procurement_officer")
    assert send(client, target, what="categories").status_code == 302
    rows = {row["code"]: row for row in client.get("/api/v1/catalogue/categories").json["items"]}
    assert rows["beef"]["parent_id"] == rows["fresh"]["id"]
    assert [one["kind"] for one in rows["fresh"]["requirements"]] == ["animal_quarantine", "purchase_voucher"]


def test_what_is_exported_can_be_imported_again(client_as, stocked):
    client = client_as("procurement_officer")
    file = client.get("/catalogue/sheet/export")
    rows = list(openpyxl.load_workbook(io.BytesIO(file.data)).active.iter_rows(values_only=True))
    assert rows[0][0] == "编码"
    assert [row[1] for row in rows[1:]] == ["粳米", "猪前腿肉", "食盐"]
    assert send(client, io.BytesIO(file.data)).status_code == 302
    assert client.get("/api/v1/catalogue/items").json["items"][0]["version"] == 2, "unchanged items keep their version"


def test_the_api_keeps_items_by_version(client_as, stocked):
    client = client_as("procurement_officer")
    path = f"/api/v1/catalogue/items/{stocked.rice}"
    body = {"code": "GR01", "name": "香米", "category_id": str(stocked.grain), "base_unit": "kg"}
    assert client.put(path, json=body).status_code == 409
    assert client.put(path, json=body, headers={"If-Match": '"2"'}).json["name"] == "香米"
    assert client.put(path, json=body, headers={"If-Match": '"2"'}).status_code == 409
    assert client_as("storekeeper").put(path, json=body).status_code == 403
    assert client.post(f"{path}/retire", headers={"If-Match": '"3"'}).json["state"] == "retired"
    assert client_as("storekeeper").get(path).status_code == 404


def test_an_import_makes_versions_of_what_it_changed_only(client_as, stocked):
    client = client_as("procurement_officer")
    sent = send(
        client,
        sheet(
            ["GR01", "粳米", "谷物", "特级", "GB/T 1354", "kg", "袋=25", 365, "常温"],
            ["ME01", "猪前腿肉", "畜肉", None, None, "kg", "斤=0.5", 3, "冷藏"],
        ),
        publish="1",
    )
    assert sent.status_code == 302
    rows = {row["code"]: row for row in client.get("/api/v1/catalogue/items").json["items"]}
    assert {code: rows[code]["current_version"] for code in ("GR01", "ME01", "SE01")} == {
        "GR01": 2,
        "ME01": 1,
        "SE01": 1,
    }


def test_the_newer_columns_come_and_go_by_sheet_and_an_old_sheet_leaves_them(client_as, stocked):
    client = client_as("procurement_officer")
    book = openpyxl.Workbook()
    book.active.append([*HEADINGS, "供货规格", "食物成分编码", "核心产品要求"])
    book.active.append(
        [
            "GR01",
            "粳米",
            "谷物",
            "一级",
            "GB/T 1354",
            "kg",
            "袋=25",
            365,
            "常温",
            "25 kg 大袋=25；10 kg 小袋=10",
            "012001",
            "相当于或优于一级",
        ]
    )
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    assert send(client, target).status_code == 302
    wanted = [{"label": "25 kg 大袋", "quantity": "25"}, {"label": "10 kg 小袋", "quantity": "10"}]
    row = client.get("/api/v1/catalogue/items?q=GR01").json["items"][0]
    assert (row["pack_sizes"], row["ingredient"], row["brand_note"]) == (wanted, "012001", "相当于或优于一级")
    old = sheet(["GR01", "粳米", "谷物", "一级", "GB/T 1354", "kg", "袋=25", 365, "常温"])
    assert send(client, old).status_code == 302
    row = client.get("/api/v1/catalogue/items?q=GR01").json["items"][0]
    assert (row["pack_sizes"], row["ingredient"], row["current_version"]) == (wanted, "012001", 2)


def test_a_pack_size_that_cannot_be_read_is_named_in_its_row(client_as, stocked):
    book = openpyxl.Workbook()
    book.active.append([*HEADINGS, "供货规格"])
    book.active.append(["GR01", "粳米", "谷物", "", "", "kg", "", "", "", "大袋"])
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    refused = send(client_as("procurement_officer"), target)
    assert refused.status_code == 422
    text = refused.get_data(as_text=True)
    assert "第 2 行" in text
    assert "看不懂“大袋”" in text


def test_goods_are_told_from_food_by_their_category(client_as, stocked):
    client = client_as("procurement_officer")
    data = {
        "id": str(new_id()), "code": "uniform", "name": "学生装", "storage": "ambient", "parent_id": "",
        "subject": "goods", "requirements-1-kind": "batch_report", "requirements-1-label": "产品质量检验报告",
    }  # fmt: skip
    assert client.post("/catalogue/categories/new", data=data).status_code == 302
    assert "其他物资" in client.get("/catalogue/categories").get_data(as_text=True)
