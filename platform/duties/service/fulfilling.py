"""A record fulfils what is due: called by the record's own service, in its transaction."""

from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from duties.kinds import published_kinds
from duties.models import NOBODY, DutyMark
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import within
from kernel.errors import NotFound

# A duty takes the instant and the record of the mark that completes it (the `needed`-th by time), or none. Of a meal only
# what was done once the meal was near: at dawn nobody has kept a sample of lunch.
SETTLE = """
UPDATE duties AS d
SET fulfilled_at = found.at, fulfilled_by = found.by, record_kind = coalesce(found.record_kind, ''),
    record_id = found.record_id
FROM (
    SELECT o.id, o.school_id, m.at, m.by, m.record_kind, m.record_id
    FROM duties o LEFT JOIN LATERAL (
        SELECT k.at, k.by, k.record_kind, k.record_id FROM duty_marks k
        WHERE k.bureau_id = o.bureau_id AND k.school_id = o.school_id AND k.kind = o.kind AND k.meal = o.meal
          AND k.on_day BETWEEN o.first_day AND o.last_day AND k.withdrawn_at IS NULL
          AND (o.meal = '' OR k.at >= o.opens_at)
        ORDER BY k.at, k.id OFFSET o.needed - 1 LIMIT 1
    ) m ON true
    WHERE o.bureau_id = :bureau_id AND {which}
) AS found
WHERE d.bureau_id = :bureau_id AND d.school_id = found.school_id AND d.id = found.id
  AND (d.fulfilled_at, d.record_id) IS DISTINCT FROM (found.at, found.record_id)
"""
_OF_ONE = text(
    SETTLE.format(
        which="o.school_id = :school_id AND o.kind = :kind AND o.meal = :meal AND o.last_day >= :day"
        " AND o.first_day <= :day"
    )
)
# Held until the transaction ends: whoever fulfils or withdraws beside it sees what was decided here.
_LOCK = text(
    "SELECT fulfilled_at IS NOT NULL AS is_fulfilled FROM duties WHERE bureau_id = :bureau_id"
    " AND school_id = :school_id AND kind = :kind AND meal = :meal AND last_day >= :day AND first_day <= :day"
    " ORDER BY id FOR UPDATE"
)
_PLACES = text(
    "SELECT kind, meal, on_day AS day FROM duty_marks WHERE bureau_id = :bureau_id AND school_id = :school_id"
    " AND record_kind = :record_kind AND record_id = :record_id AND withdrawn_at IS NULL ORDER BY kind, meal, on_day"
)
_WITHDRAW = text(
    "UPDATE duty_marks SET withdrawn_at = :at WHERE bureau_id = :bureau_id AND school_id = :school_id"
    " AND record_kind = :record_kind AND record_id = :record_id AND withdrawn_at IS NULL"
)
# What was marked while the duty was being written beside it: neither saw the other.
_SWEEP = text(
    SETTLE.format(
        which="o.is_long IN (false, true) AND o.due_at > :since AND o.due_at < :until AND o.fulfilled_at IS NULL"
        " AND o.excuse_id IS NULL AND EXISTS (SELECT FROM duty_marks h WHERE h.bureau_id = o.bureau_id"
        " AND h.school_id = o.school_id AND h.kind = o.kind AND h.meal = o.meal"
        " AND h.on_day BETWEEN o.first_day AND o.last_day AND h.withdrawn_at IS NULL)"
    )
)
SWEPT = timedelta(days=2)


def fulfil(
    actor: Actor,
    school_id: int,
    kind: str,
    on: date,
    *,
    meal: str | None = None,
    record: tuple[str, UUID] | None = None,
    at: datetime | None = None,
) -> bool:
    """Says that `record` (kind of record, id) is what `kind` asks for on the day `on`, the day that it is *about*.

    In the caller's transaction, under the caller's actor; a supplier's or bureau's actor may call it for a school too.
    `meal`: needed for kinds of every meal, ignored by the others. `at`: when it was done, for what was noted down later
    (default: now). The same record twice is said once. True: a duty is fulfilled by it or was before; False: nothing
    was due, which is no error (the mark is kept for when it is generated).
    """
    where = _place(actor, school_id, kind, on, meal)
    record_kind, record_id = record or ("", NOBODY)
    with _scope(actor, school_id):
        was_fulfilled = any(db.session.scalars(_LOCK, where).all())
        statement = insert(DutyMark).values(
            id=new_id(), bureau_id=actor.bureau_id, school_id=school_id, kind=kind, on_day=on, meal=where["meal"],
            record_kind=record_kind, record_id=record_id, at=at or now(), by=actor.account_id,
        )  # fmt: skip
        db.session.execute(
            statement.on_conflict_do_update(
                constraint="uq_duty_marks_of",
                set_={"withdrawn_at": None, "at": statement.excluded.at, "by": statement.excluded.by},
                where=DutyMark.withdrawn_at.is_not(None),
            )
        )
        settled: Any = db.session.execute(_OF_ONE, where)
        return settled.rowcount > 0 or was_fulfilled


def unfulfil(actor: Actor, record: tuple[str, UUID], *, school_id: int | None = None) -> None:
    """The record was voided: what it alone fulfilled is owed again. `school_id`: needed but for a school's own actor."""
    school_id = actor.own_school_id() if school_id is None else school_id
    of_record = {
        "bureau_id": actor.bureau_id, "school_id": school_id, "record_kind": record[0], "record_id": record[1],
        "at": now(),
    }  # fmt: skip
    with _scope(actor, school_id):
        places = [
            {"bureau_id": actor.bureau_id, "school_id": school_id, **place}
            for place in db.session.execute(_PLACES, of_record).mappings()
        ]
        for place in places:
            db.session.execute(_LOCK, place)
        db.session.execute(_WITHDRAW, of_record)
        for place in places:
            db.session.execute(_OF_ONE, place)


def sweep(bureau_id: int) -> int:
    """In the bureau's scope; gives the number of duties found done."""
    at = now()
    found: Any = db.session.execute(_SWEEP, {"bureau_id": bureau_id, "since": at - SWEPT, "until": at + SWEPT})
    return int(found.rowcount)


def _place(actor: Actor, school_id: int, kind: str, on: date, meal: str | None) -> dict[str, Any]:
    known = published_kinds().get(kind)
    if known is not None and known.cadence == "per_meal":
        if not meal:
            raise ValueError(f"duty kind {kind} is owed for every meal: say which")
        meal = str(meal)
    elif known is not None:
        meal = ""
    return {"bureau_id": actor.bureau_id, "school_id": school_id, "kind": kind, "meal": meal or "", "day": on}


def _scope(actor: Actor, school_id: int) -> AbstractContextManager[None]:
    """A school's person writes its own school's rows. Others act on a record that the caller let them make: it is the
    bureau's scope then, after the zone's or school's own bounds are checked here."""
    if actor.level == "school":
        if actor.school_id != school_id:
            raise NotFound
        return nullcontext()
    if actor.level == "zone" and school_id not in actor.school_ids:
        raise NotFound
    if actor.level == "bureau":
        return nullcontext()
    return within(db.session(), system_actor(actor.bureau_id).scope)
