"""What phones handed in without having had a network: one row per record, beside the receipt or the records of the day
that came of it. Append-only: it proves what was said, by whom, when it was made and when it arrived."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, db, fk_in_bureau, fk_school


class OfflineRecord(Recorded, SchoolOwned, db.Model):
    """`created_at`: when it arrived. `made_at`: by the phone's clock; `claimed_at`: the same by ours, as well as the
    phone knew it; `counts_at`: from when it counts (rules.judge). `digest`: of the content, which is also what the phone
    is given as its acknowledgement. `record_kind`, `record_ids`: what came of it; "goods_receipt" or a kind of the
    canteen's day."""

    __tablename__ = "offline_records"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("person_id", "people"),
        CheckConstraint("digest <> '' AND record_kind <> ''", name="named"),
        CheckConstraint("cardinality(record_ids) > 0", name="record_ids"),
        CheckConstraint("claimed_at <= created_at AND counts_at >= claimed_at", name="counts_at"),
        CheckConstraint("cardinality(flags) = 0 OR counts_at = created_at", name="flags"),
        Index("ix_offline_records_newest", "bureau_id", "school_id", "created_at", "id"),
        Index("ix_offline_records_flagged", "bureau_id", "created_at", "id", postgresql_where=text("flags <> '{}'")),
    )
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    kind: Mapped[str]
    digest: Mapped[str]
    document: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    clock_offset_ms: Mapped[int] = mapped_column(BigInteger)
    claimed_at: Mapped[datetime]
    counts_at: Mapped[datetime]
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    device_id: Mapped[str]
    device_label: Mapped[str] = mapped_column(default="")
    record_kind: Mapped[str]
    record_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


__all__ = ["OfflineRecord"]
