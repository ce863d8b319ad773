"""The records that a voucher brings into the books, let go when it does not."""

from uuid import UUID

from sqlalchemy import update

from kernel.actor import Actor
from kernel.database import db
from school.canteen_books.meal_models import AidGrant, MealPayment, MealRefund


def release(actor: Actor, voucher_id: UUID) -> None:
    """After a refusal, a withdrawal or a reversal its payments, refunds and grants wait to be booked anew."""
    for model in (MealPayment, MealRefund, AidGrant):
        db.session.execute(
            update(model)
            .where(
                model.bureau_id == actor.bureau_id, model.school_id == actor.own_school_id(),
                model.voucher_id == voucher_id,
            )
            .values(voucher_id=None),
            execution_options={"synchronize_session": False},
        )  # fmt: skip
    for row in list(db.session.identity_map.values()):
        if isinstance(row, (MealPayment, MealRefund, AidGrant)):
            db.session.expire(row)
