"""Sealed files that no bid ever named go some time after the deadline. Whatever was submitted stays: replaced and
withdrawn versions too."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, select

from bureau.bids.models import BidSubmission, BidUpload
from bureau.bids.rules.package import AGE_HEADER
from bureau.bids.service.uploading import hold_file
from bureau.tendering.models import Tender
from kernel.actor import system_actor
from kernel.audit import capture
from kernel.database import db, now
from kernel.database.scope import Scope, within
from kernel.files.models import Attachment
from kernel.files.service import folder
from kernel.policy.service import effective

KEPT_DAYS = "tender.bid_uploads.kept_days"
# While it is in one of these a bid may still be sealed, or sealed again.
TAKES_BIDS = ("draft", "review", "bidding", "suspended")

log = logging.getLogger(__name__)


def clean(bureau_id: int) -> int:
    """How many files went. Twice is once; a file that is being sent or named again at this moment stays."""
    with within(db.session(), system_actor(bureau_id).scope):
        before = now() - timedelta(days=int(effective(bureau_id, KEPT_DAYS).number))
        done = _ended(bureau_id, before)
    removed = []
    # Also files without an upload of their own: the process ended between the file and its row.
    for digest, path in folder().listed(bureau_id, None):
        if _is_old_and_sealed(path, before) and _remove(bureau_id, digest, done):
            removed.append(digest)
    with within(db.session(), Scope("houqin_operator", bureau_id=bureau_id)):
        db.session.execute(delete(BidUpload).where(BidUpload.bureau_id == bureau_id, BidUpload.tender_id.in_(done)))
    if removed:
        changes = [{"table": "bid_uploads", "key": {"sha256": digest}, "kind": "delete"} for digest in removed]
        with within(db.session(), system_actor(bureau_id).scope):
            capture.record(db.session(), bureau_id, "bids.clean", changes)
        log.info("sealed files without a bid removed", extra={"bureau_id": bureau_id, "files": len(removed)})
    return len(removed)


def _ended(bureau_id: int, before: datetime) -> frozenset[UUID]:
    """Tenders for which nobody has been able to seal since `before`."""
    rows = db.session.scalars(
        select(Tender.id).where(
            Tender.bureau_id == bureau_id, Tender.bid_deadline < before, Tender.state.not_in(TAKES_BIDS)
        )
    )
    return frozenset(rows)


def _is_old_and_sealed(path: Path, before: datetime) -> bool:
    try:
        if path.stat().st_mtime >= before.timestamp():
            return False
        with path.open("rb") as file:
            return file.read(len(AGE_HEADER)) == AGE_HEADER
    except FileNotFoundError:
        return False


def _remove(bureau_id: int, digest: str, done: frozenset[UUID]) -> bool:
    with within(db.session(), Scope("houqin_operator", bureau_id=bureau_id)):
        if _is_named(bureau_id, digest):
            return False
        hold_file(bureau_id, digest, alone=True)
        uploads = db.session.scalars(
            select(BidUpload.tender_id).where(BidUpload.bureau_id == bureau_id, BidUpload.sha256 == digest)
        ).all()
        if _is_named(bureau_id, digest) or not done.issuperset(uploads):
            return False
    with within(db.session(), system_actor(bureau_id).scope):
        attached = select(Attachment.id).where(Attachment.bureau_id == bureau_id, Attachment.sha256 == digest)
        if db.session.scalar(attached.limit(1)) is not None:
            return False
    folder().remove(bureau_id, None, digest)
    return True


def _is_named(bureau_id: int, digest: str) -> bool:
    query = select(BidSubmission.id).where(
        BidSubmission.bureau_id == bureau_id, BidSubmission.ciphertext_sha256 == digest
    )
    return db.session.scalar(query.limit(1)) is not None
