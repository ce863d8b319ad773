"""Sealed bids, the officers' keys, the opening. What the server keeps before the opening reveals no price.

docs/sealed-bids.md says how a bid is sealed: a fresh age key per bid, made and split 2 of 3 in the bidder's browser.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bureau.tendering.models import fk_tender_lot
from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, one_of

SEATS = ("procurement", "supervision", "escrow")
BID_STATES = (
    "sealed", "withdrawn", "unopened", "opened", "unopenable", "qualified", "disqualified", "invalid", "scored", "won",
    "lost",
)  # fmt: skip
_SEATS = one_of("seat", SEATS)
_HASH = "~ '^[0-9a-f]{64}$'"


def fk_bid(column: str = "bid_id") -> ForeignKeyConstraint:
    """A bid's rows name its supplier too: row-level security reads it, and the two cannot disagree."""
    return ForeignKeyConstraint(["bureau_id", "supplier_id", column], ["bids.bureau_id", "bids.supplier_id", "bids.id"])


def fk_bid_of_lot() -> ForeignKeyConstraint:
    """For rows that the evaluation keeps: a bid's lot and the row's lot cannot disagree."""
    return ForeignKeyConstraint(["bureau_id", "lot_id", "bid_id"], ["bids.bureau_id", "bids.lot_id", "bids.id"])


class OfficerKey(Recorded, Versioned, BureauOwned, db.Model):
    """开标密钥 of one officer. The secret half is kept only as age text under the holder's own passphrase.

    `confirmed_at`: when the holder last proved, by decrypting a challenge, that the passphrase opens it.
    """

    __tablename__ = "officer_keys"
    __audited__ = True
    __audit_hides__ = ("identity_ciphertext",)
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("person_id", "people"),
        CheckConstraint("state IN ('active', 'retired', 'lost')", name="state"),
        Index(
            "uq_officer_keys_active", "bureau_id", "person_id", unique=True, postgresql_where=text("state = 'active'")
        ),
    )
    person_id: Mapped[UUID]
    recipient: Mapped[str]  # age1…
    identity_ciphertext: Mapped[str]  # armored age, scrypt
    state: Mapped[str] = mapped_column(default="active")
    confirmed_at: Mapped[datetime | None]


class OpeningOfficer(Versioned, BureauOwned, db.Model):
    """One of the three seats at a tender's opening. The key is fixed here: bids are sealed for this `recipient`."""

    __tablename__ = "opening_officers"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("person_id", "people"),
        fk_in_bureau("officer_key_id", "officer_keys"),
        UniqueConstraint("bureau_id", "tender_id", "seat"),
        UniqueConstraint("bureau_id", "tender_id", "person_id"),
        CheckConstraint(_SEATS, name="seat"),
    )
    tender_id: Mapped[UUID]
    seat: Mapped[str]
    person_id: Mapped[UUID]
    officer_key_id: Mapped[UUID]
    recipient: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    is_public: Mapped[bool] = mapped_column(default=False)  # bidders need the recipients to seal for them


