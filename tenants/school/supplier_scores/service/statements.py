"""Facts read from orders, receipts and rejections, as SQL: a district's half year is a million lines, and goes from the
records into the facts without leaving the database.

Each part gives the columns of COLUMNS, one row per fact as the records stand. Everything is narrowed to :bureau_id, and to
orders to be delivered in [:first_day, :last_day]. `detail` holds what was compared, as text.
"""

from sqlalchemy import Uuid, bindparam, text

COLUMNS = "supplier_id, school_id, school_name, criterion, kind, source_id, order_id, label, day, is_kept, code, detail"
ORDERS = """
orders AS MATERIALIZED (
  SELECT o.supplier_id, o.school_id, o.school_name, o.id, o.number, o.state, o.deliver_on, o.deliver_until, o.sent_at,
    o.answered_at
  FROM supply_orders o
  WHERE o.bureau_id = :bureau_id AND o.is_sent AND o.deliver_on >= :first_day AND o.deliver_on <= :last_day
)"""
# What was taken over by two people; a voided or half-confirmed receipt says nothing.
RECEIPTS = """
receipts AS MATERIALIZED (
  SELECT o.*, r.id AS receipt_id, r.received_at, r.received_on, r.shipment_id
  FROM orders o
    JOIN goods_receipts r ON r.bureau_id = :bureau_id AND r.school_id = o.school_id AND r.order_id = o.id
  WHERE r.state = 'recorded' AND r.shipment_id IS NOT NULL
)"""
# A first delivery is due by the order's day and time; what makes refused goods good by the day that was promised.
ON_TIME = """
  SELECT d.supplier_id, d.school_id, d.school_name, 'on_time', d.kind, d.receipt_id, d.id, d.number, d.deliver_on,
    d.is_kept, CASE WHEN d.is_kept THEN 'on_time' ELSE 'late' END,
    jsonb_build_object('due', d.due, 'came', to_char((d.received_at AT TIME ZONE 'Asia/Shanghai'), 'YYYY-MM-DD HH24:MI'))
  FROM (
    SELECT r.*, CASE WHEN s.source_id IS NULL THEN 'delivery' ELSE 'replacement' END AS kind,
      CASE WHEN s.source_id IS NOT NULL THEN to_char(coalesce(j.promised_on, s.expected_on), 'YYYY-MM-DD')
        WHEN r.deliver_until IS NULL THEN to_char(r.deliver_on, 'YYYY-MM-DD')
        ELSE to_char(r.deliver_on + r.deliver_until, 'YYYY-MM-DD HH24:MI') END AS due,
      CASE WHEN s.source_id IS NOT NULL THEN r.received_on <= coalesce(j.promised_on, s.expected_on)
        WHEN r.deliver_until IS NULL THEN r.received_on <= r.deliver_on
        ELSE (r.received_at AT TIME ZONE 'Asia/Shanghai') <= r.deliver_on + r.deliver_until + make_interval(mins => :late_minutes)
      END AS is_kept
    FROM receipts r
      JOIN shipments s ON s.bureau_id = :bureau_id AND s.school_id = r.school_id AND s.id = r.shipment_id
      LEFT JOIN goods_rejections j ON j.bureau_id = :bureau_id AND j.school_id = r.school_id AND j.id = s.source_id
  ) d"""
# Confirmed, its day is over, and nothing was ever sent.
NOT_COME = """
  SELECT o.supplier_id, o.school_id, o.school_name, 'on_time', 'order', o.id, o.id, o.number, o.deliver_on, false,
    'not_come', jsonb_build_object('due', to_char(o.deliver_on, 'YYYY-MM-DD'))
  FROM orders o
  WHERE o.state = 'confirmed' AND o.deliver_on < :today"""
