"""What a school checks itself. A submitted check never changes: the next one is a new one.

The occurrences of a schedule are no rows: they follow from the schedule and the calendar (see rules.occurrences), and
a check names the one that it fulfils.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Integer, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_bureau, fk_in_school, fk_school, now


class SelfCheckSchedule(Recorded, Versioned, SchoolOwned, db.Model):
    """Who checks what, and when. `owner`: the school itself, or the bureau that asked for it; `batch`: what the bureau
    asked of many schools at once.

    `weekdays`: 0 Monday … 6 Sunday, of a weekly one; `month_day`: of a monthly one, 31 is the last day of any month.
    `role`: whose task it is, "" anybody's who fills checks. `grace_days`: how long after its day an occurrence may
    still be made up for; then it is missed. A schedule with the rhythm "once" is due by `ends_on`.
    `plan_id`: the inspection plan whose official score the self score will stand beside.
    """

    __tablename__ = "self_check_schedules"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("form_version_id", "form_versions"),
        fk_in_bureau("plan_id", "inspection_plans"),
        CheckConstraint("owner IN ('bureau', 'school')", name="owner"),
        CheckConstraint("(owner = 'bureau') = (batch IS NOT NULL)", name="batch"),
        CheckConstraint("rhythm IN ('daily', 'weekly', 'monthly', 'term', 'once')", name="rhythm"),
        CheckConstraint("(rhythm = 'weekly') = (cardinality(weekdays) > 0)", name="weekdays"),
        CheckConstraint("(rhythm = 'monthly') = (month_day IS NOT NULL)", name="month_day"),
        CheckConstraint("month_day BETWEEN 1 AND 31", name="day_of_month"),
        CheckConstraint("grace_days BETWEEN 0 AND 60", name="grace_days"),
        CheckConstraint("ends_on >= starts_on", name="span"),
        CheckConstraint("rhythm <> 'once' OR ends_on IS NOT NULL", name="deadline"),
        CheckConstraint("title <> ''", name="title"),
        Index("ix_self_check_schedules_starts_on", "bureau_id", "starts_on", "school_id", "id"),
        Index("ix_self_check_schedules_batch", "bureau_id", "batch"),
        Index("ix_self_check_schedules_plan", "bureau_id", "plan_id"),
    )
    title: Mapped[str]
    owner: Mapped[str]
    batch: Mapped[UUID | None]
    form_version_id: Mapped[UUID]
    plan_id: Mapped[UUID | None]
    rhythm: Mapped[str]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    month_day: Mapped[int | None]
    workdays_only: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    grace_days: Mapped[int]


class SelfCheck(Recorded, Versioned, SchoolOwned, db.Model):
    """One check. `account` is what was decided, as inspections keep it; until then the draft's answers are rows.

    `occurs_on`, `due_on`: the schedule's occurrence that it fulfils; `submitted_on`: the Shanghai day, so that "on
    time" is a comparison of two columns. `found_nothing`: submitted, and nothing was lost or failed (未发现问题).
    """

    __tablename__ = "self_checks"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("form_version_id", "form_versions"),
        fk_in_bureau("plan_id", "inspection_plans"),
        fk_in_school("schedule_id", "self_check_schedules"),
        CheckConstraint("state IN ('draft', 'submitted')", name="state"),
        CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL) AND (state = 'submitted') = (account IS NOT NULL)"
            " AND (submitted_at IS NULL) = (submitted_on IS NULL) AND (submitted_at IS NULL) = (submitted_by IS NULL)",
            name="submitted",
        ),
        CheckConstraint(
            "(schedule_id IS NULL) = (occurs_on IS NULL) AND (occurs_on IS NULL) = (due_on IS NULL)", name="occurrence"
        ),
        CheckConstraint("submitted_on = (submitted_at AT TIME ZONE 'Asia/Shanghai')::date", name="submitted_on"),
        Index(
            "uq_self_checks_occurrence", "bureau_id", "school_id", "schedule_id", "occurs_on", unique=True,
            postgresql_where=text("schedule_id IS NOT NULL"),
        ),
        Index("ix_self_checks_newest", "bureau_id", "school_id", "id"),
        # The bureau reads all schools' self scores of one form at once.
        Index(
            "ix_self_checks_form_version", "bureau_id", "form_version_id", "school_id", "submitted_at",
            postgresql_where=text("state = 'submitted'"),
        ),
        Index("ix_self_checks_plan", "bureau_id", "plan_id", "school_id"),
        Index(
            "ix_self_checks_occurs_on", "bureau_id", "occurs_on", "school_id", "schedule_id",
            postgresql_where=text("state = 'submitted' AND schedule_id IS NOT NULL"),
        ),
    )  # fmt: skip
    form_version_id: Mapped[UUID]
    plan_id: Mapped[UUID | None]
    schedule_id: Mapped[UUID | None]
    occurs_on: Mapped[date | None]
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="draft")
    created_by_name: Mapped[str]
    # What the form asks on site, {name: number}, and the rooms or windows that a section repeats for,
    # {section code or "": [{"code", "label"}]}.
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    units: Mapped[dict[str, Any]] = mapped_column(default=dict)
    remark: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime | None]
    submitted_on: Mapped[date | None]
    submitted_by: Mapped[UUID | None]
    submitted_by_name: Mapped[str] = mapped_column(default="")
    score: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    maximum: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    percent: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    band: Mapped[str | None]
    verdict: Mapped[str | None]
    found_nothing: Mapped[bool] = mapped_column(default=False)
    account: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class SelfCheckAnswer(SchoolOwned, db.Model):
    """One row per answer: a lost connection costs one tap. `item_code` is the key: item, `item@unit` or a section's."""

    __tablename__ = "self_check_answers"
    __table_args__ = (
        fk_school(),
        fk_in_school("self_check_id", "self_checks", cascade=True),
        UniqueConstraint("bureau_id", "school_id", "self_check_id", "item_code"),
    )
    self_check_id: Mapped[UUID]
    item_code: Mapped[str]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    remark: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime] = mapped_column(default=now)
    answered_by: Mapped[UUID]


class SelfCheckPhoto(SchoolOwned, db.Model):
    """A photo to an answer (or to the check as a whole, `item_code` empty)."""

    __tablename__ = "self_check_photos"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("self_check_id", "self_checks", cascade=True),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        Index("ix_self_check_photos_of", "bureau_id", "school_id", "self_check_id", "id"),
    )
    self_check_id: Mapped[UUID]
    item_code: Mapped[str]
    attachment_id: Mapped[UUID]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[UUID]
