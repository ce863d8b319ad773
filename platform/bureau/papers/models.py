"""Issued papers. A paper never changes: what it says, its file's hash and its number stand; it can only be withdrawn."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Versioned, db, fk_bureau, fk_in_bureau, fk_school, now


class Paper(Versioned, BureauOwned, db.Model):
    """`school_id` None: about the district (a bulletin). `data`: everything the paper says, as it was.

    `code`: what its QR asks for, random, so that nobody can guess a paper. `sha256`: of the .docx. `state` "withdrawn"
    with the reason when what it said no longer holds.
    """

    __tablename__ = "papers"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        fk_in_bureau("plan_id", "inspection_plans"),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "inspection_id"],
            ["inspections.bureau_id", "inspections.school_id", "inspections.id"],
        ),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        UniqueConstraint("bureau_id", "code"),
        UniqueConstraint("bureau_id", "number"),
        CheckConstraint("kind IN ('record', 'notice', 'bulletin', 'letter')", name="kind"),
        CheckConstraint("state IN ('issued', 'withdrawn')", name="state"),
        CheckConstraint("(kind = 'bulletin') = (school_id IS NULL)", name="addressee"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        Index(
            "uq_papers_standing", "bureau_id", "kind", "plan_id", "inspection_id", unique=True,
            postgresql_where=text("state = 'issued'"), postgresql_nulls_not_distinct=True,
        ),
        Index("ix_papers_plan", "bureau_id", "plan_id", "kind", "id"),
        Index("ix_papers_school", "bureau_id", "school_id", "id"),
    )  # fmt: skip
    school_id: Mapped[int | None]
    kind: Mapped[str]
    number: Mapped[str]
    title: Mapped[str]
    plan_id: Mapped[UUID]
    inspection_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    code: Mapped[str]
    attachment_id: Mapped[UUID]
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default="issued")
    issued_at: Mapped[datetime] = mapped_column(default=now)
    issued_by: Mapped[UUID]
    issued_by_name: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")
