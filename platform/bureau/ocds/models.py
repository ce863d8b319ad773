"""What the world was told. Append-only: the runtime roles hold no right to update or delete (migration 0029)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, db, fk_bureau, fk_in_bureau


class OcdsRelease(BureauOwned, db.Model):
    """One release of a tender: the whole public state at a moment. `sha256`: of the canonical `body` without what changes
    with every release (id, date, tag), so that the same content has the same hash."""

    __tablename__ = "ocds_releases"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        UniqueConstraint("bureau_id", "tender_id", "number"),
        UniqueConstraint("bureau_id", "ocid", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="hash"),
        Index("ix_ocds_releases_first", "bureau_id", "id", postgresql_where=text("number = 1")),
    )
    tender_id: Mapped[UUID]
    number: Mapped[int]
    ocid: Mapped[str]
    tags: Mapped[list[Any]] = mapped_column(JSONB)
    released_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
