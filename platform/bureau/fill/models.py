"""What phones hand in. All of it belongs to the school visited and is shown to the bureau only: the school reads the
released result. The answers themselves are the visit's (`inspection_answers`), whoever wrote them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import (
    BureauOwned,
    Recorded,
    SchoolOwned,
    db,
    fk_bureau,
    fk_in_bureau,
    fk_in_school,
    fk_school,
    now,
)


class FillSubmission(Recorded, SchoolOwned, db.Model):
    """One inspector's work on one visit, as the phone sent it last.

    `digest`: of the document, so that the same content sent again is known. `kept`: key → digest of what was merged
    from it last, which tells this person's own earlier answer from somebody else's. `conflicts`: answers kept
    apart, key → {answer, remark}. `parameters`, `units`: this person's part of the visit's. `server_score`, `score_check`: see
    rules.compare_scores.
    """

    __tablename__ = "fill_submissions"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        fk_in_bureau("person_id", "people"),
        fk_in_bureau("form_version_id", "form_versions"),
        UniqueConstraint("bureau_id", "id"),
        UniqueConstraint(
            "bureau_id", "school_id", "inspection_id", "person_id", name="uq_fill_submissions_visit_person"
        ),
        CheckConstraint("state IN ('draft', 'finalised')", name="state"),
        CheckConstraint("(state = 'finalised') = (finalised_at IS NOT NULL)", name="finalised"),
        CheckConstraint("score_check IN ('none', 'same', 'differs', 'other_answers')", name="score_check"),
        CheckConstraint("rev >= 1", name="rev"),
        Index("ix_fill_submissions_person", "bureau_id", "person_id", "inspection_id"),
    )
    inspection_id: Mapped[UUID]
    person_id: Mapped[UUID]
    form_version_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="draft")
    rev: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str]
    document: Mapped[dict[str, Any]]
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
    conflicts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    units: Mapped[dict[str, Any]] = mapped_column(default=dict)
    clock_offset_ms: Mapped[int] = mapped_column(BigInteger, default=0)  # service − phone
    client_score: Mapped[dict[str, Any] | None]
    server_score: Mapped[dict[str, Any] | None]
    score_check: Mapped[str] = mapped_column(default="none")
    received_at: Mapped[datetime] = mapped_column(default=now)  # of the newest revision
    finalised_at: Mapped[datetime | None]


class FillFile(SchoolOwned, db.Model):
    """A file that a submission names; `attachment_id` once its bytes are here. `answer_key` "": the whole visit."""

    __tablename__ = "fill_files"
    __table_args__ = (
        fk_school(),
        fk_in_school("submission_id", "fill_submissions"),
        fk_in_school("inspection_id", "inspections"),
        fk_in_school("attachment_id", "attachments"),
        UniqueConstraint(
            "bureau_id", "school_id", "submission_id", "sha256", "answer_key", "purpose", "signer",
            name="uq_fill_files_named_once",
        ),
        CheckConstraint("purpose IN ('photo', 'signature')", name="purpose"),
        CheckConstraint("size > 0", name="size"),
        Index("ix_fill_files_sha256", "bureau_id", "school_id", "sha256"),
        Index("ix_fill_files_inspection", "bureau_id", "school_id", "inspection_id"),
    )  # fmt: skip
    submission_id: Mapped[UUID]
    inspection_id: Mapped[UUID]
    person_id: Mapped[UUID]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    answer_key: Mapped[str]
    purpose: Mapped[str]
    signer: Mapped[str]  # "inspector:<person id>", "school"; "" of a photo
    taken_at: Mapped[datetime]  # by the phone's clock
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))  # WGS-84 degrees
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    accuracy: Mapped[Decimal | None] = mapped_column(Numeric(9, 1))  # metres
    attachment_id: Mapped[UUID | None]


class FillReceipt(BureauOwned, db.Model):
    """What the service confirmed; append-only, one chain per bureau. `hash` over `prev` and the document."""

    __tablename__ = "fill_receipts"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "submission_id"],
            ["fill_submissions.bureau_id", "fill_submissions.school_id", "fill_submissions.id"],
        ),
        UniqueConstraint("bureau_id", "seq"),
        UniqueConstraint("bureau_id", "school_id", "submission_id", "rev"),
        CheckConstraint("seq >= 1", name="seq"),
    )
    school_id: Mapped[int]
    submission_id: Mapped[UUID]
    rev: Mapped[int]
    seq: Mapped[int]
    prev: Mapped[str]
    hash: Mapped[str]
    document: Mapped[dict[str, Any]]
    signature: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)


__all__ = ["FillFile", "FillReceipt", "FillSubmission"]
