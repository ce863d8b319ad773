"""Estimates of strictness and signs in a visit's data. None of it is ever shown to a school."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, SchoolOwned, db, fk_bureau, fk_in_bureau, fk_in_school, fk_school, now


class StrictnessRun(BureauOwned, db.Model):
    """One estimation over the submitted visits of a kind between two days (both inclusive).

    `refusal` empty: it was carried out. `spread`: {"school", "visit", "inspector", "error", "mean_weight", "level"},
    standard deviations in shares of the points. `covariance`: rows and columns in the order of `people`.
    """

    __tablename__ = "strictness_runs"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        CheckConstraint("kind IN ('canteen', 'dormitory', 'safety', 'logistics')", name="kind"),
        CheckConstraint("starts_on <= ends_on", name="span"),
        Index("ix_strictness_runs_kind", "bureau_id", "kind", "computed_at"),
    )
    kind: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    refusal: Mapped[str] = mapped_column(default="")
    visits: Mapped[int] = mapped_column(default=0)
    observations: Mapped[int] = mapped_column(default=0)
    spread: Mapped[dict[str, Any]] = mapped_column(default=dict)
    people: Mapped[list[Any]] = mapped_column(default=list)
    covariance: Mapped[list[Any]] = mapped_column(default=list)
    groups: Mapped[list[Any]] = mapped_column(default=list)  # linked groups of people's ids, largest first
    computed_at: Mapped[datetime] = mapped_column(default=now)
    computed_by: Mapped[UUID]


class StrictnessEstimate(BureauOwned, db.Model):
    """One inspector in one run. `effect`, `low`, `high`: share of the points; null where `standing` says why not."""

    __tablename__ = "strictness_estimates"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("run_id", "strictness_runs"),
        fk_in_bureau("person_id", "people"),
        UniqueConstraint("bureau_id", "run_id", "person_id"),
        CheckConstraint("standing IN ('estimated', 'few_visits', 'unconnected')", name="standing"),
        Index("ix_strictness_estimates_person", "bureau_id", "person_id"),
    )
    run_id: Mapped[UUID]
    person_id: Mapped[UUID]
    standing: Mapped[str]
    visits: Mapped[int]
    effect: Mapped[float | None] = mapped_column(Float)
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)


class DataFlag(SchoolOwned, db.Model):
    """A sign in the data of one visit that somebody should look at; `note` and who looked, once looked at."""

    __tablename__ = "data_flags"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        UniqueConstraint("bureau_id", "school_id", "inspection_id", "code"),
        CheckConstraint("(looked_at IS NULL) = (looked_by IS NULL)", name="looked"),
        Index("ix_data_flags_open", "bureau_id", "looked_at", "found_at"),
    )
    inspection_id: Mapped[UUID]
    code: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found_at: Mapped[datetime] = mapped_column(default=now)
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="")
