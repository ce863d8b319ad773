"""Prints of the photos that serve as evidence, and photos that look like an older one. The bureau's only: the search
goes across schools, and a school must not learn of another's photos."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, db, fk_bureau, fk_in_bureau, now


class PhotoPrint(BureauOwned, db.Model):
    """`id` is the attachment's. `across`, `down`: bureau.evidence.prints as signed 64 bits; `quarter_*`: the 16-bit
    parts of `across`, for the search. `plain`: too little in the picture to be recognised."""

    __tablename__ = "photo_prints"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["bureau_id", "id"], ["attachments.bureau_id", "attachments.id"]),
        Index("ix_photo_prints_quarter_1", "bureau_id", "quarter_1"),
        Index("ix_photo_prints_quarter_2", "bureau_id", "quarter_2"),
        Index("ix_photo_prints_quarter_3", "bureau_id", "quarter_3"),
        Index("ix_photo_prints_quarter_4", "bureau_id", "quarter_4"),
    )
    across: Mapped[int] = mapped_column(BigInteger)
    down: Mapped[int] = mapped_column(BigInteger)
    quarter_1: Mapped[int]
    quarter_2: Mapped[int]
    quarter_3: Mapped[int]
    quarter_4: Mapped[int]
    plain: Mapped[bool]
    printed_at: Mapped[datetime] = mapped_column(default=now)


class PhotoMatch(BureauOwned, db.Model):
    """A photo of proof (`later_id`) that shows the picture of an older one. `bits`: differing bits of 128."""

    __tablename__ = "photo_matches"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("later_id", "photo_prints"),
        fk_in_bureau("earlier_id", "photo_prints"),
        UniqueConstraint("bureau_id", "later_id", "earlier_id"),
        CheckConstraint("later_id <> earlier_id", name="two_photos"),
        CheckConstraint("(looked_at IS NULL) = (looked_by IS NULL)", name="looked"),
        Index("ix_photo_matches_open", "bureau_id", "looked_at", "found_at"),
    )
    later_id: Mapped[UUID]
    earlier_id: Mapped[UUID]
    bits: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(default=now)
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="")
