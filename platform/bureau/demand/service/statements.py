"""The one statement that gathers a round: approved lines → lots and their items, added up in the database.

Lines are added up by zone and item first (as many groups as zones × items), and only those sums are sorted into lots,
so that a further zone or a category changed from district to zone costs nothing. `count(*)` of lines is the number of
schools, a school having one line of an item; a lot's schools are found by looking for one line each, which is much
cheaper than telling the schools of all its lines apart.
"""

from sqlalchemy import TextClause, text

from bureau.demand.models import MONTH_COLUMNS

_SUMS = ", ".join(f"sum(l.{month}) AS {month}" for month in MONTH_COLUMNS)
_AGAIN = ", ".join(f"sum(z.{month}) AS {month}" for month in MONTH_COLUMNS)
_MONTHS = ", ".join(f"coalesce(i.{month}, 0)::text" for month in MONTH_COLUMNS)

# Parameters: bureau_id, round_id, aggregation_id, month_count, prices (JSON: [{"item_id", "price_fen"}]), no_zone.
_GATHER = f"""
WITH taken AS MATERIALIZED (
    SELECT s.school_id, s.zone_id FROM demand_sheets s
    WHERE s.bureau_id = :bureau_id AND s.round_id = :round_id AND s.state = 'aggregated'
), by_zone AS MATERIALIZED (
    SELECT l.item_id, t.zone_id, sum(l.total) AS total, count(*) AS schools, {_SUMS}
    FROM demand_lines l JOIN taken t ON t.school_id = l.school_id
    WHERE l.bureau_id = :bureau_id AND l.round_id = :round_id AND l.total > 0
    GROUP BY l.item_id, t.zone_id
), by_lot AS MATERIALIZED (
    SELECT c.category_id, c.scope, CASE c.scope WHEN 'zone' THEN z.zone_id END AS zone_id, z.item_id,
        sum(z.total) AS quantity, sum(z.schools) AS schools, {_AGAIN}
    FROM by_zone z
    JOIN demand_items d ON d.bureau_id = :bureau_id AND d.round_id = :round_id AND d.item_id = z.item_id
    JOIN demand_categories c ON c.bureau_id = :bureau_id AND c.round_id = :round_id AND c.category_id = d.category_id
    GROUP BY 1, 2, 3, 4
), prices AS MATERIALIZED (
    SELECT item_id, price_fen FROM jsonb_to_recordset(CAST(:prices AS jsonb)) AS p(item_id uuid, price_fen bigint)
), priced AS MATERIALIZED (
    SELECT b.*, p.price_fen, round(b.quantity * p.price_fen)::bigint AS amount_fen
    FROM by_lot b LEFT JOIN prices p ON p.item_id = b.item_id
), heads AS MATERIALIZED (
    SELECT gen_random_uuid() AS id, p.category_id, p.scope, p.zone_id, count(*) AS items,
        sum(p.amount_fen)::bigint AS estimated_fen, count(*) FILTER (WHERE p.price_fen IS NULL) AS unpriced
    FROM priced p GROUP BY p.category_id, p.scope, p.zone_id
), schools AS MATERIALIZED (
    SELECT c.category_id, CASE c.scope WHEN 'zone' THEN t.zone_id END AS zone_id, count(*) AS schools
    FROM taken t
    JOIN demand_categories c ON c.bureau_id = :bureau_id AND c.round_id = :round_id
    CROSS JOIN LATERAL (
        SELECT 1 FROM demand_items d
        JOIN demand_lines l ON l.bureau_id = :bureau_id AND l.round_id = :round_id AND l.school_id = t.school_id
            AND l.item_id = d.item_id
        WHERE d.bureau_id = :bureau_id AND d.round_id = :round_id AND d.category_id = c.category_id AND l.total > 0
        LIMIT 1
    ) any_line
    GROUP BY 1, 2
), lots AS (
    INSERT INTO demand_lots (
        bureau_id, id, round_id, aggregation_id, number, title, scope, category_id, zone_id, item_count, school_count,
        estimated_fen, unpriced_count
    )
    SELECT :bureau_id, h.id, :round_id, :aggregation_id,
        row_number() OVER (ORDER BY c.position, zone.code NULLS LAST),
        c.name || CASE h.scope WHEN 'zone' THEN ' · ' || coalesce(zone.name, :no_zone) ELSE '' END,
        h.scope, h.category_id, h.zone_id, h.items, s.schools, h.estimated_fen, h.unpriced
    FROM heads h
    JOIN demand_categories c ON c.bureau_id = :bureau_id AND c.round_id = :round_id AND c.category_id = h.category_id
    JOIN schools s ON s.category_id = h.category_id AND s.zone_id IS NOT DISTINCT FROM h.zone_id
    LEFT JOIN zones zone ON zone.bureau_id = :bureau_id AND zone.id = h.zone_id
    RETURNING id
), added AS (
    INSERT INTO demand_lot_items (
        bureau_id, id, lot_id, item_id, item_version_id, position, code, name, specification, unit, quantity, months,
        school_count, price_fen, amount_fen
    )
    SELECT :bureau_id, gen_random_uuid(), h.id, i.item_id, d.item_version_id, d.position, d.code, d.name,
        d.specification, d.unit, i.quantity,
        (SELECT jsonb_agg(m ORDER BY n) FROM unnest(ARRAY[{_MONTHS}]) WITH ORDINALITY AS u(m, n)
            WHERE n <= :month_count),
        i.schools, i.price_fen, i.amount_fen
    FROM priced i
    JOIN heads h ON h.category_id = i.category_id AND h.zone_id IS NOT DISTINCT FROM i.zone_id
    JOIN demand_items d ON d.bureau_id = :bureau_id AND d.round_id = :round_id AND d.item_id = i.item_id
    RETURNING 1
)
SELECT (SELECT count(*) FROM lots) AS lots, (SELECT count(*) FROM added) AS items, (SELECT count(*) FROM taken) AS sheets
"""  # noqa: S608  only names of our own columns are put in

_TAKE = """
WITH moved AS (
    UPDATE demand_sheets s
    SET state = 'aggregated', zone_id = school.zone_id,
        version = s.version + 1
    FROM schools school
    WHERE s.bureau_id = :bureau_id AND s.round_id = :round_id AND s.state = 'approved'
        AND school.bureau_id = :bureau_id AND school.id = s.school_id
    RETURNING s.school_id, s.id
)
INSERT INTO demand_sheet_events (
    bureau_id, school_id, id, sheet_id, event, from_state, to_state, words, by_name, at, by
)
SELECT :bureau_id, school_id, gen_random_uuid(), id, 'aggregate', 'approved', 'aggregated', '', :by_name, :at, :by
FROM moved
"""


def gather() -> TextClause:
    return text(_GATHER)


def take_sheets() -> TextClause:
    """Approved sheets become aggregated, each with its row of who and when."""
    return text(_TAKE)
