"""What is owed, what fulfilled it, who chose what, and what was excused.

A duty's lateness is no column: it is late when `due_at` has passed and `fulfilled_at` is empty, or lies after it.
"""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from duties.rules import CADENCES, DAYS, EXCUSE_STATES, REASONS, STAGES
from kernel.database import (
    BureauOwned,
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_bureau,
    fk_in_bureau,
    fk_in_school,
    fk_school,
    now,
    one_of,
)

NOBODY = UUID(int=0)  # a mark that names no record


class Duty(SchoolOwned, db.Model):
    """One thing owed by one school. `kind` is the code of a published, a bureau's or a school's own kind.

    `period` names the occurrence within the kind ("2026-11-20:lunch", "2026-W47", "2026-11"); a record about any day in
    first_day..last_day fulfils it. `on_day`: the Shanghai day of `due_at`. It may be done from `opens_at` on; after
    `closes_at` what is not done is missed. `needed`: records that it takes. `meal` "": of no meal.
    """

    __tablename__ = "duties"
    __table_args__ = (
        fk_school(),
        fk_in_school("excuse_id", "duty_excuses"),
        UniqueConstraint("bureau_id", "school_id", "kind", "period"),
        CheckConstraint("opens_at <= due_at AND due_at <= closes_at", name="span"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("needed > 0", name="needed"),
        CheckConstraint("(fulfilled_at IS NULL) = (fulfilled_by IS NULL)", name="fulfilled"),
        CheckConstraint("on_day = (due_at AT TIME ZONE 'Asia/Shanghai')::date", name="on_day"),
        # A record finds its duty by the day that it is about.
        Index("ix_duties_about", "bureau_id", "school_id", "kind", "last_day"),
        # A person's landing page, week and month.
        Index("ix_duties_due", "bureau_id", "school_id", "due_at"),
        CheckConstraint("is_long = (closes_at - due_at > interval '48 hours')", name="is_long"),
        # The bureau's board: what is owed today, and what of all schools is late. What can be made up for two days at
        # most is looked for in those two days, whatever was missed before them.
        Index("ix_duties_day", "bureau_id", "on_day", "school_id", "kind"),
        Index(
            "ix_duties_open",
            "bureau_id",
            "is_long",
            "due_at",
            postgresql_where=text("fulfilled_at IS NULL AND excuse_id IS NULL"),
        ),
    )
    kind: Mapped[str]
    period: Mapped[str]
    meal: Mapped[str] = mapped_column(default="")
    on_day: Mapped[date]
    first_day: Mapped[date]
    last_day: Mapped[date]
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    is_long: Mapped[bool]  # can be made up for longer than LONG_GRACE
    needed: Mapped[int] = mapped_column(SmallInteger, default=1)
    fulfilled_at: Mapped[datetime | None]
    fulfilled_by: Mapped[UUID | None]
    record_kind: Mapped[str] = mapped_column(default="")
    record_id: Mapped[UUID | None]
    excuse_id: Mapped[UUID | None]


class DutyMark(SchoolOwned, db.Model):
    """A record says that it fulfils a kind on a day. Kept whether or not the duty is generated yet: a record made while
    the generating job was down counts when it has caught up. `withdrawn_at`: the record was voided."""

    __tablename__ = "duty_marks"
    __table_args__ = (
        fk_school(),
        UniqueConstraint(
            "bureau_id", "school_id", "kind", "on_day", "meal", "record_kind", "record_id", name="uq_duty_marks_of"
        ),
        Index("ix_duty_marks_record", "bureau_id", "school_id", "record_kind", "record_id"),
    )
    kind: Mapped[str]
    on_day: Mapped[date]
    meal: Mapped[str] = mapped_column(default="")
    record_kind: Mapped[str] = mapped_column(default="")
    record_id: Mapped[UUID] = mapped_column(default=NOBODY)
    at: Mapped[datetime]
    by: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]


class DutyTick(Recorded, Versioned, SchoolOwned, db.Model):
    """The record of a duty that has none of its own: done, with a note and a photo. Voided with a reason, never changed."""

    __tablename__ = "duty_ticks"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        CheckConstraint("(voided_at IS NULL) = (voided_by IS NULL)", name="voided"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="void_reason"),
        Index("ix_duty_ticks_of", "bureau_id", "school_id", "kind", "on_day"),
        Index("ix_duty_ticks_newest", "bureau_id", "school_id", "id"),
    )
    kind: Mapped[str]
    on_day: Mapped[date]
    meal: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[UUID | None]
    done_at: Mapped[datetime]
    done_by_name: Mapped[str]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None]
    void_reason: Mapped[str] = mapped_column(default="")


