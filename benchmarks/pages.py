"""What an officer waits for when comparing a thousand schools over three years: the pages' own requests, one after the
other on one connection, signed in by cookie as a browser is; beside each page its own statements by bare psycopg2."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from psycopg2.extras import Json

from benchmarks import cluster, sample, servers
from benchmarks.client import Connection, Refused
from benchmarks.fill import OFFICER_SIGN_IN
from benchmarks.fill_inspections import INSPECTORS, VISITS
from benchmarks.operations import District
from benchmarks.results import circumstances

AIM_MS = 300.0
ROUNDS, WARM, IN_A_TURN = 5, 3, 8
SECRET = "a secret of the measurement, for nobody else"
RUN_ID = sample.fixed_id("strictness-run")
PLAN = f"/inspections/plans/{sample.fixed_id(f'plan-{VISITS}')}"


@dataclass(slots=True)
class Page:
    """`estimated`: measured with a stored estimate of the inspectors' strictness, as the aim has it for every page."""

    code: str
    title: str
    path: str
    least_rows: int  # rows of a table that must be on it for a thousand schools
    estimated: bool = True
    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    statements: int = 0
    size: int = 0


def pages() -> list[Page]:
    return [
        Page("ranking", "Ranking of a plan", f"{PLAN}/ranking", 200),
        Page("comparison", "Fair comparison, with intervals, tiers and calibrated scores", f"{PLAN}/comparison", 200),
        Page("comparison-bare", "The same before anybody estimated strictness", f"{PLAN}/comparison", 200, False),
        Page("trends", "Trend over three years", "/inspections/trends?kind=canteen", VISITS),
        Page("trends-zones", "Trend over three years, by zone", "/inspections/trends?kind=canteen&by=zone_id", VISITS),
        Page("losses", "Items most often lost, by zone", f"{PLAN}/losses", 10),
        Page("lost-items", "Items most often lost", f"{PLAN}/lost-items", 10),
    ]


RUN = """
INSERT INTO strictness_runs (bureau_id, id, kind, starts_on, ends_on, refusal, visits, observations, spread, people,
    covariance, groups, computed_at, computed_by)
  VALUES (%(bureau)s, %(id)s, 'canteen', current_date - 1095, current_date, '', 10000, 20000, %(spread)s, %(people)s,
    %(covariance)s, %(groups)s, now(), (%(people)s::jsonb ->> 0)::uuid)
"""
ESTIMATES = """
INSERT INTO strictness_estimates (bureau_id, id, run_id, person_id, standing, visits, effect, low, high)
  SELECT %(bureau)s, md5('estimate-' || n)::uuid, %(id)s, md5('account-inspector-' || n)::uuid, 'estimated', 800,
    (n - 12) / 500.0, (n - 12) / 500.0 - 0.01, (n - 12) / 500.0 + 0.01 FROM generate_series(1, %(inspectors)s) n
"""


@contextmanager
def estimated(district: District, wanted: bool) -> Iterator[None]:
    """A stored run as bureau.fairness keeps it: what it says matters nothing for the time that its use takes."""
    people = [str(sample.fixed_id(f"account-inspector-{number}")) for number in range(1, INSPECTORS + 1)]
    values = {
        "bureau": sample.BUREAU, "id": str(RUN_ID), "inspectors": INSPECTORS, "people": Json(people),
        "covariance": Json([[0.0001 * (one == other) for other in people] for one in people]),
        "groups": Json([people]),
        "spread": Json(
            {"school": 0.05, "visit": 0.02, "inspector": 0.02, "error": 0.03, "mean_weight": 60.0, "level": 0.95}
        ),
    }  # fmt: skip
    with district.admin() as cursor:
        try:
            _forget(cursor, values)
            if wanted:
                cursor.execute(RUN, values)
                cursor.execute(ESTIMATES, values)
            yield
        finally:
            _forget(cursor, values)


def _forget(cursor: Any, values: Any) -> None:
    cursor.execute("DELETE FROM strictness_estimates WHERE bureau_id = %(bureau)s AND run_id = %(id)s", values)
    cursor.execute("DELETE FROM strictness_runs WHERE bureau_id = %(bureau)s AND id = %(id)s", values)


def request(path: str, cookie: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: houqin={cookie}\r\nAccept: text/html\r\n"
        "Accept-Language: zh-CN\r\nConnection: keep-alive\r\n\r\n"
    ).encode()


