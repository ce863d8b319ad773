"""Stock over REST: the same rules, quantities as plain text, versions in If-Match, nothing of the books while counting."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.database import db, new_id
from kernel.web.dates import today
from tests.support.stores import own_good, put_in

API = "/api/v1"


@pytest.fixture
def rice(acting, keeper):
    acting(keeper)
    good = own_good(keeper, "演示大米", "food", "kg")
    put_in(keeper, good, "10.500000", 1050, days=30)
    db.session.commit()
    return good


@pytest.fixture
def client(client_as):
    return client_as("storekeeper")


def put(client, path, body, **headers):
    return client.put(f"{API}{path}", json=body, headers=headers)


def test_what_there_is_and_its_card(client, rice):
    (row,) = client.get(f"{API}/stock/goods").json["items"]
    assert (row["good"]["name"], row["quantity"], row["amount_fen"]) == ("演示大米", "10.5", 1050)
    (lot,) = client.get(f"{API}/stock/goods/{rice.id}/lots").json["items"]
    assert (lot["quantity"], lot["is_usable"], lot["freshness"]) == ("10.5", True, "good")
    (move,) = client.get(f"{API}/stock/goods/{rice.id}/card").json["items"]
    assert (move["seq"], move["kind"], move["quantity_after"]) == (1, "receipt", "10.5")


def test_an_issue_sent_twice_is_one(client, rice):
    key = new_id()
    body = {"lines": [{"good_id": str(rice.id), "quantity": "0.5"}], "day": str(today()), "meal": "lunch"}
    first = put(client, f"/stock/issues/{key}", body)
    assert first.status_code == 200, first.json
    assert (first.json["use_meal"], first.json["lines"][0]["quantity"]) == ("lunch", "0.5")
    assert put(client, f"/stock/issues/{key}", body).json == first.json
    body["lines"][0]["quantity"] = "1"
    assert put(client, f"/stock/issues/{key}", body).status_code == 409
    assert client.get(f"{API}/stock/goods/{rice.id}").json["quantity"] == "10"
    body["lines"][0]["quantity"] = "11"
    refused = put(client, f"/stock/issues/{new_id()}", body)
    assert (refused.status_code, refused.json["rule"]) == (422, "store_short")


def test_in_across_back_and_away(client, rice):
    receipt = {
        "lines": [{"good_id": str(rice.id), "quantity": "2", "amount_fen": 300, "batch_no": "N1",
                   "expiry_date": str(today() + timedelta(days=1))}],
    }  # fmt: skip
    received = put(client, f"/stock/receipts/{new_id()}", receipt).json["lines"][0]
    places = {one["code"]: one["id"] for one in client.get(f"{API}/stock/places").json["items"]}
    line = {"batch_id": received["batch_id"], "location_id": received["to_location_id"], "quantity": "1"}
    moved = put(client, f"/stock/transfers/{new_id()}", {"lines": [{**line, "to_location_id": places["02"]}]})
    assert moved.json["lines"][0]["amount_fen"] == 150
    issue = {"lines": [{"good_id": str(rice.id), "quantity": "2"}], "taker_name": "王演示"}
    assert (
        put(client, f"/stock/issues/{new_id()}", issue).json["amount_fen"] == 300
    )  # what expires first, from both places
    back = put(client, f"/stock/returns/{new_id()}", {"lines": [line], "taker_name": "王演示"})
    assert back.json["amount_fen"] == 150
    gone = put(client, f"/stock/disposals/{new_id()}", {"lines": [line], "reason": "生虫"})
    assert gone.status_code == 200
    kinds = [one["kind"] for one in client.get(f"{API}/stock/documents?limit=10").json["items"]]
    assert sorted(kinds) == sorted(["disposal", "return", "issue", "transfer", "receipt", "receipt"])
    document = client.get(f"{API}/stock/documents/{gone.json['id']}").json
    assert document["lines"][0]["target_name"] == "报损处置"


def test_a_good_is_edited_with_the_version_seen(client, rice):
    body = {"name": "演示大米", "kind": "food", "base_unit": "kg", "least_quantity": "20"}
    assert put(client, f"/stock/goods/{rice.id}", body, **{"If-Match": '"9"'}).status_code == 409
    edited = put(client, f"/stock/goods/{rice.id}", body, **{"If-Match": f'"{rice.version}"'})
    assert (edited.status_code, edited.json["least_quantity"]) == (200, "20")
    assert client.get(f"{API}/stock/goods?low=true").json["items"][0]["level"] == "low"
    new = {"name": "演示灯泡", "kind": "consumable", "base_unit": "只", "issue_weekdays": [3, 1, 3]}
    made = put(client, f"/stock/goods/{new_id()}", new)
    assert (made.json["issue_weekdays"], made.json["is_active"], made.json["needs_approval"]) == ([1, 3], True, True)


def test_requests_from_asking_to_giving_out(client_as, acting, keeper):
    acting(keeper)
    broom = own_good(keeper, "演示扫把")
    put_in(keeper, broom)
    db.session.commit()
    teacher, director, storekeeper = client_as("teacher"), client_as("logistics_director"), client_as("storekeeper")
    key = new_id()
    body = {"lines": [{"good_id": str(broom.id), "quantity": "2"}], "wanted_on": str(today())}
    asked = put(teacher, f"/store-requisitions/{key}", body).json
    assert asked["state"] == "submitted"
    assert teacher.post(f"{API}/store-requisitions/{key}/decision", json={"is_approved": True}).status_code == 403
    assert director.post(f"{API}/store-requisitions/{key}/decision", json={"is_approved": True}).status_code == 422
    seen = {"If-Match": f'"{asked["version"]}"'}
    approved = director.post(f"{API}/store-requisitions/{key}/decision", json={"is_approved": True}, headers=seen).json
    giving = {"document_id": str(new_id()), "lines": [{"good_id": str(broom.id), "quantity": "2"}]}
    seen = {"If-Match": f'"{approved["version"]}"'}
    given = storekeeper.post(f"{API}/store-requisitions/{key}/issue", json=giving, headers=seen)
    assert (given.json["state"], given.json["document_id"]) == ("issued", giving["document_id"])
    again = storekeeper.post(f"{API}/store-requisitions/{key}/issue", json=giving, headers=seen)
    assert again.json["document_id"] == giving["document_id"]
    assert [one["event"] for one in again.json["steps"]] == ["submit", "approve", "issue"]
    assert client_as("guard").get(f"{API}/store-requisitions/{key}").status_code == 404
    assert client_as("guard").get(f"{API}/store-requisitions").json["items"] == []


def test_whoever_counts_is_not_told_the_books(client, client_as, rice):
    key = new_id()
    sheet = put(client, f"/stocktakes/{key}", {"kind": "spot"}).json
    (line,) = sheet["lines"]
    assert (line["counted_quantity"], line["book_quantity"]) == (None, None)
    counts = {"lines": [{"id": line["id"], "counted_quantity": "10"}]}
    assert put(client, f"/stocktakes/{key}/counts", counts).json == {"left": 0}
    shown = client.get(f"{API}/stocktakes/{key}").json
    assert (shown["lines"][0]["counted_quantity"], shown["lines"][0]["book_quantity"]) == ("10", None)
    seen = {"If-Match": f'"{shown["version"]}"'}
    done = client.post(f"{API}/stocktakes/{key}/finish", headers=seen).json
    assert (done["lines"][0]["book_quantity"], done["difference_count"]) == ("10.5", 1)
    seen = {"If-Match": f'"{done["version"]}"'}
    posted = client_as("principal").post(
        f"{API}/stocktakes/{key}/decision", json={"is_approved": True, "reason": "损耗"}, headers=seen
    )
    assert posted.json["state"] == "posted"
    assert client.get(f"{API}/stock/goods/{rice.id}").json["quantity"] == "10"


def test_months_over_rest(client_as, acting, keeper):
    from school.stores.service import receiving

    acting(keeper)
    good = own_good(keeper, "演示纸")
    past = (today().replace(day=1) - timedelta(days=40)).replace(day=1)
    receiving.receive_by_hand(keeper, new_id(), [receiving.ByHand(good.id, Decimal(3), 100)], on=past)
    db.session.commit()
    director = client_as("logistics_director")
    closed = director.post(f"{API}/stock/months", json={"month": str(past)}).json
    assert (closed["state"], closed["lines"][0]["closing_fen"]) == ("closed", 100)
    late = {"lines": [{"good_id": str(good.id), "quantity": "1"}], "on_day": str(past)}
    refused = put(client_as("storekeeper"), f"/stock/receipts/{new_id()}", late)
    assert (refused.status_code, refused.json["rule"]) == (422, "store_month_closed")
    seen = {"If-Match": f'"{closed["version"]}"'}
    opened = director.post(f"{API}/stock/months/{closed['id']}/reopen", json={"reason": "漏记"}, headers=seen)
    assert (opened.json["state"], opened.json["steps"][-1]["reason"]) == ("open", "漏记")
    assert len(director.get(f"{API}/stock/months").json["items"]) == 1


def test_the_bureau_reads_a_school_of_its_own(client_as, rice, world):
    path = f"{API}/schools/{world.schools['a1']}/stock/goods"
    assert client_as("canteen_officer").get(path).json["items"][0]["quantity"] == "10.5"
    assert client_as("zone_supervisor", "a-west").get(path).status_code == 404
    assert client_as("canteen_officer", "b").get(path).status_code == 404
    assert client_as("principal").get(path).status_code == 403
