"""A month of a school of 2,000 pupils closed: prepared by one, closed by another, as two requests would; beside the bare
statements that write the same rows.

Every pupil is on a plan, has paid, and one in ten was away for some days; a year of closed months lies behind.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any
from uuid import UUID

import psycopg2
import psycopg2.extras

from benchmarks import cluster
from benchmarks.client import Refused
from benchmarks.fill import REGISTRY, SYSTEM
from benchmarks.results import circumstances
from benchmarks.sample import BUREAU
from kernel.database import migrate

PUPILS, MONTHS_BEFORE, AWAY_EVERY = 2000, 12, 10
AIM = 5.0  # seconds, both hands together
TURNS = 5
NAME = "houqin_bench_books"
SCHOOL = 1
MONTH = date(2026, 9, 1)
FEN = 30_017
PLAN, ROOM, ENTRY = UUID(int=7), UUID(int=8), UUID(int=9)
HANDS = (UUID(int=21), UUID(int=22))

FILL = f"""
INSERT INTO school_classes (bureau_id, school_id, id, name, stage, grade, number, pupil_count, allergic_count, is_active,
    created_at, created_by, version)
  VALUES ({BUREAU}, {SCHOOL}, '{ROOM}', '演示班', 'primary', 1, 1, {PUPILS}, 0, true, now(), {SYSTEM}, 1);
INSERT INTO pupils (bureau_id, school_id, id, class_id, number, name, search_name, sex, is_boarder, allergens, allergy_note,
    is_active, created_at, created_by, version)
  SELECT {BUREAU}, {SCHOOL}, md5('p' || p)::uuid, '{ROOM}', 'p' || p, '演示' || p, '演示' || p, 'male', false, '{{}}', '',
    true, now(), {SYSTEM}, 1 FROM generate_series(1, {PUPILS}) p;
INSERT INTO meal_plans (bureau_id, school_id, id, name, kind, meals, is_default_present, refund_mode, is_active, created_at,
    created_by, version)
  VALUES ({BUREAU}, {SCHOOL}, '{PLAN}', '包餐', 'monthly', '["lunch"]', true, 'pay_out', true, now(), {SYSTEM}, 1);
INSERT INTO meal_prices (bureau_id, school_id, id, plan_id, price_fen, from_month, created_at, created_by)
  VALUES ({BUREAU}, {SCHOOL}, md5('price')::uuid, '{PLAN}', {FEN}, '2020-01-01', now(), {SYSTEM});
INSERT INTO meal_enrolments (bureau_id, school_id, id, pupil_id, plan_id, from_day, created_at, created_by, version)
  SELECT {BUREAU}, {SCHOOL}, md5('e' || p)::uuid, md5('p' || p)::uuid, '{PLAN}', '2025-01-01', now(), {SYSTEM}, 1
  FROM generate_series(1, {PUPILS}) p;
INSERT INTO book_months (bureau_id, school_id, id, month, state, meal_days, prepared_at, prepared_by, prepared_by_name,
    closed_at, closed_by, closed_by_name, content_digest, figures, income_fen, cost_fen, materials_fen, wages_fen,
    term_income_fen, term_result_fen, finding_count, created_at, created_by, version)
  SELECT {BUREAU}, {SCHOOL}, md5('m' || m)::uuid, ('{MONTH}'::date - make_interval(months => m))::date,
    CASE WHEN m = 0 THEN 'open' ELSE 'closed' END,
    (SELECT jsonb_agg(to_char(d, 'YYYY-MM-DD')) FROM generate_series('{MONTH}'::date - make_interval(months => m),
      '{MONTH}'::date - make_interval(months => m) + interval '27 days', interval '1 day') d WHERE extract(isodow FROM d) < 6),
    CASE WHEN m > 0 THEN now() END, CASE WHEN m > 0 THEN '{HANDS[0]}'::uuid END, '',
    CASE WHEN m > 0 THEN now() END, CASE WHEN m > 0 THEN '{HANDS[1]}'::uuid END, '', '', '{{}}', 0, 0, 0, 0, 0, 0, 0, now(),
    {SYSTEM}, 1
  FROM generate_series(0, {MONTHS_BEFORE}) m;
INSERT INTO book_entries (bureau_id, school_id, id, number, month, on_day, kind, summary, amount_fen, line_count, entered_by,
    entered_by_name, signed_by_name, approved_by, approved_by_name, posted_at)
  SELECT {BUREAU}, {SCHOOL}, md5(k || m)::uuid, k || m, ('{MONTH}'::date - make_interval(months => m))::date,
    ('{MONTH}'::date - make_interval(months => m))::date, k, '演示', {FEN} * {PUPILS}::bigint, {PUPILS}, '{HANDS[0]}', '', '',
    '{HANDS[1]}', '', now()
  FROM generate_series(0, {MONTHS_BEFORE}) m, (VALUES ('payments'), ('charges')) kinds(k) WHERE m > 0 OR k = 'payments';
