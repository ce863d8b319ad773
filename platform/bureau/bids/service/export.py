"""For auditors: everything that an opening rests on, in one file that `houqin bids verify` checks without a server."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.bids.models import BidSubmission, OpenedBid
from bureau.bids.service import closing, officers, publishing, uploading
from bureau.tendering.models import Tender
from kernel.actor import Actor
from kernel.audit import capture
from kernel.database import db
from kernel.digests import canonical
from kernel.errors import Conflict
from kernel.files.storage import StorageDamaged

FORMAT = "houqin-opening-1"


def package(actor: Actor, tender_id: UUID) -> tuple[Tender, bytes]:
    """A zip: list.json, opening.json, receipts/, sealed/, bids/ (identity, hash and document of each opened bid)."""
    tender, opening = publishing.record(actor, tender_id)
    if opening.state != "opened":
        raise Conflict(_("开标结束后才能导出核验包。"))
    opened = {
        row.id: row
        for row in db.session.scalars(
            select(OpenedBid).where(OpenedBid.bureau_id == actor.bureau_id, OpenedBid.tender_id == tender_id)
        )
    }
    states = {bid.id: (bid.state, bid.reason) for _submission, bid, _lot in closing.to_open(actor.bureau_id, tender_id)}
    submissions = db.session.scalars(
        select(BidSubmission).where(
            BidSubmission.bureau_id == actor.bureau_id, BidSubmission.tender_id == tender_id,
            BidSubmission.state == "current",
        )
    ).all()  # fmt: skip
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:

        def write(name: str, document: Any) -> None:
            archive.writestr(name, json.dumps(document, ensure_ascii=False, indent=2, default=str))

        archive.writestr("list.json", canonical(publishing.listed(tender, opening)))
        write(
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
        for row in submissions:
            write(f"receipts/{row.receipt_number}.json", row.receipt)
            state, reason = states.get(row.bid_id, ("unopened", ""))
            one = opened.get(row.bid_id)
            write(f"bids/{row.receipt_number}.json", _entry(row, state, reason, one))
            try:
                archive.writestr(f"sealed/{row.ciphertext_sha256}.age", uploading.ciphertext(row))
            except StorageDamaged:
                # Its absence is what the verification must find.
                continue
    capture.record(
        db.session(),
        actor.bureau_id,
        "bids.export",
        [{"table": "openings", "key": {"id": str(tender.id)}, "kind": "read"}],
    )
    db.session.commit()
    return tender, target.getvalue()


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
