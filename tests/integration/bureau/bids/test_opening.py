"""The opening: two of three officers, the record, and who sees what of it."""

import json

import pytest
from sqlalchemy import select

from bureau.bids.models import OpenedBid, OpenedBidItem, OpeningShare
from bureau.bids.rules import hashes
from bureau.bids.service import closing, opening, publishing
from bureau.evaluation.service import facts, results
from kernel.database import db
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Conflict, NotFound, RuleBroken
from tests.integration.bureau.bids.openings import prices, standing
from tests.support import bids, tenders


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
