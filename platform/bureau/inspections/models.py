"""Plans belong to the bureau; a visit and all that hangs on it belong to the school visited, so that the school's own
scope can show it. Until `released_at` is set, row-level security hides the visit and its result from the school;
answers are never shown to it: what the school sees is the released result with its account."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

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
)


class InspectionPlan(Recorded, Versioned, BureauOwned, db.Model):
    """A round of visits with one published form version. `releases_on_submit`: the school sees the result at once.

    `sampling`: how many to draw on site, {"rooms": 5, "windows": 3, "pupils": 10}; what is absent is not sampled.
    `shares_sections`: each section is one inspector's, else all inspectors answer all.
    `double_of`: the plan whose schools are seen a second time, blind (双人背靠背复评); nothing of it is ever released.
    `needs_review`: nobody is told before an officer who did not inspect has reviewed the result.
    `doubles_unresolved`: what a re-inspection finds not fixed costs its points twice.
    """

    __tablename__ = "inspection_plans"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("form_version_id", "form_versions"),
        fk_in_bureau("double_of", "inspection_plans"),
        Index("ix_inspection_plans_double_of", "bureau_id", "double_of"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("starts_on <= ends_on", name="span"),
        Index("ix_inspection_plans_form_version", "bureau_id", "form_version_id"),
    )
    title: Mapped[str]
    kind: Mapped[str]
    form_version_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    releases_on_submit: Mapped[bool] = mapped_column(default=True)
    needs_review: Mapped[bool] = mapped_column(default=False)
    doubles_unresolved: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="open")
    sampling: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shares_sections: Mapped[bool] = mapped_column(default=False)
    double_of: Mapped[UUID | None]


class Inspection(Recorded, Versioned, SchoolOwned, db.Model):
    """One visit to one school. `form_version_id`, `kind` repeat the plan's, so that lists need no join."""

    __tablename__ = "inspections"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("plan_id", "inspection_plans"),
        fk_in_bureau("form_version_id", "form_versions"),
        fk_in_bureau("draw_id", "draws"),
        UniqueConstraint("bureau_id", "plan_id", "school_id"),
        CheckConstraint(
            "state IN ('planned', 'in_progress', 'submitted', 'reviewed', 'released', 'appealed', 'published',"
            " 'closed', 'cancelled')",
            name="state",
        ),
        CheckConstraint(
            "(state IN ('released', 'appealed', 'published', 'closed')) = (released_at IS NOT NULL)", name="released"
        ),
        Index("ix_inspections_told", "bureau_id", "plan_id", "state", postgresql_where=text("released_at IS NOT NULL")),
        Index("ix_inspections_scheduled_on", "bureau_id", "scheduled_on", "id"),
        Index("ix_inspections_school_scheduled_on", "bureau_id", "school_id", "scheduled_on", "id"),
    )
    plan_id: Mapped[UUID]
    form_version_id: Mapped[UUID]
    kind: Mapped[str]
    scheduled_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="planned")
    started_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    met_by: Mapped[str] = mapped_column(default="")  # who received the inspectors at the school
    remark: Mapped[str] = mapped_column(default="")
    day_order: Mapped[int | None]  # its place in the inspectors' day, from 1
    draw_id: Mapped[UUID | None]  # the draw that chose it; None: assigned by hand
    # What the form asks on site, {name: number}, and the rooms or windows that a section repeats for,
    # {section code or "": [{"code", "label"}]}.
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    units: Mapped[dict[str, Any]] = mapped_column(default=dict)


class InspectionInspector(SchoolOwned, db.Model):
    """Who is assigned to a visit. `sections`: codes of the form's sections that are theirs; None: all of them."""

    __tablename__ = "inspection_inspectors"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        fk_in_bureau("person_id", "people"),
        UniqueConstraint("bureau_id", "school_id", "inspection_id", "person_id"),
        Index("ix_inspection_inspectors_person", "bureau_id", "person_id", "inspection_id"),
    )
    inspection_id: Mapped[UUID]
    person_id: Mapped[UUID]
    is_lead: Mapped[bool] = mapped_column(default=False)
    sections: Mapped[list[str] | None] = mapped_column(ARRAY(Text))


