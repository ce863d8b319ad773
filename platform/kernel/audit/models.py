"""The audit: one entry per transaction and kind of change, sealed afterwards into hash-chained blocks. Append-only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, db, fk_bureau, fk_school, now


class AuditEntry(BureauOwned, db.Model):
    """`changes`: [{table, key, kind: insert|update|delete, old: {...}, new: {...}}]. `action` is a permission name
    or an event such as "identity:sign_in:failed". `school_id` is set where the change is a school's own."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        Index("ix_audit_entries_school", "bureau_id", "school_id", "id"),
        Index("ix_audit_entries_actor", "bureau_id", "actor_id", "id"),
        Index("ix_audit_entries_action", "bureau_id", "action", "id"),
    )
    school_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    action: Mapped[str]
    request_id: Mapped[str] = mapped_column(default="")
    changes: Mapped[list[Any]]


class AuditBlock(db.Model):
    """`seq` counts from 1 within a bureau; `hash` covers the previous block's hash, the seq and the entries' hashes."""

    __tablename__ = "audit_blocks"
    __table_args__ = (fk_bureau(), CheckConstraint("seq >= 1 AND entries >= 1", name="counts"))
    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entries: Mapped[int]
    previous_hash: Mapped[str]
    hash: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(default=now)


class AuditBlockEntry(db.Model):
    """Which entry stands in which block at which place, with its hash at the time of sealing."""

    __tablename__ = "audit_block_entries"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["bureau_id", "seq"], ["audit_blocks.bureau_id", "audit_blocks.seq"]),
        Index("ix_audit_block_entries_seq", "bureau_id", "seq", "position"),
    )
    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    entry_hash: Mapped[str]
