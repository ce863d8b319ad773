"""无证收货: the bureau's picture over schools, zones and categories, and what lies behind each figure."""

from datetime import timedelta

import pytest

from school.supply.service.voiding import void_receipt
from tests.support.catalogue import stock
from tests.support.receipts import DAY, line, record

SPAN = f"from_day={DAY}&until_day={DAY}"


@pytest.fixture
def receipts(world, acting):
    """a1 (a-east): one lacks two papers for meat, one is sound, one was voided; a3 (a-west): one lacks rice's."""
    stocked = stock(acting(world.actor("procurement_officer")))
    first = acting(world.actor("storekeeper", "a1"))
    lacking = record(first, line(stocked.pork), supplier_name="演示肉铺")
    record(first, line(stocked.salt))
    mistake = record(first, line(stocked.rice))
    void_receipt(first, mistake.id, mistake.version, "重复")
    third = acting(world.actor("storekeeper", "a3"))
    rice = record(third, line(stocked.rice))
    foreign = stock(acting(world.actor("procurement_officer", "b")))
    record(acting(world.actor("storekeeper", "b1")), line(foreign.rice))
    return stocked, lacking, rice


def summary(client):
    return client.get(f"/api/v1/oversight/uncertified-receipts/summary?{SPAN}").json


def numbers(client, query=""):
    return [row["number"] for row in client.get(f"/api/v1/oversight/uncertified-receipts?{SPAN}{query}").json["items"]]


def test_the_bureau_compares_its_schools(client_as, world, receipts):
    answer = summary(client_as("canteen_officer"))
    counted = {row["school_id"]: (row["received"], row["uncertified"]) for row in answer["schools"]}
    assert counted == {world.schools["a1"]: (2, 1), world.schools["a3"]: (1, 1)}
    assert {row["category_name"]: row["receipts"] for row in answer["categories"]} == {"谷物": 1, "畜肉": 1}


def test_a_zone_sees_its_own_schools_only(client_as, world, receipts):
    answer = summary(client_as("zone_supervisor", "a-west"))
    assert [row["school_id"] for row in answer["schools"]] == [world.schools["a3"]]
    assert [row["category_name"] for row in answer["categories"]] == ["谷物"]
    assert len(numbers(client_as("zone_supervisor", "a-west"))) == 1


def test_each_figure_opens_its_receipts(client_as, world, receipts):
    stocked, lacking, rice = receipts
    client = client_as("canteen_officer")
    rows = client.get(f"/api/v1/oversight/uncertified-receipts?{SPAN}").json["items"]
    assert {(row["school_id"], row["number"]) for row in rows} == {
        (world.schools["a1"], lacking.number), (world.schools["a3"], rice.number),
    }  # fmt: skip
    assert len(numbers(client, f"&school_id={world.schools['a1']}")) == 1
    assert len(numbers(client, f"&zone_id={world.zones['a-west']}")) == 1
    assert numbers(client, f"&category_id={stocked.meat}") == [lacking.number]
    assert numbers(client, f"&category_id={stocked.seasoning}") == []
    one = next(row for row in rows if row["school_id"] == world.schools["a1"])
    assert one["missing"] == ["畜肉：动物检疫合格证明", "畜肉：肉品品质检验合格证"]


def test_the_span_is_kept(client_as, receipts):
    client = client_as("canteen_officer")
    later = DAY + timedelta(days=1)
    answer = client.get(f"/api/v1/oversight/uncertified-receipts?from_day={later}").json
    assert answer["items"] == []
    assert client.get("/api/v1/oversight/uncertified-receipts?from_day=bald").status_code == 422


def test_the_page_shows_it_and_leads_on(client_as, world, receipts):
    client = client_as("canteen_officer")
    page = client.get(f"/oversight/uncertified-receipts?{SPAN}").get_data(as_text=True)
    _, lacking, _ = receipts
    path = f"/schools/{world.schools['a1']}/goods-receipts/{lacking.id}"
    assert path in page
    assert "演示肉铺" in page
    assert "没有收货记录的学校" in page
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("bureau_admin", 200), ("discipline_supervisor", 200), ("zone_supervisor", 200), ("inspector", 403),
        ("committee_expert", 403), ("principal", 403), ("storekeeper", 403), ("supplier_user", 403),
    ],
)  # fmt: skip
def test_who_looks_on(client_as, role, status):
    client = client_as(role)
    assert client.get("/oversight/uncertified-receipts").status_code == status
    assert client.get("/api/v1/oversight/uncertified-receipts").status_code == status
    assert client.get("/api/v1/oversight/uncertified-receipts/summary").status_code == status
