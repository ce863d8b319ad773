"""Every page for who may see it, and refused to who may not."""

import pytest

from bureau.evaluation.service import committee, facts, reporting, scoring
from kernel.database.scope import Scope, use_scope
from tests.support import opened as support


def path(found, rest=""):
    return f"/evaluation/tenders/{found.id}{rest}"


def mine(found, rest=""):
    return f"/evaluation/mine/{found.id}{rest}"


def test_the_officers_pages_at_each_step(session, world, client_as):
    found = support.opened(world)
    client = client_as("procurement_officer")
    assert client.get("/evaluation/").status_code == 200
    for step in ("qualified", "formed", "declared", "conforming", "scoring", "consensus", "signed"):
        assert client.get(path(found)).status_code == 200, step
        for rest in ("/qualification", "/committee", "/matrix", "/matrix.xlsx", f"/bids/{found.bids[found.lot][0]}"):
            response = client.get(path(found, rest))
            assert response.status_code == 200, (step, rest)
        _on(world, found, step)
        client = client_as("procurement_officer")
    for rest in ("", "/report", "/report.docx", "/report.json", "/committee/document.json"):
        assert client.get(path(found, rest)).status_code == 200, rest


def _on(world, found, step):
    if step == "qualified":
        support.qualify(world, found)
    elif step == "formed":
        support.pool(world, found)
        support.form(world, found)
    elif step == "declared":
        support.declare(found)
    elif step == "conforming":
        support.conform(found)
    elif step == "scoring":
        scoring.begin(support.act(support.seats(found)[0][1]), found.id)
    elif step == "consensus":
        support.score(found)
    else:
        support.sign(found)


def test_a_members_pages(session, world, client_as):
    found = support.judged(world, "formed")
    client = client_as("committee_expert")
    assert client.get("/evaluation/mine").status_code == 200
    assert client.get(mine(found)).status_code == 200
    assert client.get(path(found, "/matrix")).status_code == 404, "not before the declaration"
    support.declare(found)
    client = client_as("committee_expert")
    assert client.get(mine(found)).status_code == 200
    assert client.get(path(found, "/matrix")).status_code == 200
    support.conform(found)
    scoring.begin(support.act(support.seats(found)[0][1]), found.id)
    client = client_as("committee_expert")
    page = client.get(mine(found, f"/lots/{found.lot}/scores"))
    assert page.status_code == 200
    support.score(found)
    client = client_as("committee_expert")
    assert client.get(mine(found, f"/lots/{found.lot}/consensus")).status_code == 200
    assert client.get(mine(found, f"/lots/{found.lot}/scores")).status_code == 200
    reporting.make(support.act(support.seats(found)[0][1]), found.id)
    client = client_as("committee_expert")
    assert client.get(mine(found, "/report")).status_code == 200
    support.sign(found)
    client = client_as("committee_expert")
    for rest in ("", "/report", f"/lots/{found.lot}/scores"):
        assert client.get(mine(found, rest)).status_code == 404, rest
    assert client.get(path(found, "/matrix")).status_code == 404, "not after signing"


def test_a_member_scores_and_locks_on_the_page(session, world, client_as):
    found = support.judged(world, "scoring")
    client = client_as("committee_expert")
    tender = found.made.tender
    fields = {"version": "1", "action": "save"}
    for one in facts.valid_bids(tender, found.lot):
        for row in facts.scored_criteria(tender, found.lot):
            fields[f"points-{one.id}-{row.id}"] = str(row.levels[0]["points"]) if row.levels else "10"
    key = next(name for name in fields if name.startswith("points-"))
    address = mine(found, f"/lots/{found.lot}/scores")
    refused = client.post(address, data={**fields, key: "31"})
    assert refused.status_code == 422
    assert "应在 0 到 30 之间" in refused.text
    assert client.post(address, data=fields).status_code == 303
    stale = client.post(address, data={**fields, key: "11"})
    assert stale.status_code == 409
    assert client.post(address, data={**fields, "version": "2", "action": "lock"}).status_code == 303
    assert "评分已锁定" in client.get(address).text
    again = client.post(address, data={**fields, "version": "2", "action": "lock"})
    assert again.status_code == 303, "a double click"
    assert client.post(address, data={**fields, key: "12", "version": "3"}).status_code == 422


@pytest.mark.parametrize("role", ["principal", "supplier_user", "zone_supervisor", "teacher"])
def test_nobody_from_outside_sees_an_evaluation(session, world, client_as, role):
    found = support.judged(world, "consensus")
    client = client_as(role)
    for address in (path(found), path(found, "/matrix"), mine(found), "/evaluation/", "/evaluation/experts"):
        assert client.get(address).status_code in (403, 404), address


def test_an_officer_who_is_no_member_cannot_judge(session, world, client_as):
    found = support.judged(world, "scoring")
    client = client_as("procurement_officer")
    assert client.get(mine(found)).status_code == 404
    assert client.get(mine(found, f"/lots/{found.lot}/scores")).status_code == 404
    assert client.post(mine(found, f"/lots/{found.lot}/scores"), data={"version": "1"}).status_code == 404
    page = client.get(path(found)).text
    assert "评委1" in page
    for _row, actor in support.seats(found):
        assert actor.display_name not in page


def test_names_come_with_the_result_and_earlier_to_supervision(session, world, client_as):
    found = support.judged(world, "consensus")
    name = support.seats(found)[0][1].display_name
    assert name in client_as("discipline_supervisor").get(path(found)).text
    assert name not in client_as("procurement_officer").get(path(found)).text
    use_scope(session(), Scope("houqin_bureau", bureau_id=found.made.bureau_id))
    committee.disclose(support.tenders.officer(world), found.id)
    assert name in client_as("procurement_officer").get(path(found)).text


def test_the_tenders_own_page_leads_here(session, world, client_as):
    found = support.judged(world, "qualified", lots=1)
    assert path(found) in client_as("procurement_officer").get(f"/tenders/{found.id}").text


def test_pages_of_the_pool(session, world, client_as):
    found = support.judged(world, "qualified")
    person = support.pool(world, found)[0]
    client = client_as("procurement_officer")
    assert client.get("/evaluation/experts").status_code == 200
    assert client.get(f"/evaluation/experts/{person.account_id}").status_code == 200
    assert client_as("committee_expert").get("/evaluation/interests").status_code == 200
    assert client_as("committee_expert").get("/evaluation/experts").status_code == 403
