"""Add the moves up again and compare: with what lies where, with what a school has of a good, line by line."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import within


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`what`: "balance" (a batch at a place), "stock" (a good), "card" (a line of a good's card), "cost" (a batch's worth).
    `name`: how a person finds it."""

    what: str
    school_id: int
    id: UUID
    name: str
    stored: Decimal | None
    moved: Decimal | None
    measure: str


PHYSICAL = "l.kind NOT IN ('supplier', 'consumed', 'disposed', 'difference', 'opening')"
SIDES = """
    SELECT m.school_id, m.good_id, m.batch_id, m.to_location_id AS location_id, m.quantity AS q, m.amount_fen AS a
    FROM store_moves m WHERE m.bureau_id = :bureau
    UNION ALL
    SELECT m.school_id, m.good_id, m.batch_id, m.from_location_id, -m.quantity, -m.amount_fen
    FROM store_moves m WHERE m.bureau_id = :bureau
"""
BALANCES = f"""
WITH moved AS (
    SELECT s.school_id, s.batch_id, s.location_id, sum(s.q) AS q, sum(s.a) AS a
    FROM ({SIDES}) s
    JOIN store_locations l ON l.bureau_id = :bureau AND l.school_id = s.school_id AND l.id = s.location_id AND {PHYSICAL}
    GROUP BY s.school_id, s.batch_id, s.location_id
),
kept AS (
    SELECT b.school_id, b.batch_id, b.location_id, b.quantity AS q, b.amount_fen AS a
    FROM store_balances b WHERE b.bureau_id = :bureau
)
SELECT coalesce(k.school_id, m.school_id) AS school_id, coalesce(k.batch_id, m.batch_id) AS id,
       coalesce(g.name, '') || ' ' || coalesce(t.batch_no, '') || ' @ ' || coalesce(l.name, '') AS name,
       k.q AS stored_q, m.q AS moved_q, k.a AS stored_a, m.a AS moved_a
FROM kept k
FULL JOIN moved m ON m.school_id = k.school_id AND m.batch_id = k.batch_id AND m.location_id = k.location_id
LEFT JOIN store_batches t ON t.bureau_id = :bureau AND t.school_id = coalesce(k.school_id, m.school_id)
    AND t.id = coalesce(k.batch_id, m.batch_id)
LEFT JOIN store_goods g ON g.bureau_id = :bureau AND g.school_id = t.school_id AND g.id = t.good_id
LEFT JOIN store_locations l ON l.bureau_id = :bureau AND l.school_id = coalesce(k.school_id, m.school_id)
    AND l.id = coalesce(k.location_id, m.location_id)
WHERE coalesce(k.q, 0) <> coalesce(m.q, 0) OR coalesce(k.a, 0) <> coalesce(m.a, 0)
ORDER BY 1, 3
"""  # noqa: S608 — both parts are constants of this file
STOCKS = f"""
WITH moved AS (
    SELECT s.school_id, s.good_id, sum(s.q) AS q, sum(s.a) AS a
    FROM ({SIDES}) s
    JOIN store_locations l ON l.bureau_id = :bureau AND l.school_id = s.school_id AND l.id = s.location_id AND {PHYSICAL}
    GROUP BY s.school_id, s.good_id
)
SELECT k.school_id, k.id, g.name, k.quantity AS stored_q, m.q AS moved_q, k.amount_fen AS stored_a, m.a AS moved_a
FROM store_stocks k
JOIN store_goods g ON g.bureau_id = k.bureau_id AND g.school_id = k.school_id AND g.id = k.id
LEFT JOIN moved m ON m.school_id = k.school_id AND m.good_id = k.id
WHERE k.bureau_id = :bureau AND (k.quantity <> coalesce(m.q, 0) OR k.amount_fen <> coalesce(m.a, 0))
ORDER BY 1, 3
"""  # noqa: S608 — both parts are constants of this file
# Each line of a card follows from the one before it, the numbers run without a gap, and the last is the stock.
CARDS = """
WITH lines AS (
    SELECT m.school_id, m.good_id, m.seq, m.quantity_after, m.amount_after_fen,
           lag(m.seq, 1, 0) OVER card AS seq_before,
           lag(m.quantity_after, 1, 0::numeric) OVER card AS quantity_before,
           lag(m.amount_after_fen, 1, 0::bigint) OVER card AS amount_before,
           m.quantity * ((f.kind IN ('supplier', 'consumed', 'disposed', 'difference', 'opening'))::int
                       - (t.kind IN ('supplier', 'consumed', 'disposed', 'difference', 'opening'))::int) AS q,
           m.amount_fen * ((f.kind IN ('supplier', 'consumed', 'disposed', 'difference', 'opening'))::int
                         - (t.kind IN ('supplier', 'consumed', 'disposed', 'difference', 'opening'))::int) AS a,
           m.seq = max(m.seq) OVER (PARTITION BY m.school_id, m.good_id) AS is_last
    FROM store_moves m
    JOIN store_locations f ON f.bureau_id = m.bureau_id AND f.school_id = m.school_id AND f.id = m.from_location_id
    JOIN store_locations t ON t.bureau_id = m.bureau_id AND t.school_id = m.school_id AND t.id = m.to_location_id
    WHERE m.bureau_id = :bureau
    WINDOW card AS (PARTITION BY m.school_id, m.good_id ORDER BY m.seq)
)
SELECT l.school_id, l.good_id AS id, g.name || ' #' || l.seq AS name, l.quantity_after AS stored_q,
       l.quantity_before + l.q AS moved_q, l.amount_after_fen AS stored_a, l.amount_before + l.a AS moved_a
FROM lines l
JOIN store_goods g ON g.bureau_id = :bureau AND g.school_id = l.school_id AND g.id = l.good_id
JOIN store_stocks k ON k.bureau_id = :bureau AND k.school_id = l.school_id AND k.id = l.good_id
WHERE l.seq <> l.seq_before + 1 OR l.quantity_after <> l.quantity_before + l.q
   OR l.amount_after_fen <> l.amount_before + l.a
   OR (l.is_last AND (k.last_seq <> l.seq OR k.quantity <> l.quantity_after OR k.amount_fen <> l.amount_after_fen))
ORDER BY 1, 3
"""


def reconcile(bureau_id: int) -> list[Mismatch]:
    """Whatever is not what its moves add up to; empty when all is well."""
    found: list[Mismatch] = []
    with within(db.session(), system_actor(bureau_id).scope):
        for what, query in (("balance", BALANCES), ("stock", STOCKS), ("card", CARDS)):
            for row in db.session.execute(text(query), {"bureau": bureau_id}):
                found += _mismatches(what, row)
    return found


def _mismatches(what: str, row: Any) -> list[Mismatch]:
    sides = (("quantity", row.stored_q, row.moved_q), ("amount_fen", row.stored_a, row.moved_a))
    differing = [side for side in sides if (side[1] or 0) != (side[2] or 0)]
    # A line whose figures agree stands here for a gap in the numbers, or because it is not the stock's last.
    return [
        Mismatch(what, row.school_id, row.id, row.name, stored, moved, measure)
        for measure, stored, moved in differing or [("number", None, None)]
    ]


def count_moves(bureau_id: int) -> int:
    with within(db.session(), system_actor(bureau_id).scope):
        query = text("SELECT count(*) FROM store_moves WHERE bureau_id = :bureau")
        return int(db.session.scalar(query, {"bureau": bureau_id}) or 0)
