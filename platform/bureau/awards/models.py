"""Awards and the letters that follow. An award is never edited: it stands, or it was cancelled with a reason."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bureau.bids.models import fk_bid
from bureau.tendering.models import fk_tender_lot
from kernel.database import BureauOwned, Versioned, db, fk_bureau, fk_in_bureau


class AwardProcedure(Versioned, BureauOwned, db.Model):
    """The terms of one tender's award (`id` is the tender's), each the last day on which it may be done.

    They are fixed when the step that begins them is done; a suspension moves those that still run.
    """

    __tablename__ = "award_procedures"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("id", "tenders"),
        CheckConstraint("(published_at IS NULL) = (notice_ends_on IS NULL)", name="published"),
        CheckConstraint("(published_at IS NULL) = (challenge_until IS NULL)", name="challenge"),
    )
    received_on: Mapped[date]  # the evaluation report reached the purchaser
    decide_by: Mapped[date]  # Art. 68
    decided_at: Mapped[datetime | None]
    publish_by: Mapped[date | None]  # Art. 69
    published_at: Mapped[datetime | None]
    notice_ends_on: Mapped[date | None]
    challenge_until: Mapped[date | None]
    sign_by: Mapped[date | None]  # Art. 71
    notice_id: Mapped[UUID | None]
    unknown_years: Mapped[list[Any]] = mapped_column(default=list)  # counted without an official holiday arrangement


class LotAward(Versioned, BureauOwned, db.Model):
    """中标: one bid that won a place of a lot. A framework lot has several places, any other lot one.

    `is_silent`: the purchaser let the term pass, which makes the first-ranked the winner (Order 87, Art. 68).
    `account`: how score and price came about, as the evaluation fixed it.
    """

    __tablename__ = "lot_awards"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(),
        fk_bid(),
        fk_in_bureau("tender_id", "tenders"),
        # One active award per place and per bidder of a lot: of two officers who award at once, one is told.
        Index(
            "uq_lot_awards_place", "bureau_id", "lot_id", "place", unique=True,
            postgresql_where=text("state = 'active'"),
        ),
        Index(
            "uq_lot_awards_bid", "bureau_id", "bid_id", unique=True, postgresql_where=text("state = 'active'"),
        ),
        UniqueConstraint("bureau_id", "supplier_id", "id"),
        CheckConstraint("state IN ('active', 'cancelled')", name="state"),
        CheckConstraint("place > 0 AND rank > 0", name="place"),
        CheckConstraint("(amount_fen IS NULL) <> (discount IS NULL)", name="price"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        CheckConstraint("state = 'active' OR cancel_reason <> ''", name="cancel_reason"),
        CheckConstraint("cancelled_by IS DISTINCT FROM cancel_asked_by OR cancelled_by IS NULL", name="two_people"),
        Index("ix_lot_awards_tender", "bureau_id", "tender_id", "lot_id", "place"),
        Index("ix_lot_awards_supplier", "bureau_id", "supplier_id", "id"),
    )  # fmt: skip
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    place: Mapped[int]
    rank: Mapped[int]  # the bid's place in the evaluation
    state: Mapped[str] = mapped_column(default="active")
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    discount: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    account: Mapped[dict[str, Any]]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID]
    decided_by_name: Mapped[str]
    is_silent: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    cancel_asked_at: Mapped[datetime | None]
    cancel_asked_by: Mapped[UUID | None]
    cancel_asked_by_name: Mapped[str] = mapped_column(default="")
    cancel_code: Mapped[str] = mapped_column(default="")
    cancel_reason: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None]


class PassedOver(BureauOwned, db.Model):
    """A ranked bid that does not win though no better one is left: why, and by which article. Never changed but for
    `void_at`: the ranking that it rested on was withdrawn."""

    __tablename__ = "award_passed_over"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(),
        fk_bid(),
        Index("uq_award_passed_over_bid", "bureau_id", "bid_id", unique=True, postgresql_where=text("void_at IS NULL")),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("code IN ('lot_limit', 'gave_up', 'found_ineligible', 'force_majeure')", name="code"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    code: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    void_at: Mapped[datetime | None]


class AwardLetter(BureauOwned, db.Model):
    """中标通知书 or 结果告知: what one bidder is told of one lot, and of nobody else's bid. Never changed.

    `code`: what its QR asks for, random. `sha256`: over the canonical `body`. Withdrawn when its award is cancelled.
    """

    __tablename__ = "award_letters"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(),
        fk_bid(),
        UniqueConstraint("bureau_id", "number"),
        UniqueConstraint("bureau_id", "code"),
        Index(
            "uq_award_letters_standing", "bureau_id", "bid_id", unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        CheckConstraint("kind IN ('award', 'loss', 'invalid', 'unopened')", name="kind"),
        Index("ix_award_letters_supplier", "bureau_id", "supplier_id", "id"),
        Index("ix_award_letters_tender", "bureau_id", "tender_id", "id"),
    )  # fmt: skip
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[str]
    body: Mapped[dict[str, Any]]
    code: Mapped[str]
    sha256: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID]
    read_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")
