"""What a tender asks bidders to state of themselves: chosen while it is drafted, sealed, shown after the opening, compared
by the radar."""

import pytest

from bureau.bids import sealing as browser
from bureau.bids.service import asking, kit, unsealing
from bureau.collusion.service import looking, reading
from bureau.roles import Role
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid
from tests.integration.bureau.bids.conftest import make_round
from tests.support import bids, tenders

BOND = 5_000_00
OWN = {"bond_form": "transfer", "bond_bank": "演示银行"}


@pytest.fixture
def bonded(world, session):
    """With a bond. The companies of the world are registered under one name of a contact: one of them stays away."""
    made = make_round(world, bid_bond_fen=BOND)
    made.bidders.pop(0)
    return made


def declared(tendered, number, **more):
    one = tendered.bidders[number]
    return {
        "contact_name": f"演示联系人{number}", "contact_mobile": f"1360000000{number}", "address": f"演示路 {number + 10} 号 {number}01 室",
        "legal_representative": f"演示法人{number}", "manager_name": f"演示经理{number}",
        "manager_mobile": f"1370000000{number}", "manager_id_tail": f"{number}12X", **OWN, "bond_payer": one.name,
        "bond_account": f"6222 0000 1111 000{number}", **more,
    }  # fmt: skip


def send_all(tendered, statements):
    """Each bidder's statements, sealed and opened."""
    lot = tendered.lots[0]
    ids = [new_id() for _one in statements]
    documents = []
    for number, (bid_id, given) in enumerate(zip(ids, statements, strict=True)):
        tendered.as_bidder(number)
        price = (2000, 1913, 2171)[number]
        documents.append(bids.package(tendered.bidders[number], lot, bid_id, price, declarations=given))
    for number, sealed in enumerate(browser.seal(documents, bids.recipients())):
        bids.send(tendered.bidders[number], lot, sealed, ids[number])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    return ids


def signs_of(tendered):
    actor = tendered.as_officer("procurement")
    looking.look(actor, tendered.tender_id)
    return {sign.method: sign for sign in reading.signs_of(actor, tendered.tender_id)}


def test_the_kit_says_what_is_asked_for_and_what_is_known(tendered, bonded):
    plain = kit.kit(tendered.as_bidder(0), tendered.tender_id)
    assert [one["group"] for one in plain["asked"]] == ["contact", "legal", "manager"]
    found = kit.kit(bonded.as_bidder(0), bonded.tender_id)
    assert [one["group"] for one in found["asked"]] == ["contact", "legal", "manager", "bond"]
    assert (found["tender"]["bid_bond_fen"], found["known"]["bond_payer"]) == (BOND, found["supplier"]["name"])
    assert found["format"] == "houqin-bid-2"


def test_a_draft_says_what_it_asks_for(world, session):
    made = tenders.ready(world)
    officer = tenders.officer(world)
    tender = asking.choose(officer, made.id, made.tender.version, ["manager"])
    assert asking.groups_of(tender) == ("contact", "manager")
    with pytest.raises(Invalid):
        asking.choose(officer, made.id, tender.version, ["bond"])
    with pytest.raises(Conflict):
        asking.choose(officer, made.id, tender.version - 1, [])
    tender = asking.choose(officer, made.id, tender.version, [])
    assert asking.groups_of(tender) == ("contact",)


def test_once_published_it_asks_for_what_it_asked(tendered):
    officer = tendered.as_officer("procurement")
    with pytest.raises(Conflict, match="草稿"):
        asking.choose(officer, tendered.tender_id, tendered.made.tender.version, [])


def test_the_choice_is_made_on_the_page_and_by_api(world, session, client_as):
    made = tenders.ready(world)
    client = client_as(Role.PROCUREMENT_OFFICER)
    assert "除联系人外还要填写" in client.get(f"/openings/{made.id}").text
    version = made.tender.version
    answer = client.post(f"/openings/{made.id}/declarations", data={"groups": ["legal"], "version": version})
    assert answer.status_code == 302
    use_scope(session(), tenders.officer(world).scope)
    db.session.expire_all()
    assert asking.groups_of(made.tender) == ("contact", "legal")
    stale = client.post(f"/openings/{made.id}/declarations", data={"groups": [], "version": version})
    assert stale.status_code == 409
    path, seen = f"/api/v1/tenders/{made.id}/bid-declarations", {"If-Match": f'"{made.tender.version}"'}
    answer = client.put(path, json={"groups": ["manager"]}, headers=seen)
    assert (answer.status_code, answer.json["groups"]) == (200, ["contact", "manager"])
    assert client_as(Role.DISCIPLINE_SUPERVISOR).put(path, json={"groups": []}, headers=seen).status_code == 403


