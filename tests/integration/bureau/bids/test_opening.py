"""The opening: two of three officers; what goes wrong with one bid, one key or one browser stops nothing else."""

import base64
import hashlib
import io
import json
from uuid import UUID

import pyrage
import pytest
from PIL import Image
from sqlalchemy import select

from bureau.bids import sealing as browser
from bureau.bids.models import Bid, OpenedBid, OpenedBidFile, OpenedBidItem, OpeningShare
from bureau.bids.rules import hashes
from bureau.bids.service import closing, keys, officers, opening, publishing, unsealing
from bureau.evaluation.service import facts, results
from kernel.database import db, new_id
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.service import folder
from tests.support import bids, tenders


def prices(tendered, lot=0, given=(2000, 1900, 2100)):
    return bids.submit_all(
        tendered.lots[lot], [(one, price) for one, price in zip(tendered.bidders, given, strict=False)]
    )


def standing(tendered, number=0):
    """bid id → state, as the bureau sees it."""
    tendered.as_officer("procurement")
    rows = db.session.scalars(select(Bid).where(Bid.tender_id == tendered.tender_id))
    return {row.id: row for row in rows}


def opened_state(tendered):
    return db.session.get(
        type(tendered.made.tender), (tendered.made.bureau_id, tendered.tender_id), populate_existing=True
    ).state


def test_two_officers_open_what_was_sealed_and_the_tender_goes_on(tendered):
    rows = prices(tendered)
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    found = db.session.scalars(select(OpenedBid).where(OpenedBid.tender_id == tendered.tender_id)).all()
    assert sorted(one.total_fen for one in found) == [1900 * 10000, 2000 * 10000, 2100 * 10000]
    assert {row.state for row in standing(tendered).values()} == {"opened"}
    items = db.session.scalars(select(OpenedBidItem).where(OpenedBidItem.bid_id == rows[0].bid_id)).all()
    assert [(item.unit_price_fen, item.amount_fen) for item in items] == [(2000, 2000 * 10000)]
    tender = tendered.made.tender
    assert (tender.state, tender.opened_at is not None) == ("qualification_review", True)
    record = closing.opening_of(tendered.made.bureau_id, tendered.tender_id)
    assert [line["total_fen"] for line in record.minutes["read_out"]] == [1900 * 10000, 2000 * 10000, 2100 * 10000]
    assert [one["seat"] for one in record.minutes["present"]] == ["procurement", "supervision"]
    # The pork lot had nobody: it failed alone, with the article.
    assert [lot.state for lot in tendered.lots] == ["active", "failed"]
    assert "第三十九至四十二条" in tendered.lots[1].fail_reason


def test_the_list_of_hashes_is_published_at_the_deadline_and_says_no_names(tendered):
    rows = prices(tendered)
    use_scope(db.session(), IDENTITY)
    assert publishing.public(tendered.made.bureau_id, tendered.tender_id)[1] is None
    tendered.close()
    use_scope(db.session(), IDENTITY)
    tender, published, _bureau = publishing.public(tendered.made.bureau_id, tendered.tender_id)
    document = publishing.listed(tender, published)
    assert {one["ciphertext_sha256"] for one in document["bids"]} == {row.ciphertext_sha256 for row in rows}
    assert hashes.digest(document) == published.hashes_sha256
    text = json.dumps(document, ensure_ascii=False)
    assert not any(one.name in text or one.credit_code in text for one in tendered.bidders)


def test_before_the_deadline_nobody_gets_anything_to_open_with(tendered):
    rows = prices(tendered)
    actor = tendered.as_officer("procurement")
    for call in (
        lambda: opening.state_for(actor, tendered.tender_id),
        lambda: opening.give_shares(actor, tendered.tender_id, {}),
        lambda: opening.give_identity(actor, tendered.tender_id, rows[0].id, "x"),
        lambda: opening.conclude(actor, tendered.tender_id),
    ):
        with pytest.raises(RuleBroken) as refusal:
            call()
        assert refusal.value.rule == "before_deadline"


