"""The pages and the API of demand, by each role that uses them and one that may not."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from bureau.demand.service import lots, rounds, sheets
from bureau.demand.service.moving import get_round, get_sheet
from kernel.database import db, new_id
from tests.support.catalogue import stock
from tests.support.demand import approved, as_actor, fill, opened, submitted
from tests.support.world import World

Client = Callable[..., Any]


def row_form(item: Any, version: int, *months: str) -> dict[str, str]:
    cells = {f"rows-0-m{number}": one for number, one in enumerate(months, 1)}
    return {"rows-0-item_id": str(item), "rows-0-version": str(version), "rows-0-basis": "", **cells}


def test_the_officer_opens_a_round_on_the_page(session: Any, world: World, client_as: Client) -> None:
    officer = world.actor("procurement_officer")
    stocked = stock(officer, prefix="pg")
    client = client_as("procurement_officer")
    assert "谷物" in client.get("/demand/new").text
    form = {
        "id": str(new_id()), "title": "演示一轮", "first_month": "2099-09-15", "month_count": "3",
        "deadline": "2099-08-20T18:00", "category_ids": [str(stocked.grain), str(stocked.meat)],
        "zone_category_ids": [str(stocked.meat)], "stages": ["primary"],
    }  # fmt: skip
    answer = client.post("/demand/new", data={**form, "month_count": "13"})
    assert answer.status_code == 422
    answer = client.post("/demand/new", data=form)
    assert answer.status_code == 302, answer.text
    page = client.get(answer.location)
    assert "演示第一小学" in page.text
    assert "演示第三初级中学" not in page.text
    as_actor(officer)
    row = get_round(officer, UUID(form["id"]))
    assert row.first_month.isoformat() == "2099-09-01"
    assert row.deadline.isoformat() == "2099-08-20T10:00:00+00:00"
    assert client_as("canteen_officer").get("/demand/new").status_code == 403
    assert client_as("storekeeper").get("/demand/").status_code == 403


def test_rows_are_saved_as_they_are_typed(session: Any, world: World, client_as: Client) -> None:
    row, stocked = opened(world)
    client = client_as("storekeeper")
    page = client.get(f"/demand/{row.id}/sheet?category={stocked.grain}")
    assert f'data-demand-row="{stocked.rice}"' in page.text
    json = {"Accept": "application/json"}
    url = f"/demand/{row.id}/sheet"
    answer = client.post(url, data=row_form(stocked.rice, 0, "12.5", ""), headers=json)
    assert answer.json == {"rows": {str(stocked.rice): {"version": 1, "months": ["12.5", *[""] * 11], "total": "12.5"}}}
    stale = client.post(url, data=row_form(stocked.rice, 0, "1", ""), headers=json)
    assert stale.status_code == 409
    assert stale.json["rows"][str(stocked.rice)]["total"] == "12.5"
    wrong = client.post(url, data=row_form(stocked.rice, 1, "-1", "x"), headers=json)
    assert wrong.status_code == 422
    assert set(wrong.json["errors"]) == {"rows.0.m1", "rows.0.m2"}
    plain = client.post(url, data={**row_form(stocked.rice, 1, "3", "4"), "category": str(stocked.grain)})
    assert plain.status_code == 302
    assert 'value="3"' in client.get(plain.location).text
    assert client_as("teacher").get(url).status_code == 403
    assert client_as("principal").post(url, data=row_form(stocked.rice, 2, "1", "")).status_code == 403
    refused = client.post(url, data=row_form(stocked.rice, 1, "5", "y"))
    assert refused.status_code == 422
    assert 'value="y"' in refused.text


def test_from_the_school_to_the_lot_and_back(session: Any, world: World, client_as: Client) -> None:
    row, stocked = opened(world)
    fill(world, "a1", row.id, {stocked.pork: ["1.5", 2]})
    principal = client_as("principal")
    answer = principal.post(f"/demand/{row.id}/sheet/submit", data={"version": "1"})
    assert answer.status_code == 302
    assert "待审核" in principal.get(answer.location).text
    assert principal.post(f"/demand/{row.id}/sheet/withdraw", data={"version": "1"}).status_code == 409
    officer = client_as("procurement_officer")
    school = f"/demand/{row.id}/schools/{world.schools['a1']}"
    assert "猪前腿肉" in officer.get(school).text
    assert officer.post(f"{school}/return", data={"version": "2", "words": ""}).status_code == 422
    assert officer.post(f"{school}/approve", data={"version": "2"}).status_code == 302
    assert officer.post(f"/demand/{row.id}/remind", data={"version": "1"}).status_code == 302
    assert officer.post(f"/demand/{row.id}/close", data={"version": "1"}).status_code == 302
    assert officer.post(f"/demand/{row.id}/aggregate", data={"version": "1"}).status_code == 409
    assert officer.post(f"/demand/{row.id}/aggregate", data={"version": "2"}).status_code == 302
    actor = as_actor(world.actor("procurement_officer"))
    db.session.expire_all()
    (lot,) = lots.lots_of(actor, row.id)
    page = officer.get(f"/demand/lots/{lot.id}")
    assert "演示第一小学" in page.text
    assert "3.5" in page.text
    file = officer.get(f"/demand/lots/{lot.id}/schools.xlsx")
    assert file.status_code == 200
    assert officer.get(f"/demand/{row.id}/lots.xlsx").data[:2] == b"PK"
    assert officer.get(f"/demand/{row.id}").status_code == 200
    assert client_as("zone_supervisor").get(f"/demand/{row.id}").status_code == 200
    assert client_as("storekeeper").get(f"/demand/lots/{lot.id}").status_code == 403


def test_norms_and_scopes_are_kept_with_the_version_seen(session: Any, world: World, client_as: Client) -> None:
    row, stocked = opened(world)
    client = client_as("procurement_officer")
    assert client.get(f"/demand/{row.id}/norms").status_code == 200
    form = {"version": "1", "norms-0-item_id": str(stocked.rice), "norms-0-norm": "0.2"}
    assert client.post(f"/demand/{row.id}/norms", data={**form, "norms-0-norm": "0"}).status_code == 422
    assert client.post(f"/demand/{row.id}/norms", data=form).status_code == 302
    assert client.post(f"/demand/{row.id}/norms", data=form).status_code == 409
    assert "每人每月" in client.get(f"/demand/{row.id}/norms").text
    scopes = {"version": "2", "scopes-0-category_id": str(stocked.grain), "scopes-0-scope": "zone"}
    assert client.post(f"/demand/{row.id}/scopes", data=scopes).status_code == 302
    actor = as_actor(world.actor("procurement_officer"))
    db.session.expire_all()
    assert {one.category_id: one.scope for one in rounds.categories_of(actor, row.id)}[stocked.grain] == "zone"
    assert rounds.norms_of(actor, row.id) == {stocked.rice: Decimal("0.2")}
    page = client_as("storekeeper").get(f"/demand/{row.id}/sheet?category={stocked.grain}")
    assert "人均每月定额 0.2" in page.text


def test_a_wrong_table_comes_back_marked(session: Any, world: World, client_as: Client) -> None:
    row, stocked = opened(world)
    client = client_as("storekeeper")
    file = client.get(f"/demand/{row.id}/sheet.xlsx")
    assert file.data[:2] == b"PK"
    bad = "编码,2026年9月,2026年10月\nXX,1,2\n".encode()
    answer = client.post(f"/demand/{row.id}/sheet/import", data={"file": (io.BytesIO(bad), "a.csv")})
    assert answer.status_code == 422
    assert "这一轮里没有这个编码的物品" in answer.text
    assert "data:application/vnd.openxmlformats" in answer.text
    assert client.post(f"/demand/{row.id}/sheet/import", data={}).status_code == 422
    good = client.post(f"/demand/{row.id}/sheet/import", data={"file": (io.BytesIO(file.data), "a.xlsx")})
    assert good.status_code == 302
    assert client.post(f"/demand/{row.id}/sheet/proposals?category={stocked.grain}").status_code == 302


def test_what_is_due(session: Any, world: World, client_as: Client) -> None:
    row, stocked = opened(world)
    assert "填报需求计划" in client_as("storekeeper").get("/").text
    assert "填报需求计划" not in client_as("teacher").get("/").text
    fill(world, "a1", row.id, {stocked.rice: [1, 1]})
    submitted(world, "a1", row.id)
    assert "填报需求计划" not in client_as("storekeeper").get("/").text
    assert "审核需求表" in client_as("procurement_officer").get("/").text


def test_the_api_does_what_the_pages_do(session: Any, world: World, client_as: Client) -> None:
    row, stocked = opened(world)
    keeper = client_as("storekeeper")
    rows = [{"item_id": str(stocked.rice), "version": 0, "months": ["1.5", None]}]
    answer = keeper.put(f"/api/v1/own/demand-sheets/{row.id}/rows", json={"rows": rows})
    assert answer.status_code == 200, answer.json
    assert answer.json["lines"][0]["total"] == "1.500"
    assert keeper.post(f"/api/v1/own/demand-sheets/{row.id}/proposals").json == {"count": 0}
    assert keeper.get("/api/v1/demand-rounds").status_code == 403
    principal = client_as("principal")
    submit = f"/api/v1/own/demand-sheets/{row.id}/submission"
    assert principal.post(submit, json={}).status_code in (422, 428)
    assert principal.post(submit, json={}, headers={"If-Match": '"1"'}).json["state"] == "submitted"
    officer = client_as("procurement_officer")
    sheet = f"/api/v1/schools/{world.schools['a1']}/demand-sheets/{row.id}"
    assert officer.get(sheet).json["sheet"]["state"] == "submitted"
    match = {"If-Match": '"2"'}
    assert officer.post(f"{sheet}/return", json={"words": "核对"}, headers=match).json["state"] == "returned"
    assert principal.post(submit, json={}, headers={"If-Match": '"3"'}).json["state"] == "submitted"
    assert officer.post(f"{sheet}/approval", json={}, headers={"If-Match": '"4"'}).json["state"] == "approved"
    base = f"/api/v1/demand-rounds/{row.id}"
    zones = officer.get(f"{base}/progress").json["zones"]
    assert [zone["handed_in"] for zone in zones] == [1, 0]
    assert officer.post(f"{base}/closing", headers={"If-Match": '"1"'}).json["state"] == "closed"
    reopening = {"deadline": "2099-01-01T00:00:00+08:00", "reason": "延长"}
    assert officer.post(f"{base}/reopening", json=reopening, headers=match).json["state"] == "open"
    assert officer.post(f"{base}/closing", headers={"If-Match": '"3"'}).json["state"] == "closed"
    made = officer.post(f"{base}/aggregation", json={}, headers={"If-Match": '"4"'})
    (lot,) = made.json["lots"]
    assert lot["items"][0]["quantity"] == "1.500"
    assert officer.get(f"{base}/lots").json == made.json
    shares = officer.get(f"/api/v1/demand-lots/{lot['id']}/schools").json["shares"]
    assert [(one["school_id"], one["total"]) for one in shares] == [(world.schools["a1"], "1.500")]


@pytest.mark.parametrize("role", ["canteen_officer", "procurement_officer"])
def test_who_approves(session: Any, world: World, client_as: Client, role: str) -> None:
    row, stocked = opened(world)
    fill(world, "a1", row.id, {stocked.rice: [1, 1]})
    sheet = submitted(world, "a1", row.id)
    url = f"/demand/{row.id}/schools/{world.schools['a1']}/approve"
    assert client_as("discipline_supervisor").post(url, data={"version": sheet.version}).status_code == 403
    assert client_as(role).post(url, data={"version": sheet.version}).status_code == 302


def test_the_pages_ask_the_database_a_fixed_number_of_times(session: Any, world: World, client_as: Client) -> None:
    row, stocked = opened(world)
    for school in ("a1", "a2", "a3"):
        fill(world, school, row.id, {stocked.rice: [1, 1], stocked.pork: [1, 2]})
        approved(world, school, row.id)
    client = client_as("storekeeper")
    statements: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    engine = db.session.connection().engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        assert client.get(f"/demand/{row.id}/sheet").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert len(statements) <= 40
    actor = as_actor(world.actor("storekeeper"))
    assert len(sheets.lines_of(actor, get_sheet(actor, world.schools["a1"], row.id))) == 2
