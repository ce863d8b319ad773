"""A rectification belongs to the school; it exists from the result's release on, so the school always sees its own."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import (
    BureauOwned,
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_bureau,
    fk_in_bureau,
    fk_in_school,
    fk_school,
    now,
)


class ReinspectionDraw(BureauOwned, db.Model):
    """A sample of a plan's accepted rectifications to look at again (回头看). Append-only; `pool` and `drawn` are ids in
    order, so that with the seed anybody can draw again and get the same."""

    __tablename__ = "reinspection_draws"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("plan_id", "inspection_plans"),
        Index("ix_reinspection_draws_plan", "bureau_id", "plan_id", "id"),
    )
    plan_id: Mapped[UUID]
    seed: Mapped[str]
    share: Mapped[int]  # percent
    pool: Mapped[list[Any]]
    drawn: Mapped[list[Any]]
    drawn_at: Mapped[datetime] = mapped_column(default=now)
    drawn_by: Mapped[UUID]


class Rectification(Recorded, Versioned, SchoolOwned, db.Model):
    """One lost item of one visit. `before_photos`: the inspectors' photos (attachment ids). Whether it is overdue is
    no state: the clock says it (rules.overdue). `times_unresolved`: how often a re-inspection found it not fixed."""

    __tablename__ = "rectifications"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        fk_in_bureau("plan_id", "inspection_plans"),
        fk_in_bureau("draw_id", "reinspection_draws"),
        UniqueConstraint("bureau_id", "school_id", "inspection_id", "item_code"),
        CheckConstraint("severity IN ('immediate', 'urgent', 'normal', 'term')", name="severity"),
        CheckConstraint(
            "state IN ('open', 'replied', 'accepted', 'recheck', 'unresolved', 'closed', 'withdrawn')", name="state"
        ),
        CheckConstraint("(state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_rectifications_due", "bureau_id", "state", "due_on", "id"),
        Index("ix_rectifications_school", "bureau_id", "school_id", "state", "due_on", "id"),
        Index("ix_rectifications_plan", "bureau_id", "plan_id", "state", "id"),
    )
    inspection_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    kind: Mapped[str]
    item_code: Mapped[str]
    item_no: Mapped[str]
    item_text: Mapped[str]
    found: Mapped[str]
    lost: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    available: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    before_photos: Mapped[list[Any]]
    severity: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    due_on: Mapped[date]
    first_due_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(default=now)
    replied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    draw_id: Mapped[UUID | None]
    times_unresolved: Mapped[int] = mapped_column(default=0)


class RectificationReply(SchoolOwned, db.Model):
    """What the school reported at one time, and what the desk check said to it."""

    __tablename__ = "rectification_replies"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("rectification_id", "rectifications"),
        UniqueConstraint("bureau_id", "school_id", "rectification_id", "number"),
        CheckConstraint("cost_fen >= 0", name="cost"),
        CheckConstraint("outcome IN ('accepted', 'sent_back')", name="outcome"),
    )
    rectification_id: Mapped[UUID]
    number: Mapped[int]
    text: Mapped[str]
    cost_fen: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]
    outcome: Mapped[str | None]
    outcome_reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class RectificationPhoto(SchoolOwned, db.Model):
    """`after`: the school's proof, at best from the place of `before_id`; `recheck`: the inspector's. `reply_id` None:
    not handed in yet."""

    __tablename__ = "rectification_photos"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("rectification_id", "rectifications"),
        fk_in_school("reply_id", "rectification_replies"),
        fk_in_school("attachment_id", "attachments"),
        fk_in_school("before_id", "attachments"),
        CheckConstraint("phase IN ('after', 'recheck')", name="phase"),
        Index("ix_rectification_photos_of", "bureau_id", "school_id", "rectification_id", "id"),
        Index("ix_rectification_photos_attachment", "bureau_id", "attachment_id"),
    )
    rectification_id: Mapped[UUID]
    attachment_id: Mapped[UUID]
    before_id: Mapped[UUID | None]
    phase: Mapped[str] = mapped_column(default="after")
    reply_id: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[UUID]


class RectificationExtension(Versioned, SchoolOwned, db.Model):
    """The school asks for more time; one request at a time."""

    __tablename__ = "rectification_extensions"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("rectification_id", "rectifications"),
        CheckConstraint("state IN ('asked', 'granted', 'refused')", name="state"),
        Index(
            "uq_rectification_extensions_asked", "bureau_id", "school_id", "rectification_id", unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_rectification_extensions_state", "bureau_id", "state", "id"),
    )  # fmt: skip
    rectification_id: Mapped[UUID]
    reason: Mapped[str]
    wanted_until: Mapped[date]
    state: Mapped[str] = mapped_column(default="asked")
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[UUID]
    granted_until: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision_reason: Mapped[str] = mapped_column(default="")


class RectificationEvent(SchoolOwned, db.Model):
    """A transition: who, when, why. Append-only."""

    __tablename__ = "rectification_events"
    __table_args__ = (
        fk_school(),
        fk_in_school("rectification_id", "rectifications"),
        Index("ix_rectification_events_of", "bureau_id", "school_id", "rectification_id", "id"),
    )
    rectification_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


__all__ = [
    "Rectification",
    "RectificationEvent",
    "RectificationExtension",
    "RectificationPhoto",
    "RectificationReply",
    "ReinspectionDraw",
]