INSERT INTO book_lines (bureau_id, school_id, id, entry_id, position, month, kind, debit_code, debit_fund, credit_code,
    credit_fund, amount_fen, pupil_id, text)
  SELECT {BUREAU}, {SCHOOL}, gen_random_uuid(), e.id, p, e.month, e.kind, CASE e.kind WHEN 'payments' THEN '1002' ELSE '2203' END,
    'pupils', CASE e.kind WHEN 'payments' THEN '2203' ELSE '4001' END, 'pupils', {FEN}, md5('p' || p)::uuid, ''
  FROM book_entries e, generate_series(1, {PUPILS}) p;
INSERT INTO attendance (bureau_id, school_id, id, pupil_id, on_day, meal, state, reason, source, created_at, created_by)
  SELECT {BUREAU}, {SCHOOL}, gen_random_uuid(), md5('p' || p)::uuid, '{MONTH}'::date + 6 + d, 'lunch', 'absent', '', 'import',
    now(), {SYSTEM}
  FROM generate_series(1, {PUPILS}, {AWAY_EVERY}) p, generate_series(0, 4) d;
"""
ACCOUNT_SUMS = """
INSERT INTO book_account_months (bureau_id, school_id, id, month, code, opening_fen, debit_fen, credit_fen, closing_fen)
  SELECT bureau_id, school_id, gen_random_uuid(), %(month)s, code, 0, 0, 0, CASE code WHEN '1002' THEN %(whole)s
    WHEN '4001' THEN %(whole)s ELSE 0 END FROM book_accounts
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of the clock, medians. `lines`: moves that the closing wrote; `before`: moves that lay there."""

    prepare: float
    close: float
    floor: float
    python: float  # of both hands, the processor's time of the service's own process
    lines: int
    before: int

    @property
    def whole(self) -> float:
        return self.prepare + self.close


def fill(server: Any, say: Callable[[str], None]) -> None:
    from school.canteen_books.chart import STANDARD

    began = time.monotonic()
    server.psql("postgres", f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    server.create_database(NAME)
    migrate.upgrade(server.owner_url(NAME).replace("postgresql://", "postgresql+psycopg2://"))
    psycopg2.extras.register_uuid()
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(REGISTRY, {"schools": 1})
        for account in STANDARD:
            cursor.execute(
                "INSERT INTO book_accounts (bureau_id, school_id, id, code, name, kind, fund, created_at, created_by)"
                f" VALUES ({BUREAU}, {SCHOOL}, gen_random_uuid(), %s, %s, %s, %s, now(), {SYSTEM})",
                (account.code, account.name, account.kind.value, account.fund.value),
            )
        cursor.execute(FILL)
        last = date(2026, 8, 1)
        cursor.execute(ACCOUNT_SUMS, {"month": last, "whole": FEN * PUPILS * MONTHS_BEFORE})
        cursor.execute("VACUUM ANALYZE")
    say(f"{NAME}: filled in {time.monotonic() - began:.0f} s")


def measure(server: Any, say: Callable[[str], None]) -> Figures:
    fill(server, say)
    os.environ.update(
        DATABASE_URL=server.url(NAME), HOUQIN_ENVIRONMENT="demo", HOUQIN_LOG_LEVEL="INFO",
        HOUQIN_VAR_DIR=str(cluster.VAR / "profile"),
    )  # fmt: skip
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SELECT count(*) FROM book_lines")
        before = cursor.fetchone()[0]
    prepared, closed, floors, spent = [], [], [], []
    lines = 0
    for _ in range(TURNS):  # in turns, so that a machine that is slow for a while is slow for all
        began = time.process_time()
        first, second, lines = _service()
        spent.append(time.process_time() - began)
        prepared.append(first)
        closed.append(second)
        floors.append(_bare(server))
    return Figures(median(prepared), median(closed), median(floors), median(spent), lines, before)


_app: Any = None


def _service() -> tuple[float, float, int]:
    """Both use cases as their requests run them, under row-level security; undone afterwards."""
    import wsgi
    from kernel.actor import Actor
    from kernel.database import clock_at, db
    from kernel.database.scope import use_scope
    from kernel.web.dates import SHANGHAI
    from school.canteen_books.meal_models import MealRefund, PupilMonth
    from school.canteen_books.models import BookEntry
    from school.canteen_books.service import closing

    global _app
    _app = _app or wsgi.create_app()
    actors = [
        Actor(hand, "演示", "school", BUREAU, SCHOOL, roles=frozenset({role}))
        for hand, role in zip(HANDS, ("accountant", "principal"), strict=True)
    ]
    with _app.app_context(), clock_at(datetime(2026, 10, 8, 9, tzinfo=SHANGHAI)):
        use_scope(db.session(), actors[0].scope)
        db.session.connection()  # what a pool has ready
        began = time.perf_counter()
        month = closing.prepare(actors[0], MONTH, 1)
        prepared = time.perf_counter() - began
        db.session.expire_all()
        began = time.perf_counter()
        closing.close(actors[1], MONTH, month.version)
        db.session.flush()
        closed = time.perf_counter() - began
        own = {"bureau_id": BUREAU, "school_id": SCHOOL}
        entries = db.session.query(BookEntry).filter_by(month=MONTH, **own).filter(BookEntry.kind != "payments").all()
        lines = sum(entry.line_count for entry in entries)
        pupils = db.session.query(PupilMonth).filter_by(month=MONTH, **own).count()
        refunds = db.session.query(MealRefund).filter_by(month=MONTH, **own).count()
        db.session.rollback()
        db.session.remove()
    if pupils != PUPILS or refunds != PUPILS // AWAY_EVERY or lines < PUPILS:
        raise Refused(f"{pupils} accounts, {refunds} refunds, {lines} moves written")
    return prepared, closed, lines


def _bare(server: Any) -> float:
    """The rows of the charges and of the pupils' months, by one INSERT … SELECT each and no policy: nothing reckoned,
    nothing checked but what the tables check. Undone afterwards."""
    connection = psycopg2.connect(server.owner_url(NAME))
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(
            f"""INSERT INTO book_entries (bureau_id, school_id, id, number, month, on_day, kind, summary, amount_fen,
                  line_count, entered_by, entered_by_name, signed_by_name, approved_by, approved_by_name, posted_at)
                VALUES ({BUREAU}, {SCHOOL}, '{ENTRY}', 'JZ', '{MONTH}', '{MONTH}', 'charges', '', 1, 1, '{HANDS[0]}', '', '',
                  '{HANDS[1]}', '', now());
                INSERT INTO book_lines (bureau_id, school_id, id, entry_id, position, month, kind, debit_code, debit_fund,
                  credit_code, credit_fund, amount_fen, pupil_id, text)
                SELECT bureau_id, school_id, gen_random_uuid(), '{ENTRY}', row_number() OVER (), '{MONTH}', 'charges', '2203',
                  'pupils', '4001', 'pupils', {FEN}, pupil_id, '' FROM meal_enrolments;
                INSERT INTO pupil_months (bureau_id, school_id, id, month, pupil_id, plan_id, opening_fen, paid_fen,
                  charge_fen, refund_fen, used_fen, returned_fen, closing_fen, meals_eaten, meals_missed, meals_refunded,
                  aided_days)
                SELECT bureau_id, school_id, gen_random_uuid(), '{MONTH}', pupil_id, plan_id, 0, {FEN}, {FEN}, 0, {FEN}, 0, 0,
                  20, 0, 0, 0 FROM meal_enrolments"""
        )
        seconds = time.perf_counter() - began
    connection.rollback()
    connection.close()
    return seconds


def met(figures: Figures) -> bool:
    return figures.whole < AIM


def report(figures: Figures) -> str:
    verdict = "met" if met(figures) else f"**missed** by {figures.whole - AIM:.1f} s"
    lines = [
        f"## Closing a month of {PUPILS:,} pupils",
        "",
        circumstances(),
        "",
        f"Every pupil on a plan by the month, one in {AWAY_EVERY} away for five days; {MONTHS_BEFORE} closed months with"
        f" {figures.before:,} moves behind. The closing wrote {figures.lines:,} moves, {PUPILS:,} accounts of pupils,"
        f" {PUPILS // AWAY_EVERY:,} refunds. Medians of {TURNS} turns.",
        "",
        "| | seconds |",
        "|---|---|",
        f"| prepare: reckon, look for what is missing, keep the digest | {figures.prepare:.2f} |",
        f"| close: reckon again, compare, write, find what is out of band | {figures.close:.2f} |",
        f"| the same rows by three bare statements, nothing reckoned | {figures.floor:.2f} |",
        f"| of both hands, the processor's time of the service's own process | {figures.python:.2f} |",
        "",
        f"Aim: both under {AIM:.0f} s: {verdict} ({figures.whole:.2f} s).",
    ]
    return "\n".join(lines)