# An order that awaits nothing more. What the school gave up before its day was over is nobody's shortage; what it refused
# is counted where goods are refused.
SHORT = """
  SELECT o.supplier_id, o.school_id, o.school_name, 'short', 'order_line', l.id, o.id, o.number, o.deliver_on, k.is_kept,
    CASE WHEN k.is_kept THEN 'full' ELSE 'short' END,
    jsonb_build_object('item', l.item_name, 'ordered', trim_scale(l.quantity)::text,
      'missing', trim_scale(l.waived_quantity)::text, 'unit', l.unit)
  FROM orders o
    JOIN supply_order_lines l ON l.bureau_id = :bureau_id AND l.school_id = o.school_id
      AND l.supplier_id = o.supplier_id AND l.order_id = o.id
    CROSS JOIN LATERAL (SELECT l.waived_quantity * 100 <= l.quantity * l.tolerance AS is_kept) k
  WHERE o.state IN ('received', 'closed') AND (k.is_kept OR NOT EXISTS (
    SELECT FROM supply_order_events e
    WHERE e.bureau_id = :bureau_id AND e.school_id = o.school_id AND e.order_id = o.id AND e.event = 'close'
      AND (e.at AT TIME ZONE 'Asia/Shanghai')::date < o.deliver_on))"""
LOTS = """
lots AS MATERIALIZED (
  SELECT r.supplier_id, r.school_id, r.school_name, r.id, r.number, r.deliver_on, l.id AS line_id,
    l.quantity AS accepted, x.reason, jsonb_build_object('item', l.item_name, 'batch', l.batch_no) AS lot,
    jsonb_build_object('refused', trim_scale(x.quantity)::text, 'unit', l.unit) AS refusal
  FROM receipts r
    JOIN goods_receipt_lines l ON l.bureau_id = :bureau_id AND l.school_id = r.school_id AND l.receipt_id = r.receipt_id
    LEFT JOIN (
      SELECT x.school_id, x.receipt_line_id, x.quantity, x.reason
      FROM goods_rejection_lines x
        JOIN goods_rejections j ON j.bureau_id = :bureau_id AND j.school_id = x.school_id AND j.id = x.rejection_id
      WHERE x.bureau_id = :bureau_id AND j.state <> 'voided'
    ) x ON x.school_id = l.school_id AND x.receipt_line_id = l.id
  WHERE l.order_line_id IS NOT NULL
)"""
# A lot that was refused whole for what is not its supplier's doing, or for its papers, says nothing of the goods.
REJECTED = """
  SELECT supplier_id, school_id, school_name, 'rejected', 'receipt_line', line_id, id, number, deliver_on, is_kept,
    CASE WHEN is_kept THEN 'accepted' ELSE reason END, CASE WHEN is_kept THEN lot ELSE lot || refusal END
  FROM (SELECT *, coalesce(reason, '') <> ALL (:goods_reasons) AS is_kept FROM lots) l
  WHERE accepted > 0 OR NOT is_kept"""
PAPERS = """
  SELECT supplier_id, school_id, school_name, 'certificates', 'receipt_line', line_id, id, number, deliver_on, is_kept,
    CASE WHEN is_kept THEN 'complete' ELSE reason END, CASE WHEN is_kept THEN lot ELSE lot || refusal END
  FROM (SELECT *, coalesce(reason, '') <> ALL (:paper_reasons) AS is_kept FROM lots) l"""
# What somebody at the bureau looked into and holds against the supplier.
FINDINGS = """
  SELECT f.supplier_id, f.found_at_school_id, coalesce(s.name, ''), 'certificates', 'finding', f.id, NULL::uuid, c.number,
    (f.found_at AT TIME ZONE 'Asia/Shanghai')::date, false, f.code,
    jsonb_build_object('batch', c.batch_no, 'certificate', c.kind, 'note', f.settled_note)
  FROM certificate_findings f
    JOIN batch_certificates c ON c.bureau_id = :bureau_id AND c.id = f.certificate_id
    LEFT JOIN schools s ON s.bureau_id = :bureau_id AND s.id = f.found_at_school_id
  WHERE f.bureau_id = :bureau_id AND f.is_against
    AND (f.found_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN :first_day AND :last_day"""
