"""Figures from regulations: the nation's rows are global, a bureau's and a school's overrides are tenant rows."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_school, new_id


class NationalFigure(db.Model):
    """Global: law is the same for every tenant. Effective [valid_from, valid_to)."""

    __tablename__ = "national_figures"
    __table_args__ = (
        UniqueConstraint("key", "valid_from"),
        CheckConstraint("certainty IN ('confirmed', 'weak', 'to_confirm')", name="certainty"),
        CheckConstraint("stricter IN ('higher', 'lower')", name="stricter"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str]
    value: Mapped[dict[str, Any]]  # {"number": "48"} or {"json": …}
    unit: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    citation: Mapped[str]
    certainty: Mapped[str]
    stricter: Mapped[str | None]  # an override may only go this way; None: either way
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class FigureOverride(Recorded, Versioned, BureauOwned, db.Model):
    """A bureau's figure (`school_id` None) or a school's, with the local rule it rests on."""

    __tablename__ = "figure_overrides"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        Index("ix_figure_overrides_key", "bureau_id", "key", "school_id"),
        CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="span"),
    )
    school_id: Mapped[int | None]
    key: Mapped[str]
    value: Mapped[dict[str, Any]]
    citation: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
