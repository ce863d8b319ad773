"""A sealed bid arrives: kept whole or refused, by the server's clock."""

import hashlib
from datetime import timedelta

import pyrage
import pytest
from sqlalchemy import select

from bureau.bids import sealing as browser
from bureau.bids.models import BidSubmission, BidTrace
from bureau.bids.service import clock, kit, sealing, uploading
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.service import ending
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.service import folder
from tests.support import bids, tenders


def one_sealed(tendered, number=0, lot=0, bid_id=None, price=2000, recipients=None):
    tendered.as_bidder(number)
    bid_id = bid_id or new_id()
    lot = tendered.lots[lot]
    document = bids.package(tendered.bidders[number], lot, bid_id, price)
    return lot, bid_id, browser.seal([document], recipients or bids.recipients())[0]


def test_a_bid_is_kept_with_a_receipt_that_names_its_hash(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    row = bids.send(tendered.bidders[0], lot, sealed, bid_id)
    assert row.receipt["ciphertext_sha256"] == hashlib.sha256(sealed.ciphertext).hexdigest()
    assert row.receipt["lot_number"] == lot.number
    assert row.receipt["sealed_at"] == row.sealed_at.isoformat()
    assert uploading.ciphertext(row) == sealed.ciphertext
    assert row.number == 1
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed.ciphertext, [bids.identity("procurement")])


def test_the_same_submission_sent_again_is_the_same_receipt_also_after_the_deadline(tendered, monkeypatch):
    lot, bid_id, sealed = one_sealed(tendered)
    submission_id = new_id()
    first = bids.send(tendered.bidders[0], lot, sealed, bid_id, submission_id)
    late = tenders.after_deadline(tendered.made)
    tendered.as_bidder(0)
    monkeypatch.setattr(clock, "server_time", lambda: late)
    again = sealing.submit(tendered.bidders[0].actor, bid_id, submission_id, bids.sent_of(lot, sealed))
    assert again.receipt == first.receipt
    other = sealing.Sent(lot.tender_id, lot.id, "0" * 64, sealed.size, sealed.recipient, sealed.shares)
    with pytest.raises(Conflict):
        sealing.submit(tendered.bidders[0].actor, bid_id, submission_id, other)


