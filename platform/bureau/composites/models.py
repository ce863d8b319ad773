"""A composite says which parts count how much; what comes of it is computed from the parts as they stand."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau


class BureauComposite(Recorded, Versioned, BureauOwned, db.Model):
    """`missing`: "refuse", a school without one of the parts has no score; "renormalise", the others' weights fill the
    whole."""

    __tablename__ = "composites"
    __audited__ = True
    __table_args__ = (fk_bureau(), CheckConstraint("missing IN ('refuse', 'renormalise')", name="missing"))
    title: Mapped[str]
    missing: Mapped[str] = mapped_column(default="refuse")


class CompositePart(BureauOwned, db.Model):
    """Either a plan's official scores, or what a survey with this form came to on the days first..last."""

    __tablename__ = "composite_parts"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("composite_id", "composites"),
        fk_in_bureau("plan_id", "inspection_plans"),
        fk_in_bureau("form_version_id", "form_versions"),
        CheckConstraint("weight > 0", name="weight"),
        CheckConstraint("(plan_id IS NULL) <> (form_version_id IS NULL)", name="source"),
        CheckConstraint("(form_version_id IS NULL) = (first IS NULL AND last IS NULL)", name="span"),
        Index("ix_composite_parts_composite", "bureau_id", "composite_id", "position"),
    )
    composite_id: Mapped[UUID]
    position: Mapped[int]
    title: Mapped[str]
    weight: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    plan_id: Mapped[UUID | None]
    form_version_id: Mapped[UUID | None]
    first: Mapped[date | None]
    last: Mapped[date | None]
