"""Samples of a meal are kept as long as anything asks for them: two investigations of one meal do not end together."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor, system_actor
from kernel.database import db
from kernel.database.scope import within
from school.canteen_day.service import samples
from school.recall.models import Recall, RecallPart, SuspectedIncident
from school.recall.rules import RUNNING


def release(actor: Actor, school_id: int, on_day: date, meal: str) -> None:
    """By the bureau, after whatever held them ended."""
    reason = reason_of(actor, school_id, on_day, meal)
    if reason:
        samples.hold(actor, school_id, on_day, meal, reason)
    else:
        samples.give_free(actor, school_id, on_day, meal)


def reason_of(actor: Actor, school_id: int, on_day: date, meal: str) -> str:
    """What asks for the samples of a meal, also for canteen_day.hooks.SampleGuard: one that is written down late is held
    like the others. Asked in the bureau's scope, of the one school: schools never see a recall."""
    with within(db.session(), system_actor(actor.bureau_id).scope):
        return _of_recall(actor, school_id, on_day, meal) or _of_incident(actor, school_id, on_day, meal)


def _of_recall(actor: Actor, school_id: int, on_day: date, meal: str) -> str:
    query = select(RecallPart.number, RecallPart.reason).where(
        RecallPart.bureau_id == actor.bureau_id, RecallPart.school_id == school_id, RecallPart.is_over.is_(False),
        RecallPart.is_drill.is_(False),
        RecallPart.part.contains({"meals": [{"on_day": on_day.isoformat(), "meal": meal}]}),
    )  # fmt: skip
    row = db.session.execute(query.limit(1)).first()
    return "" if row is None else _("召回 %(number)s：%(reason)s", number=row.number, reason=row.reason)


def _of_incident(actor: Actor, school_id: int, on_day: date, meal: str) -> str:
    """One that nobody traced yet, or whose recall still runs."""
    runs = select(Recall.id).where(
        Recall.bureau_id == SuspectedIncident.bureau_id, Recall.incident_school_id == SuspectedIncident.school_id,
        Recall.incident_id == SuspectedIncident.id, Recall.state.in_(RUNNING),
    )  # fmt: skip
    query = select(SuspectedIncident.symptoms).where(
        SuspectedIncident.bureau_id == actor.bureau_id, SuspectedIncident.school_id == school_id,
        SuspectedIncident.on_day == on_day, SuspectedIncident.meal == meal,
        (SuspectedIncident.state == "reported") | ((SuspectedIncident.state == "traced") & runs.exists()),
    )  # fmt: skip
    symptoms = db.session.scalar(query.limit(1))
    return "" if symptoms is None else _("疑似食品安全事件：%(symptoms)s", symptoms=symptoms)
