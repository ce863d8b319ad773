"""What is judged of each bid, by whom, and what comes of it: reviews, corrections, scores, results, the report."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bureau.bids.models import fk_bid, fk_bid_of_lot
from bureau.evaluation.committee_models import (
    CommitteeDraw,
    CommitteeMember,
    CommitteeSeed,
    EvaluationCommittee,
    EvaluationEvent,
    Expert,
    ExpertInterest,
    ExpertSpecialty,
    member_key,
)
from bureau.evaluation.re_evaluation_models import ReEvaluation
from bureau.evaluation.score_models import (
    RESCORING_REASONS,
    BidResult,
    BidScore,
    EvaluationReport,
    ReportSignature,
    Rescoring,
    ScoreSheet,
)
from bureau.tendering.models import fk_tender_lot
from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, one_of

LOT_STATES = ("reviewing", "scoring", "consensus", "signed", "refused")


class LotEvaluation(Versioned, BureauOwned, db.Model):
    """How far one lot is: one may be refused (fewer than three qualified or conforming bids) while others go on."""

    __tablename__ = "evaluations"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(),
        UniqueConstraint("bureau_id", "lot_id"),
        CheckConstraint(one_of("state", LOT_STATES), name="state"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="reviewing")
    reason: Mapped[str] = mapped_column(default="")
    began_at: Mapped[datetime]
    prices_at: Mapped[datetime | None]  # when its prices were looked at for being abnormally low
    computed_at: Mapped[datetime | None]  # when its results were last computed


class QualificationReview(Versioned, BureauOwned, db.Model):
    """资格审查 by the purchaser (Order 87, Art. 44): one bid, one criterion. Fixed once the review is closed."""

    __tablename__ = "qualification_reviews"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(),
        fk_bid_of_lot(),
        fk_in_bureau("criterion_id", "tender_criteria"),
        UniqueConstraint("bureau_id", "bid_id", "criterion_id"),
        CheckConstraint("passed OR reason <> ''", name="reason"),
        Index("ix_qualification_reviews_tender", "bureau_id", "tender_id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    criterion_id: Mapped[UUID]
    passed: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    article: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime]
    reviewed_by: Mapped[UUID]


class ConformityVote(BureauOwned, db.Model):
    """One member's word on one bid and one conformity criterion. Changed until the review is closed."""

    __tablename__ = "conformity_votes"
    __table_args__ = (
        fk_bureau(),
        fk_bid_of_lot(),
        member_key(),
        fk_in_bureau("criterion_id", "tender_criteria"),
        UniqueConstraint("bureau_id", "bid_id", "criterion_id", "member_id"),
        CheckConstraint("passed OR reason <> ''", name="reason"),
        Index("ix_conformity_votes_tender", "bureau_id", "tender_id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    criterion_id: Mapped[UUID]
    member_id: Mapped[UUID]
    passed: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class ConformityReview(BureauOwned, db.Model):
    """符合性审查: what the majority found (Art. 61)."""

    __tablename__ = "conformity_reviews"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_bid_of_lot(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("criterion_id", "tender_criteria"),
        UniqueConstraint("bureau_id", "bid_id", "criterion_id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    criterion_id: Mapped[UUID]
    passed: Mapped[bool]
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime]


class PriceCorrection(Versioned, BureauOwned, db.Model):
    """An arithmetic correction by the order of Art. 59; the bidder confirms it in time or the bid is invalid.
    `steps`: what was corrected by which rule, as bureau.evaluation.rules gives it."""

    __tablename__ = "price_corrections"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(),
        fk_bid_of_lot(),
        fk_bid(),
        UniqueConstraint("bureau_id", "bid_id"),
        CheckConstraint("state IN ('asked', 'confirmed', 'refused', 'lapsed')", name="state"),
        CheckConstraint("(state IN ('confirmed', 'refused')) = (answered_at IS NOT NULL)", name="answered"),
        Index("ix_price_corrections_tender", "bureau_id", "tender_id"),
        Index("ix_price_corrections_supplier", "bureau_id", "supplier_id", "state"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    read_fen: Mapped[int] = mapped_column(BigInteger)
    corrected_fen: Mapped[int] = mapped_column(BigInteger)
    steps: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(default="asked")
    asked_at: Mapped[datetime]
    deadline: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    answer: Mapped[str] = mapped_column(default="")


class AbnormalReview(Recorded, Versioned, BureauOwned, db.Model):
    """异常低价审查: asked → explained or silent (past the deadline) → accepted or rejected by the majority.
    `reasons`: [{"code", "article", …figures}]; `member_id` where the committee asked on its own judgement."""

    __tablename__ = "abnormal_reviews"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(),
        fk_bid_of_lot(),
        fk_bid(),
        UniqueConstraint("bureau_id", "bid_id"),
        UniqueConstraint("bureau_id", "supplier_id", "id"),
        UniqueConstraint("bureau_id", "tender_id", "id"),
        CheckConstraint("state IN ('asked', 'explained', 'silent', 'accepted', 'rejected')", name="state"),
        CheckConstraint("(state IN ('accepted', 'rejected')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("asked_at < deadline", name="deadline"),
        Index("ix_abnormal_reviews_supplier", "bureau_id", "supplier_id", "state"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    reasons: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(default="asked")
    asked_at: Mapped[datetime]
    deadline: Mapped[datetime]
    explanation: Mapped[str] = mapped_column(default="")
    explained_at: Mapped[datetime | None]
    explained_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    votes_for: Mapped[int] = mapped_column(default=0)
    votes_against: Mapped[int] = mapped_column(default=0)


class AbnormalReviewFile(BureauOwned, db.Model):
    """A file with a bidder's explanation."""

    __tablename__ = "abnormal_review_files"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "review_id"],
            ["abnormal_reviews.bureau_id", "abnormal_reviews.supplier_id", "abnormal_reviews.id"],
        ),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
        ),
        UniqueConstraint("bureau_id", "review_id", "attachment_id"),
    )
    review_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    attachment_id: Mapped[UUID]
    added_at: Mapped[datetime]
    added_by: Mapped[UUID]


class AbnormalVote(BureauOwned, db.Model):
    """Whether one member accepts the explanation."""

    __tablename__ = "abnormal_votes"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "tender_id", "review_id"],
            ["abnormal_reviews.bureau_id", "abnormal_reviews.tender_id", "abnormal_reviews.id"],
        ),
        member_key(),
        UniqueConstraint("bureau_id", "review_id", "member_id"),
        CheckConstraint("reason <> ''", name="reason"),
    )
    tender_id: Mapped[UUID]
    review_id: Mapped[UUID]
    member_id: Mapped[UUID]
    accepts: Mapped[bool]
    reason: Mapped[str]
    at: Mapped[datetime]


__all__ = [
    "LOT_STATES",
    "RESCORING_REASONS",
    "AbnormalReview",
    "AbnormalReviewFile",
    "AbnormalVote",
    "BidResult",
    "BidScore",
    "CommitteeDraw",
    "CommitteeMember",
    "CommitteeSeed",
    "ConformityReview",
    "ConformityVote",
    "EvaluationCommittee",
    "EvaluationEvent",
    "EvaluationReport",
    "Expert",
    "ExpertInterest",
    "ExpertSpecialty",
    "LotEvaluation",
    "PriceCorrection",
    "QualificationReview",
    "ReEvaluation",
    "ReportSignature",
    "Rescoring",
    "ScoreSheet",
]