# Declining is an answer, and a failed order. Nobody answered: once the time is over, and the order was not taken back before.
ORDER_ANSWERS = """
  SELECT o.supplier_id, o.school_id, o.school_name, 'response', 'order', o.id, o.id, o.number, o.deliver_on,
    o.code = 'answered', o.code, jsonb_strip_nulls(jsonb_build_object(
      'due', to_char((o.due AT TIME ZONE 'Asia/Shanghai'), 'YYYY-MM-DD HH24:MI'), 'answered', to_char((o.answered_at AT TIME ZONE 'Asia/Shanghai'), 'YYYY-MM-DD HH24:MI')))
  FROM (
    SELECT o.*, CASE WHEN o.state = 'declined' THEN 'declined' WHEN o.answered_at <= o.due THEN 'answered'
      WHEN o.answered_at IS NOT NULL THEN 'answered_late'
      WHEN o.due < :at AND (o.state <> 'cancelled' OR EXISTS (
        SELECT FROM supply_order_events e
        WHERE e.bureau_id = :bureau_id AND e.school_id = o.school_id AND e.order_id = o.id AND e.event = 'cancel'
          AND e.at > o.due)) THEN 'unanswered' END AS code
    FROM (SELECT o.*, o.sent_at + make_interval(hours => :order_hours) AS due FROM orders o) o
  ) o
  WHERE o.code IS NOT NULL"""
# Goods that the school wants again. Sending them is an answer too; giving them up in time leaves none owing.
REJECTION_ANSWERS = """
  SELECT j.supplier_id, j.school_id, j.school_name, 'response', 'rejection', j.id, j.order_id, j.number, j.deliver_on,
    j.code = 'answered', j.code, jsonb_strip_nulls(jsonb_build_object(
      'due', to_char((j.due AT TIME ZONE 'Asia/Shanghai'), 'YYYY-MM-DD HH24:MI'), 'answered', to_char((j.answered_at AT TIME ZONE 'Asia/Shanghai'), 'YYYY-MM-DD HH24:MI')))
  FROM (
    SELECT j.*, CASE WHEN j.answered_at <= j.due THEN 'answered' WHEN j.answered_at IS NOT NULL THEN 'answered_late'
      WHEN j.due < :at AND NOT EXISTS (
        SELECT FROM goods_rejection_events e
        WHERE e.bureau_id = :bureau_id AND e.school_id = j.school_id AND e.rejection_id = j.id
          AND e.event IN ('credit', 'settle') AND e.at <= j.due) THEN 'unanswered' END AS code
    FROM (
      SELECT o.supplier_id, o.school_id, o.school_name, j.id, o.id AS order_id, o.number, o.deliver_on,
        j.rejected_at + make_interval(hours => :rejection_hours) AS due,
        least(j.answered_at, (
          SELECT min(s.created_at) FROM shipments s
          WHERE s.bureau_id = :bureau_id AND s.school_id = j.school_id AND s.source_id = j.id
        )) AS answered_at
      FROM orders o
        JOIN goods_rejections j ON j.bureau_id = :bureau_id AND j.school_id = o.school_id AND j.order_id = o.id
      WHERE j.state <> 'voided' AND j.wanted = 'replace'
    ) j
  ) j
  WHERE j.code IS NOT NULL"""
