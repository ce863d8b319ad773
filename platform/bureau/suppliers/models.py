"""Companies and their registrations. `Supplier` is the company once; what a bureau knows of it stands in that
bureau's own rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, new_id, now


class Supplier(db.Model):
    """Global: one company may serve several bureaus. `name`: as first told; a bureau trusts only its own row."""

    __tablename__ = "suppliers"
    __table_args__ = (
        UniqueConstraint("credit_code"),
        CheckConstraint("length(credit_code) = 18", name="credit_code"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    credit_code: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class BureauSupplier(Recorded, Versioned, BureauOwned, db.Model):
    """A company's registration at one bureau; `id` is the company's. Suspension and expiry are no states: they follow
    from measures and dates at the moment of asking (see service/standing.py). `return_notes`: field → what to mend."""

    __tablename__ = "bureau_suppliers"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["id"], ["suppliers.id"]),
        UniqueConstraint("bureau_id", "credit_code"),
        CheckConstraint("state IN ('draft', 'applied', 'returned', 'refused', 'active', 'removed')", name="state"),
        CheckConstraint("kind IN ('enterprise', 'cooperative', 'individual', 'farm', 'other')", name="kind"),
        CheckConstraint("size IN ('micro', 'small', 'medium', 'large')", name="size"),
        CheckConstraint("state NOT IN ('active', 'removed') OR admitted_at IS NOT NULL", name="admitted"),
        Index("ix_bureau_suppliers_search_name", "bureau_id", "search_name"),
        Index("ix_bureau_suppliers_state", "bureau_id", "state", "id"),
    )
    credit_code: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]  # lower case, for matching with = and ^@
    kind: Mapped[str] = mapped_column(default="enterprise")
    size: Mapped[str] = mapped_column(default="small")
    address: Mapped[str] = mapped_column(default="")
    business: Mapped[str] = mapped_column(default="")  # what it trades in, in its own words
    contact_name: Mapped[str] = mapped_column(default="")
    contact_mobile: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    state_reason: Mapped[str] = mapped_column(default="")
    return_notes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    admitted_at: Mapped[datetime | None]  # first registered; from then on schools see the row
