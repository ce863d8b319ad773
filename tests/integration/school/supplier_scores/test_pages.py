"""The pages of scores as each side walks through them, and who is kept out of which."""

import io

import openpyxl
import pytest

from kernel.database import db, new_id
from kernel.web.dates import today
from school.supplier_scores.models import SupplierFactObjection, SupplierScorePublication
from school.supplier_scores.service import gathering, publishing
from tests.support.deliveries import refusing
from tests.support.pictures import jpeg
from tests.support.supplier_scores import allow, delivered, facts, officer_of, published


@pytest.fixture
def scored(shop):
    allow(shop, least_deliveries=2, least_facts=2)
    delivered(shop, 1, refusing(shop, "6"))
    delivered(shop, 2, hour=9)
    shop.publication = published(shop, 3)
    shop.late = next(fact for fact in facts(shop, "on_time") if not fact.is_kept)
    return shop


def text_of(response):
    return response.get_data(as_text=True)


def test_the_bureau_reads_a_score_down_to_its_facts(scored, client_as):
    officer = client_as("procurement_officer")
    page = text_of(officer.get("/supplier-scores"))
    assert "演示供应商 a" in page
    assert f"{scored.publication.last_day}" in page
    one = f"/supplier-scores/suppliers/{scored.agreement.supplier_id}"
    page = text_of(officer.get(one))
    assert "迟到" in page
    assert f"/supply-orders/schools/{scored.late.school_id}/{scored.late.order_id}" in page
    narrowed = text_of(officer.get(f"{one}?criterion=rejected&month={scored.late.day.replace(day=1)}"))
    assert "拒收 6" in narrowed
    assert "应 " not in narrowed
    assert "没有未履约的事实" in text_of(officer.get(f"{one}?school={scored.world.schools['a2']}"))
    assert officer.get(f"{one}?criterion=nonsense&month=x").status_code == 200
    page = text_of(officer.get(f"/supplier-scores/publications/{scored.publication.id}"))
    assert "演示供应商 a" in page
    assert "重算一致" in text_of(officer.get(f"{one}/publications/{scored.publication.id}"))


def test_facts_are_paged_by_key(scored, client_as):
    officer = client_as("procurement_officer")
    seen, query = [], {"all": "1", "limit": 3}
    while True:
        page = officer.get(
            f"/api/v1/supplier-scores/suppliers/{scored.agreement.supplier_id}/facts", query_string=query
        ).json
        seen += page["items"]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert len({fact["id"] for fact in seen}) == len(seen) == len(facts(scored))
    assert [fact["day"] for fact in seen] == sorted((fact["day"] for fact in seen), reverse=True)


def test_a_supplier_objects_with_a_file_and_the_officer_upholds(scored, client_as):
    supplier = client_as("supplier_user")
    assert "迟到" in text_of(supplier.get("/supplier-scores/own"))
    assert "履约评分已公布" in text_of(supplier.get("/"))
    url = f"/supplier-scores/own/facts/{scored.late.id}"
    assert "提出异议" in text_of(supplier.get(url))
    refused = supplier.post(url, data={"id": new_id(), "reason": " "})
    assert refused.status_code == 422
    form = {"id": str(new_id()), "reason": "校门口施工，保安登记时间晚"}

    def again():
        return {**form, "evidence": (io.BytesIO(jpeg("登记本")), "登记本.jpg")}

    assert supplier.post(url, data=again()).status_code == 302
    assert supplier.post(url, data=again()).status_code == 302
    assert "待处理" in text_of(supplier.get(url))
    officer = client_as("procurement_officer")
    assert "有 1 份评分异议待处理" in text_of(officer.get("/"))
    assert "保安登记时间晚" in text_of(officer.get("/supplier-scores/objections?state=open"))
    one = f"/supplier-scores/objections/{form['id']}"
    page = text_of(officer.get(one))
    assert "/files/" in page
    assert officer.post(one, data={"version": 1, "event": "uphold", "decision": ""}).status_code == 422
    stale = officer.post(one, data={"version": 7, "event": "uphold", "decision": "属实"})
    assert stale.status_code == 409
    assert officer.post(one, data={"version": 1, "event": "uphold", "decision": "属实"}).status_code == 302
    # A second click meets what the first one did.
    assert officer.post(one, data={"version": 1, "event": "uphold", "decision": "属实"}).status_code == 409
    assert "已不再计入" in text_of(supplier.get(url))
    page = text_of(supplier.get("/supplier-scores/own"))
    assert "异议成立后第 1 次重算" in page
    assert "原始" in page


def test_an_objection_is_taken_back_on_its_page(scored, client_as):
    supplier = client_as("supplier_user")
    url = f"/supplier-scores/own/facts/{scored.late.id}"
    supplier.post(url, data={"id": str(new_id()), "reason": "误会"})
    officer_of(scored)
    row = db.session.query(SupplierFactObjection).one()
    back = f"/supplier-scores/own/objections/{row.id}/withdrawal"
    assert supplier.post(back, data={"version": 9}).status_code == 409
    assert supplier.post(back, data={"version": row.version}).status_code == 302
    assert "提出异议" in text_of(supplier.get(url))


def test_a_school_sees_the_districts_score_and_its_own_facts(scored, client_as):
    director = client_as("logistics_director")
    assert "演示供应商 a" in text_of(director.get("/supplier-scores/school"))
    url = f"/supplier-scores/school/{scored.agreement.supplier_id}"
    assert "迟到" in text_of(director.get(url))
    other = client_as("logistics_director", "a2")
    assert "还没有供应商给本校送货" in text_of(other.get("/supplier-scores/school"))
    assert other.get(url).status_code == 404


