"""Fills a database with set-based SQL: 200 days of receipts, three years of inspections, in the order in which they would have come
in, the schools taking turns. That order matters: filled school by school, every school's rows would lie together on
disk and its page would look cheaper than it is.

Foreign keys are not checked while filling (they would take longer than the rows); `_check` looks for orphans after.
"""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.fill_inspections import INSPECTORS, VISITS, fill_inspections
from benchmarks.sample import BUREAU, CATALOGUE_ITEMS, CATEGORIES, CERTIFIED, LINES
from kernel.identity.loading import digest

RECEIPTS = 400  # per school: two a day over 200 days
SYSTEM = "'00000000-0000-0000-0000-000000000000'"

INSPECTOR_TOKEN = "bench-inspector"
OFFICER_TOKEN = "bench-officer"
OFFICER_SIGN_IN = "bench-officer-in-a-browser"


def school_token(school_id: int) -> str:
    return f"bench-storekeeper-{school_id}"


REGISTRY = f"""
INSERT INTO bureaus (id, code, name, state, settings, created_at, version)
  OVERRIDING SYSTEM VALUE VALUES ({BUREAU}, 'bench', '演示教育局', 'active', '{{}}', now(), 1);
INSERT INTO zones (bureau_id, id, code, name, created_at, version)
  OVERRIDING SYSTEM VALUE SELECT {BUREAU}, z, 'z' || z, '演示片区' || z, now(), 1 FROM generate_series(1, 10) z;
INSERT INTO schools (bureau_id, id, code, name, search_name, zone_id, stage, setting, is_boarding,
    boarders_male, boarders_female, enrolment_under_6, enrolment_6_8, enrolment_9_11, enrolment_12_14,
    enrolment_15_17, classes, staff_count, canteen_mode, diners, address, contact_name, contact_phone, state,
    state_reason, created_at, version)
  OVERRIDING SYSTEM VALUE
  SELECT {BUREAU}, s, 's' || lpad(s::text, 5, '0'), '演示第' || s || '学校', '演示第' || s || '学校', 1 + mod(s, 10),
    (ARRAY['primary', 'primary', 'junior', 'nine_year', 'senior'])[1 + mod(s, 5)], 'town', mod(s, 3) = 0,
    CASE WHEN mod(s, 3) = 0 THEN 80 ELSE 0 END, CASE WHEN mod(s, 3) = 0 THEN 75 ELSE 0 END, 0, 300, 280, 0, 0, 14, 45,
    'self_run', 560, '演示路' || s || '号', '演示联系人', '', 'active', '', now(), 1
  FROM generate_series(1, %(schools)s) s;
"""

PEOPLE = f"""
INSERT INTO accounts (id, username, display_name, password_hash, password_changed_at, must_change_password,
    recovery_hashes, locale, state, created_at, version)
  SELECT md5('account-' || who)::uuid, who, '演示' || who, '!', now(), false, '{{}}', 'zh_CN', 'active', now(), 1
  FROM bench_people;
INSERT INTO people (bureau_id, id, display_name, search_name, state, created_at, version)
  SELECT {BUREAU}, md5('account-' || who)::uuid, '演示' || who, '演示' || who, 'active', now(), 1 FROM bench_people;
INSERT INTO memberships (bureau_id, id, person_id, level, role, school_id, valid_from, version)
  SELECT {BUREAU}, md5('membership-' || who)::uuid, md5('account-' || who)::uuid, level, role, school_id,
    '2020-01-01', 1 FROM bench_people;
INSERT INTO api_tokens (id, account_id, token_hash, name, scopes, bureau_id, school_id, level, created_at, expires_at)
  SELECT md5('token-' || who)::uuid, md5('account-' || who)::uuid, token_hash, 'bench', '{{*}}', {BUREAU}, school_id,
    level, now(), '2199-12-31' FROM bench_people;
INSERT INTO sign_ins (id, account_id, token_hash, bureau_id, level, second_factor_at, created_at, last_seen_at,
    expires_at, address, user_agent)
  SELECT md5('sign-in-' || who)::uuid, md5('account-' || who)::uuid, %(browser)s, {BUREAU}, level, now(), now(), now(),
    '2199-12-31', '', '' FROM bench_people WHERE who = 'officer';
"""