PARTS = (ON_TIME, NOT_COME, SHORT, REJECTED, PAPERS, FINDINGS, ORDER_ANSWERS, REJECTION_ANSWERS)
UNCHANGED = (
    "f.source_id = w.source_id AND f.criterion = w.criterion AND f.kind = w.kind AND f.code = w.code AND f.day = w.day"
    " AND f.label = w.label AND f.detail = w.detail"
)
# One statement, so that all three parts see the facts as they were before it: what no longer holds ends, what is new begins,
# and what was struck stays struck in its new version.
BEGIN = """
ended AS (
  UPDATE supplier_facts f SET until_run = :run
  WHERE f.bureau_id = :bureau_id AND f.until_run IS NULL AND f.day BETWEEN :first_day AND :last_day
    AND NOT EXISTS (SELECT FROM wanted w WHERE :unchanged)
),
struck AS MATERIALIZED (
  SELECT DISTINCT ON (source_id, criterion, kind) source_id, criterion, kind, struck_run
  FROM supplier_facts WHERE bureau_id = :bureau_id AND struck_run IS NOT NULL
  ORDER BY source_id, criterion, kind, struck_run
)
INSERT INTO supplier_facts (bureau_id, id, supplier_id, school_id, school_name, criterion, kind, source_id, order_id, label,
  day, is_kept, code, detail, since_run, struck_run)
SELECT :bureau_id, gen_random_uuid(), w.*, :run, s.struck_run
FROM wanted w LEFT JOIN struck s
  ON s.source_id = w.source_id AND s.criterion = w.criterion AND s.kind = w.kind
WHERE NOT EXISTS (
  SELECT FROM supplier_facts f
  WHERE f.bureau_id = :bureau_id AND f.until_run IS NULL AND f.day BETWEEN :first_day AND :last_day AND :unchanged
)""".replace(":unchanged", UNCHANGED)
GATHER = text(
    "".join(
        ("WITH ", ORDERS, ",", RECEIPTS, ",", LOTS, ", wanted (", COLUMNS, ") AS MATERIALIZED (", " UNION ALL ".join(PARTS),
         "),", BEGIN)
    )
)  # fmt: skip
# Only counts that changed are written.
COUNT = text(
    """
WITH wanted AS MATERIALIZED (
  SELECT supplier_id, school_id, max(school_name) AS school_name, date_trunc('month', day::timestamp)::date AS month,
    criterion, count(*) FILTER (WHERE is_kept) AS kept, count(*) AS total
  FROM supplier_facts
  WHERE bureau_id = :bureau_id AND day >= :first_day AND until_run IS NULL AND struck_run IS NULL
  GROUP BY supplier_id, school_id, date_trunc('month', day::timestamp)::date, criterion
),
changed AS (
  DELETE FROM supplier_fact_counts c
  WHERE c.bureau_id = :bureau_id AND c.month >= :first_day AND NOT EXISTS (SELECT FROM wanted w WHERE :same)
)
INSERT INTO supplier_fact_counts (bureau_id, id, supplier_id, school_id, school_name, month, criterion, kept, total)
SELECT :bureau_id, gen_random_uuid(), w.*
FROM wanted w
WHERE NOT EXISTS (SELECT FROM supplier_fact_counts c WHERE c.bureau_id = :bureau_id AND c.month >= :first_day AND :same)
""".replace(
        ":same",
        "c.supplier_id = w.supplier_id AND coalesce(c.school_id, 0) = coalesce(w.school_id, 0) AND c.month = w.month"
        " AND c.criterion = w.criterion AND c.kept = w.kept AND c.total = w.total",
    )
)
# What counted in a publication: the facts of its run, without those struck by the run of the revision asked for.
COUNTED_BY = text(
    """
SELECT supplier_id, criterion, count(*) FILTER (WHERE is_kept) AS kept, count(*) AS total,
  encode(sha256(convert_to(
    string_agg(kind || ':' || source_id || ':' || is_kept, ',' ORDER BY kind, source_id), 'UTF8')), 'hex') AS digest
FROM supplier_facts
WHERE bureau_id = :bureau_id AND day BETWEEN :first_day AND :last_day AND since_run <= :run
  AND (until_run IS NULL OR until_run > :run) AND (struck_run IS NULL OR struck_run > :struck_by)
  AND (CAST(:supplier_id AS uuid) IS NULL OR supplier_id = :supplier_id)
GROUP BY supplier_id, criterion"""
).bindparams(bindparam("supplier_id", type_=Uuid))