class DutyExcuse(Recorded, Versioned, SchoolOwned, db.Model):
    """A school says why it cannot do its duties of some days; the bureau or the zone confirms. `kinds` empty: all."""

    __tablename__ = "duty_excuses"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint(one_of("reason", REASONS), name="reason"),
        CheckConstraint(one_of("state", EXCUSE_STATES), name="state"),
        CheckConstraint("first_day <= last_day AND last_day <= first_day + 60", name="days"),
        CheckConstraint("note <> ''", name="note"),
        Index("ix_duty_excuses_newest", "bureau_id", "school_id", "id"),
        Index("ix_duty_excuses_asked", "bureau_id", "id", postgresql_where=text("state = 'asked'")),
    )
    first_day: Mapped[date]
    last_day: Mapped[date]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    meals: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    reason: Mapped[str]
    note: Mapped[str]
    asked_by_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="asked")


class DutyExcuseEvent(SchoolOwned, db.Model):
    """Each transition of an excuse. Append-only."""

    __tablename__ = "duty_excuse_events"
    __table_args__ = (
        fk_school(),
        fk_in_school("excuse_id", "duty_excuses"),
        Index("ix_duty_excuse_events_of", "bureau_id", "school_id", "excuse_id", "id"),
    )
    excuse_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class _Wanted:
    """When a duty that people made is due; see duties.rules.Pattern for the meaning of each column."""

    title: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    cadence: Mapped[str]
    days: Mapped[str] = mapped_column(default="school")
    due_time: Mapped[time]
    weekday: Mapped[int] = mapped_column(SmallInteger, default=4)
    month_day: Mapped[int] = mapped_column(SmallInteger, default=31)
    months: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    anchor: Mapped[str] = mapped_column(default="end")
    shift_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    lead_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    once_on: Mapped[date | None]
    minutes_after: Mapped[int] = mapped_column(SmallInteger, default=0)
    grace_hours: Mapped[int] = mapped_column(SmallInteger)
    needed: Mapped[int] = mapped_column(SmallInteger, default=1)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    needs_photo: Mapped[bool] = mapped_column(default=False)
    needs_note: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)


_WANTED_CHECKS = {
    "cadence": one_of("cadence", CADENCES),
    "days": one_of("days", DAYS),
    "anchor": one_of("anchor", ("start", "end")),
    "weekday": "weekday BETWEEN 0 AND 6",
    "month_day": "month_day BETWEEN 1 AND 31",
    "months": "months <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]",
    "months_given": "cadence <> 'months' OR cardinality(months) > 0",
    "once_on": "(cadence = 'once') = (once_on IS NOT NULL)",
    "grace_hours": "grace_hours BETWEEN 0 AND 2160",
    "needed": "needed BETWEEN 1 AND 60",
    "span": "starts_on <= ends_on",
    "title": "title <> ''",
}


def _wanted_checks() -> tuple[CheckConstraint, ...]:
    return tuple(CheckConstraint(condition, name=name) for name, condition in _WANTED_CHECKS.items())


class _SchoolTypes:
    """Which schools: empty lists and None say "whichever"."""

    stages: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    boarding: Mapped[bool | None]
    canteen_modes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    least_diners: Mapped[int | None]
    most_diners: Mapped[int | None]


_STAGES_KNOWN = "stages <@ ARRAY[" + ", ".join(f"'{stage}'" for stage in STAGES) + "]"
_MODES_KNOWN = "canteen_modes <@ ARRAY['self_run', 'contracted', 'delivered', 'none']"


class BureauDutyKind(_Wanted, _SchoolTypes, Recorded, Versioned, BureauOwned, db.Model):
    """A kind that the bureau made, fulfilled by a tick. `template`: the starter kind that it was adopted from, or ""."""

    __tablename__ = "bureau_duty_kinds"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        UniqueConstraint("bureau_id", "title"),
        *_wanted_checks(),
        CheckConstraint(_STAGES_KNOWN, name="stages"),
        CheckConstraint(_MODES_KNOWN, name="canteen_modes"),
        Index(
            "uq_bureau_duty_kinds_template", "bureau_id", "template", unique=True,
            postgresql_where=text("template <> ''"),
        ),
    )  # fmt: skip
    template: Mapped[str] = mapped_column(default="")
    citation: Mapped[str] = mapped_column(default="")


