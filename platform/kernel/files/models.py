"""Attachments: the database knows what, whose and how big; the bytes lie content-addressed per tenant in a folder."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, db, fk_bureau, fk_in_bureau, fk_school


class Attachment(Recorded, BureauOwned, db.Model):
    """`school_id` and `supplier_id` None: the bureau's own; at most one is set. A supplier sees its own, nobody
    else's. `hidden_from_school`: belongs to a school's record that the school is not
    told of yet (a visit before its release); row-level security keeps it out of the school's sight until then."""

    __tablename__ = "attachments"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "school_id", "id"),
        UniqueConstraint("bureau_id", "supplier_id", "id", name="uq_attachments_supplier"),
        Index("ix_attachments_sha256", "bureau_id", "sha256"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("school_id IS NULL OR supplier_id IS NULL", name="owner"),
    )
    school_id: Mapped[int | None]
    supplier_id: Mapped[UUID | None]
    sha256: Mapped[str]  # of the stored bytes
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    width: Mapped[int | None]
    height: Mapped[int | None]
    original_name: Mapped[str]
    purpose: Mapped[str]  # "inspection_photo", "certificate", "evidence" …
    hidden_from_school: Mapped[bool] = mapped_column(default=False)
    taken_at: Mapped[datetime | None]
