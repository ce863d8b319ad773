"""Every page of each side opens, and its buttons do what they say."""

from bureau.tendering.service import documents, questions
from kernel.database import new_id
from tests.support.bids import appoint
from tests.support.tenders import officer, published, ready, reviewed, supplier


def test_the_bureau_sees_a_draft_with_its_rule_report(session, world, client_as):
    made = ready(world)
    client = client_as("procurement_officer")
    for path in ("", "/edit", "/lots/new", f"/lots/{made.lots[0]}/edit", "/criteria/new?part=price"):
        page = client.get(f"/tenders/{made.id}{path}")
        assert page.status_code == 200, path
    text = client.get(f"/tenders/{made.id}").text
    assert "投标时间" in text
    assert "第三十五条" in text
    assert "提交复核" in text


def test_lists_and_filters(session, world, client_as):
    made = published(world)
    for role, path in (
        ("procurement_officer", "/tenders"),
        ("discipline_supervisor", "/tenders?state=bidding&rule_pack=order_87"),
        ("supplier_user", "/open-tenders"),
        ("logistics_director", "/district-tenders"),
        ("zone_supervisor", "/district-tenders?state=bidding"),
    ):
        page = client_as(role).get(path)
        assert page.status_code == 200, path
        assert made.tender.number in page.text, path
    assert made.tender.number not in client_as("procurement_officer").get("/tenders?state=failed").text


def test_the_page_of_a_running_tender_for_each_side(session, world, client_as):
    made = published(world)
    change = f"/tenders/{made.id}/amendment"
    assert change in client_as("procurement_officer").get(f"/tenders/{made.id}").text
    assert change not in client_as("discipline_supervisor").get(f"/tenders/{made.id}").text
    assert "获取招标文件" in client_as("supplier_user").get(f"/open-tenders/{made.id}").text
    assert client_as("principal").get(f"/district-tenders/{made.id}").status_code == 200
    assert client_as("principal").get(f"/tenders/{made.id}").status_code == 403
    assert client_as("procurement_officer").get(f"/tenders/{made.id}/amendment").status_code == 200


def test_a_draft_is_shown_to_nobody_else(session, world, client_as):
    made = ready(world)
    assert client_as("supplier_user").get(f"/open-tenders/{made.id}").status_code == 404
    assert client_as("principal").get(f"/district-tenders/{made.id}").status_code == 404


def test_the_drafter_is_not_offered_publication_and_is_refused_it(session, world, client_as):
    made = reviewed(world)
    client = client_as("procurement_officer")
    assert "发布招标公告" not in client.get(f"/tenders/{made.id}").text
    refused = client.post(f"/tenders/{made.id}/publication", data={"version": made.tender.version})
    assert refused.status_code == 422
    assert "由另一人复核" in refused.text
    assert made.tender.state == "review"
    admin = client_as("bureau_admin")
    appoint(world, made.id)
    assert "发布招标公告" in admin.get(f"/tenders/{made.id}").text
    assert admin.post(f"/tenders/{made.id}/publication", data={"version": made.tender.version}).status_code == 302
    assert made.tender.state == "bidding"


def test_a_tender_is_written_through_the_pages(session, world, client_as):
    made = ready(world)
    client = client_as("procurement_officer")
    form = {
        "id": str(new_id()), "title": "演示配送服务", "rule_pack": "internal", "subject": "services",
        "budget_fen": "120000.50", "award_method": "comprehensive", "price_form": "discount", "winners_per_lot": "1",
        "competition": "price", "second_stage": "direct", "small_firm_deduction": "0", "bid_bond_fen": "0",
        "bid_deadline": "2027-03-01T09:30",
    }  # fmt: skip
    answer = client.post("/tenders/new", data=form)
    assert answer.status_code == 302
    tender_id = form["id"]
    api = client.get(f"/api/v1/tenders/{tender_id}").json
    assert (api["budget_fen"], api["bid_deadline"]) == (12000050, "2027-03-01T01:30:00+00:00")
    lot = {
        "id": str(new_id()), "version": api["version"], "title": "一包", "ceiling_fen": "1000",
        "items-0-item_id": str(made.stocked.rice), "items-0-quantity": "12.5", "items-1-item_id": "",
    }  # fmt: skip
    assert client.post(f"/tenders/{tender_id}/lots", data=lot).status_code == 302
    api = client.get(f"/api/v1/tenders/{tender_id}").json
    assert [(item["name"], item["quantity"], item["unit"]) for item in api["lots"][0]["items"]] == [
        ("粳米", "12.500", "kg")
    ]
    criterion = {
        "id": str(new_id()), "version": api["version"], "part": "technical", "code": "T1", "title": "方案", "points": "60",
        "scale": "levels", "levels-0-label": "好", "levels-0-points": "60", "levels-1-label": "中", "levels-1-points": "30",
        "levels-2-label": "", "levels-2-points": "",
    }  # fmt: skip
    assert client.post(f"/tenders/{tender_id}/criteria", data=criterion).status_code == 302
    api = client.get(f"/api/v1/tenders/{tender_id}").json
    assert len(api["criteria"][0]["levels"]) == 2


