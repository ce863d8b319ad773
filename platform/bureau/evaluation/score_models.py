"""Members' scores, what comes out for each bid, and the signed report."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bureau.bids.models import fk_bid, fk_bid_of_lot
from bureau.evaluation.committee_models import member_key
from bureau.tendering.models import fk_tender_lot
from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, one_of

RESCORING_REASONS = ("sum_error", "out_of_range", "objective_differs", "extreme")


class ScoreSheet(Versioned, BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """One member's scores of one lot: open → locked, never back. Seen by its member alone (`app.member_id`) until all
    members locked all lots of the tender (`is_disclosed`). `content_sha256`: over the scores as they were locked."""

    __tablename__ = "score_sheets"
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(),
        member_key(),
        UniqueConstraint("bureau_id", "lot_id", "member_id"),
        UniqueConstraint("bureau_id", "lot_id", "member_id", "id"),
        CheckConstraint("state IN ('open', 'locked')", name="state"),
        CheckConstraint("(state = 'locked') = (locked_at IS NOT NULL)", name="locked"),
        CheckConstraint("(locked_at IS NULL) = (content_sha256 IS NULL)", name="content"),
        CheckConstraint("NOT is_disclosed OR state = 'locked'", name="disclosed"),
        Index("ix_score_sheets_tender", "bureau_id", "tender_id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    member_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="open")
    locked_at: Mapped[datetime | None]
    content_sha256: Mapped[str | None]
    is_disclosed: Mapped[bool] = mapped_column(default=False)


class BidScore(BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """One member's points for one bid and one criterion, as locked; what changes them afterwards is a `Rescoring`."""

    __tablename__ = "bid_scores"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "lot_id", "member_id", "sheet_id"],
            ["score_sheets.bureau_id", "score_sheets.lot_id", "score_sheets.member_id", "score_sheets.id"],
        ),
        fk_bid_of_lot(),
        fk_in_bureau("criterion_id", "tender_criteria"),
        UniqueConstraint("bureau_id", "sheet_id", "bid_id", "criterion_id"),
        UniqueConstraint("bureau_id", "lot_id", "id"),
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("NOT is_disclosed OR is_locked", name="disclosed"),
        Index("ix_bid_scores_lot", "bureau_id", "lot_id"),
    )
    sheet_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    member_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    criterion_id: Mapped[UUID]
    points: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    level: Mapped[str] = mapped_column(default="")  # the label chosen, for a scale of levels
    note: Mapped[str] = mapped_column(default="")
    is_locked: Mapped[bool] = mapped_column(default=False)
    is_disclosed: Mapped[bool] = mapped_column(default=False)


class Rescoring(BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """A change after locking, for one of the reasons of Art. 64 and no other. Append-only; the newest counts."""

    __tablename__ = "rescorings"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "lot_id", "score_id"], ["bid_scores.bureau_id", "bid_scores.lot_id", "bid_scores.id"]
        ),
        fk_tender_lot(),
        member_key(),
        CheckConstraint(one_of("reason_code", RESCORING_REASONS), name="reason_code"),
        CheckConstraint("explanation <> ''", name="explanation"),
        CheckConstraint("points_before <> points_after AND points_after >= 0", name="points"),
        Index("ix_rescorings_lot", "bureau_id", "lot_id", "id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    score_id: Mapped[UUID]
    member_id: Mapped[UUID]
    points_before: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    points_after: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    reason_code: Mapped[str]
    explanation: Mapped[str]
    at: Mapped[datetime]


class BidResult(Versioned, BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """What came out for one bid (`bid_id`). `price_points`, `total`: exact, "n/d"; the numeric ones are for showing and
    sorting. `place`: 1 is best; None for an invalid bid. `evaluated_price_fen`: after correction and deduction, rounded
    for showing; exact in `account`. A discount bid has `discount` instead of prices.
    """

    __tablename__ = "bid_results"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(),
        fk_bid_of_lot(),
        fk_bid(),
        UniqueConstraint("bureau_id", "bid_id"),
        CheckConstraint("is_valid = (place IS NOT NULL)", name="place"),
        CheckConstraint("is_valid = (total IS NOT NULL)", name="total"),
        CheckConstraint("is_valid OR reason_code <> ''", name="reason"),
        Index("ix_bid_results_lot", "bureau_id", "lot_id", "place"),
        Index("ix_bid_results_tender", "bureau_id", "tender_id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    is_valid: Mapped[bool]
    reason_code: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    article: Mapped[str] = mapped_column(default="")
    bid_price_fen: Mapped[int | None] = mapped_column(BigInteger)  # as corrected: what the contract is made at
    evaluated_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    discount: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    price_points: Mapped[str | None]
    price_points_shown: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    total: Mapped[str | None]
    total_shown: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    place: Mapped[int | None]
    account: Mapped[dict[str, Any]] = mapped_column(default=dict)
    computed_at: Mapped[datetime]


class EvaluationReport(Recorded, Versioned, BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """评标报告. `body` names members by number; `sha256` over its canonical JSON is what they sign. A report that a
    re-scoring has overtaken is `withdrawn`."""

    __tablename__ = "evaluation_reports"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        UniqueConstraint("bureau_id", "number"),
        UniqueConstraint("bureau_id", "tender_id", "id"),
        CheckConstraint("state IN ('signing', 'signed', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="hash"),
        Index("ix_evaluation_reports_tender", "bureau_id", "tender_id", "id"),
    )
    tender_id: Mapped[UUID]
    number: Mapped[str]
    state: Mapped[str] = mapped_column(default="signing")
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    sign_until: Mapped[datetime]
    signed_at: Mapped[datetime | None]


class ReportSignature(BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """One member's word on the report: agrees, dissents with a reason, or was silent past the term (Art. 61: deemed to
    agree). Append-only."""

    __tablename__ = "report_signatures"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "tender_id", "report_id"],
            ["evaluation_reports.bureau_id", "evaluation_reports.tender_id", "evaluation_reports.id"],
        ),
        member_key(),
        UniqueConstraint("bureau_id", "report_id", "member_id"),
        CheckConstraint("opinion IN ('agrees', 'dissents', 'deemed')", name="opinion"),
        CheckConstraint("(opinion = 'dissents') = (reason <> '')", name="reason"),
    )
    tender_id: Mapped[UUID]
    report_id: Mapped[UUID]
    member_id: Mapped[UUID]
    member_number: Mapped[int]
    opinion: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str]
    at: Mapped[datetime]
