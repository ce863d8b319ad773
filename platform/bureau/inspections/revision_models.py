"""What happens to a result after the school was told: acknowledged, revised, published."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import SchoolOwned, db, fk_in_bureau, fk_in_school, fk_school, now

CAUSES = ("submission", "appeal", "unresolved")


class InspectionAcknowledgement(SchoolOwned, db.Model):  # type: ignore[name-defined,misc]
    """The school accepts a result: who, when. `id` is the visit's; it ends the time for appeals. Append-only."""

    __tablename__ = "inspection_acknowledgements"
    __audited__ = True
    __table_args__ = (fk_school(), fk_in_school("id", "inspections"))
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class InspectionResultRevision(SchoolOwned, db.Model):  # type: ignore[name-defined,misc]
    """One reading of a result that stood or stands. Append-only; the newest is what `InspectionResult` shows.

    Number 0 (`submission`) keeps the original and is written together with number 1, so that a result that was never
    revised costs nothing. `changes`: {answer's key: {"old": answer, "new": answer}}.
    """

    __tablename__ = "inspection_result_revisions"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        UniqueConstraint("bureau_id", "school_id", "inspection_id", "number"),
        CheckConstraint("cause IN ('submission', 'appeal', 'unresolved')", name="cause"),
    )
    inspection_id: Mapped[UUID]
    number: Mapped[int]
    cause: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    appeal_id: Mapped[UUID | None]
    rectification_id: Mapped[UUID | None]
    old_score: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    score: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    maximum: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    percent: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    band: Mapped[str | None]
    verdict: Mapped[str | None]
    account: Mapped[dict[str, Any]]
    changes: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]


class InspectionPublication(SchoolOwned, db.Model):  # type: ignore[name-defined,misc]
    """What was published of one visit: the school's own place and the shape of its peer group, never another
    school's result. `id` is the visit's. `rank` None: the form gives no score. `peers`: see publishing.peers_of."""

    __tablename__ = "inspection_publications"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("id", "inspections"),
        fk_in_bureau("plan_id", "inspection_plans"),
        Index("ix_inspection_publications_plan", "bureau_id", "plan_id", "stage", "is_boarding"),
    )
    plan_id: Mapped[UUID]
    form_version_id: Mapped[UUID]
    stage: Mapped[str]
    is_boarding: Mapped[bool]
    score: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    band: Mapped[str | None]
    verdict: Mapped[str | None]
    rank: Mapped[int | None]
    of: Mapped[int]
    peers: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID]
    updated_at: Mapped[datetime]
