"""Recalls of the bureau, each school's part of them, and what schools report that may call for one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import (
    BureauOwned,
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_bureau,
    fk_in_bureau,
    fk_school,
    now,
    one_of,
)

TRIGGERS = ("lot", "certificate", "dish", "meal")
STATES = ("open", "active", "lifted", "closed", "dropped")


class Recall(Recorded, Versioned, BureauOwned, db.Model):
    """召回. The schools never see this row: what they are told stands in their own part.

    `trigger`: what it began from, as asked ({"batch_no": …} …). `lots`: the suspect lots, [{"item_id", "item_name",
    "supplier_id", "supplier_name", "batch_no"}]. `totals`: what the trace counted when it was made. `begun_at`: when the
    question was asked; `traced_ms`: how long the answer took. A drill tells the schools and freezes nothing.
    """

    __tablename__ = "recalls"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "incident_school_id", "incident_id"],
            ["suspected_incidents.bureau_id", "suspected_incidents.school_id", "suspected_incidents.id"],
            name="fk_recalls_incident",
        ),
        UniqueConstraint("bureau_id", "number"),
        CheckConstraint(one_of("trigger_kind", TRIGGERS), name="trigger_kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("(incident_id IS NULL) = (incident_school_id IS NULL)", name="incident"),
        CheckConstraint("(state IN ('open', 'dropped')) = (told_at IS NULL)", name="told"),
        CheckConstraint("(state IN ('open', 'active')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("traced_ms >= 0", name="traced"),
        Index("ix_recalls_newest", "bureau_id", "begun_at", "id"),
        Index("ix_recalls_incident", "bureau_id", "incident_school_id", "incident_id"),
    )
    number: Mapped[str]
    is_drill: Mapped[bool]
    trigger_kind: Mapped[str]
    trigger: Mapped[dict[str, Any]]
    lots: Mapped[list[Any]]
    totals: Mapped[dict[str, Any]]
    reason: Mapped[str]
    instructions: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open")
    begun_at: Mapped[datetime]
    traced_at: Mapped[datetime]
    traced_ms: Mapped[int]
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")
    begun_by_name: Mapped[str]
    incident_school_id: Mapped[int | None]
    incident_id: Mapped[UUID | None]


class RecallEvent(BureauOwned, db.Model):
    """One step of a recall: who, when, why. Append-only."""

    __tablename__ = "recall_events"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("recall_id", "recalls"),
        Index("ix_recall_events_of", "bureau_id", "recall_id", "id"),
    )
    recall_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class RecallPart(Versioned, SchoolOwned, db.Model):
    """What one school is told of a recall, and what it answers. `part`: the trace of this school as it was when told
    (see service.tracing.SchoolPart). `found_quantity`: what the school counted and locked away, in words with units."""

    __tablename__ = "recall_parts"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("recall_id", "recalls"),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        UniqueConstraint("bureau_id", "school_id", "recall_id"),
        CheckConstraint("state IN ('told', 'secured')", name="state"),
        CheckConstraint("(state = 'secured') = (secured_at IS NOT NULL)", name="secured"),
        CheckConstraint("state <> 'secured' OR found <> ''", name="found"),
        Index("ix_recall_parts_recall", "bureau_id", "recall_id", "school_id"),
        Index("ix_recall_parts_newest", "bureau_id", "school_id", "told_at", "id"),
    )
    recall_id: Mapped[UUID]
    number: Mapped[str]
    is_drill: Mapped[bool]
    is_over: Mapped[bool] = mapped_column(default=False)
    over_reason: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    instructions: Mapped[str] = mapped_column(default="")
    lots: Mapped[list[Any]]
    part: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="told")
    told_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by_name: Mapped[str] = mapped_column(default="")
    secured_at: Mapped[datetime | None]
    secured_by: Mapped[UUID | None]
    secured_by_name: Mapped[str] = mapped_column(default="")
    found: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[UUID | None]


class SuspectedIncident(Recorded, Versioned, SchoolOwned, db.Model):
    """疑似食品安全事件: pupils fell ill after a meal. The school reports it, the bureau traces it."""

    __tablename__ = "suspected_incidents"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint("state IN ('reported', 'traced', 'dismissed')", name="state"),
        CheckConstraint("sick_count > 0", name="sick_count"),
        CheckConstraint("symptoms <> ''", name="symptoms"),
        CheckConstraint("state <> 'dismissed' OR end_reason <> ''", name="end_reason"),
        Index("ix_suspected_incidents_open", "bureau_id", "state", "id"),
        Index("ix_suspected_incidents_newest", "bureau_id", "school_id", "noticed_at", "id"),
    )
    on_day: Mapped[date]
    meal: Mapped[str]
    sick_count: Mapped[int]
    symptoms: Mapped[str]
    noticed_at: Mapped[datetime]
    measures: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="reported")
    end_reason: Mapped[str] = mapped_column(default="")
    report_by: Mapped[datetime]
    reported_by_name: Mapped[str]
