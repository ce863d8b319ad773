"""Those who look at the canteen from outside its kitchen: supervision group, parents' meetings, surveys."""

from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_school, fk_school, one_of
from school.canteen_day.models import DayRecord, record_args
from school.canteen_day.rules import MemberKind


class SupervisionMember(Recorded, Versioned, SchoolOwned, db.Model):
    """监督小组成员."""

    __tablename__ = "canteen_supervision_members"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint(one_of("kind", tuple(one.value for one in MemberKind)), name="kind"),
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