class SchoolDutyKind(_Wanted, Recorded, Versioned, SchoolOwned, db.Model):
    """A kind of a school's own plan, fulfilled by a tick."""

    __tablename__ = "school_duty_kinds"
    __audited__ = True
    __table_args__ = (fk_school(), UniqueConstraint("bureau_id", "school_id", "title"), *_wanted_checks())


class _Choice:
    """None: as the kind says."""

    kind: Mapped[str]
    due_time: Mapped[time | None]
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    month_day: Mapped[int | None] = mapped_column(SmallInteger)
    minutes_after: Mapped[int | None] = mapped_column(SmallInteger)


_CHOICE_CHECKS = {"weekday": "weekday BETWEEN 0 AND 6", "month_day": "month_day BETWEEN 1 AND 31"}


class DutySetting(_Choice, _SchoolTypes, Recorded, Versioned, BureauOwned, db.Model):
    """The bureau's word on a kind, for all schools or for some types. Where several fit a school, the one that names most
    decides (see duties.resolving)."""

    __tablename__ = "duty_settings"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        *(CheckConstraint(condition, name=name) for name, condition in _CHOICE_CHECKS.items()),
        CheckConstraint(_STAGES_KNOWN, name="stages"),
        CheckConstraint(_MODES_KNOWN, name="canteen_modes"),
        CheckConstraint("grace_hours BETWEEN 0 AND 2160", name="grace_hours"),
        Index("ix_duty_settings_kind", "bureau_id", "kind"),
    )
    is_on: Mapped[bool] = mapped_column(default=True)
    grace_hours: Mapped[int | None] = mapped_column(SmallInteger)
    why: Mapped[str] = mapped_column(default="")


class SchoolDutySetting(_Choice, Recorded, Versioned, SchoolOwned, db.Model):
    """A school's word on a kind: earlier, or taken on though the bureau does not ask for it; never looser."""

    __tablename__ = "school_duty_settings"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "kind"),
        *(CheckConstraint(condition, name=name) for name, condition in _CHOICE_CHECKS.items()),
    )
    is_added: Mapped[bool] = mapped_column(default=False)


class DutyProgress(db.Model):
    """How far a school's duties are generated, and by which plan: `plan` is the digest of its patterns and calendar."""

    __tablename__ = "duty_progress"
    __table_args__ = (fk_school(),)
    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    generated_through: Mapped[date]
    plan: Mapped[str]
    generated_at: Mapped[datetime] = mapped_column(default=now)


class DutyClock(db.Model):
    """Up to which instant a bureau's schools were reminded, heads told of what is late, and the bureau told."""

    __tablename__ = "duty_clocks"
    __table_args__ = (fk_bureau(),)
    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reminded_through: Mapped[datetime]
    heads_told_through: Mapped[datetime]
    bureau_told_through: Mapped[datetime]


class DutyTally(db.Model):
    """A month of one kind at one school, of duties whose time is over; counted again from the duties, never added to."""

    __tablename__ = "duty_tallies"
    __table_args__ = (
        fk_school(),
        CheckConstraint("least(due, on_time, late, missed, excused) >= 0", name="counts"),
        CheckConstraint("due = on_time + late + missed + excused", name="sum"),
        Index("ix_duty_tallies_month", "bureau_id", "month"),
    )
    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)  # its first day
    kind: Mapped[str] = mapped_column(primary_key=True)
    due: Mapped[int]
    on_time: Mapped[int]
    late: Mapped[int]
    missed: Mapped[int]
    excused: Mapped[int]


class DutyFeed(Recorded, BureauOwned, db.Model):
    """An address from which a person's calendar reads their duties at one school. Only its hash is kept."""

    __tablename__ = "duty_feeds"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        fk_in_bureau("person_id", "people"),
        UniqueConstraint("bureau_id", "token_hash"),
        Index("ix_duty_feeds_person", "bureau_id", "person_id", "school_id"),
    )
    person_id: Mapped[UUID]
    school_id: Mapped[int]
    name: Mapped[str]
    token_hash: Mapped[str]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
