"""Who eats on which plan, what it costs, who was away, what was paid in and given back; the bureau's limits.

Tables that name a pupil are open to their own school only.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
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
    one_of,
)
from school.canteen_books.charging import PLAN_KINDS, REFUND_MODES
from school.canteen_books.models import FIRST_OF_MONTH
from school.diners.models import MEALS

METHODS = ("cash", "bank", "platform")
SETTINGS = ("urban", "town", "rural")


class ChargeLimit(Recorded, Versioned, BureauOwned, db.Model):
    """伙食费限额, set by the bureau for town or country, by stage where it says so. `unit`: what is limited, a month or
    one meal (`meal`; None: any). In force on [valid_from, valid_to)."""

    __tablename__ = "charge_limits"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        CheckConstraint(one_of("setting", SETTINGS), name="setting"),
        CheckConstraint("unit IN ('month', 'meal')", name="unit"),
        CheckConstraint("unit = 'meal' OR meal IS NULL", name="meal"),
        CheckConstraint("limit_fen > 0", name="limit"),
        CheckConstraint("valid_to > valid_from", name="span"),
        Index("ix_charge_limits_day", "bureau_id", "valid_from"),
    )
    setting: Mapped[str | None]
    stage: Mapped[str | None]
    unit: Mapped[str]
    meal: Mapped[str | None]
    limit_fen: Mapped[int] = mapped_column(BigInteger)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    citation: Mapped[str]


class MealPlan(Recorded, Versioned, SchoolOwned, db.Model):
    """伙食方案. `kind` monthly (包餐: a price per month) or per_meal. `meals`: which it holds. `is_default_present`: who
    is on it eats unless marked away; otherwise only the meals marked are eaten and charged."""

    __tablename__ = "meal_plans"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint(one_of("kind", PLAN_KINDS), name="kind"),
        CheckConstraint(one_of("refund_mode", REFUND_MODES), name="refund_mode"),
        CheckConstraint("kind = 'per_meal' OR is_default_present", name="presence"),
        Index(
            "uq_meal_plans_name", "bureau_id", "school_id", "name", unique=True, postgresql_where=text("is_active")
        ),
    )  # fmt: skip
    name: Mapped[str]
    kind: Mapped[str]
    meals: Mapped[list[Any]]
    is_default_present: Mapped[bool] = mapped_column(default=True)
    refund_mode: Mapped[str] = mapped_column(default="carry")
    is_active: Mapped[bool] = mapped_column(default=True)


class MealPrice(Recorded, SchoolOwned, db.Model):
    """What a plan costs from a month on: a month (`meal` None) or a meal. `limit_id`: the bureau's limit that it was
    held against. Never changed: another price from another month."""

    __tablename__ = "meal_prices"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("plan_id", "meal_plans"),
        fk_in_bureau("limit_id", "charge_limits"),
        UniqueConstraint(
            "bureau_id", "school_id", "plan_id", "meal", "from_month", name="uq_meal_prices_place",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("price_fen > 0", name="price"),
        CheckConstraint("extract(day from from_month) = 1", name="from_month"),
        CheckConstraint(f"meal IN {MEALS}", name="meal"),
    )  # fmt: skip
    plan_id: Mapped[UUID]
    meal: Mapped[str | None]
    price_fen: Mapped[int] = mapped_column(BigInteger)
    from_month: Mapped[date]
    limit_id: Mapped[UUID | None]


class MealEnrolment(Recorded, Versioned, SchoolOwned, db.Model):
    """A pupil on a plan from a day on, up to a day or until further notice. One plan at a time."""

    __tablename__ = "meal_enrolments"
    __table_args__ = (
        fk_school(),
        fk_in_school("pupil_id", "pupils"),
        fk_in_school("plan_id", "meal_plans"),
        CheckConstraint("until_day >= from_day", name="span"),
        Index(
            "uq_meal_enrolments_open", "bureau_id", "school_id", "pupil_id", unique=True,
            postgresql_where=text("until_day IS NULL"),
        ),
        Index("ix_meal_enrolments_pupil", "bureau_id", "school_id", "pupil_id", "from_day"),
    )  # fmt: skip
    pupil_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    from_day: Mapped[date]
    until_day: Mapped[date | None]


class Attendance(Recorded, SchoolOwned, db.Model):
    """A pupil at a meal, where it is not what the plan says anyway: away from a plan that includes it, or there at one
    that is paid by the meal. `source`: who says so."""

    __tablename__ = "attendance"
    __table_args__ = (
        fk_school(),
        fk_in_school("pupil_id", "pupils"),
        UniqueConstraint("bureau_id", "school_id", "on_day", "pupil_id", "meal"),
        CheckConstraint("state IN ('absent', 'present')", name="state"),
        CheckConstraint("source IN ('class', 'import', 'office')", name="source"),
        CheckConstraint(f"meal IN {MEALS}", name="meal"),
        Index("ix_attendance_pupil", "bureau_id", "school_id", "pupil_id", "on_day"),
    )
    pupil_id: Mapped[UUID]
    on_day: Mapped[date]
    meal: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    source: Mapped[str]


class MealPayment(Recorded, SchoolOwned, db.Model):
    """缴费: what the cashier took for a pupil. Void ones keep their reason; `voucher_id`: the voucher that brings it
    into the books."""

    __tablename__ = "meal_payments"
    __table_args__ = (
        fk_school(),
        fk_in_school("pupil_id", "pupils"),
        fk_in_school("voucher_id", "book_vouchers"),
        UniqueConstraint("bureau_id", "school_id", "number"),
        CheckConstraint(one_of("method", METHODS), name="method"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="voided"),
        CheckConstraint("voided_at IS NULL OR voucher_id IS NULL", name="booked"),
        Index("ix_meal_payments_newest", "bureau_id", "school_id", "paid_on", "id"),
        Index("ix_meal_payments_pupil", "bureau_id", "school_id", "pupil_id"),
        Index(
            "ix_meal_payments_waiting", "bureau_id", "school_id", "paid_on",
            postgresql_where=text("voucher_id IS NULL AND voided_at IS NULL"),
        ),
    )  # fmt: skip
    number: Mapped[str]
    pupil_id: Mapped[UUID]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    method: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    received_by_name: Mapped[str]
    voucher_id: Mapped[UUID | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")


class PupilMonth(SchoolOwned, db.Model):
    """A pupil's account in a closed month: opening + paid + aided − used − returned = closing. `charge_fen` what the
    plan asks for, `refund_fen` what missed meals take off it; used = charge − refund. Derived, with the month."""

    __tablename__ = "pupil_months"
    __table_args__ = (
        fk_school(),
        fk_in_school("pupil_id", "pupils"),
        UniqueConstraint("bureau_id", "school_id", "month", "pupil_id"),
        CheckConstraint(FIRST_OF_MONTH, name="month"),
        CheckConstraint("used_fen = charge_fen - refund_fen", name="used"),
        CheckConstraint("closing_fen = opening_fen + paid_fen - used_fen - returned_fen", name="closing"),
    )
    month: Mapped[date]
    pupil_id: Mapped[UUID]
    plan_id: Mapped[UUID | None]
    opening_fen: Mapped[int] = mapped_column(BigInteger)
    paid_fen: Mapped[int] = mapped_column(BigInteger)
    charge_fen: Mapped[int] = mapped_column(BigInteger)
    refund_fen: Mapped[int] = mapped_column(BigInteger)
    used_fen: Mapped[int] = mapped_column(BigInteger)
    returned_fen: Mapped[int] = mapped_column(BigInteger)
    closing_fen: Mapped[int] = mapped_column(BigInteger)
    meals_eaten: Mapped[int]
    meals_missed: Mapped[int]
    meals_refunded: Mapped[int]
    aided_days: Mapped[int] = mapped_column(default=0)  # days of the improvement plan


class MealRefund(Recorded, Versioned, SchoolOwned, db.Model):
    """退费: due to a pupil, paid by the cashier against a signature, then brought into the books."""

    __tablename__ = "meal_refunds"
    __table_args__ = (
        fk_school(),
        fk_in_school("pupil_id", "pupils"),
        fk_in_school("voucher_id", "book_vouchers"),
        CheckConstraint("reason IN ('month', 'term', 'leaver')", name="reason"),
        CheckConstraint("state IN ('due', 'paid', 'void')", name="state"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint(one_of("method", METHODS), name="method"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid"),
        CheckConstraint("voucher_id IS NULL OR state = 'paid'", name="booked"),
        CheckConstraint(FIRST_OF_MONTH, name="month"),
        Index(
            "uq_meal_refunds_live", "bureau_id", "school_id", "month", "pupil_id", "reason", unique=True,
            postgresql_where=text("state = 'due'"),
        ),
        Index("ix_meal_refunds_month", "bureau_id", "school_id", "month", "state"),
    )  # fmt: skip
    month: Mapped[date]
    pupil_id: Mapped[UUID]
    reason: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default="due")
    method: Mapped[str | None]
    paid_on: Mapped[date | None]
    paid_by_name: Mapped[str] = mapped_column(default="")
    signed_by_name: Mapped[str] = mapped_column(default="")  # who took the money
    voucher_id: Mapped[UUID | None]


class AidGrant(Recorded, Versioned, SchoolOwned, db.Model):
    """A pupil on a subsidy's list. `improvement`: `amount_fen` for each day on which they eat, spent by the canteen for
    them; `aid`: `amount_fen` once, put into their meal account."""

    __tablename__ = "aid_grants"
    __table_args__ = (
        fk_school(),
        fk_in_school("pupil_id", "pupils"),
        fk_in_school("voucher_id", "book_vouchers"),
        CheckConstraint("fund IN ('improvement', 'aid')", name="fund"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("until_day >= from_day", name="span"),
        UniqueConstraint("bureau_id", "school_id", "fund", "pupil_id", "from_day"),
    )
    fund: Mapped[str]
    pupil_id: Mapped[UUID]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    from_day: Mapped[date]
    until_day: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    voucher_id: Mapped[UUID | None]
