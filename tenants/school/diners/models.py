"""Classes, pupils, which meals are served, how many eat, and tables on their way in.

Pupils are persons: their table and every table that names one is open to their own school only. The bureau reads
numbers, from the classes and the counts.
"""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_school, fk_school

MEALS = "('breakfast', 'morning_snack', 'lunch', 'afternoon_snack', 'dinner', 'night_snack')"
STAGES = "('kindergarten', 'primary', 'junior', 'nine_year', 'senior', 'vocational', 'special')"


class SchoolClass(Recorded, Versioned, SchoolOwned, db.Model):
    """班级. `pupil_count` is kept by the service where pupils are listed, and typed where they are not; so is
    `allergic_count`, the number that the bureau may know. `teacher_id`: the class teacher's account."""

    __tablename__ = "school_classes"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint(f"stage IN {STAGES}", name="stage"),
        CheckConstraint("grade BETWEEN 0 AND 12 AND number BETWEEN 1 AND 99", name="place"),
        CheckConstraint("pupil_count >= 0 AND allergic_count BETWEEN 0 AND pupil_count", name="counts"),
        Index(
            "uq_school_classes_name", "bureau_id", "school_id", "name", unique=True, postgresql_where="is_active"
        ),
    )  # fmt: skip
    name: Mapped[str]
    stage: Mapped[str]
    grade: Mapped[int]
    number: Mapped[int]
    pupil_count: Mapped[int] = mapped_column(default=0)
    allergic_count: Mapped[int] = mapped_column(default=0)
    teacher_id: Mapped[UUID | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class Pupil(Recorded, Versioned, SchoolOwned, db.Model):
    """学生. `number` is the school's own number for them and is never given to another; who left stays, inactive."""

    __tablename__ = "pupils"
    __audited__ = True
    # The bureau reads the audit: that a row changed, and by whom, not what a child is called or may not eat.
    __audit_hides__ = ("name", "search_name", "sex", "birth_date", "allergens", "allergy_note")
    __table_args__ = (
        fk_school(),
        fk_in_school("class_id", "school_classes"),
        UniqueConstraint("bureau_id", "school_id", "number"),
        CheckConstraint("sex IN ('male', 'female')", name="sex"),
        CheckConstraint(
            "allergens <@ ARRAY['gluten', 'crustaceans', 'fish', 'eggs', 'peanuts', 'soy', 'milk', 'nuts']",
            name="allergens",
        ),
        CheckConstraint("is_active = (left_on IS NULL)", name="left"),
        Index("ix_pupils_class", "bureau_id", "school_id", "class_id"),
        Index("ix_pupils_name", "bureau_id", "school_id", "search_name"),
    )
    class_id: Mapped[UUID]
    number: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]
    sex: Mapped[str]
    birth_date: Mapped[date | None]
    is_boarder: Mapped[bool] = mapped_column(default=False)
    allergens: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    allergy_note: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    left_on: Mapped[date | None]


class ServedMeal(Recorded, Versioned, SchoolOwned, db.Model):
    """A meal that the school serves, and until when classes report for it: at `report_until` of the day that is
    `days_before` before it."""

    __tablename__ = "served_meals"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "meal"),
        CheckConstraint(f"meal IN {MEALS}", name="meal"),
        CheckConstraint("days_before BETWEEN 0 AND 7", name="days_before"),
    )
    meal: Mapped[str]
    is_served: Mapped[bool] = mapped_column(default=True)
    days_before: Mapped[int] = mapped_column(default=0)
    report_until: Mapped[time]


class DinerCount(Recorded, Versioned, SchoolOwned, db.Model):
    """报餐: how many of a class (None: the staff) eat a meal. `actual` is counted when it is served."""

    __tablename__ = "diner_counts"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("class_id", "school_classes"),
        UniqueConstraint(
            "bureau_id", "school_id", "on_day", "meal", "class_id", name="uq_diner_counts_place",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(f"meal IN {MEALS}", name="meal"),
        CheckConstraint("planned >= 0 AND actual >= 0", name="counts"),
    )  # fmt: skip
    on_day: Mapped[date]
    meal: Mapped[str]
    class_id: Mapped[UUID | None]
    planned: Mapped[int]
    actual: Mapped[int | None]
    reported_at: Mapped[datetime]
    reported_by: Mapped[UUID]


class RosterImport(Recorded, Versioned, SchoolOwned, db.Model):
    """A table as uploaded, of pupils or of what a higher module keeps of them: refused, checked and waiting for a yes,
    or applied. `rows` of a refused one: the first problems {"row", "text"}, `changed_count` of them in all; of the
    others what the module that reads this kind wrote. `sheet`: of a refused one, the table with its problems marked."""

    __tablename__ = "roster_imports"
    __table_args__ = (
        fk_school(),
        CheckConstraint("state IN ('refused', 'checked', 'applied')", name="state"),
        Index("ix_roster_imports_newest", "bureau_id", "school_id", "kind", "created_at", "id"),
    )
    kind: Mapped[str]
    filename: Mapped[str]
    rows: Mapped[list[Any]]
    sheet: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_count: Mapped[int] = mapped_column(default=0)
    changed_count: Mapped[int] = mapped_column(default=0)
    unchanged_count: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="checked")
    applied_at: Mapped[datetime | None]
