"""One bid out of its seal: decrypted with the key that two officers put together, looked at, kept as it was read."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

import pyrage
from flask_babel import gettext as _
from sqlalchemy import select

from bureau.bids import labels
from bureau.bids.file_metadata import metadata_of
from bureau.bids.models import Bid, BidSubmission, OpenedBid, OpenedBidFile, OpenedBidItem
from bureau.bids.rules.hashes import sha256
from bureau.bids.rules.package import Expected, Malformed, Package, PackedFile, read
from bureau.bids.rules.shares import combined
from bureau.bids.service import uploading
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender, TenderItem
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import Invalid, NotFound
from kernel.files import service as files
from kernel.files.sniffing import MediaType, sniff
from kernel.files.storage import StorageDamaged

KEPT = frozenset({MediaType.PDF, MediaType.JPEG, MediaType.PNG})
# Pictures are written anew, each in up to some seconds. A bid whose sixty pictures are vast and empty would otherwise be
# given up with its worker each time it is opened, and with it the opening.
PICTURE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`is_wrong_key`: nothing is known of the bid yet. `reason`: why it can never be read, "" where it was."""

    is_wrong_key: bool = False
    reason: str = ""


def unseal(actor: Actor, tender: Tender, submission: BidSubmission, bid: Bid, identity: str) -> Outcome:
    try:
        key = pyrage.x25519.Identity.from_str(identity)
    except Exception:  # pyrage's own class of error, or a text that is none
        return Outcome(is_wrong_key=True)
    try:
        ciphertext = uploading.ciphertext(submission)
    except StorageDamaged:
        return Outcome(reason=labels.malformed("ciphertext_altered"))
    try:
        plaintext = bytes(pyrage.decrypt(ciphertext, [key]))
    except Exception:
        # The right key, by the bidder's own declaration, and still it does not open: the file itself is bad.
        if str(key.to_public()) == submission.recipient:
            return Outcome(reason=labels.malformed("ciphertext_damaged"))
        return Outcome(is_wrong_key=True)
    try:
        package = read(plaintext, expected(actor, tender, bid))
    except Malformed as refusal:
        return Outcome(reason=labels.malformed(refusal.code, refusal.place))
    _keep(actor, submission, bid, identity, sha256(plaintext), package)
    return Outcome()


def would_open(submission: BidSubmission, shares: Sequence[str]) -> bool:
    """Whether two of the given shares make the very key that the bidder declared."""
    for one, other in combinations((share for share in shares if share), 2):
        try:
            key = pyrage.x25519.Identity.from_str(combined(one, other))
        except Exception:  # noqa: S112 - pyrage's own class of error: these two make no key
            continue
        if str(key.to_public()) == submission.recipient:
            return True
    return False


def expected(actor: Actor, tender: Tender, bid: Bid) -> Expected:
    items = db.session.scalars(
        select(TenderItem.id).where(TenderItem.bureau_id == actor.bureau_id, TenderItem.lot_id == bid.lot_id)
    )
    credit_code = db.session.execute(
        select(BureauSupplier.credit_code).where(
            BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id == bid.supplier_id
        )
    ).scalar_one()
    return Expected(tender.id, bid.lot_id, bid.id, credit_code, tender.price_form, frozenset(items))


def _keep(
    actor: Actor, submission: BidSubmission, bid: Bid, identity: str, plaintext_sha256: str, package: Package
) -> None:
    db.session.add(
        OpenedBid(
            bureau_id=actor.bureau_id, id=bid.id, tender_id=bid.tender_id, lot_id=bid.lot_id,
            supplier_id=bid.supplier_id, submission_id=submission.id, opened_at=now(),
            plaintext_sha256=plaintext_sha256, identity=identity, package=dict(package.document),
            price_form=package.price_form, total_fen=package.total_fen, total_words=package.total_words,
            discount=package.discount,
        )
    )  # fmt: skip
    db.session.flush()
    db.session.add_all(
        OpenedBidItem(
            bureau_id=actor.bureau_id, id=new_id(), bid_id=bid.id, supplier_id=bid.supplier_id,
            tender_item_id=item.tender_item_id, unit_price_fen=item.unit_price_fen, quantity=item.quantity,
            amount_fen=item.amount_fen, brand=item.brand, origin=item.origin,
        )
        for item in package.items
    )  # fmt: skip
    until = time.monotonic() + PICTURE_SECONDS
    for file in package.files:
        _keep_file(actor, bid, file, is_in_time=time.monotonic() < until)
    db.session.flush()


def _keep_file(actor: Actor, bid: Bid, file: PackedFile, *, is_in_time: bool = True) -> None:
    """What the content says decides, not the name; a kind that is not kept for viewing stays in the package alone, and
    so does a picture for which no time is left."""
    kind = sniff(file.data)
    attachment_id: UUID | None = None
    if kind in KEPT and (is_in_time or kind is MediaType.PDF):
        try:
            attachment_id = files.store(
                actor, file.data, name=file.name, purpose="bid_file", supplier_id=bid.supplier_id, accepted=KEPT
            ).id
        except Invalid:
            attachment_id = None
    db.session.add(
        OpenedBidFile(
            bureau_id=actor.bureau_id, id=new_id(), bid_id=bid.id, supplier_id=bid.supplier_id, file_key=file.key,
            attachment_id=attachment_id, name=file.name, sha256=file.sha256, size=len(file.data),
            # Office files are no kind that is kept for viewing, but say most of who wrote them.
            metadata_found=metadata_of(file.data),
        )
    )  # fmt: skip


def opened_bid(actor: Actor, bid_id: UUID) -> OpenedBid:
    """For the bureau: after the opening."""
    row = db.session.scalar(select(OpenedBid).where(OpenedBid.bureau_id == actor.bureau_id, OpenedBid.id == bid_id))
    if row is None:
        raise NotFound(_("这份投标没有开启。"))
    return row


def items_of(actor: Actor, bid_id: UUID) -> Sequence[OpenedBidItem]:
    return db.session.scalars(
        select(OpenedBidItem).where(OpenedBidItem.bureau_id == actor.bureau_id, OpenedBidItem.bid_id == bid_id)
    ).all()


def files_of(actor: Actor, bid_id: UUID) -> Sequence[OpenedBidFile]:
    return db.session.scalars(
        select(OpenedBidFile)
        .where(OpenedBidFile.bureau_id == actor.bureau_id, OpenedBidFile.bid_id == bid_id)
        .order_by(OpenedBidFile.file_key)
    ).all()
