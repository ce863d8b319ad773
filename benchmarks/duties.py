"""What 1,000 schools owe: a day's duties written ahead of time by the service's job, and the bureau's board of who is late
with what since when, asked for over HTTP by a signed-in officer; beside both, their own statements by bare psycopg2."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from statistics import median
from typing import Any

import psycopg2

from benchmarks import cluster, fill, servers
from benchmarks.client import Connection, Refused
from benchmarks.fill import REGISTRY, SYSTEM
from benchmarks.pages import InProcess, p95, request
from benchmarks.results import circumstances
from benchmarks.sample import BUREAU
from kernel.database import migrate

SCHOOLS, EACH = 1000, 40  # at least so many duties of a school on one day
BACK = 3  # copies of eight days, so that the board has a month behind it
BOARD_AIM, DAY_AIM = 300.0, 10.0  # milliseconds, seconds
ROUNDS, WARM, IN_A_TURN, TURNS = 5, 3, 8, 3
NAME = "houqin_bench_duties"
SECRET = "a secret of the measurement, for nobody else"
BOARD = "/duties/board"

# Every day is a day with school: the run may fall on a Sunday.
CALENDAR = f"""
INSERT INTO terms (bureau_id, id, name, starts_on, ends_on, created_at, created_by, version)
  VALUES ({BUREAU}, md5('term')::uuid, '演示学期', current_date - 120, current_date + 120, now(), {SYSTEM}, 1);
INSERT INTO bureau_days (bureau_id, day, is_workday, name)
  SELECT {BUREAU}, d::date, true, '演示' FROM generate_series(current_date - 60, current_date + 60, interval '1 day') d;
"""
# Ticked at hours all over the day, so that at any hour some are late.
KINDS = f"""
INSERT INTO bureau_duty_kinds (bureau_id, id, title, detail, cadence, days, due_time, weekday, month_day, months, anchor,
    shift_days, lead_days, minutes_after, grace_hours, needed, roles, needs_photo, needs_note, starts_on, is_active,
    stages, canteen_modes, template, citation, created_at, created_by, version)
  SELECT {BUREAU}, md5('kind' || n)::uuid, '演示任务' || n, '', 'daily', 'school', time '00:15' + n * interval '35 minutes', 4,
    31, '{{}}', 'end', 0, 0, 0, 24, 1, '{{}}', false, false, current_date - 60, true, '{{}}', '{{}}', '', '', now(), {SYSTEM}, 1
  FROM generate_series(1, %(kinds)s) n
"""
# By a duty's own key: of a hundred 92 on time, 3 late, 5 not at all.
PART = "mod(('x' || left(md5(school_id || kind || period), 6))::bit(24)::int, 100)"
DONE = f"""
UPDATE duties SET fulfilled_at = due_at - {PART} * interval '1 minute'
    + CASE WHEN {PART} > 91 THEN interval '3 hours' ELSE interval '0' END, fulfilled_by = {SYSTEM}
WHERE due_at < now() AND {PART} < 95
"""
HISTORY = """
INSERT INTO duties (bureau_id, school_id, id, kind, period, meal, on_day, first_day, last_day, opens_at, due_at, closes_at,
    is_long, needed, record_kind, fulfilled_at, fulfilled_by)
  SELECT bureau_id, school_id, gen_random_uuid(), kind, period || '-' || %(back)s, meal, on_day - %(days)s,
    first_day - %(days)s, last_day - %(days)s, opens_at - %(shift)s, due_at - %(shift)s, closes_at - %(shift)s, is_long,
    needed, '', fulfilled_at - %(shift)s, fulfilled_by
  FROM duties WHERE on_day BETWEEN %(first)s AND %(last)s AND fulfilled_at IS NOT NULL
  UNION ALL
  SELECT bureau_id, school_id, gen_random_uuid(), kind, period || '-' || %(back)s, meal, on_day - %(days)s,
    first_day - %(days)s, last_day - %(days)s, opens_at - %(shift)s, due_at - %(shift)s, closes_at - %(shift)s, is_long,
    needed, '', NULL, NULL
  FROM duties WHERE on_day BETWEEN %(first)s AND %(last)s AND fulfilled_at IS NULL
"""


@dataclass(slots=True)
class Page:
    code: str
    title: str
    path: str
    least_rows: int
    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    statements: int = 0
    size: int = 0


@dataclass(slots=True)
class Figures:
    """Seconds and milliseconds of the clock."""

    days: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    written: int = 0
    again: float = 0
    months: float = 0
    rows: int = 0
    today: int = 0
    late: int = 0
    pages: list[Page] = field(default_factory=list)


def prepare(server: Any, name: str, say: Callable[[str], None], *, kinds: int) -> None:
    """The district, its calendar and people; every kind that the modules publish, and so many of the bureau's own."""
    began = time.monotonic()
    server.psql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server.create_database(name)
    migrate.upgrade(server.owner_url(name).replace("postgresql://", "postgresql+psycopg2://"))
    with cluster.admin(server, name) as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(REGISTRY, {"schools": SCHOOLS})
        fill._people(cursor, SCHOOLS)
        cursor.execute(CALENDAR)
        if kinds:
            cursor.execute(KINDS, {"kinds": kinds})
        cursor.execute("VACUUM ANALYZE")
    say(f"{name}: filled in {time.monotonic() - began:.0f} s")


