"""A round of 1,000 schools × 300 items × 12 months gathered into lots: the service's use case beside its own two
statements sent by bare psycopg2 past row-level security, and beside the bare sum without writing anything."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID

import psycopg2
import psycopg2.extras
from sqlalchemy.dialects import postgresql

from benchmarks import cluster
from benchmarks.client import Refused
from benchmarks.fill import REGISTRY, SYSTEM
from benchmarks.results import circumstances
from benchmarks.sample import BUREAU
from kernel.database import migrate

SCHOOLS, ITEMS, CATEGORIES, MONTHS = 1000, 300, 10, 12
ZONED = 5  # categories of which each zone has a lot of its own
AIM = 2.0  # seconds
TURNS = 7
NAME = "houqin_bench_demand"
ROUND = UUID("00000000-0000-0000-0000-0000000d0001")
AGGREGATION = UUID("00000000-0000-0000-0000-0000000d0002")

FILL = f"""
INSERT INTO catalogue_categories (bureau_id, id, code, name, storage, subject, created_at, created_by, version)
  SELECT {BUREAU}, md5('c' || c)::uuid, 'c' || c, '演示类别' || c, 'ambient', 'food', now(), {SYSTEM}, 1
  FROM generate_series(1, {CATEGORIES}) c;
INSERT INTO catalogue_items (bureau_id, id, code, name, search_name, category_id, specification, standard, base_unit,
    storage, state, pack_sizes, ingredient, brand_note, current_version, created_at, created_by, version)
  SELECT {BUREAU}, md5('i' || i)::uuid, 'i' || i, '演示物品' || i, '演示物品' || i, md5('c' || 1 + mod(i, {CATEGORIES}))::uuid,
    '', '', 'kg', 'ambient', 'published', '[]', '', '', 1, now(), {SYSTEM}, 1
  FROM generate_series(1, {ITEMS}) i;
INSERT INTO demand_rounds (bureau_id, id, title, note, state, first_month, month_count, deadline, created_at, created_by,
    version)
  VALUES ({BUREAU}, '{ROUND}', '演示需求计划', '', 'closed', '2026-09-01', {MONTHS}, now(), now(), {SYSTEM}, 1);
INSERT INTO demand_categories (bureau_id, id, round_id, category_id, position, code, name, scope)
  SELECT {BUREAU}, md5('dc' || c)::uuid, '{ROUND}', md5('c' || c)::uuid, c, 'c' || c, '演示类别' || c,
    CASE WHEN c <= {ZONED} THEN 'zone' ELSE 'district' END
  FROM generate_series(1, {CATEGORIES}) c;
INSERT INTO demand_items (bureau_id, id, round_id, item_id, category_id, position, code, name, specification, unit)
  SELECT {BUREAU}, md5('di' || i)::uuid, '{ROUND}', md5('i' || i)::uuid, md5('c' || 1 + mod(i, {CATEGORIES}))::uuid, i,
    'i' || i, '演示物品' || i, '', 'kg'
  FROM generate_series(1, {ITEMS}) i;
INSERT INTO demand_sheets (bureau_id, school_id, id, round_id, state, diners, enrolment, submitted_at, created_at,
    created_by, version)
  SELECT {BUREAU}, s, md5('ds' || s)::uuid, '{ROUND}', 'approved', 560, 580, now(), now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s;
"""
# Item by item over all schools, as they come in while all schools fill at the same time.
LINES = f"""
INSERT INTO demand_lines (bureau_id, school_id, id, round_id, sheet_id, item_id,
    {", ".join(f"m{month}" for month in range(1, MONTHS + 1))}, basis, created_at, created_by, version)
  SELECT {BUREAU}, s, gen_random_uuid(), '{ROUND}', md5('ds' || s)::uuid, md5('i' || i)::uuid,
    {", ".join(f"mod(s * 31 + i * 17 + {month}, 4001) * 0.125" for month in range(1, MONTHS + 1))}, '', now(), {SYSTEM}, 1
  FROM generate_series(1, {ITEMS}) i, generate_series(1, {SCHOOLS}) s
"""
SUM = """
SELECT l.item_id, s.zone_id, sum(l.total) FROM demand_lines l
  JOIN demand_sheets d ON d.bureau_id = l.bureau_id AND d.school_id = l.school_id AND d.id = l.sheet_id
  JOIN schools s ON s.bureau_id = l.bureau_id AND s.id = l.school_id