class InspectionAnswer(SchoolOwned, db.Model):
    """One row per answer: a lost connection costs one tap, not a form. `answer` is scorecards.answers' JSON.

    `item_code` is the answer's key: the item's code, `item@unit` where its section repeats, or a section's code where
    the whole section does not apply.
    """

    __tablename__ = "inspection_answers"
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        UniqueConstraint("bureau_id", "school_id", "inspection_id", "item_code"),
    )
    inspection_id: Mapped[UUID]
    item_code: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    remark: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime] = mapped_column(default=now)
    answered_by: Mapped[UUID]


class InspectionPhoto(SchoolOwned, db.Model):
    """A photo to an item (or to the visit as a whole, `item_code` empty)."""

    __tablename__ = "inspection_photos"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        Index("ix_inspection_photos_inspection", "bureau_id", "school_id", "inspection_id"),
    )
    inspection_id: Mapped[UUID]
    item_code: Mapped[str]
    attachment_id: Mapped[UUID]
    taken_at: Mapped[datetime | None]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[UUID]
    sha256: Mapped[str | None]  # of the bytes as the phone took them; None: written anew on arrival
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))  # WGS-84 degrees
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    accuracy: Mapped[Decimal | None] = mapped_column(Numeric(9, 1))  # metres


class InspectionResult(SchoolOwned, db.Model):
    """The official result of a submitted visit; `id` is the visit's. `account` is scorecards.result's JSON enriched
    with each item's words, remark and photos as they were, so that the school reads exactly what was decided.

    Zone, stage and boarding are those of the day of the visit: a ranking compares like with like as it was then.
    `revision`: the number of the newest InspectionResultRevision, 0 while the result was never changed.
    `appeal_until`: the last day on which the school may appeal, set when it is told.
    """

    __tablename__ = "inspection_results"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "id"], ["inspections.bureau_id", "inspections.school_id", "inspections.id"]
        ),
        fk_in_bureau("plan_id", "inspection_plans"),
        Index(
            "ix_inspection_results_ranking", "bureau_id", "plan_id", "stage", "is_boarding", "score",
            postgresql_include=["school_id", "band", "verdict"],
        ),
        Index("ix_inspection_results_school", "bureau_id", "school_id", "submitted_at"),
    )  # fmt: skip
    plan_id: Mapped[UUID]
    form_version_id: Mapped[UUID]
    kind: Mapped[str]
    stage: Mapped[str]
    is_boarding: Mapped[bool]
    zone_id: Mapped[int | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    maximum: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    percent: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    band: Mapped[str | None]
    verdict: Mapped[str | None]
    account: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    appeal_until: Mapped[date | None]


class InspectionLoss(SchoolOwned, db.Model):
    """One item on which one visit lost points (or failed), for "the items most often lost"."""

    __tablename__ = "inspection_losses"
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        Index("ix_inspection_losses_plan_item", "bureau_id", "plan_id", "item_code", postgresql_include=["lost"]),
        Index("ix_inspection_losses_inspection", "bureau_id", "school_id", "inspection_id"),
    )
    inspection_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    item_code: Mapped[str]
    lost: Mapped[Decimal] = mapped_column(Numeric(9, 4))


class InspectionEvent(SchoolOwned, db.Model):
    """A transition of a visit's state: who, when, why. Append-only."""

    __tablename__ = "inspection_events"
    __table_args__ = (
        fk_school(),
        fk_in_school("inspection_id", "inspections"),
        Index("ix_inspection_events_inspection", "bureau_id", "school_id", "inspection_id", "id"),
    )
    inspection_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]


__all__ = [
    "Inspection",
    "InspectionAnswer",
    "InspectionEvent",
    "InspectionInspector",
    "InspectionLoss",
    "InspectionPhoto",
    "InspectionPlan",
    "InspectionResult",
]