def environment(server: Any, name: str) -> dict[str, str]:
    return {
        "DATABASE_URL": server.url(name), "HOUQIN_ENVIRONMENT": "demo", "HOUQIN_LOG_LEVEL": "INFO",
        "SECRET_KEY": SECRET,
    }  # fmt: skip


def measure(server: Any, say: Callable[[str], None]) -> Figures:
    prepare(server, NAME, say, kinds=32)
    here = InProcess(environment(server, NAME))
    figures = Figures()
    _past(server, here.app, say)
    _generate(server, here.app, figures)
    say(f"a day written in {median(figures.days):.1f} s: {figures.written:,} duties")
    _count(server, figures)
    _pages(server, here, figures, say)
    return figures


def _at(day: date) -> datetime:
    from duties.rules import SHANGHAI

    return datetime.combine(day, clock_time(3), SHANGHAI)


def _today() -> date:
    from kernel.web.dates import today

    return today()


def _run(app: Any, day: date) -> tuple[float, int]:
    """The job as the worker runs it, under row-level security, committed."""
    from duties.service.generating import generate
    from kernel.actor import system_actor
    from kernel.database import clock_at, db
    from kernel.database.scope import use_scope

    with app.app_context(), clock_at(_at(day)):
        use_scope(db.session(), system_actor(BUREAU).scope)
        db.session.connection()
        began = time.perf_counter()
        made = generate(BUREAU)
        db.session.commit()
        seconds = time.perf_counter() - began
        db.session.remove()
    return seconds, made.duties


def _past(server: Any, app: Any, say: Callable[[str], None]) -> None:
    """Eight days by the service itself, from yesterday on; what lies before is copied from them."""
    began = time.monotonic()
    yesterday = _today() - timedelta(days=1)
    _run(app, yesterday)
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SET session_replication_role = replica")
        for back in range(1, BACK + 1):
            days = 8 * back
            cursor.execute(
                HISTORY,
                {
                    "back": back, "days": days, "shift": timedelta(days=days), "first": yesterday,
                    "last": yesterday + timedelta(days=7),
                },
            )  # fmt: skip
        cursor.execute(DONE)
        cursor.execute("VACUUM ANALYZE")
    say(f"{NAME}: {BACK + 1} × 8 days of duties in {time.monotonic() - began:.0f} s")


def _generate(server: Any, app: Any, figures: Figures) -> None:
    """The next days, one after the other; the same rows by one bare statement past row-level security; and nothing to do."""
    for turn in range(1, TURNS + 1):
        day = _today() + timedelta(days=turn)
        seconds, written = _run(app, day)
        figures.days.append(seconds)
        figures.written = written
        figures.bare.append(_bare(server, day + timedelta(days=7)))
    figures.again = _run(app, _today() + timedelta(days=TURNS))[0]
    if figures.written < SCHOOLS * EACH:
        raise Refused(f"{figures.written} duties written for a day instead of {SCHOOLS * EACH} at least")


def _bare(server: Any, day: date) -> float:
    connection = psycopg2.connect(server.owner_url(NAME))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE again ON COMMIT DROP AS SELECT * FROM duties WHERE on_day = %s", (day,))
        cursor.execute("DELETE FROM duties WHERE on_day = %s", (day,))
        began = time.perf_counter()
        cursor.execute("INSERT INTO duties SELECT * FROM again ON CONFLICT DO NOTHING")
        seconds = time.perf_counter() - began
    connection.rollback()
    connection.close()
    return seconds


def _count(server: Any, figures: Figures) -> None:
    from duties.service import tallying
    from kernel.actor import system_actor
    from kernel.database import db
    from kernel.database.scope import use_scope

    with cluster.admin(server, NAME) as cursor:
        cursor.execute("VACUUM ANALYZE duties")
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE on_day = %s) FROM duties", (_today(),))
        figures.rows, figures.today = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM duties WHERE due_at < now() AND closes_at >= now() AND fulfilled_at IS NULL"
        )
        figures.late = cursor.fetchone()[0]
    import wsgi

    app = wsgi.create_app()
    with app.app_context():
        use_scope(db.session(), system_actor(BUREAU).scope)
        began = time.perf_counter()
        tallying.recount_recent(BUREAU)
        db.session.commit()
        figures.months = time.perf_counter() - began
        db.session.remove()
        db.engine.dispose()


def pages() -> list[Page]:
    month = _today().replace(day=1)
    return [
        Page("board", "The board: duties × zones, every late school", BOARD, 200),
        Page("kind", "One duty, its late schools", f"{BOARD}/kinds/morning_check", 11),
        Page("zone", "One zone: schools × duties", f"{BOARD}/zones/1", 90),
        Page("school", "One school's month", f"{BOARD}/schools/1", 5),
        Page("history", "Punctuality of a month", f"/duties/history?month={month:%Y-%m}", 1000),
    ]


