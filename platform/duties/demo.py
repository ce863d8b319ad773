"""Duties of the demo district: two weeks back, so that board and history have something to show.

What other modules' demo records fulfil is found by their marks. Where they made none (other schools, earlier days) a
duty is marked done by a rule of its own key: most on time, a few late, a few not at all.
"""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import text

from duties.rules import SHANGHAI
from duties.service import excusing, own_kinds, tallying
from duties.service.fulfilling import SETTLE
from duties.service.generating import generate
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id, now
from kernel.database.scope import use_scope

DAYS = 14
STARTERS = (
    "fire-drill", "fire-drill-kindergarten", "fire-inspection", "extinguishers", "closing-round", "safety-weekly",
    "dormitory-night", "kitchen-equipment", "opening-check", "closing-check",
)  # fmt: skip
# `part`: 0 … 99 by the duty's own key. Of those that a school's records began to fulfil only what lies before counts.
MARK = text("""
INSERT INTO duty_marks (bureau_id, school_id, id, kind, on_day, meal, record_kind, record_id, at, by)
SELECT d.bureau_id, d.school_id, gen_random_uuid(), d.kind, d.first_day, d.meal, 'demo', gen_random_uuid(),
       CASE WHEN d.part < 93 THEN greatest(d.opens_at, d.due_at - d.part * interval '1 minute')
            ELSE d.due_at + (d.part - 92) * interval '20 minutes' END,
       :by
FROM (
    SELECT d.*, mod(('x' || left(md5(d.school_id || d.kind || d.period), 6))::bit(24)::int, 100) AS part
    FROM duties d
    WHERE d.bureau_id = :bureau_id AND d.due_at < :now AND d.needed = 1
      AND NOT EXISTS (SELECT FROM duty_marks m WHERE m.bureau_id = d.bureau_id AND m.school_id = d.school_id
                      AND m.kind = d.kind AND m.on_day <= d.first_day)
) d
WHERE d.part < 97 AND d.due_at + (d.part - 92) * interval '20 minutes' < :now
""")
SETTLE_ALL = text(SETTLE.format(which="o.due_at > :since AND o.fulfilled_at IS NULL"))


def demo(app: Flask, demo: Any) -> None:
    system = demo.actor()
    at = now()
    use_scope(db.session(), system.scope)
    with force_locale("zh_CN"):
        for back in range(DAYS, 0, -7):
            with clock_at(datetime.combine(at.astimezone(SHANGHAI).date() - timedelta(days=back), time(5), SHANGHAI)):
                if back == DAYS:
                    own_kinds.adopt(system, STARTERS)
                generate(system.bureau_id)
        generate(system.bureau_id)
        place = {"bureau_id": system.bureau_id, "now": at, "since": at - timedelta(days=DAYS + 40)}
        db.session.execute(MARK, {**place, "by": system.account_id})
        db.session.execute(SETTLE_ALL, place)
        tallying.recount_recent(system.bureau_id)
        db.session.commit()
        _excuses(demo, at)
    db.session.commit()


def _excuses(demo: Any, at: datetime) -> None:
    """One that was confirmed, and one that waits."""
    principal = demo.accounts.get("school-principal")
    if principal is None:
        return
    school_id = next(iter(demo.schools.values()))
    head = Actor(principal, "演示校长", "school", demo.bureau_id, school_id, roles=frozenset({"principal"}))
    day = at.astimezone(SHANGHAI).date()
    for back, reason, note in ((3, "power_cut", "演示：上午全镇停电"), (1, "no_meal", "演示：师生外出，午餐不供")):
        use_scope(db.session(), head.scope)
        with clock_at(at - timedelta(days=back - 1)):
            row = excusing.ask(
                head, new_id(), first_day=day - timedelta(days=back), last_day=day - timedelta(days=back),
                reason=reason, note=note,
            )  # fmt: skip
            if back == 3:
                use_scope(db.session(), demo.actor().scope)
                excusing.decide(demo.actor(), school_id, row.id, row.version, "confirm", "演示：情况属实")
        db.session.commit()
