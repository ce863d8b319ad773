"""A lot that went to all of 1,000 schools, traced to every plate among a million stock moves: the service's use case
under row-level security, beside its own statements replayed by bare psycopg2. And the way back: from one meal."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

import psycopg2
import psycopg2.extras
from sqlalchemy import event

from benchmarks import cluster
from benchmarks.client import Refused
from benchmarks.fill import REGISTRY, SYSTEM
from benchmarks.results import circumstances
from benchmarks.sample import BUREAU
from kernel.actor import system_actor
from kernel.database import db, migrate
from kernel.database.scope import use_scope

SCHOOLS, DAYS, ITEMS, COOKED, CLASSES = 1000, 30, 6, 5, 14
AIM = 2.0  # seconds
TURNS = 7
NAME = "houqin_bench_recall"
AGO = 12  # the traced lot came so many days ago

# Each school receives ITEMS goods a day, the day's lot of each, and cooks a fifth of it on each of the COOKED days after.
FILL = f"""
INSERT INTO catalogue_categories (bureau_id, id, code, name, storage, subject, created_at, created_by, version)
  VALUES ({BUREAU}, md5('c')::uuid, 'c', '演示类别', 'ambient', 'food', now(), {SYSTEM}, 1);
INSERT INTO catalogue_items (bureau_id, id, code, name, search_name, category_id, specification, standard, base_unit,
    storage, state, pack_sizes, ingredient, brand_note, current_version, created_at, created_by, version)
  SELECT {BUREAU}, md5('i' || i)::uuid, 'i' || i, '演示物品' || i, '演示物品' || i, md5('c')::uuid, '', '', 'kg', 'ambient',
    'published', '[]', '', '', 1, now(), {SYSTEM}, 1 FROM generate_series(1, {ITEMS}) i;
