"""The look after the opening: what it finds, says once, and what people make of it."""

import pytest
from sqlalchemy import func, select

from bureau.bids.models import Bid
from bureau.collusion import jobs
from bureau.collusion.models import CollusionDecision, CollusionRun, CollusionSign, CollusionSignBid
from bureau.collusion.service import deciding, facts, looking, reading
from bureau.roles import Role
from bureau.suppliers.models import BureauSupplier
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from tests.support import radar, tenders
from tests.support.opened import opened


@pytest.fixture
def found(session, world):
    return opened(world)


@pytest.fixture
def officer(world):
    return world.actor(Role.PROCUREMENT_OFFICER)


def signs(officer, found):
    return [(sign.kind, sign.method, len(sign.parties)) for sign in reading.signs_of(officer, found.id)]


def test_ordinary_bids_show_nothing(session, officer, found):
    run = looking.look(officer, found.id)
    assert (run.bids, run.signs, run.new_signs) == (6, 0, 0)
    assert run.thresholds["least_items"] == "8"
    assert signs(officer, found) == []


def test_nothing_is_looked_at_before_the_opening(session, world, officer):
    made = tenders.at_deadline(world)
    with pytest.raises(RuleBroken) as refusal:
        looking.look(officer, made.id)
    assert refusal.value.rule == "collusion_before_opening"


def test_every_source_is_looked_at(session, officer, found):
    lot = found.lot
    radar.same_contact(found)
    for number in (0, 1):
        radar.trace(
            found, number, lot, device={"device": "device-0001", "account_id": str(number), "sign_in": str(number)}
        )
        radar.file(
            found, number, lot, f"{number}.docx", f"{number}" * 64, last_modified_by="演示枪手",
            creator="Writer", created="2026-05-20T21:14:37",
        )  # fmt: skip
    rival = session.get(BureauSupplier, (found.made.bureau_id, found.bidders[0].supplier_id)).name
    bond = {"bond_account": "6222 0000 1111 2222"}
    kept = [radar.package(found, number, lot, declarations=bond) for number in (0, 1)]
    statement = {"criterion": "x", "statement": f"由{rival}供货", "files": []}
    kept.append(radar.package(found, 2, lot, technical=[statement]))
    run = looking.look(officer, found.id)
    assert sorted(signs(officer, found)) == [
        ("mixed_files", "other_name_inside", 2),
        ("same_agent", "same_device", 2),
        ("same_author", "document_maker", 2),
        ("same_author", "document_moment", 2),
        ("same_bond", "same_bond_account", 2),
        ("same_contact", "same_phone", 2),
    ]
    assert (run.new_signs, len(kept)) == (6, 3)


def test_a_second_look_says_nothing_twice_and_tells_what_is_new(session, officer, found):
    radar.same_contact(found)
    first = looking.look(officer, found.id)
    again = looking.look(officer, found.id)
    assert (first.new_signs, again.signs, again.new_signs) == (1, 1, 0)
    radar.same_contact(found, (0, 1, 2))
    assert looking.look(officer, found.id).new_signs == 1
    assert [run.id for run in reading.runs_of(officer, found.id)][-1] == first.id


def test_a_sign_names_the_bids_it_concerns(session, officer, found):
    radar.same_contact(found)
    looking.look(officer, found.id)
    (sign,) = reading.signs_of(officer, found.id)
    bids = set(session.scalars(select(CollusionSignBid.bid_id).where(CollusionSignBid.sign_id == sign.id)))
    assert bids == {lot[number] for lot in found.bids.values() for number in (0, 1)}
    assert {row["value"] for row in sign.evidence} == {"演示联系人 13900000000"}
    assert set(session.scalars(select(Bid.state).where(Bid.tender_id == found.id))) == {"opened"}


def test_what_became_of_a_sign_is_kept(session, officer, world, found):
    radar.same_contact(found)
    looking.look(officer, found.id)
    (sign,) = reading.signs_of(officer, found.id)
    supervisor = world.actor(Role.DISCIPLINE_SUPERVISOR)
    deciding.decide(officer, found.id, sign.id, sign.version, "refer", "请纪检核实")
    assert reading.count_of(officer, found.id).waiting == 0
    deciding.decide(supervisor, found.id, sign.id, sign.version, "dismiss", "同一出租方登记的电话，已核实")
    deciding.decide(supervisor, found.id, sign.id, sign.version, "reopen", "又有新情况")
    assert (sign.state, sign.decided_at) == ("open", None)
    steps = reading.decisions_of(officer, [sign.id])[sign.id]
    assert [(step.event, step.to_state, step.by_id) for step in steps] == [
        ("refer", "referred", officer.account_id),
        ("dismiss", "dismissed", supervisor.account_id),
        ("reopen", "open", supervisor.account_id),
    ]


