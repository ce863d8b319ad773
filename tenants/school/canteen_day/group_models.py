"""Those who answer for the canteen and look at it from outside its kitchen: control reports and what they find, the
supervision group, parents' meetings, surveys."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_school, fk_school, now, one_of
from school.canteen_day import rules
from school.canteen_day.models import DayRecord, record_args


class ControlReport(DayRecord, db.Model):
    """日管控、周排查、月调度. `first_day`..`on_day`: what it looks back on; `self_check_id`: the filled list behind it."""

    __tablename__ = "canteen_control_reports"
    __table_args__ = record_args(
        __tablename__,
        fk_in_school("self_check_id", "self_checks"),
        CheckConstraint(one_of("kind", tuple(one.value for one in rules.ControlKind)), name="kind"),
        CheckConstraint("first_day <= on_day", name="span"),
        CheckConstraint("found_nothing = (finding_count = 0)", name="found_nothing"),
        Index("ix_canteen_control_reports_kind", "bureau_id", "school_id", "kind", "on_day"),
    )
    kind: Mapped[str]
    first_day: Mapped[date]
    self_check_id: Mapped[UUID | None]
    found_nothing: Mapped[bool]
    finding_count: Mapped[int]
    summary: Mapped[str] = mapped_column(default="")
    attendees: Mapped[str] = mapped_column(default="")


class CanteenFinding(Recorded, Versioned, SchoolOwned, db.Model):
    """What a record found and must be put right by a day. `source_kind`, `source_id`: the record that found it.

    `hazard_id`: it was reported as a major hazard too, and is followed there.
    """

    __tablename__ = "canteen_findings"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("hazard_id", "hazards"),
        CheckConstraint(one_of("state", tuple(one.value for one in rules.FindingState)), name="state"),
        CheckConstraint("text <> ''", name="text"),
        Index("ix_canteen_findings_source", "bureau_id", "school_id", "source_id"),
        Index("ix_canteen_findings_state", "bureau_id", "school_id", "state", "due_on", "id"),
        Index("ix_canteen_findings_open", "bureau_id", "due_on", "school_id", postgresql_where=text("state = 'open'")),
    )
    source_kind: Mapped[str]
    source_id: Mapped[UUID]
    found_on: Mapped[date]
    text: Mapped[str]
    responsible: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="open")
    hazard_id: Mapped[UUID | None]


class CanteenFindingStep(SchoolOwned, db.Model):
    """What was done about a finding: who, when, what. Append-only."""

    __tablename__ = "canteen_finding_steps"
    __table_args__ = (
        fk_school(),
        fk_in_school("finding_id", "canteen_findings"),
        fk_in_school("photo_id", "attachments"),
        Index("ix_canteen_finding_steps_of", "bureau_id", "school_id", "finding_id", "id"),
    )
    finding_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    photo_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class SupervisionMember(Recorded, Versioned, SchoolOwned, db.Model):
    """监督小组成员."""

    __tablename__ = "canteen_supervision_members"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint(one_of("kind", tuple(one.value for one in rules.MemberKind)), name="kind"),
        CheckConstraint("name <> ''", name="name"),
        Index("ix_canteen_supervision_members_kind", "bureau_id", "school_id", "kind", "id"),
    )
    name: Mapped[str]
    kind: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class SupervisionCheck(DayRecord, db.Model):
    """监督小组检查: scores of 0–100 for hygiene, dishes and service; `member_names` were present.

    `self_check_id`: the sheet of a scored form, where the group filled one.
    """

    __tablename__ = "canteen_supervision_checks"
    __table_args__ = record_args(
        __tablename__,
        fk_in_school("self_check_id", "self_checks"),
        CheckConstraint("least(hygiene, dishes, service) >= 0 AND greatest(hygiene, dishes, service) <= 100", name="scores"),
        CheckConstraint("cardinality(member_names) > 0", name="members"),
    )  # fmt: skip
    hygiene: Mapped[int]
    dishes: Mapped[int]
    service: Mapped[int]
    member_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    member_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    minutes: Mapped[str]
    self_check_id: Mapped[UUID | None]


class OnsiteMeeting(DayRecord, db.Model):
    """食堂现场办公会 with the parents' committee."""

    __tablename__ = "canteen_onsite_meetings"
    __table_args__ = record_args(__tablename__)
    attendees: Mapped[str]
    topics: Mapped[str]
    decisions: Mapped[str]


class SurveyReply(Recorded, SchoolOwned, db.Model):
    """What the canteen answers to a survey's result, and changes."""

    __tablename__ = "canteen_survey_replies"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("survey_id", "surveys"),
        CheckConstraint("words <> ''", name="words"),
        Index("ix_canteen_survey_replies_survey", "bureau_id", "school_id", "survey_id", "id"),
    )
    survey_id: Mapped[UUID]
    words: Mapped[str]
    by_name: Mapped[str]