def test_it_is_sealed_and_shown_after_the_opening_to_whom_it_concerns(bonded, client_as):
    ids = send_all(bonded, [declared(bonded, number) for number in range(3)])
    officer = bonded.as_officer("procurement")
    package = unsealing.opened_bid(officer, ids[0]).package
    assert package["declarations"]["bond_account"] == "6222 0000 1111 0000"
    shown = asking.stated(bonded.made.tender, package, for_officers=True)
    assert [one.title for one in shown] == ["联系人", "法定代表人", "项目负责人", "投标保证金"]
    assert ("保证金形式", "转账") in shown[3].lines
    # A committee's member reads who answers for the work: no telephone to ring, no account.
    judged = asking.stated(bonded.made.tender, package, for_officers=False)
    assert [line for one in judged for line in one.lines] == [
        ("法定代表人姓名", "演示法人0"), ("项目负责人姓名", "演示经理0"),
    ]  # fmt: skip
    page = client_as(Role.PROCUREMENT_OFFICER).get(f"/evaluation/tenders/{bonded.tender_id}/bids/{ids[0]}")
    assert page.status_code == 200
    assert "6222 0000 1111 0000" in page.text
    assert "演示经理0" in page.text
    record = client_as(Role.SUPPLIER_USER, "a-2").get(f"/bidding/{bonded.tender_id}/record")
    assert record.status_code == 200
    assert "6222" not in record.text


def test_what_was_asked_for_and_not_given_is_said_to_the_reviewer(bonded):
    ids = send_all(bonded, [declared(bonded, 0, manager_name="", bond_account=""), {}, declared(bonded, 2)])
    officer = bonded.as_officer("procurement")
    tender = bonded.made.tender
    one = asking.stated(tender, unsealing.opened_bid(officer, ids[0]).package, for_officers=True)
    assert {group.title: list(group.missing) for group in one if group.missing} == {
        "项目负责人": ["项目负责人姓名"], "投标保证金": ["保证金缴纳账号（转账时填写）"],
    }  # fmt: skip
    empty = asking.stated(tender, unsealing.opened_bid(officer, ids[1]).package, for_officers=True)
    assert [len(group.missing) for group in empty] == [3, 1, 3, 3]
    assert asking.stated(tender, unsealing.opened_bid(officer, ids[2]).package, for_officers=True)[0].missing == []


def test_a_bid_of_the_first_format_is_opened_and_shown(bonded):
    lot, one = bonded.lots[0], bonded.bidders[0]
    bonded.as_bidder(0)
    bid_id = new_id()
    older = bids.package(
        one, lot, bid_id, format="houqin-bid-1", declarations={"contact": "演示", "bond_account": "62220000"}
    )
    bids.send(one, lot, browser.seal([older], bids.recipients())[0], bid_id)
    bids.submit_all(lot, [(more, 2000) for more in bonded.bidders[1:]])
    bonded.close()
    bids.open_all(bonded.world, bonded.tender_id)
    package = unsealing.opened_bid(bonded.as_officer("procurement"), bid_id).package
    shown = asking.stated(bonded.made.tender, package, for_officers=True)
    assert [line for group in shown for line in group.lines] == [("保证金缴纳账号（转账时填写）", "62220000")]


def test_honest_statements_raise_no_sign(bonded):
    send_all(bonded, [declared(bonded, number) for number in range(3)])
    assert signs_of(bonded) == {}


@pytest.mark.parametrize(
    ("changes", "method"),
    [
        ({"bond_account": "6222000011110000"}, "same_bond_account"),
        ({"bond_payer": None}, "same_bond_payer"),
        ({"manager_name": "演示经理0", "manager_id_tail": "012x"}, "same_manager"),
        ({"manager_mobile": "136-0000-0000"}, "same_phone"),
        ({"address": "演示路10号 001室"}, "same_address"),
    ],
)
def test_what_two_bidders_share_is_a_sign(bonded, changes, method):
    """The second bidder's statement shares one thing with the first's."""
    given = {name: bonded.bidders[0].name if value is None else value for name, value in changes.items()}
    send_all(bonded, [declared(bonded, 0), declared(bonded, 1, **given), declared(bonded, 2)])
    found = signs_of(bonded)
    assert set(found) == {method}
    assert {party["name"] for party in found[method].parties} == {bonded.bidders[number].name for number in (0, 1)}


def test_one_guarantor_for_all_is_no_sign(bonded):
    guarantee = {"bond_form": "guarantee", "bond_bank": "演示担保公司", "bond_account": "6222000099998888"}
    send_all(bonded, [declared(bonded, number, **guarantee) for number in range(3)])
    assert signs_of(bonded) == {}