CATALOGUE = f"""
INSERT INTO catalogue_categories (bureau_id, id, code, name, storage, subject, created_at, created_by, version)
  SELECT {BUREAU}, md5('category-' || c)::uuid, 'c' || c, '演示类别' || c, 'ambient', 'food', now(), {SYSTEM}, 1
  FROM generate_series(1, {CATEGORIES}) c;
INSERT INTO catalogue_certificate_requirements (bureau_id, id, category_id, kind, label)
  SELECT {BUREAU}, md5('requirement-' || c)::uuid, md5('category-' || c)::uuid, 'batch_report', ''
  FROM unnest(ARRAY{list(CERTIFIED)}) c;
INSERT INTO catalogue_items (bureau_id, id, code, name, search_name, category_id, specification, standard, base_unit,
    shelf_life_days, storage, state, pack_sizes, ingredient, brand_note, current_version, created_at, created_by, version)
  SELECT {BUREAU}, md5('item-' || i)::uuid, 'i' || lpad(i::text, 4, '0'), '演示食材' || i, '演示食材' || i,
    md5('category-' || 1 + mod(i, {CATEGORIES}))::uuid, '散装', '', '千克', 30 + i, 'ambient', 'published', '[]', '', '', 1,
    now(), {SYSTEM}, 1
  FROM generate_series(1, {CATALOGUE_ITEMS}) i;
INSERT INTO catalogue_unit_conversions (bureau_id, id, item_id, unit, factor)
  SELECT {BUREAU}, md5('conversion-' || i)::uuid, md5('item-' || i)::uuid, '箱', 10
  FROM generate_series(1, {CATALOGUE_ITEMS}) i;
"""

# Every school keeps stock of every item: what is measured finds it there, as on all days but the first.
STORES = f"""
INSERT INTO store_locations (bureau_id, school_id, id, code, name, kind, is_active, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('place-' || s || code)::uuid, code, kind, kind, true, now(), {SYSTEM}, 1
  FROM generate_series(1, %(schools)s) s, (VALUES ('01', 'store'), ('02', 'fridge'), ('03', 'freezer'), ('04', 'store'),
    ('05', 'hazardous'), ('06', 'quarantine'), ('07', 'kitchen'), ('V1', 'supplier'), ('V2', 'consumed'),
    ('V3', 'disposed'), ('V4', 'difference'), ('V5', 'opening')) AS p(code, kind);
INSERT INTO store_goods (bureau_id, school_id, id, item_id, name, search_name, specification, kind, base_unit,
    location_id, takers, issue_weekdays, old_for_new, needs_approval, is_active, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('good-' || s || '-' || i)::uuid, md5('item-' || i)::uuid, '演示食材' || i, '演示食材' || i, '散装',
    'food', '千克', md5('place-' || s || '01')::uuid, '[]', '[]', false, true, true, now(), {SYSTEM}, 1
  FROM generate_series(1, %(schools)s) s, generate_series(1, {CATALOGUE_ITEMS}) i;
INSERT INTO store_stocks (bureau_id, school_id, id, quantity, amount_fen, last_seq)
  SELECT bureau_id, school_id, id, 0, 0, 0 FROM store_goods;
"""

