"""Signs put into opened bids that were made as rows."""

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from bureau.bids.models import BidSubmission, BidTrace, OpenedBid, OpenedBidFile
from bureau.suppliers.models import BureauSupplier
from kernel.database import db, new_id
from kernel.database.scope import Scope, use_scope


def same_contact(found, numbers=(0, 1)):
    """Two bidders of `tests.support.opened.opened` with one telephone."""
    ids = [found.bidders[number].supplier_id for number in numbers]
    db.session.execute(
        update(BureauSupplier)
        .where(BureauSupplier.bureau_id == found.made.bureau_id, BureauSupplier.id.in_(ids))
        .values(contact_name="演示联系人", contact_mobile="13900000000")
    )
    db.session.expire_all()


def trace(found, number, lot_id, **values):
    """Where the submission of bidder `number` came from, disclosed as at the opening."""
    bidder = found.bidders[number]
    submission_id = db.session.scalar(
        select(BidSubmission.id).where(BidSubmission.bid_id == found.bids[lot_id][number])
    )
    former = db.session.info.get("scope")
    use_scope(db.session(), bidder.scope)
    db.session.add(
        BidTrace(
            bureau_id=found.made.bureau_id, id=submission_id, supplier_id=bidder.supplier_id, tender_id=found.id,
            address="198.51.100.1", user_agent="Browser/1 (演示)", **values,
        )
    )  # fmt: skip
    db.session.flush()
    use_scope(db.session(), Scope("houqin_operator", bureau_id=found.made.bureau_id))
    db.session.execute(update(BidTrace).where(BidTrace.id == submission_id).values(is_disclosed=True))
    db.session.expire_all()
    if former is not None:
        use_scope(db.session(), former)


def file(found, number, lot_id, name, sha256, **metadata):
    bidder = found.bidders[number]
    db.session.add(
        OpenedBidFile(
            bureau_id=found.made.bureau_id, id=new_id(), bid_id=found.bids[lot_id][number],
            supplier_id=bidder.supplier_id, file_key=name, name=name, sha256=sha256, size=1, metadata_found=metadata,
        )
    )  # fmt: skip
    db.session.flush()


def package(found, number, lot_id, **values):
    """What was opened can be updated by nobody: the row as loaded says more than the table. Keep what is returned, it
    lives in the session only as long."""
    bid = db.session.get(OpenedBid, (found.made.bureau_id, found.bids[lot_id][number]))
    set_committed_value(bid, "package", {**bid.package, **values})
    return bid
