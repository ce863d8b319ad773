"""What a draw is committed to, its seed, its result; inspectors' interests; what is sampled on site."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
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
)


class InspectorInterest(Recorded, Versioned, BureauOwned, db.Model):
    """Why an inspector must not be sent to a school, on days [valid_from, valid_until]. Taken back, never deleted."""

    __tablename__ = "inspector_interests"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("person_id", "people"),
        ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
        CheckConstraint("kind IN ('former_school', 'relative', 'declared')", name="kind"),
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="span"),
        Index("ix_inspector_interests_person", "bureau_id", "person_id", "school_id"),
        Index("ix_inspector_interests_school", "bureau_id", "school_id"),
    )
    person_id: Mapped[UUID]
    school_id: Mapped[int]
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]


class PlanSchool(SchoolOwned, db.Model):
    """A school that a plan covers. The list is fixed when it is added to; a filter is never applied again behind it."""

    __tablename__ = "inspection_plan_schools"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("plan_id", "inspection_plans"),
        UniqueConstraint("bureau_id", "plan_id", "school_id"),
    )
    plan_id: Mapped[UUID]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[UUID]


class Draw(Recorded, Versioned, BureauOwned, db.Model):
    """committed (the hash is public, nothing is drawn) → drawn (the bureau sees seed and result) → published
    (everyone does); or withdrawn before it was drawn, with the reason. `commitment`, `result_digest`: SHA-256 in hex."""

    __tablename__ = "draws"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("plan_id", "inspection_plans"),
        CheckConstraint("state IN ('committed', 'drawn', 'published', 'withdrawn')", name="state"),
        CheckConstraint("(state IN ('drawn', 'published')) = (drawn_at IS NOT NULL)", name="drawn"),
        CheckConstraint("(drawn_at IS NULL) = (result_digest IS NULL)", name="result"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
        Index("ix_draws_plan", "bureau_id", "plan_id", "id"),
        # One open commitment per plan: nobody commits to two seeds and keeps the one they like.
        Index("uq_draws_open", "bureau_id", "plan_id", unique=True, postgresql_where="state = 'committed'"),
    )
    plan_id: Mapped[UUID]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="committed")
    commitment: Mapped[str]
    wants_public_value: Mapped[str] = mapped_column(default="")  # which number of a public draw is mixed in; "": none
    public_value: Mapped[str] = mapped_column(default="")
    result_digest: Mapped[str | None]
    drawn_at: Mapped[datetime | None]
    drawn_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")  # of a withdrawal


class DrawDocument(BureauOwned, db.Model):
    """The long part of a draw; `id` is the draw's. The runtime roles may write `rules` and `pools` once and never
    change them (column grants of the migration); `seed`, `result` come with the draw."""

    __tablename__ = "draw_documents"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["bureau_id", "id"], ["draws.bureau_id", "draws.id"]),
        CheckConstraint("(seed IS NULL) = (result IS NULL)", name="drawn"),
        CheckConstraint("published_at IS NULL OR seed IS NOT NULL", name="published"),
    )
    rules: Mapped[dict[str, Any]]
    pools: Mapped[dict[str, Any]]
    seed: Mapped[str | None]
    result: Mapped[dict[str, Any] | None]
    published_at: Mapped[datetime | None]


class DrawSeed(BureauOwned, db.Model):
    """The seed of a draw before it is drawn; `id` is the draw's. No role that serves a page may read this table: a
    bureau's scope can only add to it, and the one use case that draws reads its one row under the operator's role."""

    __tablename__ = "draw_seeds"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["bureau_id", "id"], ["draws.bureau_id", "draws.id"]),
        CheckConstraint("length(seed) = 32", name="length"),
    )
    seed: Mapped[bytes] = mapped_column(LargeBinary)


class VisitSeed(SchoolOwned, db.Model):
    """From what a visit's rooms, windows and pupils are drawn on site; `id` is the visit's. Hidden from the school."""

    __tablename__ = "visit_seeds"
    __table_args__ = (
        fk_school(),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "id"], ["inspections.bureau_id", "inspections.school_id", "inspections.id"]
        ),
    )
    seed: Mapped[str]


__all__ = ["Draw", "DrawDocument", "DrawSeed", "InspectorInterest", "PlanSchool", "VisitSeed"]