# Number n is the n-th of the school, from the oldest; two a day, at 7 and 10 o'clock in Shanghai.
RECEIPT_ROWS = f"""
INSERT INTO goods_receipts (bureau_id, school_id, id, number, received_at, received_on, supplier_name,
    delivery_note_no, received_by, received_by_name, second_receiver_name, note, line_count, amount_fen,
    has_missing_certificates, content_digest, state, void_reason, refused, created_at, created_by, version)
  SELECT {BUREAU}, s, uuidv7(at - now()), 'SH' || to_char(day, 'YYYY') || '-' || lpad(n::text, 6, '0'), at, day,
    '演示食材配送' || 1 + mod(s + n, 40) || '号公司', 'D' || lpad((n * 1000 + s)::text, 8, '0'),
    md5('account-storekeeper-' || s)::uuid, '演示storekeeper-' || s, '演示副收货人', '', {LINES}, 61425,
    mod(s + n, 10) = 0, md5('a' || s || '-' || n) || md5('b' || s || '-' || n), 'recorded', '', '[]', at,
    md5('account-storekeeper-' || s)::uuid, 1
  FROM generate_series(%(from)s, %(until)s) n, generate_series(1, %(schools)s) s,
    LATERAL (SELECT (current_date - 1 - ({RECEIPTS} - n) / 2) AS day) d,
    LATERAL (SELECT (day + time '07:00' + mod(n, 2) * interval '3 hours' + s * interval '3.6 seconds')
      AT TIME ZONE 'Asia/Shanghai' AS at) t
  ORDER BY n, s;
"""
RECEIPT_PARTS = f"""
INSERT INTO goods_receipt_lines (bureau_id, school_id, id, receipt_id, position, item_id, item_version, item_code,
    item_name, specification, storage, category_id, category_name, quantity, unit, unit_factor, base_unit,
    base_quantity, unit_price_fen, amount_fen, batch_no, production_date, expiry_date,
    rejected_quantity)
  SELECT r.bureau_id, r.school_id, uuidv7(r.received_at - now()), r.id, p,
    i.id, 1, i.code, i.name, i.specification, i.storage, i.category_id, i.category_name, 12.5, '千克', 1, '千克', 12.5,
    450 + 10 * p, ((450 + 10 * p) * 12.5)::bigint, to_char(r.received_on - 1, 'YYYYMMDD'), r.received_on - 1,
    r.received_on + i.shelf_life_days, 0
  FROM (SELECT *, substr(number, 8)::int AS n FROM goods_receipts
        WHERE received_at >= %(since)s ORDER BY received_at, school_id) r
    CROSS JOIN generate_series(0, {LINES - 1}) p
    JOIN bench_items i ON i.ordinal = mod(r.n * 17 + r.school_id * 7 + p * 53, {CATALOGUE_ITEMS}) + 1
  ORDER BY r.received_at, r.school_id, p;
INSERT INTO goods_receipt_missing_certificates (bureau_id, school_id, id, receipt_id, category_id, category_name, kind,
    label, received_on)
  SELECT bureau_id, school_id, uuidv7(received_at - now()), id, md5('category-1')::uuid, '演示类别1', 'batch_report', '',
    received_on FROM goods_receipts WHERE has_missing_certificates AND received_at >= %(since)s
  ORDER BY received_at, school_id;
INSERT INTO audit_entries (bureau_id, id, school_id, at, actor_id, actor_name, action, request_id, changes)
  SELECT bureau_id, uuidv7(received_at - now()), school_id, received_at, received_by, received_by_name,
    'school:goods_receipts:record', substr(content_digest, 1, 24),
    jsonb_build_array(jsonb_build_object('table', 'goods_receipts', 'kind', 'insert',
      'key', jsonb_build_object('id', id, 'school_id', school_id),
      'new', to_jsonb(r) - ARRAY['bureau_id', 'school_id', 'id', 'void_reason', 'voided_at', 'voided_by']))
  FROM goods_receipts r WHERE received_at >= %(since)s ORDER BY received_at, school_id;
"""

ORPHANS = """
SELECT count(*) FROM goods_receipt_lines l WHERE NOT EXISTS (SELECT FROM goods_receipts r
  WHERE r.bureau_id = l.bureau_id AND r.school_id = l.school_id AND r.id = l.receipt_id)
"""


