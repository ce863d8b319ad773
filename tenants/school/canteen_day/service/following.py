"""What follows from a record in the same transaction: the duty that it fulfils, what must be put right."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from duties.service.fulfilling import fulfil, unfulfil
from kernel.database import db
from school.canteen_day import kinds, rules
from school.canteen_day.kinds import CONTROL_DUTIES, Kind
from school.canteen_day.service import findings
from school.canteen_day.service.completing import DayFacts, is_complete
from school.canteen_day.service.context import Context
from school.canteen_day.service.figures import LATE
from school.canteen_day.service.preparing import Entry

# Kinds whose duty is done by several records together.
TOGETHER = (kinds.STAFF_CHECK, kinds.SAMPLE, kinds.COOKING, kinds.REFRIGERATOR, kinds.WATER)


def follow(context: Context, kind: Kind, records: Sequence[Any], entries: Mapping[UUID, Entry]) -> None:
    actor = context.actor
    for record in records:
        if record.corrects_id is not None:
            unfulfil(actor, (kind.code, record.corrects_id))
            findings.hand_on(actor, record.corrects_id, record.id)
        findings.raise_all(context, kind, record, _found(kind, record, entries[record.id]))
    for record in _last_of_each(records):
        if kind is kinds.CONTROL:
            fulfil(actor, context.school_id, CONTROL_DUTIES[record.kind], record.on_day, **_mark(context, kind, record))
        elif kind.duty:
            meal = getattr(record, "meal", None)
            if kind.per_meal and meal is None:
                continue  # of no meal: cupboards and tables are disinfected between meals, too
            if kind in TOGETHER:
                _one_after_the_other(context, kind, record.on_day, meal)
            if is_complete(DayFacts(actor, context.school_id, record.on_day), kind, meal):
                fulfil(
                    actor, context.school_id, kind.duty, record.on_day, meal=meal, **_mark(context, kind, record)
                )  # fmt: skip


def _one_after_the_other(context: Context, kind: Kind, day: date, meal: str | None) -> None:
    """Two people record the last two dishes at the same moment: whoever asks second whether all is there now must see
    what the first wrote."""
    key = f"canteen_day:{context.actor.bureau_id}:{context.school_id}:{kind.code}:{day}:{meal or ''}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))


def _mark(context: Context, kind: Kind, record: Any) -> dict[str, Any]:
    """The duty was done when it happened, if that was written down soon after; else when it was written down."""
    late = rules.is_entered_late(record.happened_at, context.current, context.figures(record.on_day).number(LATE))
    return {"record": (kind.code, record.id), "at": context.current if late else record.happened_at}


def _last_of_each(records: Sequence[Any]) -> list[Any]:
    """One record of each day, meal and kind of report: their duty is looked at once."""
    by_place = {(one.on_day, getattr(one, "meal", None) or "", getattr(one, "kind", "")): one for one in records}
    return [by_place[place] for place in sorted(by_place)]


def _found(kind: Kind, record: Any, entry: Entry) -> Sequence[Mapping[str, Any]]:
    """What a record found and somebody must put right."""
    if kind in (kinds.CONTROL, kinds.SUPERVISION):
        return list(entry.values.get("findings", ()))
    if kind is kinds.ACCOMPANYING and rules.Rating.POOR in (record.dishes, record.price, record.service):
        return [{"text": _("陪餐意见：%(words)s", words=record.comment)}]
    if kind is kinds.WATER and record.exceptions:
        return [{"text": _("%(machine)s：%(words)s", machine=record.machine_name, words=record.exceptions)}]
    return ()