def test_a_lot_with_two_bidders_is_not_opened(tendered):
    prices(tendered)
    two = bids.submit_all(tendered.lots[1], [(tendered.bidders[0], 2000), (tendered.bidders[1], 2000)])
    tendered.close()
    tendered.as_officer("procurement")
    found = standing(tendered)
    assert {found[row.bid_id].state for row in two} == {"unopened"}
    assert {
        submission.id for submission, _bid, _lot in closing.to_open(tendered.made.bureau_id, tendered.tender_id)
    }.isdisjoint({row.id for row in two})
    record = closing.opening_of(tendered.made.bureau_id, tendered.tender_id)
    assert len(record.hashes) == 5  # what was submitted is listed all the same
    actor = tendered.as_officer("procurement")
    with pytest.raises(NotFound):
        opening.give_shares(actor, tendered.tender_id, {two[0].id: "A" * 60})


def test_one_officer_alone_opens_nothing(tendered):
    rows = prices(tendered)
    tendered.close()
    state = bids.attend(tendered.world, tendered.tender_id, "procurement")
    assert all(one["others"] == {} for one in state["submissions"])
    actor = tendered.as_officer("procurement")
    with pytest.raises(RuleBroken) as refusal:
        opening.give_identity(actor, tendered.tender_id, rows[0].id, "AGE-SECRET-KEY-1")
    assert refusal.value.rule == "two_officers"


def test_what_others_gave_is_handed_out_only_for_ones_own(tendered):
    prices(tendered)
    tendered.close()
    bids.attend(tendered.world, tendered.tender_id, "procurement")
    second = tendered.as_officer("supervision")
    state = opening.state_for(second, tendered.tender_id)
    assert state["present"] == ["procurement"]
    assert all(one["others"] == {} for one in state["submissions"])
    state = bids.attend(tendered.world, tendered.tender_id, "supervision")
    assert all(set(one["others"]) == {"procurement"} for one in state["submissions"])


@pytest.mark.parametrize("given", ["", base64.b64encode(b"x" * 75).decode()], ids=["nothing", "anything"])
def test_whoever_keeps_their_own_share_back_gets_nobody_elses(tendered, given):
    """With another's shares and the own ones kept at home, one officer would read every bid alone, and could then still
    keep the bids shut."""
    rows = prices(tendered)
    tendered.close()
    bids.attend(tendered.world, tendered.tender_id, "procurement")
    actor = tendered.as_officer("supervision")
    opening.give_shares(actor, tendered.tender_id, {row.id: given for row in rows})
    state = opening.state_for(actor, tendered.tender_id)
    assert state["is_present"]
    assert [one["others"] for one in state["submissions"]] == [{}, {}, {}]
    bids.attend(tendered.world, tendered.tender_id, "escrow")
    for submission_id, key in bids.identities(tendered.world, tendered.tender_id, "escrow").items():
        opening.give_identity(tendered.as_officer("escrow"), tendered.tender_id, submission_id, key)
    assert {row.state for row in standing(tendered).values()} == {"opened"}


