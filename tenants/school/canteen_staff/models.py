"""Who works in the canteen, with which papers; what the canteen may do; what its people learnt.

Papers and sessions are never edited: a mistake is voided with its reason and recorded anew.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_school, fk_school, one_of
from school.canteen_staff.rules import LicenceKind, PaperKind

VOIDED = "(voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (void_reason = '')"


class CanteenStaff(Recorded, Versioned, SchoolOwned, db.Model):
    """从业人员. `account_id`: the account of the few who have one. `duties`: what the person does there.

    `left_on`: from that day on nobody asks for the person's morning check any more.
    """

    __tablename__ = "canteen_staff"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("cardinality(duties) > 0", name="duties"),
        CheckConstraint("left_on >= joined_on", name="span"),
        Index("ix_canteen_staff_name", "bureau_id", "school_id", "name", "id"),
    )
    name: Mapped[str]
    duties: Mapped[list[str]] = mapped_column(ARRAY(Text))
    account_id: Mapped[UUID | None]
    phone: Mapped[str] = mapped_column(default="")
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")


class StaffPaper(Recorded, Versioned, SchoolOwned, db.Model):
    """健康证, 培训合格证 … of one person. `alarmed_at_days`: the last step of the alarm that was told of."""

    __tablename__ = "canteen_staff_papers"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("staff_id", "canteen_staff"),
        fk_in_school("photo_id", "attachments"),
        CheckConstraint(one_of("kind", tuple(kind.value for kind in PaperKind)), name="kind"),
        CheckConstraint("valid_until >= issued_on", name="span"),
        CheckConstraint(VOIDED, name="voided"),
        Index("ix_canteen_staff_papers_of", "bureau_id", "school_id", "staff_id", "kind", "valid_until"),
        # The clock looks for what runs out, in all schools at once.
        Index("ix_canteen_staff_papers_ending", "bureau_id", "valid_until", postgresql_where=text("voided_at IS NULL")),
    )
    staff_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    photo_id: Mapped[UUID | None]
    alarmed_at_days: Mapped[int | None]
    digest: Mapped[str]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None]
    void_reason: Mapped[str] = mapped_column(default="")


class CanteenLicence(Recorded, Versioned, SchoolOwned, db.Model):
    """食品经营许可证 and other papers of the canteen itself. `grade`: 量化等级 as printed, e.g. A."""

    __tablename__ = "canteen_licences"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("photo_id", "attachments"),
        CheckConstraint(one_of("kind", tuple(kind.value for kind in LicenceKind)), name="kind"),
        CheckConstraint("valid_until >= issued_on", name="span"),
        CheckConstraint(VOIDED, name="voided"),
        Index("ix_canteen_licences_kind", "bureau_id", "school_id", "kind", "valid_until"),
        Index("ix_canteen_licences_ending", "bureau_id", "valid_until", postgresql_where=text("voided_at IS NULL")),
    )
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    grade: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    photo_id: Mapped[UUID | None]
    alarmed_at_days: Mapped[int | None]
    digest: Mapped[str]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None]
    void_reason: Mapped[str] = mapped_column(default="")


class TrainingSession(Recorded, Versioned, SchoolOwned, db.Model):
    """培训. `pass_score` None: there was no test."""

    __tablename__ = "canteen_training_sessions"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint("hours > 0", name="hours"),
        CheckConstraint("pass_score >= 0", name="pass_score"),
        CheckConstraint(VOIDED, name="voided"),
        Index("ix_canteen_training_sessions_day", "bureau_id", "school_id", "held_on", "id"),
    )
    held_on: Mapped[date]
    topic: Mapped[str]
    trainer: Mapped[str] = mapped_column(default="")
    hours: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    pass_score: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    note: Mapped[str] = mapped_column(default="")
    recorded_by_name: Mapped[str]
    digest: Mapped[str]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None]
    void_reason: Mapped[str] = mapped_column(default="")


class TrainingAttendance(SchoolOwned, db.Model):
    """One person at one session; the score of its test, if there was one."""

    __tablename__ = "canteen_training_attendances"
    __table_args__ = (
        fk_school(),
        fk_in_school("session_id", "canteen_training_sessions", cascade=True),
        fk_in_school("staff_id", "canteen_staff"),
        UniqueConstraint("bureau_id", "school_id", "session_id", "staff_id"),
        CheckConstraint("score >= 0", name="score"),
        Index("ix_canteen_training_attendances_staff", "bureau_id", "school_id", "staff_id"),
    )
    session_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    staff_name: Mapped[str]
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
