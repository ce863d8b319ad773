"""Receipts over REST: lean lists that keep to their schema, idempotent writes, versions."""

import io
from decimal import Decimal

import pytest
from sqlalchemy import event

from kernel.database import db, new_id
from school.supply.schemas import GoodsReceiptLineOut, GoodsReceiptOut, GoodsReceiptPage
from tests.support.pictures import jpeg
from tests.support.receipts import DAY, as_json, content, line


def body(*lines, **changes):
    return as_json(content(*lines, **changes))


@pytest.fixture
def statements(session):
    """What was sent to the database since the fixture began, scope statements left out."""
    sent = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if not statement.startswith(("SET LOCAL", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_a_list_answers_as_its_schema_says(client_as, recorded, stocked):
    for number in range(3):
        recorded(line(stocked.rice, quantity=Decimal(number + 1)))
    client = client_as("principal")
    answer = client.get("/api/v1/goods-receipts?limit=2").json
    schema = GoodsReceiptPage()
    assert schema.validate(answer) == {}
    row = answer["items"][0]
    assert set(row) == set(schema.fields["items"].inner.schema.fields)
    assert row["has_missing_certificates"] is True
    assert row["received_on"] == DAY.isoformat()
    rest = client.get(f"/api/v1/goods-receipts?limit=2&cursor={answer['next_cursor']}").json
    assert len(rest["items"]) == 1
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("query", ["cursor=rubbish", "limit=0", "limit=9999", "from_day=gestern", "missing=vielleicht"])
def test_a_wrong_query_is_answered_clearly(client_as, stocked, query):
    answer = client_as("principal").get(f"/api/v1/goods-receipts?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_a_list_is_one_query_however_long(client_as, recorded, stocked, statements):
    for _ in range(5):
        recorded(line(stocked.salt))
    client = client_as("principal")
    statements.clear()
    client.get("/api/v1/goods-receipts")
    assert len([one for one in statements if "goods_receipts" in one]) == 1


def test_put_is_idempotent(client_as, stocked):
    client = client_as("storekeeper")
    path = f"/api/v1/goods-receipts/{new_id()}"
    first = client.put(path, json=body(line(stocked.rice, quantity=Decimal("2.5"), unit="袋")))
    assert first.status_code == 201, first.json
    assert first.json["lines"][0]["base_quantity"] == "62.5"
    assert first.json["missing_certificates"][0]["label"] == "出厂检验报告"
    again = client.put(path, json=body(line(stocked.rice, quantity=Decimal("2.50"), unit="袋")))
    assert (again.status_code, again.json) == (200, first.json)
    other = client.put(path, json=body(line(stocked.rice)))
    assert other.status_code == 409
    assert other.json["current"]["number"] == first.json["number"]


def test_what_put_answers_is_what_get_answers_and_what_the_schema_says(client_as, stocked):
    client = client_as("storekeeper")
    lines = [
        line(stocked.rice, quantity=Decimal("2.50"), unit="袋"),
        line(stocked.pork, temperature_celsius=Decimal("4")),
    ]
    certificates = [{"kind": "meat_inspection", "number": "7"}, {"kind": "batch_report", "number": "8", "line": 0}]
    path = f"/api/v1/goods-receipts/{new_id()}"
    put = client.put(path, json={**body(*lines), "certificates": certificates})
    got = client.get(path)
    assert put.json == got.json
    assert GoodsReceiptOut().validate(got.json) == {}
    assert set(got.json) == set(GoodsReceiptOut().fields)
    assert set(got.json["lines"][0]) == set(GoodsReceiptLineOut().fields)
    assert got.json["lines"][0]["quantity"] == "2.5"
    assert got.json["certificates"][0]["line"] == 0


def test_a_receipt_unpriced_in_part_says_so(client_as, stocked):
    client = client_as("storekeeper")
    sent = client.put(f"/api/v1/goods-receipts/{new_id()}", json=body(line(stocked.salt, unit_price_fen=None)))
    assert (sent.json["amount_fen"], sent.json["lines"][0]["amount_fen"]) == (None, None)


def test_ten_lines_cost_few_statements(client_as, stocked, statements):
    """Stock and the day's duty included: as many for ten lines as for two."""
    client = client_as("storekeeper")
    cost = {}
    for count in (2, 2, 10):  # the first receipt of a school also opens its store
        lines = [line(stocked.rice, batch_no=f"B{number}") for number in range(count)]
        statements.clear()
        sent = client.put(f"/api/v1/goods-receipts/{new_id()}", json=body(*lines))
        assert sent.status_code == 201
        assert len([one for one in statements if "INSERT INTO goods_receipt_lines" in one]) == 1
        cost[count] = len(statements)
    assert cost[10] == cost[2]
    assert cost[10] <= 30, statements


def test_errors_name_line_and_field(client_as, stocked):
    client = client_as("storekeeper")
    sent = client.put(
        f"/api/v1/goods-receipts/{new_id()}", json=body(line(stocked.rice), line(stocked.rice, unit="箱"))
    )
    assert sent.status_code == 422
    assert list(sent.json["errors"]) == ["lines.1.unit"]
    unknown = client.put(f"/api/v1/goods-receipts/{new_id()}", json={**body(line(stocked.rice)), "wishes": 1})
    assert unknown.status_code == 422
    assert client.put(f"/api/v1/goods-receipts/{new_id()}", json=body()).status_code == 422


def test_a_photo_is_kept_first_and_then_named(client_as, stocked):
    client = client_as("storekeeper")
    attachment_id = new_id()
    for _ in range(2):
        kept = client.put(
            f"/api/v1/goods-receipts/photos/{attachment_id}", data={"file": (io.BytesIO(jpeg("x")), "x.jpg")},
            content_type="multipart/form-data",
        )  # fmt: skip
        assert kept.status_code == 200, kept.json
    certificates = [{"kind": "batch_report", "attachment_id": str(attachment_id)}]
    sent = client.put(
        f"/api/v1/goods-receipts/{new_id()}", json={**body(line(stocked.rice)), "certificates": certificates}
    )
    assert sent.json["has_missing_certificates"] is False
    late = client.put(f"/api/v1/goods-receipts/{new_id()}", json=body(line(stocked.rice))).json
    added = client.post(f"/api/v1/goods-receipts/{late['id']}/certificates", json=certificates[0])
    assert added.json["missing_certificates"] == []


def test_voiding_needs_the_version_seen(client_as, stocked):
    client = client_as("storekeeper")
    made = client.put(f"/api/v1/goods-receipts/{new_id()}", json=body(line(stocked.salt))).json
    path = f"/api/v1/goods-receipts/{made['id']}/void"
    assert client.post(path, json={"reason": "错"}).status_code == 422
    assert client.post(path, json={"reason": "错"}, headers={"If-Match": '"9"'}).status_code == 409
    voided = client.post(path, json={"reason": "错"}, headers={"If-Match": f'"{made["version"]}"'})
    assert voided.json["state"] == "voided"
    assert client_as("principal").post(path, json={"reason": "错"}).status_code == 403
