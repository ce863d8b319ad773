"""A month of each kind at each school, counted from the duties themselves; counted anew, never added to."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from duties.rules import SHANGHAI, add_months
from kernel.database import db, now

# Only what is over: a duty that can still be made up for is neither done nor missed.
COUNTS = """
SELECT d.bureau_id, d.school_id, date_trunc('month', d.on_day)::date AS month, d.kind,
       count(*)::int AS due,
       count(*) FILTER (WHERE d.fulfilled_at <= d.due_at)::int AS on_time,
       count(*) FILTER (WHERE d.fulfilled_at > d.due_at)::int AS late,
       count(*) FILTER (WHERE d.fulfilled_at IS NULL AND d.excuse_id IS NULL)::int AS missed,
       count(*) FILTER (WHERE d.fulfilled_at IS NULL AND d.excuse_id IS NOT NULL)::int AS excused
FROM duties d
WHERE d.bureau_id = :bureau_id AND d.on_day >= :first AND d.on_day < :next{schools}
  AND (d.fulfilled_at IS NOT NULL OR d.excuse_id IS NOT NULL OR d.closes_at < :now) AND d.due_at < :now
GROUP BY d.bureau_id, d.school_id, date_trunc('month', d.on_day), d.kind
"""
_OF_SCHOOLS = " AND {table}.school_id = ANY (:school_ids)"
_REMOVE = "DELETE FROM duty_tallies t WHERE t.bureau_id = :bureau_id AND t.month = :first{schools}"
_ADD = "INSERT INTO duty_tallies (bureau_id, school_id, month, kind, due, on_time, late, missed, excused) {counts}"
_DIFFERING = """
SELECT coalesce(t.school_id, c.school_id) AS school_id, coalesce(t.kind, c.kind) AS kind
FROM (SELECT * FROM duty_tallies WHERE bureau_id = :bureau_id AND month = :first) t
FULL JOIN ({counts}) c
     ON c.bureau_id = t.bureau_id AND c.school_id = t.school_id AND c.month = t.month AND c.kind = t.kind
WHERE (t.due, t.on_time, t.late, t.missed, t.excused) IS DISTINCT FROM (c.due, c.on_time, c.late, c.missed, c.excused)
ORDER BY 1, 2
"""


def recount(bureau_id: int, month: date, school_ids: Sequence[int] | None = None) -> None:
    """In the bureau's scope. `month`: any day of it."""
    place = _place(bureau_id, month, school_ids)
    table = "" if school_ids is None else _OF_SCHOOLS
    db.session.execute(text(_REMOVE.format(schools=table.format(table="t"))), place)
    db.session.execute(text(_ADD.format(counts=COUNTS.format(schools=table.format(table="d")))), place)


def differing(bureau_id: int, month: date) -> list[tuple[int, str]]:
    """(school, kind) whose tally is not what its duties say; for the command that reconciles."""
    rows = db.session.execute(text(_DIFFERING.format(counts=COUNTS.format(schools=""))), _place(bureau_id, month, None))
    return [(row.school_id, row.kind) for row in rows]


def recount_recent(bureau_id: int) -> None:
    """The months in which something can still have changed: this one, and those that a grace or an excuse reaches."""
    this = now().astimezone(SHANGHAI).date().replace(day=1)
    for back in range(4):
        recount(bureau_id, add_months(this, -back))


def _place(bureau_id: int, month: date, school_ids: Sequence[int] | None) -> dict[str, Any]:
    first = month.replace(day=1)
    at: datetime = now()
    return {
        "bureau_id": bureau_id, "first": first, "next": add_months(first, 1), "now": at,
        "school_ids": list(school_ids or ()),
    }  # fmt: skip
