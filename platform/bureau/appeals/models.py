"""An appeal belongs to the school. While it is a draft, row-level security hides it from the bureau."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_bureau, fk_in_school, fk_school, now


class Appeal(Recorded, Versioned, SchoolOwned, db.Model):
    """Against one item of one visit, once: a withdrawn one may be followed by another.

    `item_no`, `item_text`, `lost`: as the result showed them. `revision`: the number of the result's revision that an
    upheld appeal led to.
    """

    __tablename__ = "appeals"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        fk_in_bureau("plan_id", "inspection_plans"),
        CheckConstraint("state IN ('draft', 'sent', 'withdrawn', 'rejected', 'upheld')", name="state"),
        CheckConstraint("(state IN ('rejected', 'upheld')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("state = 'draft' OR sent_at IS NOT NULL", name="sent"),
        Index(
            "uq_appeals_item", "bureau_id", "school_id", "inspection_id", "item_code", unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_appeals_state", "bureau_id", "state", "id"),
        Index("ix_appeals_plan", "bureau_id", "plan_id", "item_code"),
        Index("ix_appeals_school", "bureau_id", "school_id", "id"),
    )  # fmt: skip
    inspection_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    item_code: Mapped[str]
    item_no: Mapped[str]
    item_text: Mapped[str]
    lost: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int | None]


class AppealEvidence(SchoolOwned, db.Model):
    __tablename__ = "appeal_evidence"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("appeal_id", "appeals"),
        fk_in_school("attachment_id", "attachments"),
        Index("ix_appeal_evidence_appeal", "bureau_id", "school_id", "appeal_id"),
    )
    appeal_id: Mapped[UUID]
    attachment_id: Mapped[UUID]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[UUID]


class AppealEvent(SchoolOwned, db.Model):
    """A transition: who, when, why. Append-only. `by_name`: a school does not see the bureau's people by id."""

    __tablename__ = "appeal_events"
    __table_args__ = (
        fk_school(),
        fk_in_school("appeal_id", "appeals"),
        Index("ix_appeal_events_of", "bureau_id", "school_id", "appeal_id", "id"),
    )
    appeal_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


__all__ = ["Appeal", "AppealEvent", "AppealEvidence"]