def test_a_stale_edit_shows_both_versions(session, world, client_as):
    made = ready(world)
    client = client_as("procurement_officer")
    stale = made.tender.version
    page = client.get(f"/tenders/{made.id}/edit")
    assert page.status_code == 200
    head = {
        "version": stale, "title": "新的名称", "rule_pack": "order_87", "subject": "goods", "budget_fen": "500000",
        "award_method": "comprehensive", "price_form": "fixed", "winners_per_lot": "1", "competition": "price",
        "second_stage": "direct", "small_firm_deduction": "10", "bid_bond_fen": "0",
    }  # fmt: skip
    assert client.post(f"/tenders/{made.id}/edit", data=head).status_code == 302
    late = client.post(f"/tenders/{made.id}/edit", data={**head, "title": "另一名称"})
    assert late.status_code == 409
    assert "现在是“新的名称”，您填写的是“另一名称”" in late.text
    assert made.tender.title == "新的名称"


def test_a_supplier_takes_asks_and_reads_the_answer(session, world, client_as):
    made = published(world)
    client = client_as("supplier_user")
    page = f"/open-tenders/{made.id}"
    asking = {"id": str(new_id()), "question": "配送车辆有何要求？"}
    assert "请先获取招标文件" in client.post(f"{page}/questions", data=asking).text
    assert client.post(f"{page}/taking").status_code == 302
    assert client.post(f"{page}/taking").status_code == 302
    assert client.post(f"{page}/questions", data=asking).status_code == 302
    assert client.post(f"{page}/questions", data=asking).status_code == 302
    bureau = client_as("procurement_officer")
    shown = bureau.get(f"/tenders/{made.id}").text
    assert shown.count("配送车辆有何要求") == 1
    assert "演示供应商" not in shown
    question = bureau.get(f"/api/v1/tenders/{made.id}/questions").json["items"][0]
    answer = {"version": question["version"], "answer": "冷藏车。"}
    assert bureau.post(f"/tenders/{made.id}/questions/{question['id']}/answer", data=answer).status_code == 302
    other = client_as("supplier_user", "a-2").get(page).text
    assert "配送车辆有何要求" in other
    assert "冷藏车。" in other
    assert "演示供应商 a<" not in other


def test_documents_are_downloaded_by_who_took_them(session, world, client_as):
    made = published(world)
    client = client_as("supplier_user")
    document = client.get(f"/api/v1/open-tenders/{made.id}").json["documents"][0]["id"]
    assert client.get(f"/open-tenders/{made.id}/documents/{document}").status_code == 422
    client.post(f"/open-tenders/{made.id}/taking")
    file = client.get(f"/open-tenders/{made.id}/documents/{document}")
    assert file.status_code == 200
    assert file.data.startswith(b"%PDF-")


def test_a_question_that_names_the_company_is_sent_back_once(session, world, client_as):
    made = published(world)
    actor = supplier(world)
    documents.take_documents(actor, made.id)
    client = client_as("supplier_user")
    asking = {"id": str(new_id()), "question": "演示供应商 a 想问一下配送时间？"}
    refused = client.post(f"/open-tenders/{made.id}/questions", data=asking)
    assert refused.status_code == 422
    assert "出现了贵公司的名称" in refused.text
    assert client.post(f"/open-tenders/{made.id}/questions", data={**asking, "anyway": "1"}).status_code == 302
    assert len(questions.questions_of(officer(world), made.id)) == 1


def test_the_amendment_page_changes_what_differs(session, world, client_as):
    made = published(world)
    client = client_as("procurement_officer")
    api = client.get(f"/api/v1/tenders/{made.id}").json
    form = {"version": api["version"], "reason": "更正数量", "requirements": api["requirements"]}
    rows = [item for lot in api["lots"] for item in lot["items"]]
    for index, item in enumerate(rows):
        form[f"items-{index}-id"] = item["id"]
        form[f"items-{index}-quantity"] = "8000" if index == 0 else item["quantity"]
        form[f"items-{index}-ceiling_unit_price_fen"] = "25.00"
    assert client.post(f"/tenders/{made.id}/amendment", data=form).status_code == 302
    notice = client.get(f"/api/v1/tenders/{made.id}/notices").json["items"][-1]
    assert notice["kind"] == "clarification"
    assert [row[2:] for row in notice["body"]["tables"][0]["rows"]] == [["10000", "8000"]]
    assert client.get(f"/tenders/{made.id}/notices/{notice['id']}").status_code == 200
    assert client_as("supplier_user").get(f"/tenders/{made.id}/notices/{notice['id']}").status_code == 200


def test_the_library_of_criteria(session, world, client_as):
    made = ready(world)
    client = client_as("procurement_officer")
    kept = {"id": str(new_id()), "name": "食材通用"}
    assert client.post(f"/tenders/{made.id}/criteria-sets", data=kept).status_code == 302
    assert "食材通用" in client.get("/tenders/criteria-sets").text
    applying = {"version": made.tender.version, "criteria_set_id": kept["id"]}
    assert client.post(f"/tenders/{made.id}/criteria-set", data=applying).status_code == 302
    assert len(client.get(f"/api/v1/tenders/{made.id}").json["criteria"]) == 6
    assert client.post(f"/tenders/criteria-sets/{kept['id']}/retirement", data={"version": 1}).status_code == 302
    assert "食材通用" not in client.get("/tenders/criteria-sets").text