WHERE l.bureau_id = %(bureau_id)s AND l.round_id = %(round_id)s AND d.state = 'approved' GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of the clock, medians. `lots`, `items`, `lines`: what was gathered."""

    ours: float
    statements: float
    sum: float
    lots: int
    items: int
    lines: int


def prepare(server: Any, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    server.psql("postgres", f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    server.create_database(NAME)
    migrate.upgrade(server.owner_url(NAME).replace("postgresql://", "postgresql+psycopg2://"))
    with cluster.admin(server, NAME) as cursor:
        cursor.execute(
            "SET session_replication_role = replica"
        )  # references checked by what is gathered, not row by row
        cursor.execute(REGISTRY, {"schools": SCHOOLS})
        cursor.execute(FILL)
        cursor.execute(LINES)
        cursor.execute("VACUUM ANALYZE")
    say(f"{NAME}: filled in {time.monotonic() - began:.0f} s")


def measure(server: Any, say: Callable[[str], None]) -> Figures:
    prepare(server, say)
    os.environ.update(
        DATABASE_URL=server.url(NAME), HOUQIN_ENVIRONMENT="demo", HOUQIN_LOG_LEVEL="INFO",
        HOUQIN_VAR_DIR=str(cluster.VAR / "profile"),
    )  # fmt: skip
    ours, statements, sums = [], [], []
    found = (0, 0)
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SELECT count(*) FROM demand_lines WHERE total > 0")
        lines = cursor.fetchone()[0]
    for _ in range(TURNS):  # in turns, so that a machine that is slow for a while is slow for all
        seconds, found = _service()
        ours.append(seconds)
        floor, bare = _bare(server)
        statements.append(floor)
        sums.append(bare)
    _check(server, found)
    return Figures(median(ours), median(statements), median(sums), *found, lines)


def _service() -> tuple[float, tuple[int, int]]:
    """The use case as a request runs it, under row-level security; undone afterwards."""
    import wsgi
    from bureau.demand.service import lots
    from kernel.actor import system_actor
    from kernel.database import db
    from kernel.database.scope import use_scope

    global _app
    _app = _app or wsgi.create_app()
    with _app.app_context():
        actor = system_actor(BUREAU)
        use_scope(db.session(), actor.scope)
        db.session.connection()  # what a pool has ready
        began = time.perf_counter()
        lots.aggregate(actor, ROUND, 1)
        seconds = time.perf_counter() - began
        made = lots.lots_of(actor, ROUND)
        counts = len(made), sum(len(lot.items) for lot in made)
        db.session.rollback()
        db.session.remove()
    return seconds, counts


_app: Any = None


def _bare(server: Any) -> tuple[float, float]:
    """The same two statements, and only the sum, by a role that no policy holds; undone afterwards."""
    from bureau.demand.service.statements import gather, take_sheets

    connection = psycopg2.connect(server.owner_url(NAME))
    psycopg2.extras.register_uuid()
    values = {
        "bureau_id": BUREAU, "round_id": ROUND, "aggregation_id": AGGREGATION, "month_count": MONTHS, "prices": "[]",
        "no_zone": "", "by": ROUND, "by_name": "", "at": "2026-08-01",
    }  # fmt: skip
    dialect = postgresql.psycopg2.dialect()
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(SUM, values)
        cursor.fetchall()
        bare = time.perf_counter() - began
        cursor.execute(
            "INSERT INTO demand_aggregations (bureau_id, id, round_id, number, sheet_count, reason, by_name, at, by)"
            " VALUES (%(bureau_id)s, %(aggregation_id)s, %(round_id)s, 1, 0, '', '', now(), %(by)s)",
            values,
        )
        began = time.perf_counter()
        for statement in (take_sheets(), gather()):
            cursor.execute(str(statement.compile(dialect=dialect)), values)
        seconds = time.perf_counter() - began
    connection.rollback()
    connection.close()
    return seconds, bare


def _check(server: Any, found: tuple[int, int]) -> None:
    """A lot per zone of the zoned categories and one of each other; each item once in each of its lots."""
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SELECT count(*) FROM zones")
        zones = cursor.fetchone()[0]
    each = ITEMS // CATEGORIES
    lots = ZONED * zones + CATEGORIES - ZONED
    if found != (lots, lots * each):
        raise Refused(f"{found} lots and items instead of {(lots, lots * each)}")


def met(figures: Figures) -> bool:
    return figures.ours < AIM


def report(figures: Figures) -> str:
    verdict = "met" if met(figures) else f"**missed** by {figures.ours - AIM:.1f} s"
    lines = [
        f"## Gathering the demand of {SCHOOLS:,} schools × {ITEMS} items × {MONTHS} months",
        "",
        circumstances(),
        "",
        f"{figures.lines:,} lines of {MONTHS} months each → {figures.lots} lots with {figures.items:,} items, by month;"
        f" median of {TURNS} turns, by the clock. The events of all sheets are written too.",
        "",
        "| | seconds | ÷ its statements |",
        "|---|---|---|",
        f"| the use case, under row-level security (aim < {AIM:.0f} s: {verdict}) | {figures.ours:.2f} |"
        f" {figures.ours / figures.statements:.2f} |",
        f"| floor: its two writing statements by psycopg2, no row-level security | {figures.statements:.2f} | 1 |",
        f"| only the sum by item and zone, nothing written, no months | {figures.sum:.2f} |"
        f" {figures.sum / figures.statements:.2f} |",
    ]
    return "\n".join(lines) + "\n"
