"""The bureau's figures that settlement goes by."""

from datetime import date

from kernel.actor import Actor
from kernel.policy.service import effective
from kernel.web.dates import today
from school.settlement import rules

MAKE_DAY = "settlement.make.day_of_month"
CONFIRM_DAY = "settlement.confirm.day_of_month"
ANSWER_DAYS = "settlement.answer.days"
PAYMENT_DAYS = "settlement.payment.days"
DIFFERENCE_DAYS = "settlement.difference.days"


def figure(actor: Actor, key: str, school_id: int | None = None) -> int:
    return int(effective(actor.bureau_id, key, school_id=school_id).number)


def due_month() -> date:
    """The month that is to be settled now: the one before today's."""
    return rules.previous_month(rules.month_of(today()))


def confirm_by(actor: Actor, month: date, school_id: int | None = None) -> date:
    day = figure(actor, CONFIRM_DAY, school_id)
    following = rules.next_month(month)
    return following.replace(day=min(day, rules.last_day(following).day))