def test_a_replacement_becomes_current_and_the_old_version_is_kept(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    old = bids.send(tendered.bidders[0], lot, sealed, bid_id)
    _lot, _bid, better = one_sealed(tendered, bid_id=bid_id, price=1900)
    new = bids.send(tendered.bidders[0], lot, better, bid_id)
    assert (old.state, new.state, new.number) == ("replaced", "current", 2)
    assert uploading.ciphertext(old) == sealed.ciphertext
    assert new.receipt_number != old.receipt_number


def test_a_second_bid_for_the_same_lot_is_told_to_replace_the_first(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    bids.send(tendered.bidders[0], lot, sealed, bid_id)
    lot, other_id, more = one_sealed(tendered)
    with pytest.raises(Conflict, match="已有一份投标"), db.session.begin_nested():
        bids.send(tendered.bidders[0], lot, more, other_id)


def test_withdrawn_it_may_be_submitted_anew_under_another_number(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    row = bids.send(tendered.bidders[0], lot, sealed, bid_id)
    actor = tendered.as_bidder(0)
    bid = sealing.withdraw(actor, bid_id, "演示撤回")
    assert (bid.state, row.state) == ("withdrawn", "withdrawn")
    assert bid.withdrawal["withdraws"] == row.receipt_number
    assert sealing.withdraw(actor, bid_id).withdrawal == bid.withdrawal
    with pytest.raises(Conflict, match="已撤回"):
        bids.send(tendered.bidders[0], lot, sealed, bid_id)
    lot, again, more = one_sealed(tendered)
    assert bids.send(tendered.bidders[0], lot, more, again).number == 1


@pytest.mark.parametrize(("seconds", "is_kept"), [(-0.001, True), (0, False), (0.001, False), (3600, False)])
def test_the_last_instant_counts_and_the_deadline_itself_does_not(tendered, monkeypatch, seconds, is_kept):
    lot, bid_id, sealed = one_sealed(tendered)
    uploading.keep_ciphertext(tendered.bidders[0].actor, lot.tender_id, sealed.ciphertext_sha256, sealed.ciphertext)
    instant = tendered.made.tender.bid_deadline + timedelta(seconds=seconds)
    tendered.as_bidder(0)
    monkeypatch.setattr(clock, "server_time", lambda: instant)
    sent = bids.sent_of(lot, sealed)
    if is_kept:
        assert sealing.submit(tendered.bidders[0].actor, bid_id, new_id(), sent).sealed_at == instant
        return
    with pytest.raises(RuleBroken) as refusal:
        sealing.submit(tendered.bidders[0].actor, bid_id, new_id(), sent)
    assert refusal.value.rule == "after_deadline"
    assert refusal.value.members["server_time"] == instant.isoformat()
    assert "以服务器时钟为准" in refusal.value.message
    assert "第三十三条" in refusal.value.citation
    assert db.session.scalar(select(BidSubmission.id).where(BidSubmission.bid_id == bid_id)) is None


def test_after_the_clock_closed_the_tender_nothing_is_taken_even_by_a_slow_database_clock(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    uploading.keep_ciphertext(tendered.bidders[0].actor, lot.tender_id, sealed.ciphertext_sha256, sealed.ciphertext)
    tendered.close()
    tendered.as_bidder(0)
    with pytest.raises(RuleBroken, match="已截止"):
        sealing.submit(tendered.bidders[0].actor, bid_id, new_id(), bids.sent_of(lot, sealed))
    with pytest.raises(RuleBroken, match="已截止"):
        uploading.keep_ciphertext(tendered.bidders[0].actor, lot.tender_id, sealed.ciphertext_sha256, sealed.ciphertext)


def test_a_suspended_and_a_terminated_tender_say_so(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    row = bids.send(tendered.bidders[0], lot, sealed, bid_id)
    tenders.reviewer(tendered.world)
    ending.suspend(tenders.reviewer(tendered.world), tendered.tender_id, tendered.made.tender.version, "演示暂停")
    actor = tendered.as_bidder(0)
    with pytest.raises(RuleBroken, match="已暂停"):
        sealing.withdraw(actor, bid_id)
    assert row.state == "current"


def test_shares_for_other_officers_are_refused_with_the_right_ones(tendered):
    stranger = {seat: str(pyrage.x25519.Identity.generate().to_public()) for seat in bids.ROLES}
    lot, bid_id, sealed = one_sealed(tendered, recipients={**bids.recipients(), "escrow": stranger["escrow"]})
    with pytest.raises(RuleBroken) as refusal:
        bids.send(tendered.bidders[0], lot, sealed, bid_id)
    assert refusal.value.rule == "other_officers"
    assert refusal.value.members["recipients"] == bids.recipients()


@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04 plain", b"age-encryption.org/v2\n"])
def test_what_is_not_sealed_is_not_even_kept(tendered, data):
    actor = tendered.as_bidder(0)
    with pytest.raises(Invalid):
        uploading.keep_ciphertext(actor, tendered.tender_id, hashlib.sha256(data).hexdigest(), data)


def test_a_file_damaged_on_its_way_is_refused(tendered):
    _lot, _bid_id, sealed = one_sealed(tendered)
    with pytest.raises(Invalid) as refusal:
        uploading.keep_ciphertext(
            tendered.bidders[0].actor, tendered.tender_id, sealed.ciphertext_sha256, sealed.ciphertext[:-1] + b"x"
        )
    assert "sha256" in refusal.value.fields


def test_a_submission_without_its_file_is_refused(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    with pytest.raises(Invalid):
        sealing.submit(tendered.bidders[0].actor, bid_id, new_id(), bids.sent_of(lot, sealed))
    assert sealing.own_bids(tendered.bidders[0].actor) == []


def test_another_companys_bid_does_not_exist_for_me(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    row = bids.send(tendered.bidders[0], lot, sealed, bid_id)
    other = tendered.as_bidder(1)
    with pytest.raises(NotFound):
        sealing.get_own(other, bid_id)
    with pytest.raises(NotFound):
        sealing.get_own_submission(other, bid_id, row.id)
    with pytest.raises(NotFound):
        sealing.withdraw(other, bid_id)
    lot, _mine, sealed = one_sealed(tendered, number=1, bid_id=bid_id)
    with pytest.raises(Conflict), db.session.begin_nested():
        bids.send(tendered.bidders[1], lot, sealed, bid_id)


def test_most_lots_bid_counts_standing_bids_only(world, session):
    from tests.integration.bureau.bids.conftest import make_round

    tendered = make_round(world, most_lots_bid=1)
    lot, bid_id, sealed = one_sealed(tendered)
    bids.send(tendered.bidders[0], lot, sealed, bid_id)
    other, second, more = one_sealed(tendered, lot=1)
    with pytest.raises(RuleBroken, match="最多可投 1 个标包"):
        bids.send(tendered.bidders[0], other, more, second)
    sealing.withdraw(tendered.as_bidder(0), bid_id)
    assert bids.send(tendered.bidders[0], other, more, second).state == "current"


def test_a_company_that_is_not_admitted_is_told_why(tendered):
    stranger = bids.more_bidders(tendered.world, 1)[0]
    tendered.bidders.append(stranger)
    lot, bid_id, sealed = one_sealed(tendered, number=4)
    with pytest.raises(RuleBroken):
        bids.send(stranger, lot, sealed, bid_id)
    shown = kit.kit(stranger.actor, tendered.tender_id)
    assert all(lot["refusal"] for lot in shown["lots"])


def test_the_kit_tells_the_recipients_the_time_and_the_own_bids(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    row = bids.send(tendered.bidders[0], lot, sealed, bid_id)
    shown = kit.kit(tendered.as_bidder(0), tendered.tender_id)
    assert shown["recipients"] == bids.recipients()
    assert shown["is_open"]
    assert [one["bid_id"] for one in shown["bids"]] == [str(bid_id)]
    assert shown["bids"][0]["submissions"][0]["receipt"] == row.receipt
    assert {one["answer_in"] for one in shown["lots"][0]["criteria"]} == {"qualification", "technical"}
    assert kit.kit(tendered.as_bidder(1), tendered.tender_id)["bids"] == []


def test_traces_are_written_and_not_even_their_bidder_reads_them(tendered):
    lot, bid_id, sealed = one_sealed(tendered)
    bids.send(tendered.bidders[0], lot, sealed, bid_id)
    tendered.close()
    tendered.as_officer("procurement")
    traces = db.session.scalars(select(BidTrace).where(BidTrace.tender_id == tendered.tender_id)).all()
    assert [trace.device["account_id"] for trace in traces] == [str(tendered.bidders[0].actor.account_id)]


def test_a_company_that_is_not_registered_stores_nothing(tendered):
    """Anybody can open an account for a company: without this, 30 MB at a time could be left here by anybody."""
    lot, _bid_id, sealed = one_sealed(tendered)
    use_scope(db.session(), tenders.officer(tendered.world).scope)
    company = db.session.get(BureauSupplier, (tendered.made.bureau_id, tendered.bidders[0].actor.supplier_id))
    company.state = "draft"
    db.session.flush()
    actor = tendered.as_bidder(0)
    with pytest.raises(RuleBroken) as refusal:
        uploading.keep_ciphertext(actor, lot.tender_id, sealed.ciphertext_sha256, sealed.ciphertext)
    assert refusal.value.rule == "supplier_not_active"
    assert not folder().path(tendered.made.bureau_id, None, sealed.ciphertext_sha256).exists()