class InProcess:
    """The service in this process: for the officer's cookie, and to hear which statements a page sends."""

    def __init__(self, environ: dict[str, str]) -> None:
        os.environ.update(environ, HOUQIN_VAR_DIR=str(cluster.VAR / "profile"))
        import wsgi

        self.app = wsgi.create_app()
        signer: Any = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        self.cookie = str(signer.dumps({"_user_id": OFFICER_SIGN_IN, "_fresh": True}))

    def statements(self, path: str) -> list[str]:
        from sqlalchemy import event

        from kernel.database import db

        sent: list[str] = []

        def note(_connection: Any, cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
            sent.append(cursor.mogrify(statement, values or None).decode())

        with self.app.app_context():
            engine = db.engine
        client = self.app.test_client(use_cookies=False)
        headers = {"Cookie": f"houqin={self.cookie}"}
        client.get(path, headers=headers)  # what is asked once per process does not count
        event.listen(engine, "before_cursor_execute", note)
        try:
            answer = client.get(path, headers=headers)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        if answer.status_code != 200:
            raise Refused(f"{path}: {answer.status}")
        return sent

    def close(self) -> None:
        from kernel.database import db

        with self.app.app_context():
            db.engine.dispose()


def measure(
    district: District, environ: dict[str, str], say: Callable[[str], None], rounds: int = ROUNDS
) -> list[Page]:
    environ = {**environ, "SECRET_KEY": SECRET}
    chosen, here = pages(), InProcess(environ)
    replayed: dict[str, list[str]] = {}
    for page in chosen:
        with estimated(district, page.estimated):
            replayed[page.code] = here.statements(page.path)
        page.statements = len(replayed[page.code])
    here.close()
    told = cluster.VAR / "replay.json"
    told.write_text(json.dumps(replayed), encoding="utf-8")
    running = []
    try:
        for name, application in (("pages", "wsgi:app"), ("pages-floor", "benchmarks.replay:app")):
            settings = {"BENCH_URL": environ["DATABASE_URL"], "BENCH_REPLAY": str(told)}
            running.append(servers.launch(name, application, {**environ, **settings})[0])
        for page in chosen:
            with estimated(district, page.estimated):
                _page(page, district, running[0], running[1], here.cookie, rounds)
            say(
                f"  {page.code:<16} {median(page.ours):6.0f} ms  p95 {p95(page.ours):6.0f}"
                f"  floor {median(page.floor):6.1f} ms  {page.statements} statements, {page.size // 1024} KiB"
            )
    finally:
        for server in running:
            server.stop()
    return chosen


def _page(
    page: Page, district: District, ours: servers.Server, floor: servers.Server, cookie: str, rounds: int
) -> None:
    least = min(page.least_rows, district.schools // 5)
    sides = ((ours, page.path, page.ours), (floor, f"/{page.code}", page.floor))
    for server, path, _spent in sides:  # each worker once compiles the template and reads the form
        for connection in server.spread_connections(servers.WORKERS):
            for _ in range(WARM):
                connection.send(request(path, cookie))
            connection.close()
    for _turn in range(rounds):
        for server, path, spent in sides:
            connection = Connection(server.port)
            sent = request(path, cookie)
            for _ in range(IN_A_TURN):
                seconds, status, body = connection.send(sent)
                if status != 200:
                    raise Refused(f"{page.code}: {status}")
                if server is ours:
                    _check(page, body, least)
                spent.append(seconds * 1000)
            connection.close()


def _check(page: Page, body: bytes, least: int) -> None:
    """The rows are there, so the page is the whole page and no notice in its place."""
    found = body.count(b"<tr") - 1
    if found < least:
        raise Refused(f"{page.code}: {found} rows instead of {least} at least")
    page.size = len(body)


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def met(measured: list[Page]) -> bool:
    return all(p95(page.ours) < AIM_MS for page in measured)


def report(measured: list[Page], schools: int) -> str:
    lines = [
        f"## Comparing {schools:,} schools over three years",
        "",
        circumstances(),
        "",
        f"The pages' own requests under gunicorn, one after the other, as a signed-in officer; {VISITS} rounds of"
        f" {schools:,} visits, 60 answers each. Floor: the same statements by bare psycopg2 under the same gunicorn,"
        f" rows fetched and nothing made of them; each worker has made the page before. Aim: under {AIM_MS:.0f} ms at the 95th percentile.",
        "",
        "| page | median ms | 95th percentile | | floor, median ms | page ÷ floor | statements | KiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for page in measured:
        slow, ours, floor = p95(page.ours), median(page.ours), median(page.floor)
        verdict = "met" if slow < AIM_MS else f"**missed** by {slow - AIM_MS:.0f} ms"
        lines.append(
            f"| {page.title} | {ours:.0f} | {slow:.0f} | {verdict} | {floor:.1f} | {ours / floor:.1f} | {page.statements}"
            f" | {page.size // 1024} |"
        )
    return "\n".join(lines) + "\n"