def _pages(server: Any, here: InProcess, figures: Figures, say: Callable[[str], None]) -> None:
    chosen = pages()
    replayed: dict[str, list[str]] = {}
    for page in chosen:
        replayed[page.code] = here.statements(page.path)
        page.statements = len(replayed[page.code])
    _plans(server, replayed["board"])
    here.close()
    told = cluster.VAR / "replay-duties.json"
    told.write_text(json.dumps(replayed), encoding="utf-8")
    environ = environment(server, NAME)
    running: list[servers.Server] = []
    try:
        for name, application in (("duties", "wsgi:app"), ("duties-floor", "benchmarks.replay:app")):
            settings = {"BENCH_URL": environ["DATABASE_URL"], "BENCH_REPLAY": str(told)}
            running.append(servers.launch(name, application, {**environ, **settings})[0])
        for page in chosen:
            _page(page, running[0], running[1], here.cookie)
            say(
                f"  {page.code:<8} {median(page.ours):6.0f} ms  p95 {p95(page.ours):6.0f}"
                f"  floor {median(page.floor):6.1f} ms  {page.statements} statements, {page.size // 1024} KiB"
            )
    finally:
        for one in running:
            one.stop()
    figures.pages = chosen


def _plans(server: Any, sent: list[str]) -> None:
    """As the runtime role, with its policies: nothing reads the whole table."""
    connection = psycopg2.connect(server.url(NAME))
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE houqin_bureau; SET LOCAL app.bureau_id = '{BUREAU}'")
        for statement in sent:
            if "FROM duties d" not in statement:
                continue
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            if "Seq Scan on duties" in plan:
                raise Refused(f"the board reads all duties:\n{plan}")
    connection.rollback()
    connection.close()


def _page(page: Page, ours: servers.Server, floor: servers.Server, cookie: str) -> None:
    sides = ((ours, page.path, page.ours), (floor, f"/{page.code}", page.floor))
    for server, path, _spent in sides:
        for connection in server.spread_connections(servers.WORKERS):
            for _ in range(WARM):
                connection.send(request(path, cookie))
            connection.close()
    for _turn in range(ROUNDS):
        for server, path, spent in sides:
            connection = Connection(server.port)
            sent = request(path, cookie)
            for _ in range(IN_A_TURN):
                seconds, status, body = connection.send(sent)
                if status != 200:
                    raise Refused(f"{page.code}: {status}")
                if server is ours:
                    found = body.count(b"<tr>")
                    if found < page.least_rows:
                        raise Refused(f"{page.code}: {found} rows instead of {page.least_rows} at least")
                    page.size = len(body)
                spent.append(seconds * 1000)
            connection.close()


def met(figures: Figures) -> bool:
    board = next(page for page in figures.pages if page.code == "board")
    return p95(board.ours) < BOARD_AIM and median(figures.days) < DAY_AIM


def report(figures: Figures) -> str:
    day, bare = median(figures.days), median(figures.bare)
    verdict = "met" if day < DAY_AIM else f"**missed** by {day - DAY_AIM:.1f} s"
    lines = [
        f"## Duties of {SCHOOLS:,} schools",
        "",
        circumstances(),
        "",
        f"{figures.rows:,} duties of {8 * (BACK + 1) + TURNS} days, {figures.today:,} of them due today"
        f" ({figures.today // SCHOOLS} a school), {figures.late:,} late at the time of asking.",
        "",
        "| writing a day ahead | seconds | ÷ bare insert |",
        "|---|---|---|",
        f"| the job: plans of {SCHOOLS:,} schools, {figures.written:,} duties, committed (aim < {DAY_AIM:.0f} s: {verdict})"
        f" | {day:.1f} | {day / bare:.2f} |",
        f"| floor: a day's duties by one bare INSERT … SELECT, no row-level security | {bare:.1f} | 1 |",
        f"| the job again, nothing to do | {figures.again:.1f} | {figures.again / bare:.2f} |",
        f"| the nightly count of four months | {figures.months:.1f} | |",
        "",
        "The pages' own requests under gunicorn, one after the other, as a signed-in officer; floor: the same statements by"
        " bare psycopg2 under the same gunicorn, rows fetched and nothing made of them.",
        "",
        "| page | median ms | 95th percentile | | floor, median ms | page ÷ floor | statements | KiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for page in figures.pages:
        slow, ours, floor = p95(page.ours), median(page.ours), median(page.floor)
        aimed = (
            "" if page.code != "board" else "met" if slow < BOARD_AIM else f"**missed** by {slow - BOARD_AIM:.0f} ms"
        )
        lines.append(
            f"| {page.title} | {ours:.0f} | {slow:.0f} | {aimed} | {floor:.1f} | {ours / floor:.1f} | {page.statements}"
            f" | {page.size // 1024} |"
        )
    return "\n".join(lines) + "\n"