class Bid(Recorded, Versioned, BureauOwned, db.Model):
    """投标: one supplier's bid for one lot. Its sealed versions stand in `bid_submissions`.

    `withdrawal`: the receipt for taking it back.
    """

    # Not audited: the bureau reads the audit, and before the deadline it must not learn who bids (Order 87, Art. 28).
    __tablename__ = "bids"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_tender_lot(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "supplier_id", "id"),
        UniqueConstraint("bureau_id", "lot_id", "id"),
        Index(
            "uq_bids_live", "bureau_id", "lot_id", "supplier_id", unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        CheckConstraint(one_of("state", BID_STATES), name="state"),
        Index("ix_bids_tender", "bureau_id", "tender_id", "lot_id"),
        Index("ix_bids_supplier", "bureau_id", "supplier_id", "id"),
    )  # fmt: skip
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="sealed")
    is_disclosed: Mapped[bool] = mapped_column(default=False)  # from the deadline on the bureau sees that it exists
    reason: Mapped[str] = mapped_column(default="")  # of a withdrawal, a disqualification, an invalid bid
    reason_article: Mapped[str] = mapped_column(default="")
    withdrawal: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class BidSubmission(BureauOwned, db.Model):
    """One sealed version of a bid, and the receipt for it. Replaced ones are kept.

    `recipient`: the public half of this version's own key. `shares`: seat → {"recipient": the officer's, "sha256": of
    the share's text, "share": the share as armored age}; the hash settles whether an officer gave what was sealed.
    """

    __tablename__ = "bid_submissions"
    __table_args__ = (
        fk_bureau(),
        fk_bid(),
        UniqueConstraint("bureau_id", "bid_id", "number"),
        UniqueConstraint("bureau_id", "receipt_number"),
        UniqueConstraint("bureau_id", "supplier_id", "id"),
        Index(
            "uq_bid_submissions_current", "bureau_id", "bid_id", unique=True,
            postgresql_where=text("state = 'current'"),
        ),
        CheckConstraint("state IN ('current', 'replaced', 'withdrawn')", name="state"),
        CheckConstraint(f"ciphertext_sha256 {_HASH}", name="hash"),
        CheckConstraint("size > 0 AND number > 0", name="size"),
        Index("ix_bid_submissions_tender", "bureau_id", "tender_id", "sealed_at"),
    )  # fmt: skip
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    number: Mapped[int]
    receipt_number: Mapped[str]
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[UUID]
    ciphertext_sha256: Mapped[str]  # also the name under which the file is kept
    size: Mapped[int] = mapped_column(BigInteger)
    recipient: Mapped[str]
    shares: Mapped[dict[str, Any]]
    shares_sha256: Mapped[str]
    receipt: Mapped[dict[str, Any]]  # the receipt as it was given
    state: Mapped[str] = mapped_column(default="current")
    is_disclosed: Mapped[bool] = mapped_column(default=False)


class BidTrace(BureauOwned, db.Model):
    """From where a submission (`id`) came. Written by the supplier's request, disclosed with the opening."""

    __tablename__ = "bid_traces"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "id"],
            ["bid_submissions.bureau_id", "bid_submissions.supplier_id", "bid_submissions.id"],
        ),
    )
    supplier_id: Mapped[UUID]
    tender_id: Mapped[UUID]
    address: Mapped[str]
    user_agent: Mapped[str]
    device: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_disclosed: Mapped[bool] = mapped_column(default=False)


class BidUpload(BureauOwned, db.Model):
    """A sealed file that a company sent for a tender, whether a bid then named it or not. Kept until it is cleaned up."""

    __tablename__ = "bid_uploads"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "tender_id", "supplier_id", "sha256"),
        CheckConstraint(f"sha256 {_HASH}", name="hash"),
        CheckConstraint("size > 0", name="size"),
        Index("ix_bid_uploads_hash", "bureau_id", "sha256"),
    )
    tender_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class Opening(Recorded, Versioned, BureauOwned, db.Model):
    """开标 of one tender (`id` is the tender's). `hashes`: every current submission as it stood at the deadline."""

    __tablename__ = "openings"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("id", "tenders"),
        CheckConstraint("state IN ('waiting', 'opened', 'nothing_to_open')", name="state"),
        CheckConstraint("(state = 'opened') = (opened_at IS NOT NULL)", name="opened"),
    )
    state: Mapped[str] = mapped_column(default="waiting")
    closed_at: Mapped[datetime]
    hashes: Mapped[list[Any]]  # [{"lot", "receipt_number", "ciphertext_sha256", "sealed_at"}], no names
    hashes_sha256: Mapped[str]
    opened_at: Mapped[datetime | None]
    # Who was present, what was read out, remarks. Read by itself: bidders and the world may read the rest of the row only.
    minutes: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)


