"""For auditors: everything that an opening rests on, in one file that `houqin bids verify` checks without a server."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.bids.models import Bid, BidSubmission, OpenedBid, Opening
from bureau.bids.service import closing, officers, publishing, uploading
from bureau.tendering.models import Tender
from kernel.actor import Actor
from kernel.audit import capture
from kernel.database import db
from kernel.digests import canonical
from kernel.errors import Conflict
from kernel.files.storage import StorageDamaged

FORMAT = "houqin-opening-1"


def package(actor: Actor, tender_id: UUID) -> tuple[Tender, IO[bytes], int]:
    """The tender, a zip in a temporary file that goes with its handle, its size: list.json, opening.json, receipts/,
    bids/ (identity, hash and document of each opened bid), superseded/ (versions that were replaced or taken back before
    the deadline), sealed/ (the files of all of them). One sealed file at a time is held in memory."""
    tender, opening = publishing.record(actor, tender_id)
    if opening.state != "opened":
        raise Conflict(_("开标结束后才能导出核验包。"))
    bids = {
        bid.id: bid
        for bid in db.session.scalars(select(Bid).where(Bid.bureau_id == actor.bureau_id, Bid.tender_id == tender_id))
    }
    opened = {submission.bid_id for submission, _bid, _lot in closing.to_open(actor.bureau_id, tender_id)}
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            _write_opening(archive, actor, tender, opening)
            for row in _submissions(actor, tender_id):
                bid = bids[row.bid_id]
                if row.state == "current":
                    _write(archive, f"receipts/{row.receipt_number}.json", row.receipt)
                    state = (bid.state, bid.reason) if bid.id in opened else ("unopened", "")
                    _write(archive, f"bids/{row.receipt_number}.json", _entry(row, *state, _opened(row)))
                else:
                    _write(archive, f"superseded/{row.receipt_number}.json", _superseded(row, bid))
                _write_sealed(archive, row)
        size = target.tell()
        target.seek(0)
        capture.record(
            db.session(), actor.bureau_id, "bids.export",
            [{"table": "openings", "key": {"id": str(tender.id)}, "kind": "read"}],
        )  # fmt: skip
        db.session.commit()
    except BaseException:
        target.close()
        raise
    return tender, target, size


def _submissions(actor: Actor, tender_id: UUID) -> Iterator[BidSubmission]:
    """Every version, in the order in which they were sealed; not kept in the session."""
    rows = db.session.scalars(
        select(BidSubmission)
        .where(BidSubmission.bureau_id == actor.bureau_id, BidSubmission.tender_id == tender_id)
        .order_by(BidSubmission.sealed_at, BidSubmission.id)
        .execution_options(yield_per=20)
    )
    yield from rows


def _write_opening(archive: zipfile.ZipFile, actor: Actor, tender: Tender, opening: Opening) -> None:
    archive.writestr("list.json", canonical(publishing.listed(tender, opening)))
    _write(
        archive,
        "opening.json",
        {
            "format": FORMAT,
            "tender_id": str(tender.id),
            "tender_number": tender.number,
            "list_sha256": opening.hashes_sha256,
            "opened_at": opening.opened_at.isoformat() if opening.opened_at else None,
            "recipients": officers.recipients(actor.bureau_id, tender.id),
            "minutes": opening.minutes,
        },
    )


def _write(archive: zipfile.ZipFile, name: str, document: Any) -> None:
    archive.writestr(name, json.dumps(document, ensure_ascii=False, indent=2, default=str))


def _write_sealed(archive: zipfile.ZipFile, row: BidSubmission) -> None:
    name = f"sealed/{row.ciphertext_sha256}.age"
    if name in archive.NameToInfo:  # a version sent again as it was
        return
    try:
        archive.writestr(name, uploading.ciphertext(row), zipfile.ZIP_STORED)  # nothing to gain from what is encrypted
    except StorageDamaged:
        return  # its absence is what the verification must find


def _opened(row: BidSubmission) -> OpenedBid | None:
    return db.session.scalar(
        select(OpenedBid).where(OpenedBid.bureau_id == row.bureau_id, OpenedBid.submission_id == row.id)
    )


def _superseded(row: BidSubmission, bid: Bid) -> dict[str, Any]:
    """Replaced by a later version, or taken back with the bid: never opened."""
    return {
        "bid_id": str(row.bid_id), "receipt_number": row.receipt_number, "state": row.state, "receipt": row.receipt,
        "recipient": row.recipient, "shares": row.shares, "ciphertext_sha256": row.ciphertext_sha256,
        "withdrawal": bid.withdrawal if row.state == "withdrawn" else None,
    }  # fmt: skip


def _entry(row: BidSubmission, state: str, reason: str, opened: OpenedBid | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "bid_id": str(row.bid_id), "receipt_number": row.receipt_number, "state": state, "reason": reason,
        "recipient": row.recipient, "shares": row.shares, "ciphertext_sha256": row.ciphertext_sha256,
    }  # fmt: skip
    if opened is not None:
        found |= {
            "identity": opened.identity,
            "plaintext_sha256": opened.plaintext_sha256,
            "package": opened.package,
            "total_fen": opened.total_fen,
            "discount": None if opened.discount is None else str(opened.discount.normalize()),
        }
    return found
