"""Shares and keys at the opening: nobody reads with another's alone, and a bad one stops nothing else."""

import base64
from uuid import UUID

import pyrage
import pytest
from sqlalchemy import select

from bureau.bids import sealing as browser
from bureau.bids.models import OpeningShare
from bureau.bids.service import absences, closing, opening
from kernel.database import db, new_id
from kernel.errors import Conflict
from tests.integration.bureau.bids.openings import prices, standing
from tests.support import bids


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
    """A corrupt officer gives good shares, then a wrong key for a rival's bid, declares the third absent, has that
    confirmed and concludes."""
    rows = prices(tendered)
    tendered.close()
    for seat in ("procurement", "supervision"):
        bids.attend(tendered.world, tendered.tender_id, seat)
    found = bids.identities(tendered.world, tendered.tender_id, "procurement")
    for submission_id, key in found.items():
        sent = str(pyrage.x25519.Identity.generate()) if submission_id == rows[0].id else key
        opening.give_identity(tendered.as_officer("procurement"), tendered.tender_id, submission_id, sent)
    actor = tendered.as_officer("procurement")
    absences.declare(actor, tendered.tender_id, "escrow", "演示：出差")
    absences.confirm(tendered.as_officer("supervision"), tendered.tender_id, "escrow")
    with pytest.raises(Conflict, match="可以开启"):
        opening.conclude(actor, tendered.tender_id)
    opening.give_identity(tendered.as_officer("supervision"), tendered.tender_id, rows[0].id, found[rows[0].id])
    opening.conclude(tendered.as_officer("procurement"), tendered.tender_id)
    assert {row.state for row in standing(tendered).values()} == {"opened"}
