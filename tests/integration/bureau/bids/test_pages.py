"""Pages and API by who may and who may not; the opening as its pages show it."""

import hashlib

from bureau.bids import sealing as browser
from bureau.bids.service import keys, officers
from kernel.database import new_id
from tests.support import bids, tenders


def body_of(lot, sealed):
    return {
        "tender_id": str(lot.tender_id), "lot_id": str(lot.id), "ciphertext_sha256": sealed.ciphertext_sha256,
        "size": sealed.size, "recipient": sealed.recipient, "shares": sealed.shares,
    }  # fmt: skip


def test_a_program_seals_over_the_api(tendered, clients):
    tendered.as_bidder(0)
    lot, bid_id, submission_id = tendered.lots[0], new_id(), new_id()
    sealed = browser.seal([bids.package(tendered.bidders[0], lot, bid_id)], bids.recipients())[0]
    client = clients("supplier_user")
    kit = client.get(f"/api/v1/tenders/{tendered.tender_id}/bidding").json
    assert kit["recipients"] == bids.recipients()
    address = f"/api/v1/tenders/{tendered.tender_id}/bid-ciphertexts/{sealed.ciphertext_sha256}"
    sent = client.put(address, data=sealed.ciphertext, content_type="application/octet-stream")
    assert sent.status_code == 200, sent.json
    path = f"/api/v1/bids/{bid_id}/submissions/{submission_id}"
    first = client.put(path, json=body_of(lot, sealed))
    assert first.status_code == 200, first.json
    assert client.put(path, json=body_of(lot, sealed)).json == first.json
    fetched = client.get(f"{path}/ciphertext")
    assert hashlib.sha256(fetched.data).hexdigest() == first.json["receipt"]["ciphertext_sha256"]
    assert client.get(f"/bidding/receipts/{bid_id}/{submission_id}").status_code == 200
    assert first.json["receipt"]["receipt_number"] in client.get("/bidding").get_data(as_text=True)
    other = clients("supplier_user", "a-2")
    for address in (f"/api/v1/bids/{bid_id}", f"{path}/ciphertext", f"/bidding/receipts/{bid_id}/{submission_id}"):
        assert other.get(address).status_code == 404
    assert other.put(f"/api/v1/bids/{bid_id}/withdrawal", json={}).status_code == 404
    assert client.put(f"/api/v1/bids/{bid_id}/withdrawal", json={}).json["state"] == "withdrawn"


def test_too_much_is_refused_before_it_is_read(tendered, clients):
    address = f"/api/v1/tenders/{tendered.tender_id}/bid-ciphertexts/{'0' * 64}"
    answer = clients("supplier_user").put(address, data=bytes(31 * 1024 * 1024))
    assert answer.status_code == 413


def test_before_the_deadline_the_bureaus_pages_say_nothing_of_bids(tendered, clients):
    rows = bids.submit_all(tendered.lots[0], [(tendered.bidders[0], 2000), (tendered.bidders[1], 2000)])
    for role in ("procurement_officer", "discipline_supervisor", "bureau_admin"):
        page = clients(role).get(f"/openings/{tendered.tender_id}").get_data(as_text=True)
        assert not any(row.receipt_number in page for row in rows)
        assert "份有效投标" not in page
        assert "不显示任何投标信息" in page
    assert clients("procurement_officer").get(f"/api/v1/tenders/{tendered.tender_id}/opening").status_code == 404
    public = (
        clients().get(f"/public/tenders/{tendered.made.bureau_id}/{tendered.tender_id}/bids").get_data(as_text=True)
    )
    assert not any(row.receipt_number in public or row.ciphertext_sha256 in public for row in rows)
    assert clients().get(f"/public/tenders/{tendered.made.bureau_id}/{tendered.tender_id}/bids.json").status_code == 404


