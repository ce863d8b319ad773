from uuid import uuid4

import pytest
from sqlalchemy import select

from bureau.awards.models import AwardLetter, LotAward
from bureau.awards.service import cancelling, publishing
from bureau.awards.service.deciding import decide_lot
from bureau.tendering.models import TenderLot
from tests.support import tenders
from tests.support.awards import delivered


@pytest.fixture
def ranked(world, session):
    return delivered(world)


def announced(world, ranked):
    officer = tenders.officer(world)
    for number, lot in enumerate(ranked.lots, 1):
        decide_lot(officer, ranked.id, lot, [ranked.bids[number][0]])
    publishing.publish(officer, ranked.id)


def letter_of(session, world, ranked, bid_id):
    tenders.officer(world)
    return session.scalar(select(AwardLetter).where(AwardLetter.bid_id == bid_id))


def test_an_officer_decides_on_the_page(client_as, session, world, ranked):
    client = client_as("procurement_officer")
    page = client.get(f"/awards/tenders/{ranked.id}").text
    assert "演示投标人" in page
    address = f"/awards/tenders/{ranked.id}/lots/{ranked.lots[0]}/decision"
    refused = client.post(address, data={"winners": str(ranked.bids[1][1])})
    assert refused.status_code == 422
    assert "排在前面" in refused.text
    data = {
        "winners": str(ranked.bids[1][1]), "passing-0-bid_id": str(ranked.bids[1][0]), "passing-0-code": "gave_up",
        "passing-0-reason": "书面放弃", "passing-1-bid_id": str(ranked.bids[1][2]), "passing-1-code": "",
        "passing-1-reason": "",
    }  # fmt: skip
    assert client.post(address, data=data).status_code == 302
    assert "书面放弃" in client.get(f"/awards/tenders/{ranked.id}").text


def test_who_may_decide_and_who_may_only_look(client_as, ranked):
    address = f"/awards/tenders/{ranked.id}/lots/{ranked.lots[0]}/decision"
    for role, looks, decides in (
        ("discipline_supervisor", 200, 403), ("canteen_officer", 403, 403), ("committee_expert", 403, 403),
        ("principal", 403, 403), ("supplier_user", 403, 403), ("bureau_admin", 200, 422),
    ):  # fmt: skip
        client = client_as(role)
        assert client.get(f"/awards/tenders/{ranked.id}").status_code == looks, role
        assert client.post(address, data={}).status_code == decides, role


def test_a_bidder_reads_and_signs_for_its_letter(client_as, session, world, ranked):
    announced(world, ranked)
    letter = letter_of(session, world, ranked, ranked.bids[1][0])
    client = client_as("supplier_user", "a")
    assert letter.number in client.get("/awards/letters").text
    page = client.get(f"/awards/letters/{letter.id}").text
    assert "为中标人" in page
    assert client.post(f"/awards/letters/{letter.id}/receipt").status_code == 302
    assert client_as("supplier_user", "a-2").get(f"/awards/letters/{letter.id}").status_code == 404


def test_anybody_who_holds_a_letter_may_check_it_without_seeing_the_score(client_as, session, world, ranked):
    announced(world, ranked)
    letter = letter_of(session, world, ranked, ranked.bids[1][1])
    visitor = client_as(None)
    page = visitor.get(f"/public/award-letters/{letter.bureau_id}/{letter.code}").text
    assert letter.number in page
    assert "85.00" not in page
    assert visitor.get(f"/public/award-letters/{letter.bureau_id}/{'x' * 16}").status_code == 404
    other = world.bureaus["b"]
    assert visitor.get(f"/public/award-letters/{other}/{letter.code}").status_code == 404


def test_the_api_decides_and_announces_once(client_as, session, world, ranked):
    client = client_as("procurement_officer")
    for number, lot in enumerate(ranked.lots, 1):
        address = f"/api/v1/tenders/{ranked.id}/lots/{lot}/award"
        body = {"winners": [str(ranked.bids[number][0])]}
        first = client.put(address, json=body)
        assert first.status_code == 200, first.text
        assert client.put(address, json=body).json == first.json
    once = client.put(f"/api/v1/tenders/{ranked.id}/result")
    assert once.status_code == 200
    assert client.put(f"/api/v1/tenders/{ranked.id}/result").json == once.json
    listed = client.get(f"/api/v1/tenders/{ranked.id}/awards").json
    assert [award["rank"] for award in listed["awards"]] == [1, 1]
    assert client.get(f"/api/v1/tenders/{uuid4()}/awards").status_code == 404


def test_taking_back_needs_a_second_person_on_the_page_too(client_as, session, world, ranked):
    announced(world, ranked)
    tenders.officer(world)
    award = session.scalar(select(LotAward).where(LotAward.lot_id == ranked.lots[0]))
    address = f"/awards/{award.id}/cancellation"
    first = client_as("procurement_officer")
    data = {"version": str(award.version), "code": "gave_up", "reason": "书面放弃"}
    assert first.post(address, data=data).status_code == 302
    tenders.officer(world)
    session.expire_all()
    version = session.scalar(select(LotAward.version).where(LotAward.id == award.id))
    assert first.post(f"{address}/confirmation", data={"version": str(version)}).status_code == 403
    assert client_as("bureau_admin").post(f"{address}/confirmation", data={"version": str(version)}).status_code == 302
    assert "书面放弃" in first.get(f"/awards/tenders/{ranked.id}").text


def test_a_lot_fails_on_the_page_where_nobody_may_win(client_as, session, world, ranked):
    client = client_as("procurement_officer")
    address = f"/awards/tenders/{ranked.id}/lots/{ranked.lots[0]}"
    session.expire_all()
    tenders.officer(world)
    lot = session.get(TenderLot, (ranked.made.bureau_id, ranked.lots[0]))
    data = {"version": lot.version, "reason": "候选人均不符合条件"}
    client = client_as("procurement_officer")
    refused = client.post(f"{address}/failure", data=data)
    assert refused.status_code == 422
    assert "可以中标，不能废标" in refused.text
    for row, bid in enumerate(ranked.bids[1][:3]):
        data |= {f"passing-{row}-bid_id": str(bid), f"passing-{row}-code": "found_ineligible",
                 f"passing-{row}-reason": "演示：证照不符"}  # fmt: skip
    assert client.post(f"{address}/failure", data={**data, "version": 99}).status_code == 409
    assert client.post(f"{address}/failure", data={**data, "reason": ""}).status_code == 422
    assert client.post(f"{address}/failure", data=data).status_code == 302
    page = client.get(f"/awards/tenders/{ranked.id}").text
    assert "到项目页重新招标" in page
    assert client_as("discipline_supervisor").post(f"{address}/failure", data=data).status_code == 403


def test_all_candidates_gone_is_said_with_the_way_on(client_as, session, world, ranked):
    officer, other = tenders.officer(world), tenders.reviewer(world)
    for bid in ranked.bids[1][:3]:
        award = decide_lot(officer, ranked.id, ranked.lots[0], [bid])[0]
        cancelling.ask(officer, award.id, award.version, "gave_up", "演示：书面放弃")
        cancelling.confirm(other, award.id, award.version)
    page = client_as("procurement_officer").get(f"/awards/tenders/{ranked.id}").text
    assert "候选人全部被排除" in page
