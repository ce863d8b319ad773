from tests.support.tenders import at_deadline, published


def test_a_tender_opens_for_bids(session, world):
    made = published(world)
    assert made.tender.state == "bidding"
    assert made.tender.next_check == made.tender.documents_until


def test_without_bids_the_clock_fails_the_tender_at_the_deadline(session, world):
    made = at_deadline(world)
    assert made.tender.state == "failed"