def test_the_whole_opening_as_pages_show_it(tendered, clients, tmp_path):
    rows = bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders])
    tendered.close()
    page = clients("procurement_officer").get(f"/openings/{tendered.tender_id}").get_data(as_text=True)
    assert all(row.receipt_number in page for row in rows)
    bids.open_all(tendered.world, tendered.tender_id)
    record = clients("discipline_supervisor").get(f"/openings/{tendered.tender_id}/record").get_data(as_text=True)
    assert all(one.name in record for one in tendered.bidders)
    assert "200,000.00" in record
    own = clients("supplier_user", "a-2").get(f"/bidding/{tendered.tender_id}/record")
    assert "200,000.00" in own.get_data(as_text=True)
    public = (
        clients().get(f"/public/tenders/{tendered.made.bureau_id}/{tendered.tender_id}/bids").get_data(as_text=True)
    )
    assert all(row.ciphertext_sha256 in public for row in rows)
    assert not any(one.name in public for one in tendered.bidders)
    listed = clients().get(f"/public/tenders/{tendered.made.bureau_id}/{tendered.tender_id}/bids.json")
    digest = hashlib.sha256(listed.data).hexdigest()
    assert digest in public


def test_officers_are_arranged_and_keys_marked_lost_on_pages(tendered, clients, world):
    made = tenders.reviewed(world)
    bids.appoint(world, made.id)
    people = {seat: str(world.actor(role).account_id) for seat, role in bids.ROLES.items()}
    client = clients("procurement_officer")
    assert "指定三名开标人员" in client.get(f"/openings/{made.id}").get_data(as_text=True)
    assert client.post(f"/openings/{made.id}/officers", data=people).status_code == 302
    answer = client.post(f"/openings/{made.id}/officers", data={**people, "escrow": people["procurement"]})
    assert answer.status_code == 422
    holder = bids.officer(world, "escrow")
    key_id = officers.own_seat(holder, made.id).officer_key_id
    assert clients("canteen_officer").get("/openings").status_code == 200
    assert clients("procurement_officer").post(f"/openings/keys/{key_id}/loss").status_code == 404
    assert clients("canteen_officer").post(f"/openings/keys/{key_id}/loss").status_code == 302
    assert keys.own_key(bids.officer(world, "escrow"), key_id).state == "lost"


def test_an_absence_and_the_end_are_recorded_on_the_page(tendered, clients):
    bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[:3]])
    tendered.close()
    bids.attend(tendered.world, tendered.tender_id, "supervision")
    client = clients("discipline_supervisor")
    early = client.post(f"/openings/{tendered.tender_id}/conclusion", data={"remarks": ""})
    assert (early.status_code, "尚未到场" in early.get_data(as_text=True)) == (409, True)
    for seat in ("procurement", "escrow"):
        data = {"seat": seat, "reason": "演示：口令遗失"}
        assert client.post(f"/openings/{tendered.tender_id}/absence", data=data).status_code == 302
        own = client.post(f"/openings/{tendered.tender_id}/absence/confirmation", data={"seat": seat})
        assert (own.status_code, "登记人和缺席的开标人员本人都不能确认" in own.get_data(as_text=True)) == (422, True)
    assert "确认其缺席" not in client.get(f"/openings/{tendered.tender_id}").get_data(as_text=True)
    alone = client.post(f"/openings/{tendered.tender_id}/conclusion", data={"remarks": ""})
    assert (alone.status_code, "由另一人确认" in alone.get_data(as_text=True)) == (409, True)
    second = clients("bureau_admin")
    assert second.get(f"/openings/{tendered.tender_id}").get_data(as_text=True).count("确认其缺席") == 2
    for seat in ("procurement", "escrow"):
        answer = second.put(f"/api/v1/tenders/{tendered.tender_id}/opening/absences/confirmation", json={"seat": seat})
        assert answer.status_code == 200
    assert client.post(f"/openings/{tendered.tender_id}/conclusion", data={"remarks": "无"}).status_code == 302
    record = client.get(f"/openings/{tendered.tender_id}/record").get_data(as_text=True)
    assert "演示：口令遗失" in record
    assert record.count("确认：") == 2
    assert "能用的开标密钥不足两把" in record
    assert clients("bureau_admin").post(f"/openings/{tendered.tender_id}/conclusion", data={}).status_code == 404
