"""陪餐安排: whose turn it is to eat with the pupils."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import Invalid, NotFound
from kernel.workdays import service as workdays
from kernel.workdays.rules import is_workday
from school.canteen_day import rules
from school.canteen_day.models import AccompanyingTurn
from school.diners.rules import Meal

LONGEST = timedelta(days=200)


def turns(actor: Actor, school_id: int, first: date, last: date) -> Sequence[AccompanyingTurn]:
    query = select(AccompanyingTurn).where(
        AccompanyingTurn.bureau_id == actor.bureau_id, AccompanyingTurn.school_id == school_id,
        AccompanyingTurn.on_day.between(first, last),
    )  # fmt: skip
    return db.session.scalars(query.order_by(AccompanyingTurn.on_day, AccompanyingTurn.id)).all()


def assign(actor: Actor, on_day: date, meal: Meal | str, names: Sequence[str]) -> None:
    """Whose turn a meal is, in place of what was said before."""
    place = (
        AccompanyingTurn.bureau_id == actor.bureau_id, AccompanyingTurn.school_id == actor.own_school_id(),
        AccompanyingTurn.on_day == on_day, AccompanyingTurn.meal == str(meal),
    )  # fmt: skip
    db.session.execute(delete(AccompanyingTurn).where(*place, AccompanyingTurn.person_name.not_in(list(names))))
    _write(actor, [(on_day, str(meal), name) for name in names])


def rotate(actor: Actor, meal: Meal | str, names: Sequence[str], first: date, last: date) -> int:
    """People take turns, one each school day; what stands for a day already is kept. Gives the days shared out."""
    if not names:
        raise Invalid({"names": [_("请填写陪餐人员。")]})
    if last < first or last - first > LONGEST:
        raise Invalid({"last": [_("结束日期应在开始日期之后，且不超过 200 天。")]})
    calendar = workdays.calendar(actor.bureau_id)
    taken = {turn.on_day for turn in turns(actor, actor.own_school_id(), first, last) if turn.meal == str(meal)}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    free = [day for day in days if is_workday(day, calendar) and day not in taken]
    return _write(actor, [(day, str(meal), name) for day, name in rules.rotate(list(names), free)])


def _write(actor: Actor, places: Sequence[tuple[date, str, str]]) -> int:
    if not places:
        return 0
    at = now()
    db.session.execute(
        insert(AccompanyingTurn).on_conflict_do_nothing(),
        [
            {
                "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": new_id(), "on_day": on_day,
                "meal": meal, "person_name": name, "account_id": None, "created_at": at,
                "created_by": actor.account_id, "version": 1,
            }
            for on_day, meal, name in places
        ],
    )  # fmt: skip
    return len(places)


def remove(actor: Actor, turn_id: UUID) -> None:
    turn = db.session.get(AccompanyingTurn, (actor.bureau_id, actor.own_school_id(), turn_id))
    if turn is None:
        raise NotFound(_("没有这个安排。"))
    db.session.delete(turn)
    db.session.flush()
