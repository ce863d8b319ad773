"""A hazard belongs to the school, which sees it at once: there is no waiting for a result's release."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_school, fk_school, now


class Hazard(Recorded, Versioned, SchoolOwned, db.Model):
    """`inspection_id`, `answer_key`: the visit's answer that raised it; both empty where somebody reported it by hand.
    `basis`: the form and its source, as words. `control_by`, `remove_by`: the ends of both countdowns."""

    __tablename__ = "hazards"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        CheckConstraint("state IN ('found', 'controlled', 'removed', 'closed', 'dismissed')", name="state"),
        CheckConstraint("(inspection_id IS NULL) = (answer_key = '')", name="origin"),
        CheckConstraint("(state IN ('closed', 'dismissed')) = (closed_at IS NOT NULL)", name="closed"),
        Index(
            "uq_hazards_answer", "bureau_id", "school_id", "inspection_id", "answer_key", unique=True,
            postgresql_where=text("inspection_id IS NOT NULL"),
        ),
        Index("ix_hazards_state", "bureau_id", "state", "found_at", "id"),
        Index("ix_hazards_school", "bureau_id", "school_id", "state", "found_at", "id"),
    )  # fmt: skip
    inspection_id: Mapped[UUID | None]
    answer_key: Mapped[str] = mapped_column(default="")
    item_no: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    label: Mapped[str]
    basis: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="found")
    found_at: Mapped[datetime] = mapped_column(default=now)
    found_by: Mapped[UUID]
    found_by_name: Mapped[str]
    control_by: Mapped[datetime]
    remove_by: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class HazardEvent(SchoolOwned, db.Model):
    """What was done about it: who, when, what. Append-only."""

    __tablename__ = "hazard_events"
    __table_args__ = (
        fk_school(),
        fk_in_school("hazard_id", "hazards"),
        Index("ix_hazard_events_of", "bureau_id", "school_id", "hazard_id", "id"),
    )
    hazard_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class HazardPhoto(SchoolOwned, db.Model):
    """`phase`: "found" shows the hazard, "proof" that it is controlled or gone."""

    __tablename__ = "hazard_photos"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("hazard_id", "hazards"),
        fk_in_school("attachment_id", "attachments"),
        CheckConstraint("phase IN ('found', 'proof')", name="phase"),
        Index("ix_hazard_photos_of", "bureau_id", "school_id", "hazard_id", "id"),
    )
    hazard_id: Mapped[UUID]
    attachment_id: Mapped[UUID]
    phase: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[UUID]
