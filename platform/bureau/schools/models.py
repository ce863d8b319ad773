"""Zones, schools, terms. A school's row is the target of every school-owned row's foreign key."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, now


class Zone(Versioned, db.Model):
    """片区: a cluster of schools that one supervisor looks after and that may tender jointly."""

    __tablename__ = "zones"
    __audited__ = True
    __table_args__ = (fk_bureau(), UniqueConstraint("bureau_id", "code"))
    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True, autoincrement=True)
    code: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class School(Versioned, db.Model):
    """A tenant, with the profile that rules depend on. Numbers are counts of people; coordinates WGS-84 degrees."""

    __tablename__ = "schools"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        ForeignKeyConstraint(["bureau_id", "merged_into_id"], ["schools.bureau_id", "schools.id"]),
        UniqueConstraint("bureau_id", "code"),
        CheckConstraint("state IN ('active', 'suspended', 'merged')", name="state"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint(
            "stage IN ('kindergarten', 'primary', 'junior', 'nine_year', 'senior', 'vocational', 'special')",
            name="stage",
        ),
        CheckConstraint("canteen_mode IN ('self_run', 'contracted', 'delivered', 'none')", name="canteen_mode"),
        CheckConstraint("setting IN ('urban', 'town', 'rural')", name="setting"),
        CheckConstraint(
            "least(enrolment_under_6, enrolment_6_8, enrolment_9_11, enrolment_12_14, enrolment_15_17,"
            " boarders_male, boarders_female, classes, staff_count, diners) >= 0",
            name="counts",
        ),
        CheckConstraint("is_boarding OR boarders_male + boarders_female = 0", name="boarders"),
        Index("ix_schools_zone", "bureau_id", "zone_id"),
        Index("ix_schools_search_name", "bureau_id", "search_name"),
        Index("ix_schools_merged_into", "bureau_id", "merged_into_id", postgresql_where="merged_into_id IS NOT NULL"),
    )
    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True, autoincrement=True)
    code: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]  # lower case, for matching with = and ^@
    zone_id: Mapped[int | None]
    stage: Mapped[str]
    setting: Mapped[str] = mapped_column(default="town")
    is_boarding: Mapped[bool] = mapped_column(default=False)
    boarders_male: Mapped[int] = mapped_column(default=0)
    boarders_female: Mapped[int] = mapped_column(default=0)
    enrolment_under_6: Mapped[int] = mapped_column(default=0)
    enrolment_6_8: Mapped[int] = mapped_column(default=0)
    enrolment_9_11: Mapped[int] = mapped_column(default=0)
    enrolment_12_14: Mapped[int] = mapped_column(default=0)
    enrolment_15_17: Mapped[int] = mapped_column(default=0)
    classes: Mapped[int] = mapped_column(default=0)
    staff_count: Mapped[int] = mapped_column(default=0)
    canteen_mode: Mapped[str] = mapped_column(default="self_run")
    diners: Mapped[int] = mapped_column(default=0)
    address: Mapped[str] = mapped_column(default="")
    latitude: Mapped[Any | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Any | None] = mapped_column(Numeric(9, 6))
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="active")
    state_reason: Mapped[str] = mapped_column(default="")
    # The school that holds this one's records now: never itself merged, re-pointed when that one is merged on.
    merged_into_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def enrolment(self) -> int:
        return (
            self.enrolment_under_6
            + self.enrolment_6_8
            + self.enrolment_9_11
            + self.enrolment_12_14
            + self.enrolment_15_17
        )


class Term(Recorded, Versioned, BureauOwned, db.Model):
    """学期, of the whole bureau: [starts_on, ends_on], both school days."""

    __tablename__ = "terms"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        UniqueConstraint("bureau_id", "name"),
        CheckConstraint("starts_on < ends_on", name="span"),
    )
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class SchoolStateChange(BureauOwned, db.Model):
    """Why a school was suspended, reopened or merged, when and by whom. Append-only."""

    __tablename__ = "school_state_changes"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
        ForeignKeyConstraint(["bureau_id", "target_school_id"], ["schools.bureau_id", "schools.id"]),
        Index("ix_school_state_changes_school", "bureau_id", "school_id", "id"),
    )
    school_id: Mapped[int]
    target_school_id: Mapped[int | None]  # of a merge: as decided then, whatever became of the target later
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]


class SchoolImport(Recorded, Versioned, BureauOwned, db.Model):
    """A table of schools as uploaded: refused, checked and waiting for a yes, or applied.

    `rows` of a refused one: the first problems, {"row": 7 | null, "text": text}, `changed_count` of them in all; of
    the others: what would be or was written, {"row": 7, "school_id": 3 | null, "version": 2 | null, "zone": name | null,
    "code": text, "name": text, "values": {field: value}, "before": {field: value}}.
    `sheet`: of a refused one, the uploaded table with the problems marked in it.
    """

    __tablename__ = "school_imports"
    __table_args__ = (
        fk_bureau(),
        CheckConstraint("state IN ('refused', 'checked', 'applied')", name="state"),
        Index("ix_school_imports_newest", "bureau_id", "created_at", "id"),
    )
    filename: Mapped[str]
    rows: Mapped[list[Any]]
    sheet: Mapped[bytes | None] = mapped_column(LargeBinary)
    new_zones: Mapped[list[Any]]  # names of zones that the table implies and that do not exist yet
    created_count: Mapped[int]
    changed_count: Mapped[int]
    unchanged_count: Mapped[int]
    state: Mapped[str] = mapped_column(default="checked")
    applied_at: Mapped[datetime | None]
