"""Pupils' accounts as those who keep the money read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from school.canteen_books.meal_models import MealEnrolment, MealPlan, PupilMonth
from school.canteen_books.models import BookEntry, BookLine
from school.canteen_books.service import ledger
from school.diners.models import Pupil, SchoolClass


@dataclass(frozen=True, slots=True)
class PupilAccount:
    pupil_id: UUID
    class_name: str
    number: str
    name: str
    plan_name: str
    is_active: bool
    left_fen: int


def all_accounts(actor: Actor) -> list[PupilAccount]:
    """By class and number: pupils of the school, and those who left with something on their account."""
    left = ledger.pupil_balances(actor)
    plans: dict[Any, str] = {
        row.pupil_id: row.name
        for row in db.session.execute(
            select(MealEnrolment.pupil_id, MealPlan.name)
            .join(
                MealPlan,
                (MealPlan.bureau_id == MealEnrolment.bureau_id)
                & (MealPlan.school_id == MealEnrolment.school_id)
                & (MealPlan.id == MealEnrolment.plan_id),
            )
            .where(
                MealEnrolment.bureau_id == actor.bureau_id, MealEnrolment.school_id == actor.own_school_id(),
                MealEnrolment.until_day.is_(None),
            )
        )
    }  # fmt: skip
    rows = db.session.execute(
        select(Pupil.id, SchoolClass.name.label("class_name"), Pupil.number, Pupil.name, Pupil.is_active)
        .join(
            SchoolClass,
            (SchoolClass.bureau_id == Pupil.bureau_id)
            & (SchoolClass.school_id == Pupil.school_id)
            & (SchoolClass.id == Pupil.class_id),
        )
        .where(Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id())
        .order_by(SchoolClass.grade, SchoolClass.number, Pupil.number)
    )
    return [
        PupilAccount(
            row.id, row.class_name, row.number, row.name, plans.get(row.id, ""), row.is_active, left.get(row.id, 0)
        )
        for row in rows
        if row.is_active or left.get(row.id)
    ]


def months_of(actor: Actor, pupil_id: UUID) -> list[PupilMonth]:
    """Newest first."""
    return list(
        db.session.scalars(
            select(PupilMonth)
            .where(
                PupilMonth.bureau_id == actor.bureau_id, PupilMonth.school_id == actor.own_school_id(),
                PupilMonth.pupil_id == pupil_id,
            )
            .order_by(PupilMonth.month.desc())
        )
    )  # fmt: skip


def moves_of(actor: Actor, pupil_id: UUID, most: int = 200) -> Sequence[Any]:
    """What stands in the books on a pupil's account, newest first: (day, number, summary, kind, debit, credit, fen)."""
    return db.session.execute(
        select(
            BookEntry.id, BookEntry.on_day, BookEntry.number, BookEntry.summary, BookEntry.kind, BookLine.debit_code,
            BookLine.credit_code, BookLine.amount_fen,
        )
        .join(
            BookEntry,
            (BookEntry.bureau_id == BookLine.bureau_id)
            & (BookEntry.school_id == BookLine.school_id)
            & (BookEntry.id == BookLine.entry_id),
        )
        .where(
            BookLine.bureau_id == actor.bureau_id, BookLine.school_id == actor.own_school_id(),
            BookLine.pupil_id == pupil_id,
        )
        .order_by(BookEntry.posted_at.desc(), BookEntry.id.desc())
        .limit(most)
    ).all()  # fmt: skip


def carried_refunds(actor: Actor, month: date) -> Sequence[Any]:
    """What missed meals took off a month, pupil by pupil: the list that is signed whether paid out or carried on."""
    return db.session.execute(
        select(
            PupilMonth.pupil_id, SchoolClass.name.label("class_name"), Pupil.number, Pupil.name, MealPlan.refund_mode,
            PupilMonth.meals_missed, PupilMonth.meals_refunded, PupilMonth.refund_fen, PupilMonth.closing_fen,
        )
        .join(
            Pupil,
            (Pupil.bureau_id == PupilMonth.bureau_id)
            & (Pupil.school_id == PupilMonth.school_id)
            & (Pupil.id == PupilMonth.pupil_id),
        )
        .join(
            SchoolClass,
            (SchoolClass.bureau_id == Pupil.bureau_id)
            & (SchoolClass.school_id == Pupil.school_id)
            & (SchoolClass.id == Pupil.class_id),
        )
        .join(
            MealPlan,
            (MealPlan.bureau_id == PupilMonth.bureau_id)
            & (MealPlan.school_id == PupilMonth.school_id)
            & (MealPlan.id == PupilMonth.plan_id),
        )
        .where(
            PupilMonth.bureau_id == actor.bureau_id, PupilMonth.school_id == actor.own_school_id(),
            PupilMonth.month == month, PupilMonth.refund_fen != 0,
        )
        .order_by(SchoolClass.grade, SchoolClass.number, Pupil.number)
    ).all()  # fmt: skip


def of_month(actor: Actor, month: date) -> list[PupilMonth]:
    """Every account of a closed month, by pupil."""
    return list(
        db.session.scalars(
            select(PupilMonth)
            .where(
                PupilMonth.bureau_id == actor.bureau_id, PupilMonth.school_id == actor.own_school_id(),
                PupilMonth.month == month,
            )
            .order_by(PupilMonth.pupil_id)
        )
    )  # fmt: skip
