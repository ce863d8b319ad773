"""What happens in a canteen, one table per kind of record. A record is never edited and never deleted: a mistake is
corrected by a record of its own that names it (`corrects_id`) and why; what it stood for stays as it was.

`happened_at` is when it happened, `created_at` when it was written down; `on_day` is the Shanghai day of the former.
`least_…`, `most_…`: the figures that it was held against, as they were then.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, synonym

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_school, fk_school, one_of
from school.canteen_day import rules
from school.diners.rules import Meal

MEALS = tuple(meal.value for meal in Meal)


class DayRecord(Recorded, SchoolOwned):
    """What every record of the day has. `superseded_at`: since then a correction stands in its place."""

    on_day: Mapped[date] = mapped_column(sort_order=-10)
    happened_at: Mapped[datetime] = mapped_column(sort_order=-9)
    recorded_by_name: Mapped[str] = mapped_column(sort_order=80)
    note: Mapped[str] = mapped_column(default="", sort_order=81)
    photo_id: Mapped[UUID | None] = mapped_column(sort_order=82)
    digest: Mapped[str] = mapped_column(sort_order=83)
    corrects_id: Mapped[UUID | None] = mapped_column(sort_order=84)
    correction_reason: Mapped[str] = mapped_column(default="", sort_order=85)
    superseded_at: Mapped[datetime | None] = mapped_column(sort_order=86)


class MealRecord(DayRecord):
    """A record of one meal of the day."""

    meal: Mapped[str] = mapped_column(sort_order=-8)


def record_args(table: str, *more: Any, meal: bool = False) -> tuple[Any, ...]:
    checks = [CheckConstraint(one_of("meal", MEALS), name="meal")] if meal else []
    return (
        fk_school(),
        fk_in_school("photo_id", "attachments"),
        fk_in_school("corrects_id", table),
        UniqueConstraint("bureau_id", "school_id", "corrects_id", name=f"uq_{table}_corrects"),
        CheckConstraint("(corrects_id IS NULL) = (correction_reason = '')", name="correction"),
        CheckConstraint("on_day = (happened_at AT TIME ZONE 'Asia/Shanghai')::date", name="on_day"),
        *checks,
        *more,
        Index(f"ix_{table}_day", "bureau_id", "school_id", "on_day", "id"),
    )


class StaffCheck(DayRecord, db.Model):
    """晨检 of one person. `fitness`: what it came to, by the figures of the day."""

    __tablename__ = "canteen_staff_checks"
    __table_args__ = record_args(
        __tablename__,
        fk_in_school("staff_id", "canteen_staff"),
        CheckConstraint(one_of("fitness", tuple(one.value for one in rules.Fitness)), name="fitness"),
        CheckConstraint("fitness <> 'absent' OR (celsius IS NULL AND findings = '{}')", name="absent"),
        Index(
            "uq_canteen_staff_checks_person", "bureau_id", "school_id", "on_day", "staff_id", unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )  # fmt: skip
    staff_id: Mapped[UUID]
    staff_name: Mapped[str]
    celsius: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    findings: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    fitness: Mapped[str]
    action: Mapped[str] = mapped_column(default="")


class Disinfection(DayRecord, db.Model):
    """消毒. `lacks`: which figures it stayed below; such a one must be done again."""

    __tablename__ = "canteen_disinfections"
    __table_args__ = record_args(
        __tablename__,
        CheckConstraint(one_of("method", tuple(one.value for one in rules.Method)), name="method"),
        CheckConstraint("seconds > 0", name="seconds"),
        CheckConstraint("mg_per_litre >= 0", name="mg_per_litre"),
        CheckConstraint("object <> ''", name="object"),
        meal=True,
    )
    meal: Mapped[str | None]
    object: Mapped[str]
    method: Mapped[str]
    seconds: Mapped[int]
    celsius: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    mg_per_litre: Mapped[Decimal | None] = mapped_column(Numeric(7, 1))
    lacks: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    done_by: Mapped[str] = mapped_column(default="")


class CookingTemperature(MealRecord, db.Model):
    """中心温度 of one dish. Below the figure it must be cooked on; `again_of` is the measurement that asked for it."""

    __tablename__ = "canteen_cooking_temperatures"
    __table_args__ = record_args(
        __tablename__,
        fk_in_school("dish_id", "dishes"),
        fk_in_school("again_of", "canteen_cooking_temperatures"),
        UniqueConstraint("bureau_id", "school_id", "again_of", name="uq_canteen_cooking_temperatures_again"),
        CheckConstraint("is_enough = (celsius >= least_celsius)", name="is_enough"),
        Index(
            "ix_canteen_cooking_temperatures_low", "bureau_id", "on_day", "school_id",
            postgresql_where=text("NOT is_enough AND superseded_at IS NULL"),
        ),
        meal=True,
    )  # fmt: skip
    dish_id: Mapped[UUID | None]
    dish_name: Mapped[str]
    celsius: Mapped[Decimal] = mapped_column(Numeric(4, 1))
    least_celsius: Mapped[Decimal] = mapped_column(Numeric(4, 1))
    is_enough: Mapped[bool]
    again_of: Mapped[UUID | None]


class FoodSample(MealRecord, Versioned, db.Model):
    """食品留样 of one dish. `happened_at` (also `kept_at`) is when it was put away; `code` stands on its label.

    `held_reason`: an investigation wants it; it may not be thrown away until it is given free.
    """

    __tablename__ = "food_samples"
    __audited__ = True
    __table_args__ = record_args(
        __tablename__,
        fk_in_school("dish_id", "dishes"),
        fk_in_school("keeper_id", "canteen_staff"),
        fk_in_school("refrigerator_id", "canteen_refrigerators"),
        UniqueConstraint("bureau_id", "school_id", "code"),
        CheckConstraint("grams > 0", name="grams"),
        CheckConstraint("is_enough = (grams >= least_grams)", name="is_enough"),
        CheckConstraint("dispose_not_before >= happened_at", name="dispose_not_before"),
        CheckConstraint(
            "(disposed_at IS NULL) = (disposed_by IS NULL) AND (disposed_at IS NULL OR disposed_at >= dispose_not_before)",
            name="disposed",
        ),
        Index(
            "ix_food_samples_kept", "bureau_id", "school_id", "dispose_not_before", "id",
            postgresql_where=text("disposed_at IS NULL AND superseded_at IS NULL"),
        ),
        # The bureau counts all schools' samples of a day.
        Index("ix_food_samples_on_day", "bureau_id", "on_day", "school_id"),
        Index("ix_food_samples_dish", "bureau_id", "dish_id", "on_day", postgresql_where=text("dish_id IS NOT NULL")),
        meal=True,
    )  # fmt: skip
    dish_id: Mapped[UUID | None]
    dish_name: Mapped[str]
    grams: Mapped[int]
    least_grams: Mapped[int]
    is_enough: Mapped[bool]
    keeper_id: Mapped[UUID | None]
    keeper_name: Mapped[str]
    refrigerator_id: Mapped[UUID | None]
    place: Mapped[str] = mapped_column(default="")
    code: Mapped[str]
    dispose_not_before: Mapped[datetime]
    disposed_at: Mapped[datetime | None]
    disposed_by: Mapped[UUID | None]
    disposed_by_name: Mapped[str] = mapped_column(default="")
    held_reason: Mapped[str] = mapped_column(default="")

    kept_at = synonym("happened_at")


class AccompanyingMeal(MealRecord, db.Model):
    """陪餐: who ate with the pupils, and what they say of dishes, price and service."""

    __tablename__ = "accompanying_meals"
    __table_args__ = record_args(
        __tablename__,
        CheckConstraint(one_of("person_kind", tuple(one.value for one in rules.Companion)), name="person_kind"),
        *(
            CheckConstraint(one_of(name, tuple(one.value for one in rules.Rating)), name=name)
            for name in ("dishes", "price", "service")
        ),
        meal=True,
    )
    person_name: Mapped[str]
    person_kind: Mapped[str]
    account_id: Mapped[UUID | None]
    dishes: Mapped[str]
    price: Mapped[str]
    service: Mapped[str]
    comment: Mapped[str] = mapped_column(default="")


class AccompanyingTurn(Recorded, Versioned, SchoolOwned, db.Model):
    """陪餐安排: whose turn it is."""

    __tablename__ = "accompanying_turns"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "on_day", "meal", "person_name"),
        CheckConstraint(one_of("meal", MEALS), name="meal"),
    )
    on_day: Mapped[date]
    meal: Mapped[str]
    person_name: Mapped[str]
    account_id: Mapped[UUID | None]


class Tasting(MealRecord, db.Model):
    """餐前试尝 of a meal. `exceptions`: the dishes that were not fine, and what was done about it."""

    __tablename__ = "canteen_tastings"
    __table_args__ = record_args(
        __tablename__, CheckConstraint("is_fine OR exceptions <> ''", name="exceptions"), meal=True
    )
    taster_name: Mapped[str]
    is_fine: Mapped[bool]
    exceptions: Mapped[str] = mapped_column(default="")


class Waste(MealRecord, db.Model):
    """餐厨废弃物 of a meal. `diners`: how many ate, as known when it was weighed."""

    __tablename__ = "canteen_waste"
    __table_args__ = record_args(
        __tablename__,
        CheckConstraint(one_of("kind", tuple(one.value for one in rules.WasteKind)), name="kind"),
        CheckConstraint("grams >= 0", name="grams"),
        CheckConstraint("diners >= 0", name="diners"),
        meal=True,
    )
    kind: Mapped[str]
    grams: Mapped[int] = mapped_column(BigInteger)
    diners: Mapped[int | None]
    taken_by: Mapped[str] = mapped_column(default="")


class Refrigerator(Recorded, Versioned, SchoolOwned, db.Model):
    """冷藏冷冻设备. `kind`: which figures its temperature is held against."""

    __tablename__ = "canteen_refrigerators"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint(one_of("kind", tuple(one.value for one in rules.ColdKind)), name="kind"),
        CheckConstraint("name <> ''", name="name"),
        Index(
            "uq_canteen_refrigerators_name", "bureau_id", "school_id", "name", unique=True,
            postgresql_where="is_active",
        ),
    )  # fmt: skip
    name: Mapped[str]
    kind: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class RefrigeratorTemperature(DayRecord, db.Model):
    """One reading. Out of range, `action` says what was done about it."""

    __tablename__ = "refrigerator_temperatures"
    __table_args__ = record_args(
        __tablename__,
        fk_in_school("refrigerator_id", "canteen_refrigerators"),
        CheckConstraint("is_within OR action <> ''", name="action"),
        Index(
            "ix_refrigerator_temperatures_out", "bureau_id", "on_day", "school_id",
            postgresql_where=text("NOT is_within AND superseded_at IS NULL"),
        ),
        Index("ix_refrigerator_temperatures_of", "bureau_id", "school_id", "refrigerator_id", "happened_at"),
    )  # fmt: skip
    refrigerator_id: Mapped[UUID]
    refrigerator_name: Mapped[str]
    celsius: Mapped[Decimal] = mapped_column(Numeric(4, 1))
    least_celsius: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    most_celsius: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    is_within: Mapped[bool]
    action: Mapped[str] = mapped_column(default="")


class Cleaning(DayRecord, db.Model):
    """清扫. `areas`: what was cleaned; `exceptions`: what was found wanting."""

    __tablename__ = "canteen_cleanings"
    __table_args__ = record_args(__tablename__, CheckConstraint("cardinality(areas) > 0", name="areas"))
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    exceptions: Mapped[str] = mapped_column(default="")
    done_by: Mapped[str] = mapped_column(default="")


class PestControl(DayRecord, db.Model):
    """有害生物防制. `agent`: the means used, with its dose; `company`: who was called for it, "" own people."""

    __tablename__ = "canteen_pest_controls"
    __table_args__ = record_args(__tablename__, CheckConstraint("cardinality(pests) > 0", name="pests"))
    pests: Mapped[list[str]] = mapped_column(ARRAY(Text))
    means: Mapped[str]
    places: Mapped[str]
    company: Mapped[str] = mapped_column(default="")
    traces: Mapped[str] = mapped_column(default="")


class WaterMachine(Recorded, Versioned, SchoolOwned, db.Model):
    """饮水机."""

    __tablename__ = "water_machines"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint("name <> ''", name="name"),
        Index("uq_water_machines_name", "bureau_id", "school_id", "name", unique=True, postgresql_where="is_active"),
    )
    name: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class WaterMachineCheck(DayRecord, db.Model):
    """饮水机检查: descaled, disinfected, its filter seen to. `exceptions` "": all normal."""

    __tablename__ = "water_machine_checks"
    __table_args__ = record_args(
        __tablename__,
        fk_in_school("machine_id", "water_machines"),
        Index("ix_water_machine_checks_of", "bureau_id", "school_id", "machine_id", "on_day"),
    )
    machine_id: Mapped[UUID]
    machine_name: Mapped[str]
    is_descaled: Mapped[bool] = mapped_column(default=False)
    is_disinfected: Mapped[bool] = mapped_column(default=False)
    filter_changed: Mapped[bool] = mapped_column(default=False)
    exceptions: Mapped[str] = mapped_column(default="")


class Handover(DayRecord, db.Model):
    """交接班: to whom, what is left to do."""

    __tablename__ = "canteen_handovers"
    __table_args__ = record_args(__tablename__)
    from_name: Mapped[str]
    to_name: Mapped[str]
    is_locked: Mapped[bool] = mapped_column(default=True)  # gas, water, power and doors seen to
    matters: Mapped[str] = mapped_column(default="")
