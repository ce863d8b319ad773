"""Enquiries and challenges of suppliers, and what became of a complaint at the finance authority."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bureau.tendering.models import fk_tender_lot
from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, one_of

STATES = ("filed", "returned", "accepted", "rejected", "answered", "withdrawn")
COMPLAINT_STATES = ("filed", "accepted", "refused", "decided", "withdrawn")


def _challenge() -> ForeignKeyConstraint:
    """What hangs on a challenge names its supplier too, which row-level security reads."""
    return ForeignKeyConstraint(
        ["bureau_id", "supplier_id", "challenge_id"],
        ["challenges.bureau_id", "challenges.supplier_id", "challenges.id"],
    )


class Challenge(Recorded, Versioned, BureauOwned, db.Model):
    """质疑函 or 询问. `known_on`: the day from which the term for filing runs. `filed_at` is the last filing, so that
    a corrected one is answered in a full term. `is_founded`: None until it is answered."""

    __tablename__ = "challenges"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_tender_lot(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "number"),
        UniqueConstraint("bureau_id", "supplier_id", "id"),
        CheckConstraint("kind IN ('enquiry', 'challenge')", name="kind"),
        CheckConstraint("stage IN ('documents', 'process', 'result')", name="stage"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name="answered"),
        CheckConstraint("(answered_at IS NULL) = (is_founded IS NULL)", name="founded"),
        CheckConstraint("kind = 'enquiry' OR (facts <> '' AND request <> '')", name="content"),
        Index("ix_challenges_tender", "bureau_id", "tender_id", "id"),
        Index("ix_challenges_supplier", "bureau_id", "supplier_id", "id"),
        Index(
            "ix_challenges_open", "bureau_id", "answer_by",
            postgresql_where=text("state IN ('filed', 'accepted')"),
        ),
    )  # fmt: skip
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID | None]
    supplier_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(default="challenge")
    stage: Mapped[str]
    number: Mapped[str]
    facts: Mapped[str]
    request: Mapped[str] = mapped_column(default="")
    legal_basis: Mapped[str] = mapped_column(default="")
    known_on: Mapped[date]
    filed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="filed")
    may_affect_result: Mapped[bool] = mapped_column(default=False)
    answer_by: Mapped[date]
    correct_by: Mapped[date | None]
    state_reason: Mapped[str] = mapped_column(default="")  # of a return, a rejection, a withdrawal
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    is_founded: Mapped[bool | None]
    remedy: Mapped[str] = mapped_column(default="")
    complaint_until: Mapped[date | None]


class ChallengeFile(BureauOwned, db.Model):
    """Evidence that came with it."""

    __tablename__ = "challenge_files"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        _challenge(),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
        ),
        UniqueConstraint("bureau_id", "challenge_id", "attachment_id"),
    )
    challenge_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    attachment_id: Mapped[UUID]
    added_at: Mapped[datetime]


class ChallengeEvent(BureauOwned, db.Model):
    """A step: who, when, why. Append-only. `by_bureau`: whether an officer did it; the bidder sees no officer's name."""

    __tablename__ = "challenge_events"
    __table_args__ = (
        fk_bureau(),
        _challenge(),
        Index("ix_challenge_events_challenge", "bureau_id", "challenge_id", "id"),
    )
    challenge_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    by_bureau: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")


class ChallengeCopy(BureauOwned, db.Model):
    """The answer as another supplier of the same tender reads it (政府采购法 53): without who challenged."""

    __tablename__ = "challenge_copies"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("challenge_id", "challenges"),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "challenge_id", "supplier_id"),
        Index("ix_challenge_copies_supplier", "bureau_id", "supplier_id", "id"),
    )
    challenge_id: Mapped[UUID]
    tender_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    number: Mapped[str]
    stage: Mapped[str]
    facts: Mapped[str]
    answer: Mapped[str]
    remedy: Mapped[str]
    sent_at: Mapped[datetime]


class Complaint(Recorded, Versioned, BureauOwned, db.Model):
    """投诉 about an answered (or unanswered) challenge, as the finance authority handles it; kept by the bureau.

    `copy_on`: when the authority's copy arrived, from which the bureau's own statement is due. `suspended_until`: the
    last day of a suspension that the authority ordered.
    """

    __tablename__ = "complaints"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        _challenge(),
        fk_in_bureau("tender_id", "tenders"),
        UniqueConstraint("bureau_id", "challenge_id"),
        CheckConstraint(one_of("state", COMPLAINT_STATES), name="state"),
        CheckConstraint("outcome IN ('upheld', 'dismissed', 'unfounded')", name="outcome"),
        CheckConstraint("(state = 'decided') = (outcome IS NOT NULL)", name="decided"),
        CheckConstraint("(outcome IS NULL) = (decided_on IS NULL)", name="decided_on"),
        Index("ix_complaints_tender", "bureau_id", "tender_id", "id"),
    )
    challenge_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    tender_id: Mapped[UUID]
    authority: Mapped[str]
    filed_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="filed")
    review_by: Mapped[date]
    accepted_on: Mapped[date | None]
    copies_by: Mapped[date | None]
    copy_on: Mapped[date | None]
    reply_by: Mapped[date | None]
    replied_on: Mapped[date | None]
    decision_by: Mapped[date | None]
    suspended_until: Mapped[date | None]
    decided_on: Mapped[date | None]
    outcome: Mapped[str | None]
    decision: Mapped[str] = mapped_column(default="")