def test_a_wrong_hash_of_the_bidder_does_not_keep_good_shares_apart(tendered):
    lot, one = tendered.lots[0], tendered.bidders[0]
    tendered.as_bidder(0)
    bid_id = new_id()
    sealed = browser.seal([bids.package(one, lot, bid_id)], bids.recipients())[0]
    shares = {seat: {**share, "sha256": "0" * 64} for seat, share in sealed.shares.items()}
    odd = browser.Sealed(sealed.ciphertext, sealed.ciphertext_sha256, sealed.size, sealed.recipient, shares)
    row = bids.send(one, lot, odd, bid_id)
    bids.submit_all(lot, [(more, 2000) for more in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    assert standing(tendered)[row.bid_id].state == "opened"


@pytest.mark.parametrize("seats", [("procurement", "escrow"), ("supervision", "escrow")])
def test_any_two_of_the_three_will_do(tendered, seats):
    prices(tendered)
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id, seats=seats)
    assert {row.state for row in standing(tendered).values()} == {"opened"}


def test_broken_off_in_the_middle_it_goes_on_where_it_was(tendered):
    rows = prices(tendered)
    tendered.close()
    for seat in ("procurement", "supervision"):
        bids.attend(tendered.world, tendered.tender_id, seat)
    found = bids.identities(tendered.world, tendered.tender_id, "supervision")
    first = next(iter(found))
    actor = tendered.as_officer("supervision")
    assert opening.give_identity(actor, tendered.tender_id, first, found[first]).state == "opened"
    with pytest.raises(Conflict, match="尚未"):
        opening.conclude(actor, tendered.tender_id)
    # Another browser begins anew: shares already given are taken again, opened bids stay opened.
    bids.attend(tendered.world, tendered.tender_id, "procurement")
    actor = tendered.as_officer("procurement")
    again = opening.give_identity(actor, tendered.tender_id, first, "anything")
    assert again.state == "opened"
    for submission_id, key in bids.identities(tendered.world, tendered.tender_id, "procurement").items():
        opening.give_identity(tendered.as_officer("procurement"), tendered.tender_id, submission_id, key)
    done = opening.conclude(tendered.as_officer("procurement"), tendered.tender_id, "无异议")
    assert opening.conclude(tendered.as_officer("supervision"), tendered.tender_id).opened_at == done.opened_at
    assert done.minutes["remarks"][0]["text"] == "无异议"
    assert len(rows) == len(done.minutes["read_out"])
    shares = db.session.scalars(select(OpeningShare).where(OpeningShare.tender_id == tendered.tender_id)).all()
    assert len(shares) == 6


def test_a_wrong_key_is_refused_and_recorded_and_the_right_one_still_opens(tendered):
    rows = prices(tendered)
    tendered.close()
    for seat in ("procurement", "supervision"):
        bids.attend(tendered.world, tendered.tender_id, seat)
    actor = tendered.as_officer("supervision")
    wrong = str(pyrage.x25519.Identity.generate())
    assert opening.give_identity(actor, tendered.tender_id, rows[0].id, wrong).state == "sealed"
    assert opening.give_identity(actor, tendered.tender_id, rows[0].id, "not a key").state == "sealed"
    record = closing.opening_of(tendered.made.bureau_id, tendered.tender_id)
    assert [one["receipt_number"] for one in record.minutes["attempts"]] == [rows[0].receipt_number] * 2
    key = bids.identities(tendered.world, tendered.tender_id, "supervision")[rows[0].id]
    assert (
        opening.give_identity(tendered.as_officer("supervision"), tendered.tender_id, rows[0].id, key).state == "opened"
    )


def test_a_share_that_is_not_the_one_sealed_is_told_from_a_good_one(tendered):
    rows = prices(tendered)
    tendered.close()
    actor = tendered.as_officer("procurement")
    state = opening.state_for(actor, tendered.tender_id)
    forged = base64.b64encode(b"x" * 75).decode()
    shares = {
        UUID(one["submission_id"]): bids.open_share({"procurement": {"share": one["share"]}}, "procurement")
        for one in state["submissions"]
    }
    shares[rows[0].id] = forged
    opening.give_shares(actor, tendered.tender_id, shares)
    found = {
        row.submission_id: row.problem
        for row in db.session.scalars(select(OpeningShare).where(OpeningShare.tender_id == tendered.tender_id))
    }
    assert found == {rows[0].id: "mismatch", rows[1].id: "", rows[2].id: ""}
    # The other two open it without that share.
    bids.attend(tendered.world, tendered.tender_id, "supervision")
    bids.attend(tendered.world, tendered.tender_id, "escrow")
    supervisor = tendered.as_officer("supervision")
    state = opening.state_for(supervisor, tendered.tender_id)
    one = next(one for one in state["submissions"] if one["submission_id"] == str(rows[0].id))
    mine = bids.open_share({"supervision": {"share": one["share"]}}, "supervision")
    key = browser.combine([(mine, one["others"]["escrow"])])[0]
    assert opening.give_identity(supervisor, tendered.tender_id, rows[0].id, key).state == "opened"
    with pytest.raises(Conflict, match="另一个密钥片段"):
        opening.give_shares(tendered.as_officer("procurement"), tendered.tender_id, {rows[1].id: forged})


def sealed_by_program(tendered, number, lot, change=None, plaintext=None):
    """A bid that a program sealed without our page, with something wrong in it."""
    one = tendered.bidders[number]
    tendered.as_bidder(number)
    bid_id = new_id()
    document = bids.package(one, lot, bid_id)
    if change:
        change(document)
    sealed = browser.seal([document if plaintext is None else plaintext], bids.recipients())[0]
    return bids.send(one, lot, sealed, bid_id)


def _other_supplier(document):
    document["supplier"]["credit_code"] = "91000000000000901R"


def _unknown_item(document):
    document["price"]["items"][0]["tender_item_id"] = str(new_id())


def _float_price(document):
    document["price"]["total_fen"] = 1.5


def _bad_file(document):
    document["files"] = [
        {"id": "f1", "name": "a.pdf", "media_type": "application/pdf", "sha256": "0" * 64, "data": "AAAA"}
    ]


def _other_lot(document):
    document["lot_id"] = str(new_id())


@pytest.mark.parametrize(
    ("change", "plaintext", "words"),
    [
        (_other_supplier, None, "供应商不一致"),
        (_unknown_item, None, "不属于本标包"),
        (_float_price, None, "报价数字无法读取"),
        (_bad_file, None, "附件已损坏"),
        (_other_lot, None, "另一个标包"),
        (None, b"\xff\xfe not JSON", "不是 JSON"),
        (None, b'{"format": "something else"}', "不是本平台的投标文件"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_set_aside_with_its_reason_and_the_others_open(tendered, change, plaintext, words):
    lot = tendered.lots[0]
    bad = sealed_by_program(tendered, 0, lot, change, plaintext)
    bids.submit_all(lot, [(one, 2000) for one in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    found = standing(tendered)
    assert found[bad.bid_id].state == "unopenable"
    assert words in found[bad.bid_id].reason
    assert sorted(row.state for row in found.values()) == ["opened", "opened", "opened", "unopenable"]
    record = closing.opening_of(tendered.made.bureau_id, tendered.tender_id)
    assert words in record.minutes["read_out"][-1]["reason"]


def test_a_ciphertext_altered_on_the_disk_is_named_and_holds_up_nobody(tendered):
    rows = prices(tendered, given=(2000, 1900, 2100, 2200))
    path = folder().path(tendered.made.bureau_id, None, rows[0].ciphertext_sha256)
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    found = standing(tendered)
    assert found[rows[0].bid_id].state == "unopenable"
    assert "与投标时登记的 SHA-256 不一致" in found[rows[0].bid_id].reason
    assert {found[row.bid_id].state for row in rows[1:]} == {"opened"}


def test_a_ciphertext_that_its_own_key_does_not_open_is_the_bidders_fault(tendered):
    lot, one = tendered.lots[0], tendered.bidders[0]
    tendered.as_bidder(0)
    bid_id = new_id()
    sealed = browser.seal([bids.package(one, lot, bid_id)], bids.recipients())[0]
    broken = sealed.ciphertext[:-3] + b"xyz"
    digest = hashlib.sha256(broken).hexdigest()
    damaged = browser.Sealed(broken, digest, len(broken), sealed.recipient, sealed.shares)
    row = bids.send(one, lot, damaged, bid_id)
    bids.submit_all(lot, [(other, 2000) for other in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    assert "密封文件已损坏" in standing(tendered)[row.bid_id].reason


def test_shares_that_open_nothing_harm_only_their_own_bid_and_only_after_all_three_tried(tendered):
    lot, one = tendered.lots[0], tendered.bidders[0]
    tendered.as_bidder(0)
    bid_id = new_id()
    sealed, other = browser.seal([bids.package(one, lot, bid_id)] * 2, bids.recipients())
    bad = browser.Sealed(sealed.ciphertext, sealed.ciphertext_sha256, sealed.size, sealed.recipient, other.shares)
    row = bids.send(one, lot, bad, bid_id)
    bids.submit_all(lot, [(more, 2000) for more in tendered.bidders[1:]])
    tendered.close()
    for seat in ("procurement", "supervision"):
        bids.attend(tendered.world, tendered.tender_id, seat)
    for submission_id, key in bids.identities(tendered.world, tendered.tender_id, "supervision").items():
        opening.give_identity(tendered.as_officer("supervision"), tendered.tender_id, submission_id, key)
    with pytest.raises(Conflict, match="第三方保管"):
        opening.conclude(tendered.as_officer("supervision"), tendered.tender_id)
    bids.attend(tendered.world, tendered.tender_id, "escrow")
    opening.conclude(tendered.as_officer("supervision"), tendered.tender_id)
    found = standing(tendered)
    assert (found[row.bid_id].state, "密钥片段都不能打开" in found[row.bid_id].reason) == ("unopenable", True)
    assert tendered.made.tender.state == "qualification_review"


def test_a_wrong_key_sent_by_one_officer_shuts_no_bid_that_the_given_shares_open(tendered):
    """A corrupt officer gives good shares, then a wrong key for a rival's bid, declares the third absent and concludes."""
    rows = prices(tendered)
    tendered.close()
    for seat in ("procurement", "supervision"):
        bids.attend(tendered.world, tendered.tender_id, seat)
    found = bids.identities(tendered.world, tendered.tender_id, "procurement")
    for submission_id, key in found.items():
        sent = str(pyrage.x25519.Identity.generate()) if submission_id == rows[0].id else key
        opening.give_identity(tendered.as_officer("procurement"), tendered.tender_id, submission_id, sent)
    actor = tendered.as_officer("procurement")
    opening.declare_unavailable(actor, tendered.tender_id, "escrow", "演示：出差")
    with pytest.raises(Conflict, match="可以开启"):
        opening.conclude(actor, tendered.tender_id)
    opening.give_identity(tendered.as_officer("supervision"), tendered.tender_id, rows[0].id, found[rows[0].id])
    opening.conclude(tendered.as_officer("procurement"), tendered.tender_id)
    assert {row.state for row in standing(tendered).values()} == {"opened"}


def _deep(document):
    document["declarations"] = {"deep": json.loads("[" * 300 + "]" * 300)}


def _zero_without_end(document):
    document["price"]["items"][0]["quantity"] = "0E+99999999"


@pytest.mark.parametrize("change", [_deep, _zero_without_end])
def test_a_bid_made_to_stop_its_opening_is_set_aside(tendered, change):
    bad = sealed_by_program(tendered, 0, tendered.lots[0], change)
    bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    assert standing(tendered)[bad.bid_id].state == "unopenable"
    assert sorted(row.state for row in standing(tendered).values()) == ["opened", "opened", "opened", "unopenable"]


def test_a_lost_passphrase_is_opened_by_the_other_two(tendered):
    prices(tendered)
    actor = tendered.as_officer("procurement")
    keys.mark_lost(actor, officers.own_seat(actor, tendered.tender_id).officer_key_id)
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id, seats=("supervision", "escrow"))
    assert {row.state for row in standing(tendered).values()} == {"opened"}


def test_two_of_three_keys_gone_the_bids_stay_shut_and_the_tender_fails_clearly(tendered):
    prices(tendered)
    actor = tendered.as_officer("procurement")
    keys.mark_lost(actor, officers.own_seat(actor, tendered.tender_id).officer_key_id)
    tendered.close()
    bids.attend(tendered.world, tendered.tender_id, "supervision")
    actor = tendered.as_officer("supervision")
    with pytest.raises(Conflict, match="尚未到场"):
        opening.conclude(actor, tendered.tender_id)
    with pytest.raises(Invalid):
        opening.declare_unavailable(actor, tendered.tender_id, "escrow", " ")
    opening.declare_unavailable(actor, tendered.tender_id, "escrow", "演示：保管人口令遗失")
    record = opening.conclude(actor, tendered.tender_id)
    assert record.state == "opened"
    assert {row.state for row in standing(tendered).values()} == {"unopenable"}
    assert {row.reason for row in standing(tendered).values()} == {"能用的开标密钥不足两把，无法开启。"}
    assert tendered.made.tender.state == "failed"
    assert "重新组织招标" in tendered.made.tender.end_reason
    assert record.minutes["unavailable"][0]["reason"] == "演示：保管人口令遗失"


def test_an_officer_without_a_seat_and_a_stranger_find_nothing(tendered):
    prices(tendered)
    tendered.close()
    stranger = tenders.reviewer(tendered.world)
    with pytest.raises(NotFound, match="不是这个项目的开标人员"):
        opening.state_for(stranger, tendered.tender_id)
    other = bids.officer(tendered.world, "procurement", "b")
    with pytest.raises(NotFound):
        opening.state_for(other, tendered.tender_id)


def test_the_record_is_shown_to_bidders_and_to_no_other_supplier(tendered):
    prices(tendered)
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    actor = tendered.as_bidder(0)
    _tender, record = publishing.record(actor, tendered.tender_id)
    assert len(record.minutes["read_out"]) == 3
    with pytest.raises(NotFound, match="参加投标"):
        publishing.record(tendered.as_bidder(3), tendered.tender_id)


def test_files_are_kept_for_viewing_with_what_they_say_of_their_making(tendered):
    pdf = b"%PDF-1.4\n1 0 obj<</Author (\xfe\xff\x5f\x20\x4e\x09)/Producer (Demo Writer 1.0)>>endobj\nxref\n0 1\ntrailer<</Size 1>>\nstartxref\n9\n%%EOF\n"
    other = b"PK\x03\x04 nothing we keep"

    def with_files(document):
        document["files"] = [
            {"id": f"f{number}", "name": name, "media_type": "application/pdf", "sha256": hashlib.sha256(data).hexdigest(),
             "data": base64.b64encode(data).decode()}
            for number, (name, data) in enumerate((("资质.pdf", pdf), ("假的.pdf", other)))
        ]  # fmt: skip
        document["qualification"][0]["files"] = ["f0"]

    lot = tendered.lots[0]
    row = sealed_by_program(tendered, 0, lot, with_files)
    bids.submit_all(lot, [(one, 2000) for one in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    actor = tendered.as_officer("procurement")
    found = unsealing.files_of(actor, row.bid_id)
    assert [(file.name, file.attachment_id is not None) for file in found] == [("资质.pdf", True), ("假的.pdf", False)]
    assert (
        found[0].metadata_found == {"author": "张三", "producer": "Demo Writer 1.0"}
        or found[0].metadata_found["producer"] == "Demo Writer 1.0"
    )
    assert "data" not in unsealing.opened_bid(actor, row.bid_id).package["files"][0]
    assert db.session.scalars(select(OpenedBidFile.sha256).where(OpenedBidFile.bid_id == row.bid_id)).all()


def test_a_bid_of_vast_pictures_opens_all_the_same(tendered, monkeypatch):
    """Sixty of them would take a worker longer than it is given, again and again, and the opening would never end."""
    box = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(box, "PNG")
    monkeypatch.setattr(unsealing, "PICTURE_SECONDS", -1.0)

    def with_pictures(document):
        document["files"] = [
            {"id": f"f{number}", "name": f"{number}.png", "media_type": "image/png", "sha256": hashlib.sha256(box.getvalue()).hexdigest(),
             "data": base64.b64encode(box.getvalue()).decode()}
            for number in range(3)
        ]  # fmt: skip

    row = sealed_by_program(tendered, 0, tendered.lots[0], with_pictures)
    bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    assert standing(tendered)[row.bid_id].state == "opened"
    files = unsealing.files_of(tendered.as_officer("procurement"), row.bid_id)
    assert [(file.attachment_id, file.sha256) for file in files] == [
        (None, hashlib.sha256(box.getvalue()).hexdigest())
    ] * 3


def test_a_company_is_as_small_as_it_was_when_its_bid_was_opened(tendered):
    """The deduction for small firms is worth more than most differences of price; after the prices were read out the
    register may still be corrected, but not for this tender."""
    rows = prices(tendered)
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    tendered.as_officer("procurement")
    one = next(one for one in facts.bids_of(tendered.made.tender) if one.id == rows[0].bid_id)
    before, other = one.supplier.size, next(size for size in ("micro", "large") if size != one.supplier.size)
    deducted = results.deduction_of(tendered.made.tender, one)
    one.supplier.size = other
    db.session.flush()
    assert facts.size_of(one) == before
    assert results.deduction_of(tendered.made.tender, one) == deducted
