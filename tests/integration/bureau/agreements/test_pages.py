"""The pages and the API by each role, from the list to a signed, changed agreement."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from bureau.agreements.models import Agreement, AgreementChange
from bureau.agreements.service import finding, from_awards
from bureau.suppliers.models import BureauSupplier
from kernel.database import db, new_id
from kernel.sheets import MEDIA_TYPE
from kernel.web.dates import today
from tests.support import agreements as made
from tests.support import published, tenders
from tests.support.agreements import both, fixed_lot, pending, rice, signed, terms
from tests.support.pictures import jpeg
from tests.support.samples.agreements import tender_lot

DAY = timedelta(days=1)


@pytest.fixture
def one(world, officer, stocked):
    made.book(officer, {stocked.pork: 2890}, today() - 70 * DAY, number="JG-1")
    return signed(officer, both(world, stocked))


def fresh(agreement):
    db.session.expire_all()
    return db.session.get(Agreement, (agreement.bureau_id, agreement.id))


def test_from_scans_to_publication_on_the_pages(world, officer, stocked, client_as, acting):
    agreement = pending(officer, both(world, stocked))
    client = client_as("procurement_officer")
    page = client.get(f"/agreements/{agreement.id}")
    assert "待签订" in page.text
    for side in ("bureau", "supplier"):
        data = {"id": str(new_id()), "kind": "signed", "side": side, "file": (BytesIO(jpeg(side)), "演示.jpg")}
        assert client.post(f"/agreements/{agreement.id}/scans", data=data).status_code == 302
    day = agreement.notice_on.isoformat()
    dates = {"supplier_signed_on": day, "bureau_signed_on": day}
    assert client.post(f"/agreements/{agreement.id}/signing", data={**dates, "version": 99}).status_code == 409
    acting(officer)
    version = fresh(agreement).version
    assert client.post(f"/agreements/{agreement.id}/signing", data={**dates, "version": version}).status_code == 302
    acting(officer)
    version = fresh(agreement).version
    assert client.post(f"/agreements/{agreement.id}/publication", data={"version": version}).status_code == 302
    acting(officer)
    data = {"filed_on": today().isoformat(), "reference": "演示", "version": fresh(agreement).version}
    assert client.post(f"/agreements/{agreement.id}/filing", data=data).status_code == 302
    page = client.get(f"/agreements/{agreement.id}")
    assert "履行中" in page.text
    assert "逾期" in page.text  # signed in time, published 70 days later
    scan = finding.documents_of(acting(officer), fresh(agreement))[0]
    assert client.get(f"/agreements/{agreement.id}/scans/{scan.id}").mimetype == "image/jpeg"


def test_a_change_is_proposed_by_one_and_approved_by_another(officer, one, client_as, acting, stocked):
    url = f"/agreements/{one.agreement.id}/changes"
    client = client_as("procurement_officer")
    for kind in ("term_extension", "price_change", "item_added", "quantity_supplement", "supplier_data", "suspension",
                 "resumption", "termination"):  # fmt: skip
        assert client.get(f"{url}/new?kind={kind}").status_code == 200
    assert client.get(f"{url}/new?kind=other").status_code == 404
    data = {"id": str(new_id()), "kind": "price_change", "rule": "lower", "reason": "演示",
            "lines-0-agreement_item_id": str(one.item(stocked.rice).id), "lines-0-value": "5.30"}  # fmt: skip
    refused = client.post(f"{url}/new", data=data)
    assert refused.status_code == 422
    assert "只能低于现价" in refused.text
    assert client.post(f"{url}/new", data={**data, "lines-0-value": "5.00"}).status_code == 302
    acting(officer)
    (change,) = db.session.query(AgreementChange).all()
    approval = {"version": change.version}
    assert client.post(f"{url}/{change.id}/approval", data=approval).status_code == 403
    page = client_as("bureau_admin").get(f"/agreements/{one.agreement.id}").text
    assert "¥5.20 → ¥5.00" in page
    assert client_as("bureau_admin").post(f"{url}/{change.id}/approval", data=approval).status_code == 302
    assert "¥5.00 / kg" in client_as("bureau_admin").get(f"/agreements/{one.agreement.id}").text


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("term_extension", {"last_day": (today() + 400 * DAY).isoformat()}),
        ("supplier_data", {"bank": "演示银行"}),
        ("suspension", {}),
        ("termination", {}),
    ],
)
def test_each_kind_of_change_goes_through_its_page(one, client_as, kind, fields):
    data = {"id": str(new_id()), "kind": kind, "reason": "演示", **fields}
    client = client_as("procurement_officer")
    assert client.post(f"/agreements/{one.agreement.id}/changes/new", data=data).status_code == 302
    assert "待批准" in client.get(f"/agreements/{one.agreement.id}").text
    assert "批准变更" in client_as("bureau_admin").get("/").text


def test_an_urgent_stop_from_the_page(one, client_as):
    client = client_as("procurement_officer")
    data = {"id": str(new_id()), "lot_id": "", "reason": "演示"}
    assert client.post(f"/agreements/{one.agreement.id}/stop", data=data).status_code == 302
    assert "已暂停" in client.get(f"/agreements/{one.agreement.id}").text
    assert "现在不能下单" in client_as("principal").get(f"/agreements/covering/{one.agreement.id}").text
    assert "没有可订" in client_as("principal").get("/agreements/orderable").text


def test_a_school_sees_what_it_may_order_with_the_price_s_account(one, client_as):
    page = client_as("canteen_manager").get("/agreements/orderable").text
    assert "¥25.29 / kg" in page
    assert "JG-1" in page
    assert "下浮 12.5%" in page
    assert "1000 kg" in page
    assert client_as("guard").get("/agreements/orderable").status_code == 403


def test_a_school_chooses_between_two(world, officer, stocked, one, client_as):
    signed(officer, terms(world.supplier_id("a-2"), fixed_lot(stocked, items=[rice(stocked, price_fen=540)])))
    client = client_as("canteen_manager")
    page = client.get("/agreements/orderable").text
    assert page.index("演示供应商 a ") < page.index("演示供应商 a-2")
    item = one.item(stocked.rice).id
    assert (
        client.post(
            "/agreements/choices", data={"id": str(new_id()), "agreement_item_id": str(item), "reason": ""}
        ).status_code
        == 422
    )
    data = {"id": str(new_id()), "agreement_item_id": str(item), "reason": "演示：近"}
    assert client.post("/agreements/choices", data=data).status_code == 302
    assert "本校选定" in client.get("/agreements/orderable").text


def test_a_supplier_sees_its_own_and_uploads(world, one, client_as):
    client = client_as("supplier_user")
    assert one.agreement.number in client.get("/agreements/own").text
    data = {"id": str(new_id()), "kind": "supplement", "file": (BytesIO(jpeg("x")), "x.jpg")}
    assert client.post(f"/agreements/own/{one.agreement.id}/scans", data=data).status_code == 302
    assert (
        client.post(
            f"/agreements/own/{one.agreement.id}/scans", data={"id": str(new_id()), "kind": "signed"}
        ).status_code
        == 422
    )
    assert client_as("supplier_user", "a-2").get(f"/agreements/own/{one.agreement.id}").status_code == 404


def test_a_transfer_and_its_moves(world, officer, stocked, client_as):
    parts = {world.schools["a1"]: Decimal(300), world.schools["a2"]: Decimal(200)}
    items = [rice(stocked, quantity=Decimal(500), by_school=parts)]
    one = signed(officer, terms(world.supplier_id(), fixed_lot(stocked, items=items, balance_form="per_school")))
    client = client_as("procurement_officer")
    data = {"id": str(new_id()), "agreement_item_id": str(one.items[0].id), "from_school": world.schools["a1"],
            "to_school": world.schools["a2"], "quantity": "50", "reason": "演示：调剂"}  # fmt: skip
    assert client.post(f"/agreements/{one.agreement.id}/transfers", data=data).status_code == 302
    page = client.get(f"/agreements/{one.agreement.id}/moves").text
    assert page.count("演示：调剂") == 2
    page = client_as("principal", "a1").get(f"/agreements/covering/{one.agreement.id}").text
    assert "250 kg" in page


def test_the_sheet_and_the_lists(one, client_as):
    client = client_as("discipline_supervisor")
    sheet = client.get(f"/agreements/{one.agreement.id}/sheet.xlsx")
    assert sheet.mimetype == MEDIA_TYPE
    for standing in ("", "?standing=active", "?standing=expired"):
        assert client.get(f"/agreements{standing}").status_code == 200
    assert one.agreement.number in client_as("zone_supervisor").get("/agreements").text
    assert one.agreement.number in client_as("principal").get("/agreements/covering").text


def test_a_competition_on_the_pages(world, officer, stocked, client_as, acting):
    lot = tender_lot(officer, stocked)
    for place in ("a", "a-2"):
        signed(officer, terms(world.supplier_id(place), fixed_lot(stocked, tender_lot_id=lot.id)))
    client = client_as("procurement_officer")
    assert "2 家" in client.get("/agreements/competitions").text
    assert client.get(f"/agreements/competitions/new?lot={lot.id}").status_code == 200
    competition_id = new_id()
    data = {"id": str(competition_id), "tender_lot_id": str(lot.id), "title": "演示竞价",
            "deadline": f"{(today() + DAY).isoformat()}T10:00", "lines-0-item_id": str(stocked.rice),
            "lines-0-quantity": "100"}  # fmt: skip
    assert client.post("/agreements/competitions/new", data={**data, "lines-0-quantity": ""}).status_code == 422
    assert client.post("/agreements/competitions/new", data=data).status_code == 302
    supplier = client_as("supplier_user")
    assert "报价邀请" in supplier.get("/").text
    assert "¥5.20" in supplier.get(f"/agreements/own/competitions/{competition_id}").text
    url = f"/agreements/own/competitions/{competition_id}/answers"
    answer = {"id": str(new_id()), "lines-0-item_id": str(stocked.rice), "lines-0-price": "5.21"}
    refused = supplier.post(url, data=answer)
    assert (refused.status_code, "不能高于本公司的协议价" in refused.text) == (422, True)
    assert supplier.post(url, data={**answer, "lines-0-price": "5.10"}).status_code == 302
    assert "¥510.00" in supplier.get(f"/agreements/own/competitions/{competition_id}").text
    page = client_as("procurement_officer").get(f"/agreements/competitions/{competition_id}").text
    assert "510.00" not in page
    assert "截止前看不到报价" in page
    version = {"version": 1, "reason": "演示"}
    assert client.post(f"/agreements/competitions/{competition_id}/decision", data=version).status_code == 422
    assert client.post(f"/agreements/competitions/{competition_id}/cancellation", data=version).status_code == 302


def test_the_api_by_role(world, officer, stocked, one, client_as):
    client = client_as("procurement_officer")
    base = f"/api/v1/agreements/{one.agreement.id}"
    full = client.get(base).json
    assert (full["standing"], [lot["price_rule"] for lot in full["lots"]]) == ("active", ["fixed", "discount"])
    prices = {row["name"]: row for row in client.get(f"{base}/prices").json["items"]}
    assert prices["猪前腿肉"]["fen"] == 2529
    assert prices["猪前腿肉"]["account"]["book"]["number"] == "JG-1"
    assert client.get(f"{base}/balances").json["items"][0]["quantity"] == "1000.000"
    change_id = new_id()
    body = {"kind": "term_extension", "reason": "演示", "details": {"last_day": (today() + 400 * DAY).isoformat()}}
    assert client.put(f"{base}/changes/{change_id}", json=body).status_code == 200
    approved = client_as("bureau_admin").post(
        f"{base}/changes/{change_id}/approval", json={}, headers={"If-Match": '"1"'}
    )
    assert approved.json["state"] == "active"
    offers = client_as("canteen_manager").get("/api/v1/orderable-offers").json["items"]
    assert {offer["price"]["fen"] for offer in offers} == {520, 2529}
    assert client_as("supplier_user").get(f"/api/v1/supplier/agreements/{one.agreement.id}").json["id"] == str(
        one.agreement.id
    )
    assert client_as("supplier_user", "a-2").get(f"/api/v1/supplier/agreements/{one.agreement.id}").status_code == 404


def test_an_older_contract_is_entered_over_the_api_and_compared(world, officer, stocked, client_as):
    line = {"item_id": str(stocked.rice), "name": "粳米", "unit": "kg", "price_fen": 520, "quantity": "1000"}
    lot = {"number": 1, "title": "演示粮油", "price_rule": "fixed", "items": [line]}
    body = {"supplier_id": str(world.supplier_id()), "title": "演示旧合同", "first_day": "2026-01-01",
            "last_day": "2026-12-31", "lots": [lot]}  # fmt: skip
    client = client_as("procurement_officer")
    agreement_id = new_id()
    for _again in range(2):
        saved = client.put(f"/api/v1/agreements/{agreement_id}", json=body)
        assert (saved.status_code, saved.json["tender_id"]) == (200, None)
    assert client.post(f"/api/v1/agreements/{agreement_id}/comparison", json=body).status_code == 204
    dearer = {**body, "lots": [{**lot, "items": [{**line, "price_fen": 530}]}]}
    refused = client.post(f"/api/v1/agreements/{agreement_id}/comparison", json=dearer)
    assert refused.status_code in (409, 422)
    assert refused.json["differences"] == [{"where": f"1/{stocked.rice}", "field": "price_fen"}]


def test_two_winners_agreements_are_told_apart_in_the_list(world, officer, stocked, client_as):
    for company in ("a", "a-2"):
        pending(officer, terms(world.supplier_id(company), fixed_lot(stocked)))
    page = client_as("procurement_officer").get("/agreements").text
    names = [db.session.get(BureauSupplier, (officer.bureau_id, world.supplier_id(one))).name for one in ("a", "a-2")]
    for name in names:
        assert f"演示食材框架协议 · {name}</a>" in page


def test_a_bidder_finds_its_agreement_on_the_tender_s_page(world, client_as):
    found = published.brought(world, "contracting")
    rows = from_awards.create_for(tenders.officer(world), found.id)
    own = {row.supplier_id: row.id for row in rows}
    for company in ("a", "a-2"):
        agreement_id = own.get(world.supplier_id(company))
        page = client_as("supplier_user", company).get(f"/open-tenders/{found.id}").text
        assert ("我方的协议" in page) is (agreement_id is not None)
        assert agreement_id is None or f"/agreements/own/{agreement_id}" in page
    assert own