def fill(cursor: Any, schools: int, say: Callable[[str], None], *, receipts: bool = True) -> None:
    cursor.execute("SET session_replication_role = replica; SET work_mem = '512MB'; SET maintenance_work_mem = '512MB'")
    cursor.execute("SET synchronous_commit = off")  # of the filling only
    cursor.execute(REGISTRY, {"schools": schools})
    _people(cursor, schools)
    cursor.execute(CATALOGUE)
    cursor.execute(
        "CREATE TEMP TABLE bench_items AS SELECT i.*, c.name AS category_name, substr(i.code, 2)::int AS ordinal"
        " FROM catalogue_items i JOIN catalogue_categories c ON c.id = i.category_id"
    )
    fill_inspections(cursor, schools)
    say(f"{schools} schools, their people and {schools * VISITS:,} visits are there")
    if receipts:
        cursor.execute(STORES, {"schools": schools})
        _receipts(cursor, schools, say)
        _check(cursor, schools)
    say("counting and tidying (VACUUM, ANALYZE)")
    cursor.execute("VACUUM (ANALYZE, FREEZE)")
    cursor.execute("CHECKPOINT")


def _people(cursor: Any, schools: int) -> None:
    cursor.execute("CREATE TEMP TABLE bench_people (who text, level text, role text, school_id int, token_hash text)")
    rows: list[tuple[Any, ...]] = [("inspector", "bureau", "inspector", None, digest(INSPECTOR_TOKEN))]
    rows.append(("officer", "bureau", "bureau_admin", None, digest(OFFICER_TOKEN)))
    rows += [
        (f"inspector-{n}", "bureau", "inspector", None, digest(f"bench-inspector-{n}"))
        for n in range(1, INSPECTORS + 1)
    ]
    rows += [
        (f"storekeeper-{school}", "school", "storekeeper", school, digest(school_token(school)))
        for school in range(1, schools + 1)
    ]
    cursor.executemany("INSERT INTO bench_people VALUES (%s, %s, %s, %s, %s)", rows)
    cursor.execute(PEOPLE, {"browser": digest(OFFICER_SIGN_IN)})


def _receipts(cursor: Any, schools: int, say: Callable[[str], None]) -> None:
    """In steps, so that whoever waits sees that it goes on."""
    step, started = RECEIPTS // 8, time.monotonic()
    since: Any = "-infinity"
    for first in range(1, RECEIPTS + 1, step):
        cursor.execute(RECEIPT_ROWS, {"schools": schools, "from": first, "until": first + step - 1})
        cursor.execute(RECEIPT_PARTS, {"since": since})
        cursor.execute("SELECT max(received_at) + interval '1 microsecond' FROM goods_receipts")
        since = cursor.fetchone()[0]
        done = first + step - 1
        say(f"  {done * schools:,} of {RECEIPTS * schools:,} receipts, {time.monotonic() - started:.0f} s")
    cursor.execute(
        "INSERT INTO document_counters (bureau_id, school_id, kind, year, last)"
        " SELECT %s, s, 'SH', y, %s FROM generate_series(1, %s) s,"
        " generate_series(extract(year FROM current_date)::int - 1, extract(year FROM current_date)::int + 1) y",
        (BUREAU, RECEIPTS, schools),
    )


def _check(cursor: Any, schools: int) -> None:
    cursor.execute(ORPHANS)
    orphans = cursor.fetchone()[0]
    cursor.execute("SELECT count(*), count(DISTINCT item_id), count(DISTINCT school_id) FROM goods_receipt_lines")
    lines = cursor.fetchone()
    if orphans or lines != (RECEIPTS * LINES * schools, CATALOGUE_ITEMS, schools):
        raise RuntimeError(f"the filling went wrong: {orphans} lines without a receipt, lines/items/schools {lines}")
