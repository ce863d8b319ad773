"""Attachments: the database knows what, whose and how big; the bytes lie content-addressed per tenant in a folder."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, db, fk_bureau, fk_school


class Attachment(Recorded, BureauOwned, db.Model):
    """`school_id` None: the bureau's own. `hidden_from_school`: belongs to a school's record that the school is not
    told of yet (a visit before its release); row-level security keeps it out of the school's sight until then."""

    __tablename__ = "attachments"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "id"),
        Index("ix_attachments_sha256", "bureau_id", "sha256"),
        CheckConstraint("size > 0", name="size"),
    )
    school_id: Mapped[int | None]
    sha256: Mapped[str]  # of the stored bytes
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    width: Mapped[int | None]
    height: Mapped[int | None]
    original_name: Mapped[str]
    purpose: Mapped[str]  # "inspection_photo", "certificate", "evidence" …
    hidden_from_school: Mapped[bool] = mapped_column(default=False)
    taken_at: Mapped[datetime | None]