class OpeningPresence(BureauOwned, db.Model):
    """An officer who came to the opening and gave the shares of their seat. Append-only."""

    __tablename__ = "opening_presences"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        UniqueConstraint("bureau_id", "tender_id", "seat"),
        CheckConstraint(_SEATS, name="seat"),
    )
    tender_id: Mapped[UUID]
    seat: Mapped[str]
    person_id: Mapped[UUID]
    at: Mapped[datetime]
    address: Mapped[str]


class OpeningShare(BureauOwned, db.Model):
    """One seat's share of one submission's key, given after the deadline. Two of them open the bid."""

    __tablename__ = "opening_shares"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("submission_id", "bid_submissions"),
        UniqueConstraint("bureau_id", "submission_id", "seat"),
        CheckConstraint(_SEATS, name="seat"),
        CheckConstraint("problem IN ('', 'broken', 'mismatch')", name="problem"),
    )
    tender_id: Mapped[UUID]
    submission_id: Mapped[UUID]
    seat: Mapped[str]
    share: Mapped[str]  # base64; "" where the officer's key does not open it
    problem: Mapped[str] = mapped_column(default="")  # mismatch: not the share whose hash the bidder declared
    given_at: Mapped[datetime]


class OpenedBid(BureauOwned, db.Model):
    """A bid (`id`) as it was opened. `package` without its files; they are attachments (`opened_bid_files`).

    `identity`: the age identity that opened it; with the ciphertext anybody who holds both can repeat it.
    `total_fen` for a fixed price, `discount` in percent for a discount; as read out, before any correction.
    """

    __tablename__ = "opened_bids"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_bid("id"),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "submission_id"],
            ["bid_submissions.bureau_id", "bid_submissions.supplier_id", "bid_submissions.id"],
        ),
        fk_tender_lot(),
        CheckConstraint("price_form IN ('fixed', 'discount')", name="price_form"),
        CheckConstraint("(price_form = 'fixed') = (total_fen IS NOT NULL)", name="total"),
        CheckConstraint("(price_form = 'discount') = (discount IS NOT NULL)", name="discount_form"),
        CheckConstraint("discount >= 0 AND discount < 100", name="discount"),
        CheckConstraint(f"plaintext_sha256 {_HASH}", name="hash"),
        Index("ix_opened_bids_lot", "bureau_id", "lot_id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    submission_id: Mapped[UUID]
    opened_at: Mapped[datetime]
    plaintext_sha256: Mapped[str]
    identity: Mapped[str]
    package: Mapped[dict[str, Any]]
    price_form: Mapped[str]
    total_fen: Mapped[int | None] = mapped_column(BigInteger)
    total_words: Mapped[str] = mapped_column(default="")
    discount: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))


class OpenedBidItem(BureauOwned, db.Model):
    """One priced line of an opened bid, as the bidder wrote it: nothing is corrected here (that is the evaluation's)."""

    __tablename__ = "opened_bid_items"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["bureau_id", "bid_id"], ["opened_bids.bureau_id", "opened_bids.id"]),
        fk_in_bureau("tender_item_id", "tender_items"),
        UniqueConstraint("bureau_id", "bid_id", "tender_item_id"),
        CheckConstraint("unit_price_fen >= 0 AND amount_fen >= 0", name="price"),
    )
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    tender_item_id: Mapped[UUID]
    unit_price_fen: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    brand: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="")


class OpenedBidFile(BureauOwned, db.Model):
    """A file out of an opened bid. `metadata_found`: author, program and times written inside it, for the radar."""

    __tablename__ = "opened_bid_files"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["bureau_id", "bid_id"], ["opened_bids.bureau_id", "opened_bids.id"]),
        fk_in_bureau("attachment_id", "attachments"),
        UniqueConstraint("bureau_id", "bid_id", "file_key"),
    )
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    file_key: Mapped[str]  # the id within the package
    attachment_id: Mapped[UUID | None]  # None: a kind of file that is not kept for viewing
    name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    metadata_found: Mapped[dict[str, Any]] = mapped_column(default=dict)