INSERT INTO store_locations (bureau_id, school_id, id, code, name, kind, is_active, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('l' || s || kind)::uuid, kind, kind, kind, true, now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s, unnest(ARRAY['store', 'supplier', 'consumed']) kind;
INSERT INTO store_goods (bureau_id, school_id, id, item_id, name, search_name, specification, kind, base_unit,
    location_id, takers, issue_weekdays, old_for_new, needs_approval, is_active, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('g' || s || '-' || i)::uuid, md5('i' || i)::uuid, '演示物品' || i, '演示物品' || i, '', 'food', 'kg',
    md5('l' || s || 'store')::uuid, '[]', '[]', false, true, true, now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i;
INSERT INTO school_classes (bureau_id, school_id, id, name, stage, grade, number, pupil_count, allergic_count, is_active,
    created_at, created_by, version)
  SELECT {BUREAU}, s, md5('k' || s || '-' || c)::uuid, c || '班', 'primary', 1, c, 40, 0, true, now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {CLASSES}) c;
INSERT INTO dishes (bureau_id, school_id, id, code, name, search_name, kind, style, portion, allergens, note, is_active,
    meals, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('d' || s || '-' || i)::uuid, 'd' || i, '演示菜' || i, '演示菜' || i, 'other', 'cooked', 'scaled', '{{}}',
    '', true, '{{}}', now(), {SYSTEM}, 1 FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i;
INSERT INTO dish_ingredients (bureau_id, school_id, id, dish_id, item_id, position, food_code, name, net_grams,
    edible_percent, is_meat, band_grams)
  SELECT {BUREAU}, s, md5('di' || s || '-' || i)::uuid, md5('d' || s || '-' || i)::uuid, md5('i' || i)::uuid, 1, '', '演示', 50,
    100, false, '{{}}' FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i;
INSERT INTO menus (bureau_id, school_id, id, monday, state, is_public, edition, published_at, published_by,
    published_by_name, failed, warned, note, proposal, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('m' || s || monday)::uuid, monday, 'published', true, 1, now(), {SYSTEM}, '', 0, 0, '', '{{}}',
    now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s,
    (SELECT DISTINCT date_trunc('week', current_date - n)::date AS monday FROM generate_series(0, {DAYS}) n) w;
"""
# Day by day over all schools, as they come in.
DAY = f"""
INSERT INTO goods_receipts (bureau_id, school_id, id, number, received_at, received_on, supplier_name, delivery_note_no,
    received_by, received_by_name, second_receiver_name, note, line_count, amount_fen, has_missing_certificates,
    content_digest, state, void_reason, refused, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('r' || s || %(day)s)::uuid, %(day)s || '', (%(day)s::date + time '07:00') AT TIME ZONE 'Asia/Shanghai',
    %(day)s::date, '演示米业', '', {SYSTEM}, '', '', '', {ITEMS}, {ITEMS} * 5000, false, '', 'recorded', '', '{{}}', now(),
    {SYSTEM}, 1 FROM generate_series(1, {SCHOOLS}) s;
INSERT INTO goods_receipt_lines (bureau_id, school_id, id, receipt_id, position, item_id, item_version, item_code, item_name,
    specification, storage, category_id, category_name, quantity, unit, unit_factor, base_unit, base_quantity,
    unit_price_fen, amount_fen, batch_no, production_date, expiry_date, rejected_quantity)
  SELECT {BUREAU}, s, md5('rl' || s || '-' || i || %(day)s)::uuid, md5('r' || s || %(day)s)::uuid, i, md5('i' || i)::uuid, 1,
    'i' || i, '演示物品' || i, '', 'ambient', md5('c')::uuid, '演示类别', 10, 'kg', 1, 'kg', 10, 500, 5000,
    'L' || i || '-' || %(day)s, %(day)s::date - 1, %(day)s::date + 30, 0
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i;
INSERT INTO store_batches (bureau_id, school_id, id, good_id, item_id, batch_no, production_date, expiry_date, received_on,
    supplier_name, source_kind, source_id, cost_quantity, cost_fen, is_costed, state, created_at, created_by)
  SELECT {BUREAU}, s, md5('b' || s || '-' || i || %(day)s)::uuid, md5('g' || s || '-' || i)::uuid, md5('i' || i)::uuid,
    'L' || i || '-' || %(day)s, %(day)s::date - 1, %(day)s::date + 30, %(day)s::date, '演示米业', 'receipt_line',
    md5('rl' || s || '-' || i || %(day)s)::uuid, 10, 5000, true, 'free', now(), {SYSTEM}
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i;
INSERT INTO store_documents (bureau_id, school_id, id, number, kind, on_day, posted_at, posted_by, posted_by_name,
    second_by_name, source_kind, source_id, use_day, use_meal, taker_name, department, reason, line_count, amount_fen,
    content_digest)
  SELECT {BUREAU}, s, md5(kind || s || %(day)s)::uuid, kind || %(day)s, kind, %(day)s::date,
    (%(day)s::date + time '08:00') AT TIME ZONE 'Asia/Shanghai', {SYSTEM}, '', '',
    CASE WHEN kind = 'receipt' THEN 'goods_receipt' ELSE '' END,
    CASE WHEN kind = 'receipt' THEN md5('r' || s || %(day)s)::uuid END,
    CASE WHEN kind = 'issue' THEN %(day)s::date END, CASE WHEN kind = 'issue' THEN 'lunch' END, '', '', '', {ITEMS}, 5000, ''
  FROM generate_series(1, {SCHOOLS}) s, unnest(ARRAY['receipt', 'issue']) kind;
INSERT INTO store_moves (bureau_id, school_id, id, document_id, position, good_id, seq, batch_id, from_location_id,
    to_location_id, quantity, amount_fen, quantity_after, amount_after_fen)
  SELECT {BUREAU}, s, md5('mr' || s || '-' || i || %(day)s)::uuid, md5('receipt' || s || %(day)s)::uuid, i,
    md5('g' || s || '-' || i)::uuid, %(number)s * 10, md5('b' || s || '-' || i || %(day)s)::uuid,
    md5('l' || s || 'supplier')::uuid, md5('l' || s || 'store')::uuid, 10, 5000, 10, 5000
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i
  UNION ALL
  SELECT {BUREAU}, s, md5('mi' || s || '-' || i || '-' || back || %(day)s)::uuid, md5('issue' || s || %(day)s)::uuid,
    i * 10 + back, md5('g' || s || '-' || i)::uuid, %(number)s * 10 + back,
    md5('b' || s || '-' || i || (%(day)s::date - back))::uuid, md5('l' || s || 'store')::uuid,
    md5('l' || s || 'consumed')::uuid, 1.5, 750, 8.5, 4250
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i, generate_series(1, {COOKED}) back
  WHERE %(day)s::date - back >= %(first)s::date;
INSERT INTO store_balances (bureau_id, school_id, id, location_id, batch_id, good_id, expiry_date, quantity, amount_fen,
    is_live)
  SELECT {BUREAU}, s, md5('bb' || s || '-' || i || %(day)s)::uuid, md5('l' || s || 'store')::uuid,
    md5('b' || s || '-' || i || %(day)s)::uuid, md5('g' || s || '-' || i)::uuid, %(day)s::date + 30, 2.5, 1250, true
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i;
INSERT INTO menu_meals (bureau_id, school_id, id, menu_id, on_day, meal)
  SELECT {BUREAU}, s, md5('mm' || s || %(day)s)::uuid, md5('m' || s || date_trunc('week', %(day)s::date)::date)::uuid,
    %(day)s::date, 'lunch' FROM generate_series(1, {SCHOOLS}) s;
INSERT INTO menu_dishes (bureau_id, school_id, id, menu_meal_id, dish_id, position, dish_name, dish_kind)
  SELECT {BUREAU}, s, md5('md' || s || '-' || i || %(day)s)::uuid, md5('mm' || s || %(day)s)::uuid,
    md5('d' || s || '-' || i)::uuid, i, '演示菜' || i, 'other'
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i;
INSERT INTO diner_counts (bureau_id, school_id, id, on_day, meal, class_id, planned, actual, reported_at, reported_by,
    created_at, created_by, version)
  SELECT {BUREAU}, s, md5('dc' || s || '-' || c || %(day)s)::uuid, %(day)s::date, 'lunch', md5('k' || s || '-' || c)::uuid,
    40, 39, now(), {SYSTEM}, now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {CLASSES}) c;
INSERT INTO food_samples (bureau_id, school_id, id, on_day, happened_at, meal, dish_id, dish_name, grams, least_grams,
    is_enough, keeper_name, place, code, dispose_not_before, disposed_by_name, held_reason, recorded_by_name, note, digest,
    correction_reason, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('fs' || s || '-' || i || %(day)s)::uuid, %(day)s::date,
    (%(day)s::date + time '11:00') AT TIME ZONE 'Asia/Shanghai', 'lunch', md5('d' || s || '-' || i)::uuid, '演示菜' || i, 150,
    125, true, '', '', %(day)s || '-' || i, now(), '', '', '', '', '', '', now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {ITEMS}) i;
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of the clock, medians. `back`: from one meal to its lots and forwards again."""

    ours: float
    statements: float
    back: float
    schools: int
    meals: int
    moves: int
    slowest: float


def prepare(server: Any, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    server.psql("postgres", f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    server.create_database(NAME)
    migrate.upgrade(server.owner_url(NAME).replace("postgresql://", "postgresql+psycopg2://"))
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        cursor.execute(REGISTRY, {"schools": SCHOOLS})
        cursor.execute(FILL)
        cursor.execute("SELECT current_date")
        last = cursor.fetchone()[0]
        first = last - timedelta(days=DAYS - 1)
        for number in range(DAYS):
            day = first + timedelta(days=number)
            cursor.execute(DAY, {"day": day.isoformat(), "first": first.isoformat(), "number": number})
        cursor.execute("VACUUM ANALYZE")
    say(f"{NAME}: filled in {time.monotonic() - began:.0f} s")


def measure(server: Any, say: Callable[[str], None]) -> Figures:
    prepare(server, say)
    os.environ.update(
        DATABASE_URL=server.url(NAME), HOUQIN_ENVIRONMENT="demo", HOUQIN_LOG_LEVEL="INFO",
        HOUQIN_VAR_DIR=str(cluster.VAR / "profile"),
    )  # fmt: skip
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SELECT count(*), current_date FROM store_moves")
        moves, today = cursor.fetchone()
    came = today - timedelta(days=AGO)
    import wsgi

    app = wsgi.create_app()
    ours, floors, back = [], [], []
    found: Any = None
    with app.app_context():
        for _ in range(TURNS):
            sent: list[tuple[str, Any]] = []
            with _noting(sent):
                seconds, found = _forward(f"L3-{came.isoformat()}")
            ours.append(seconds)
            floors.append(_replayed(server.owner_url(NAME), sent))
            back.append(_backward(came))
    _check(found)
    meals = sum(len(part.meals) for part in found.schools)
    return Figures(median(ours), median(floors), median(back), len(found.schools), meals, moves, max(ours))


def _forward(batch_no: str) -> tuple[float, Any]:
    from school.recall.service.asking import ask

    actor = _officer()
    began = time.perf_counter()
    answer = ask(actor, {"kind": "lot", "batch_no": batch_no})
    seconds = time.perf_counter() - began
    _leave()
    return seconds, answer.trace


@contextmanager
def _noting(sent: list[tuple[str, Any]]) -> Iterator[None]:
    """Every statement that reads, as it went to psycopg2."""

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _replayed(url: str, sent: list[tuple[str, Any]]) -> float:
    connection = psycopg2.connect(url)
    psycopg2.extras.register_uuid()
    with connection.cursor() as cursor:
        began = time.perf_counter()
        for statement, parameters in sent:
            cursor.execute(statement, parameters)
            cursor.fetchall()
        seconds = time.perf_counter() - began
    connection.close()
    return seconds


def _backward(day: Any) -> float:
    from school.recall.service.asking import ask

    actor = _officer()
    began = time.perf_counter()
    answer = ask(actor, {"kind": "meal", "school_id": 7, "on_day": day, "meal": "lunch"})
    seconds = time.perf_counter() - began
    _leave()
    if len(answer.options) != ITEMS * COOKED or len(answer.trace.schools) != SCHOOLS:
        raise Refused(f"{len(answer.options)} lots of {len(answer.trace.schools)} schools behind a meal")
    return seconds


def _officer() -> Any:
    actor = system_actor(BUREAU)
    use_scope(db.session(), actor.scope)
    db.session.connection()  # what a pool has ready
    return actor


def _leave() -> None:
    db.session.rollback()
    db.session.remove()


def _check(trace: Any) -> None:
    totals = trace.totals()
    wanted = {
        "schools": SCHOOLS, "deliveries": SCHOOLS, "meals": SCHOOLS * COOKED, "samples": SCHOOLS * COOKED,
        "diners": SCHOOLS * COOKED * CLASSES * 39, "left": [{"unit": "kg", "quantity": str(SCHOOLS * 5 // 2)}],
        "used": [{"unit": "kg", "quantity": str(SCHOOLS * COOKED * 3 // 2)}],
    }  # fmt: skip
    wrong = {key: (totals[key], value) for key, value in wanted.items() if totals[key] != value}
    if wrong:
        raise Refused(f"the trace counts otherwise than was filled: {wrong}")


def met(figures: Figures) -> bool:
    return max(figures.slowest, figures.back) < AIM


def report(figures: Figures) -> str:
    verdict = "met" if met(figures) else "**missed**"
    lines = [
        f"## Recall: one lot in {figures.schools:,} schools, among {figures.moves:,} stock moves",
        "",
        circumstances(),
        "",
        f"Each school received the lot and cooked it on {COOKED} days: {figures.meals:,} meals with their dishes, samples and"
        f" classes. Median of {TURNS} turns, by the clock; every turn's counts are compared with what was filled.",
        "",
        "| | seconds | ÷ its statements |",
        "|---|---|---|",
        f"| from the lot's number to every plate, under row-level security (aim < {AIM:.0f} s, also of the slowest turn,"
        f" {figures.slowest:.2f} s: {verdict}) | {figures.ours:.2f} | {figures.ours / figures.statements:.2f} |",
        f"| floor: its statements by psycopg2, no row-level security, nothing made of the rows | {figures.statements:.2f} | 1 |",
        f"| from one school's lunch back to its {ITEMS * COOKED} lots, and forwards to all their schools | {figures.back:.2f} | |",
    ]
    return "\n".join(lines) + "\n"
