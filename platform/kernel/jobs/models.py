"""What a person sees of a job: progress and result. The queue itself is Procrastinate's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, db, fk_bureau, fk_school
from kernel.files import models as _files  # noqa: F401  the foreign key below points there


class JobRun(Recorded, BureauOwned, db.Model):
    """`progress` 0..100. `result`: small JSON; a file to fetch is `attachment_id`."""

    __tablename__ = "job_runs"
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "id"),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        Index("ix_job_runs_created_by", "bureau_id", "created_by", "id"),
    )
    school_id: Mapped[int | None]
    task: Mapped[str]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    progress: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attachment_id: Mapped[UUID | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
