"""The two questions of a trace that touch most rows, as SQL: they are answered inside the database, so that a thousand schools
come back as a thousand rows and not as every move that lies behind them.

`{own}` narrows a table to the actor's schools; its alias stands for `{t}`. Nothing else is put into the text.
"""

from typing import Any

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.sql.elements import TextClause

from kernel.actor import Actor
from school.recall.service.lots import Lot

OWN = {"bureau": "", "school": " AND {t}.school_id = :school_id", "zone": " AND {t}.school_id = ANY (:school_ids)"}

LOTS = """
lots AS MATERIALIZED (
  SELECT lot.*, i.base_unit AS unit
  FROM unnest(:item_ids, :batch_nos, :supplier_ids, :supplier_names) AS lot (item_id, batch_no, supplier_id, supplier_name)
    JOIN catalogue_items i ON i.bureau_id = :bureau_id AND i.id = lot.item_id
)"""
# By the register where both sides name the supplier, else by its name; what names none is anybody's (Lot.matches).
SAME_SUPPLIER = """
  CASE WHEN lots.supplier_id IS NOT NULL AND {t}.supplier_id IS NOT NULL THEN lots.supplier_id = {t}.supplier_id
    ELSE lots.supplier_name = '' OR {t}.supplier_name = '' OR lots.supplier_name = {t}.supplier_name END"""
