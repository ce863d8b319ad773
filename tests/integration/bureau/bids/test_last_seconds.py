"""A hundred bids in the last seconds: each is sealed or refused by the server's clock, none is lost or half there."""

import threading
import time
from datetime import timedelta

from sqlalchemy import select, update

from bureau.bids import sealing as browser
from bureau.bids.models import Bid, BidSubmission, BidTrace
from bureau.bids.service import clock, closing, sealing, uploading
from bureau.tendering.models import Tender
from bureau.tendering.service import clock as tender_clock
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import RuleBroken
from tests.support import bids
from tests.support.at_once import city

MANY = 100
AT_ONCE = 16
SECONDS = 1.5


def test_a_hundred_bids_in_the_last_seconds(admin_url, tmp_path):
    from tests.integration.bureau.bids.conftest import make_round

    with city(admin_url, "rush", tmp_path / "files") as (app, world):
        tendered = make_round(world)
        crowd = bids.more_bidders(world, MANY)
        bids.admit(crowd, [tendered.made.stocked.grain])
        use_scope(db.session(), crowd[0].actor.scope)
        lot = tendered.lots[0]
        ids = [new_id() for _one in crowd]
        sealed = browser.seal(
            [
                bids.package(one, lot, bid_id, 2000 + place)
                for place, (one, bid_id) in enumerate(zip(crowd, ids, strict=True))
            ],
            bids.recipients(),
        )
        bureau_id, tender_id = tendered.made.bureau_id, tendered.tender_id
        use_scope(db.session(), system_actor(bureau_id).scope)
        deadline = clock.server_time() + timedelta(seconds=SECONDS)
        db.session.execute(
            update(Tender).where(Tender.bureau_id == bureau_id, Tender.id == tender_id).values(
                bid_deadline=deadline, next_check=deadline
            )
        )  # fmt: skip
        sent = [bids.sent_of(lot, one) for one in sealed]
        db.session.commit()
        db.session.remove()

        outcomes: list = [None] * MANY
        places = iter(range(MANY))
        lock = threading.Lock()
        pause = (SECONDS + 0.4) / (MANY / AT_ONCE)

        def bidder():
            with app.app_context():
                while True:
                    with lock:
                        place = next(places, None)
                    if place is None:
                        return
                    try:
                        use_scope(db.session(), crowd[place].actor.scope)
                        uploading.keep_ciphertext(
                            crowd[place].actor, tender_id, sent[place].ciphertext_sha256, sealed[place].ciphertext
                        )
                        row = sealing.submit(crowd[place].actor, ids[place], new_id(), sent[place])
                        db.session.commit()
                        outcomes[place] = row.receipt
                    except Exception as error:
                        db.session.rollback()
                        outcomes[place] = error
                    finally:
                        db.session.remove()
                    time.sleep(pause / 4)

        def closer():
            with app.app_context():
                while True:
                    use_scope(db.session(), system_actor(bureau_id).scope)
                    tender_clock.run_due(bureau_id)
                    db.session.commit()
                    state = db.session.scalar(
                        select(Tender.state).where(Tender.bureau_id == bureau_id, Tender.id == tender_id)
                    )
                    db.session.remove()
                    if state != "bidding":
                        return
                    time.sleep(0.05)

        threads = [threading.Thread(target=bidder) for _place in range(AT_ONCE)] + [threading.Thread(target=closer)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=90)
        assert all(not thread.is_alive() for thread in threads)

        kept = [one for one in outcomes if isinstance(one, dict)]
        refused = [one for one in outcomes if isinstance(one, RuleBroken)]
        assert [one for one in outcomes if not isinstance(one, (dict, RuleBroken))] == []
        assert len(kept) + len(refused) == MANY
        assert {one.rule for one in refused} <= {"after_deadline"}
        assert kept, "nothing was tried before the deadline"
        use_scope(db.session(), system_actor(bureau_id).scope)
        record = closing.opening_of(bureau_id, tender_id)
        assert {one["receipt_number"] for one in record.hashes} == {one["receipt_number"] for one in kept}
        rows = db.session.scalars(select(BidSubmission).where(BidSubmission.tender_id == tender_id)).all()
        assert len(rows) == len(kept)
        assert all(row.sealed_at < deadline for row in rows)
        assert len(db.session.scalars(select(Bid.id).where(Bid.tender_id == tender_id)).all()) == len(kept)
        assert len(db.session.scalars(select(BidTrace.id).where(BidTrace.tender_id == tender_id)).all()) == len(kept)
        assert all(len(uploading.ciphertext(row)) == row.size for row in rows)