def test_who_is_kept_out(scored, client_as):
    kept_out = {
        "teacher": ("/supplier-scores", "/supplier-scores/school", "/supplier-scores/own"),
        "zone_supervisor": ("/supplier-scores", "/supplier-scores/own"),
        "supplier_user": ("/supplier-scores", "/supplier-scores/fairness", "/supplier-scores/objections"),
        "storekeeper": ("/supplier-scores", "/supplier-scores/sheet", "/supplier-scores/fairness"),
    }
    for role, urls in kept_out.items():
        client = client_as(role)
        assert [client.get(url).status_code for url in urls] == [403] * len(urls)
    canteen = client_as("canteen_officer")
    assert canteen.get("/supplier-scores").status_code == 200
    assert canteen.post("/supplier-scores/publications", data={}).status_code == 403
    stranger = client_as("supplier_user", "a-2")
    assert stranger.get(f"/supplier-scores/own/facts/{scored.late.id}").status_code == 404
    assert stranger.post(f"/supplier-scores/own/facts/{scored.late.id}", data={}).status_code == 404


def test_publishing_on_the_page(shop, client_as):
    delivered(shop, -1)
    officer = officer_of(shop)
    client = client_as("procurement_officer")
    assert "更新事实" in text_of(client.get("/supplier-scores"))
    officer_of(shop)
    gathering.gather(officer)
    form = {"id": str(new_id()), "last_day": today().isoformat()}
    assert client.post("/supplier-scores/publications", data=form).status_code == 302
    assert client.post("/supplier-scores/publications", data=form).status_code == 302
    assert client.post("/supplier-scores/publications", data={**form, "id": new_id()}).status_code == 409
    assert client.post("/supplier-scores/publications", data={**form, "last_day": "2020-01-01"}).status_code == 409
    assert client.post("/supplier-scores/gathering").status_code == 302
    officer_of(shop)
    assert db.session.query(SupplierScorePublication).count() == 1
    assert "数据不足" in text_of(client.get("/supplier-scores"))


def test_spreadsheets(scored, client_as):
    sheet = client_as("procurement_officer").get("/supplier-scores/sheet")
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.data)).active.values)
    assert any("演示供应商 a" in str(row[0]) for row in rows)
    whose = f"/supplier-scores/suppliers/{scored.agreement.supplier_id}/sheet"
    for role, url in (("supplier_user", "/supplier-scores/own/sheet"), ("canteen_officer", whose)):
        sheet = client_as(role).get(url)
        rows = list(openpyxl.load_workbook(io.BytesIO(sheet.data)).active.values)
        assert any("迟到" in row for row in rows)


def test_fairness_pages(scored, client_as):
    for role in ("procurement_officer", "zone_supervisor"):
        client = client_as(role)
        assert "演示供应商 a" in text_of(client.get("/supplier-scores/fairness"))
        page = text_of(client.get(f"/supplier-scores/fairness/{scored.agreement.supplier_id}"))
        assert "演示第一小学" in page
        assert "迟到" in page
    west = client_as("zone_supervisor", "a-west")
    assert "还没有送货的事实" in text_of(west.get("/supplier-scores/fairness"))
    assert west.get(f"/supplier-scores/fairness/{scored.agreement.supplier_id}").status_code == 404


def test_the_same_over_the_api(scored, client_as):
    officer, supplier = client_as("procurement_officer"), client_as("supplier_user")
    (one,) = officer.get("/api/v1/supplier-scores").json["items"]
    assert one["published"]["score"] == str(
        publishing.newest_scores(officer_of(scored), scored.publication.id)[scored.agreement.supplier_id].score
    )
    assert supplier.get("/api/v1/supplier-scores/own").json["published"]["points"] == one["published"]["points"]
    objection = new_id()
    url = f"/api/v1/supplier-scores/own/facts/{scored.late.id}/objections/{objection}"
    assert supplier.put(url, json={"reason": "误登"}).json["state"] == "open"
    assert supplier.put(url, json={"reason": "误登"}).status_code == 200
    assert supplier.put(url, json={"reason": "别的"}).status_code == 409
    decision = f"/api/v1/supplier-scores/objections/{objection}/decision"
    data = {"event": "reject", "decision": "两人签收为证"}
    assert officer.post(decision, json=data).status_code == 422
    assert officer.post(decision, json=data, headers={"If-Match": '"1"'}).json["state"] == "rejected"
    check = f"/api/v1/supplier-scores/publications/{scored.publication.id}/suppliers/{scored.agreement.supplier_id}"
    assert officer.get(check).json["recomputes"] is True
    school = client_as("principal")
    assert school.get("/api/v1/supplier-scores/school").json["items"][0]["counts"]["on_time"] == [1, 2]
    assert officer.get("/api/v1/supplier-scores/fairness").json["items"][0]["name"] == "演示供应商 a"


def test_pages_read_counts_and_never_every_fact(scored, client_as, session):
    """The bureau's list asks as much with one supplier's ten facts as with a district's million."""
    from sqlalchemy import event

    client = client_as("procurement_officer")
    client.get("/supplier-scores")
    asked = []
    engine = session.connection().engine

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get("/supplier-scores")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert not any("FROM supplier_facts" in statement for statement in asked)
    assert len(asked) < 40