def test_a_decision_wants_a_reason_the_newest_version_and_a_place_in_the_table(session, officer, found):
    radar.same_contact(found)
    looking.look(officer, found.id)
    (sign,) = reading.signs_of(officer, found.id)
    with pytest.raises(Invalid):
        deciding.decide(officer, found.id, sign.id, sign.version, "dismiss", "  ")
    with pytest.raises(Conflict):
        deciding.decide(officer, found.id, sign.id, sign.version + 1, "dismiss", "理由")
    with pytest.raises(Conflict):
        deciding.decide(officer, found.id, sign.id, sign.version, "reopen", "理由")
    assert session.scalar(select(func.count()).select_from(CollusionDecision)) == 0


def test_another_bureau_finds_nothing(session, officer, world, found):
    radar.same_contact(found)
    looking.look(officer, found.id)
    (sign,) = reading.signs_of(officer, found.id)
    other = world.actor(Role.PROCUREMENT_OFFICER, "b")
    use_scope(session(), other.scope)
    assert reading.signs_of(other, found.id) == []
    with pytest.raises(NotFound):
        deciding.get_sign(other, found.id, sign.id)
    with pytest.raises(NotFound):
        looking.look(other, found.id)


@pytest.mark.parametrize("role", [Role.SUPPLIER_USER, Role.PRINCIPAL, Role.ZONE_SUPERVISOR])
def test_the_database_itself_shows_it_to_no_school_and_no_supplier(session, officer, world, found, role):
    radar.same_contact(found)
    looking.look(officer, found.id)
    use_scope(session(), world.actor(role).scope)
    for model in (CollusionSign, CollusionRun, CollusionSignBid, CollusionDecision):
        with pytest.raises(Exception, match="permission denied"), session.begin_nested():
            session.scalar(select(func.count()).select_from(model))


def test_the_look_is_queued_by_the_opening(session, officer, found, monkeypatch):
    calls = []
    monkeypatch.setattr(jobs, "defer", lambda *arguments: calls.append(arguments[1:]))
    jobs.FOLLOWER.moved(officer, found.made.tender, "qualify")
    assert calls == []
    jobs.FOLLOWER.moved(officer, found.made.tender, "open")
    assert calls == [("collusion.look", {"bureau_id": found.made.bureau_id, "tender_id": found.id})]
    jobs.look(found.made.bureau_id, tender_id=str(found.id))
    assert len(reading.runs_of(officer, found.id)) == 1


def test_pages(session, officer, world, found, client_as):
    radar.same_contact(found)
    looking.look(officer, found.id)
    (sign,) = reading.signs_of(officer, found.id)
    client = client_as(Role.DISCIPLINE_SUPERVISOR)
    assert "待核查 1 条" in client.get("/collusion/").text
    page = client.get(f"/collusion/tenders/{found.id}")
    assert "联系电话相同" in page.text
    assert "13900000000" in page.text
    assert "第三十七条第（三）项" in page.text
    answer = client.post(
        f"/collusion/tenders/{found.id}/signs/{sign.id}/decision",
        data={"event": "dismiss", "reason": "已核实为同一写字楼总机", "version": sign.version},
    )
    assert answer.status_code == 302
    assert "已核实为同一写字楼总机" in client.get(f"/collusion/tenders/{found.id}").text
    assert client.post(f"/collusion/tenders/{found.id}/look").status_code == 302
    refused = client.post(
        f"/collusion/tenders/{found.id}/signs/{sign.id}/decision", data={"event": "reopen", "reason": "", "version": 2}
    )
    assert refused.status_code == 422


@pytest.mark.parametrize(
    "role", [Role.SUPPLIER_USER, Role.PRINCIPAL, Role.COMMITTEE_EXPERT, Role.CANTEEN_OFFICER, Role.BUREAU_ADMIN]
)
def test_nobody_else_reads_the_pages(session, found, client_as, role):
    client = client_as(role)
    assert client.get("/collusion/").status_code == 403
    assert client.get(f"/collusion/tenders/{found.id}").status_code == 403
    assert client.get(f"/api/v1/tenders/{found.id}/collusion-signs").status_code == 403


def test_api(session, officer, found, client_as):
    radar.same_contact(found)
    looking.look(officer, found.id)
    client = client_as(Role.PROCUREMENT_OFFICER)
    (sign,) = client.get(f"/api/v1/tenders/{found.id}/collusion-signs").json["items"]
    assert (sign["method"], sign["state"]) == ("same_phone", "open")
    answer = client.post(
        f"/api/v1/tenders/{found.id}/collusion-signs/{sign['id']}/decisions",
        json={"event": "refer", "reason": "请核实"}, headers={"If-Match": f'"{sign["version"]}"'},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert answer.json["state"] == "referred"


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("演示甲 139-0000-0000", ("演示甲", "139-0000-0000", "")),
        ("演示乙，a@example.test，0516 8888 0000", ("演示乙", "0516 8888 0000", "a@example.test")),
        ("13900000000", ("", "13900000000", "")),
        ("演示丙", ("演示丙", "", "")),
    ],
)
def test_a_contact_is_read_out_of_one_line(written, person):
    found = facts._person(written)
    assert (found.name, found.phone, found.email) == person