# What a voided receipt brought never came. Voided ones are few, and have an index of their own.
BATCHES = (
    LOTS
    + """,
never_came AS MATERIALIZED (
  SELECT l.school_id, l.id
  FROM goods_receipts r
    JOIN goods_receipt_lines l ON l.bureau_id = :bureau_id AND l.school_id = r.school_id AND l.receipt_id = r.id
  WHERE r.bureau_id = :bureau_id AND r.state = 'voided'{own_l}
),
batches AS MATERIALIZED (
  SELECT DISTINCT b.school_id, b.id, b.item_id, b.state, lots.unit
  FROM lots JOIN store_batches b ON b.bureau_id = :bureau_id AND b.item_id = lots.item_id AND b.batch_no = lots.batch_no
  WHERE NOT EXISTS (SELECT FROM never_came n WHERE n.school_id = b.school_id AND n.id = b.source_id) AND """
    + SAME_SUPPLIER.format(t="b")
    + """{own_b}
)"""
)
DELIVERIES = (
    "WITH"
    + LOTS
    + """
SELECT l.school_id, l.base_unit AS unit, count(DISTINCT l.id) AS lines, sum(l.base_quantity) AS quantity
FROM lots
  JOIN goods_receipt_lines l ON l.bureau_id = :bureau_id AND l.item_id = lots.item_id AND l.batch_no = lots.batch_no
  JOIN goods_receipts r ON r.bureau_id = :bureau_id AND r.school_id = l.school_id AND r.id = l.receipt_id
WHERE r.state <> 'voided' AND """
    + SAME_SUPPLIER.format(t="r")
    + """{own_l}
GROUP BY l.school_id, l.base_unit
"""
)
# OFFSET 0 here and below keeps the planner from another way than one row by its key: it cannot know how many rows a
# list of lots brings, and guessed a thousand times too few.
STOCKS = (
    "WITH"
    + BATCHES
    + """
SELECT b.school_id, b.unit, count(*) AS batches, sum(coalesce(s.quantity, 0)) AS lies, bool_or(b.state = 'frozen') AS is_frozen
FROM batches b
  LEFT JOIN LATERAL (
    SELECT sum(s.quantity) AS quantity FROM store_balances s
    WHERE s.bureau_id = :bureau_id AND s.school_id = b.school_id AND s.batch_id = b.id AND s.is_live
  ) s ON true
GROUP BY b.school_id, b.unit
"""
)
# What went to the kitchen; a return to the store is taken off what was used.
TAKEN = (
    BATCHES
    + """,
moved AS MATERIALIZED (
  SELECT b.school_id, m.document_id, b.item_id, b.unit, sum(m.quantity) AS quantity
  FROM batches b
    CROSS JOIN LATERAL (
      SELECT m.document_id, m.quantity FROM store_moves m
      WHERE m.bureau_id = :bureau_id AND m.school_id = b.school_id AND m.batch_id = b.id OFFSET 0
    ) m
  GROUP BY b.school_id, m.document_id, b.item_id, b.unit
),
documents AS MATERIALIZED (
  SELECT m.school_id, d.*
  FROM (SELECT DISTINCT school_id, document_id FROM moved) m
    CROSS JOIN LATERAL (
      SELECT d.id, d.kind, d.use_day, d.use_meal, d.dish_id FROM store_documents d
      WHERE d.bureau_id = :bureau_id AND d.school_id = m.school_id AND d.id = m.document_id OFFSET 0
    ) d
  WHERE d.kind IN ('issue', 'return')
),
taken AS MATERIALIZED (
  SELECT m.school_id, m.item_id, m.unit, m.quantity, d.kind, d.use_day, d.use_meal, d.dish_id
  FROM moved m JOIN documents d ON d.school_id = m.school_id AND d.id = m.document_id
)"""
)
# One row per school, day and meal that something went into; and one per school, unit and kind (use_day NULL).
# Dishes: those that were named (called as the day's menu called them), and of the meal's menu those whose recipe, as it was
# published or as it is today, holds an item that was taken without a name. Samples: of these dishes; where goods were taken
# without a name, also those of dishes that are on no menu, and all of the meal's where no dish is known to hold them.
USES = (
    "WITH"
    + TAKEN
    + """,
places AS MATERIALIZED (
  SELECT school_id, use_day, use_meal, bool_and(dish_id IS NOT NULL) AS is_recorded,
    array_agg(DISTINCT item_id) FILTER (WHERE dish_id IS NULL) AS items,
    array_agg(DISTINCT jsonb_build_object('ingredients', jsonb_build_array(jsonb_build_object('item_id', item_id))))
      FILTER (WHERE dish_id IS NULL) AS recipes,
    array_agg(DISTINCT dish_id) FILTER (WHERE dish_id IS NOT NULL) AS dishes
  FROM taken WHERE kind = 'issue' AND use_day IS NOT NULL GROUP BY school_id, use_day, use_meal
)
SELECT p.school_id, p.use_day, p.use_meal, p.is_recorded, n.names, c.diners, c.classes, s.samples,
  NULL::text AS kind, NULL::text AS unit, NULL::numeric AS quantity
FROM places p
  LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT of.name) AS names, array_agg(DISTINCT of.id) AS ids FROM (
      SELECT h.id, coalesce(m.dish_name, h.name) AS name
      FROM dishes h LEFT JOIN LATERAL (
        SELECT n.dish_name
        FROM menu_meals e
          JOIN menu_dishes n ON n.bureau_id = :bureau_id AND n.school_id = e.school_id AND n.menu_meal_id = e.id
        WHERE e.bureau_id = :bureau_id AND e.school_id = p.school_id AND e.on_day = p.use_day AND e.meal = p.use_meal
          AND n.dish_id = h.id
        LIMIT 1
      ) m ON true
      WHERE h.bureau_id = :bureau_id AND h.school_id = p.school_id AND h.id = ANY (p.dishes)
      UNION ALL
      SELECT n.dish_id, n.dish_name
      FROM menu_meals e
        JOIN menu_dishes n ON n.bureau_id = :bureau_id AND n.school_id = e.school_id AND n.menu_meal_id = e.id
      WHERE e.bureau_id = :bureau_id AND e.school_id = p.school_id AND e.on_day = p.use_day AND e.meal = p.use_meal
        AND p.items IS NOT NULL AND (
          EXISTS (
            SELECT FROM dish_ingredients i
            WHERE i.bureau_id = :bureau_id AND i.school_id = n.school_id AND i.dish_id = n.dish_id
              AND i.item_id = ANY (p.items)
          )
          OR n.snapshot @> ANY (p.recipes)
        )
    ) of
  ) n ON true
  LEFT JOIN LATERAL (
    SELECT sum(coalesce(c.actual, c.planned)) AS diners, count(c.class_id) AS classes FROM diner_counts c
    WHERE c.bureau_id = :bureau_id AND c.school_id = p.school_id AND c.on_day = p.use_day AND c.meal = p.use_meal
  ) c ON true
  LEFT JOIN LATERAL (
    SELECT count(*) AS samples FROM food_samples f
    WHERE f.bureau_id = :bureau_id AND f.school_id = p.school_id AND f.on_day = p.use_day AND f.meal = p.use_meal
      AND f.superseded_at IS NULL AND f.disposed_at IS NULL
      AND (f.dish_id = ANY (n.ids) OR p.items IS NOT NULL AND (f.dish_id IS NULL OR n.ids IS NULL))
  ) s ON true
UNION ALL
SELECT school_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, kind, unit, sum(quantity) FROM taken
GROUP BY school_id, kind, unit
"""
)


def statement(pattern: str, actor: Actor) -> TextClause:
    own = OWN[actor.level]
    return text(pattern.format(own_b=own.format(t="b"), own_l=own.format(t="l"))).bindparams(
        bindparam("item_ids", type_=ARRAY(Uuid)), bindparam("batch_nos", type_=ARRAY(Text)),
        bindparam("supplier_ids", type_=ARRAY(Uuid)), bindparam("supplier_names", type_=ARRAY(Text)),
    )  # fmt: skip


def parameters(actor: Actor, lots: list[Lot]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "bureau_id": actor.bureau_id,
        "item_ids": [lot.item_id for lot in lots],
        "batch_nos": [lot.batch_no for lot in lots],
        "supplier_ids": [lot.supplier_id for lot in lots],
        "supplier_names": [lot.supplier_name for lot in lots],
    }
    if actor.level == "school":
        values["school_id"] = actor.own_school_id()
    elif actor.level == "zone":
        values["school_ids"] = list(actor.school_ids)
    return values
