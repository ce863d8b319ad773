"""1,000 schools post their morning's records in the same ten minutes: the checks of the canteen's people and the
refrigerators' temperatures, as the phones send them, to the service under gunicorn on the same two cores.

Sent `FASTER` times as fast as asked: what is answered then is answered at leisure in ten minutes. The clock of an answer
runs from the instant at which the record was to be sent, so that a queue counts in full. The run counts only when nothing
was refused, every record is there once, and every school's duties are fulfilled by them.
"""

import json
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from statistics import median, quantiles
from typing import Any
from uuid import UUID, uuid5

from benchmarks import cluster, servers
from benchmarks.client import Connection, Refused
from benchmarks.duties import SCHOOLS, environment, prepare
from benchmarks.fill import SYSTEM, school_token
from benchmarks.results import circumstances
from benchmarks.sample import BUREAU

WINDOW, FASTER = 600.0, 2  # seconds; how much faster than asked
STAFF, COLD = 5, 3
PAUSE = 4.0  # seconds between two records of a school, at the pace that was asked for
PHONES = 120  # connections at once at most
NAME = "houqin_bench_mornings"
SPACE = UUID("00000000-0000-0000-0000-00000000d071")

FILL = f"""
INSERT INTO canteen_staff (bureau_id, school_id, id, name, duties, phone, joined_on, note, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('staff' || s || '-' || n)::uuid, '演示员工' || n, ARRAY['cook'], '', '2020-09-01', '', now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {STAFF}) n;
INSERT INTO canteen_staff_papers (bureau_id, school_id, id, staff_id, kind, number, issued_on, valid_until, digest,
    void_reason, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('paper' || s || '-' || n)::uuid, md5('staff' || s || '-' || n)::uuid, 'health', 'J' || n,
    current_date - 30, current_date + 300, '', '', now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {STAFF}) n;
INSERT INTO canteen_refrigerators (bureau_id, school_id, id, name, kind, place, is_active, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('cold' || s || '-' || n)::uuid, '演示冰箱' || n, 'chilled', '', true, now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s, generate_series(1, {COLD}) n;
"""


@dataclass(slots=True)
class Record:
    """`at`: seconds after the start at which the phone sends it."""

    at: float
    request: bytes


@dataclass(slots=True)
class Figures:
    """Seconds of each answer, from the instant at which the record was to be sent."""

    answers: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    took: float = 0.0
    cpu: float = 0.0
    fulfilled: int = 0
    records: int = 0


def _md5(text: str) -> str:
    import hashlib

    return str(UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()))


def _put(school: int, path: str, name: str, body: dict[str, Any]) -> bytes:
    data = json.dumps(body).encode()
    return (
        f"PUT /api/v1/canteen-day/{path}/{uuid5(SPACE, f'{school}-{name}')} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {school_token(school)}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nConnection: keep-alive\r\nContent-Length: {len(data)}\r\n\r\n"
    ).encode() + data


def schools() -> list[list[Record]]:
    """Each school begins at some instant of the window and sends one record after the other."""
    chance, found = random.Random("mornings"), []
    for school in range(1, SCHOOLS + 1):
        at = chance.uniform(0, WINDOW - PAUSE * (STAFF + COLD))
        sent = []
        for number in range(1, STAFF + COLD + 1):
            if number <= STAFF:
                body = {"staff_id": _md5(f"staff{school}-{number}"), "celsius": "36.4"}
                request = _put(school, "staff-checks", f"staff-{number}", body)
            else:
                body = {"refrigerator_id": _md5(f"cold{school}-{number - STAFF}"), "celsius": "4"}
                request = _put(school, "refrigerator-temperatures", f"cold-{number}", body)
            sent.append(Record((at + PAUSE * (number - 1)) / FASTER, request))
        found.append(sent)
    return sorted(found, key=lambda records: records[0].at)


def measure(server: Any, say: Callable[[str], None]) -> Figures:
    prepare(server, NAME, say, kinds=0)
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(FILL)
        cursor.execute("VACUUM ANALYZE")
    environ = environment(server, NAME)
    _owe(environ)
    figures = Figures()
    running = servers.launch("mornings", "wsgi:app", environ)[0]
    try:
        before = running.cpu_seconds()
        _send(running.port, figures, say)
        figures.cpu = running.cpu_seconds() - before
    finally:
        running.stop()
    _check(server, figures)
    return figures


def _owe(environ: dict[str, str]) -> None:
    """What is due today: written by the service before midnight, as the job does."""
    os.environ.update(environ, HOUQIN_VAR_DIR=str(cluster.VAR / "profile"))
    from datetime import datetime
    from datetime import time as clock_time

    import wsgi
    from duties.rules import SHANGHAI
    from duties.service.generating import generate
    from kernel.actor import system_actor
    from kernel.database import clock_at, db
    from kernel.database.scope import use_scope
    from kernel.web.dates import today

    app = wsgi.create_app()
    with app.app_context(), clock_at(datetime.combine(today(), clock_time(0, 1), SHANGHAI)):
        use_scope(db.session(), system_actor(BUREAU).scope)
        generate(BUREAU)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _send(port: int, figures: Figures, say: Callable[[str], None]) -> None:
    """A phone is a thread with a connection of its own; one that is free takes the next school."""
    waiting: SimpleQueue[list[Record]] = SimpleQueue()
    for records in schools():
        waiting.put(records)
    lock = threading.Lock()
    started = time.perf_counter() + 1.0

    def phone() -> None:
        while True:
            try:
                records = waiting.get_nowait()
            except Empty:
                return
            connection = Connection(port)
            for record in records:
                due = started + record.at
                time.sleep(max(0.0, due - time.perf_counter()))
                try:
                    _seconds, status, body = connection.send(record.request)
                    problem = "" if status in (200, 201) else f"{status} {body[:200].decode(errors='replace')}"
                except (OSError, EOFError) as error:
                    problem = repr(error)
                spent = time.perf_counter() - due
                with lock:
                    figures.answers.append(spent)
                    if problem:
                        figures.refused.append(problem)
            connection.close()

    threads = [threading.Thread(target=phone) for _ in range(PHONES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figures.took = time.perf_counter() - started
    say(f"{len(figures.answers):,} records sent in {figures.took:.0f} s, {len(figures.refused)} refused")


def _check(server: Any, figures: Figures) -> None:
    if figures.refused:
        raise Refused(f"{len(figures.refused)} records refused, the first: {figures.refused[0]}")
    with cluster.admin(server, NAME) as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM canteen_staff_checks), (SELECT count(*) FROM refrigerator_temperatures)"
        )
        found = cursor.fetchone()
        if found != (SCHOOLS * STAFF, SCHOOLS * COLD):
            raise Refused(f"{found} records instead of {(SCHOOLS * STAFF, SCHOOLS * COLD)}")
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE fulfilled_at IS NOT NULL) FROM duties WHERE kind IN"
            " ('morning_check', 'refrigerator_temperature') AND on_day = (now() AT TIME ZONE 'Asia/Shanghai')::date"
        )
        due, figures.fulfilled = cursor.fetchone()
        if figures.fulfilled != due or due != 2 * SCHOOLS:
            raise Refused(f"{figures.fulfilled} of {due} duties fulfilled instead of {2 * SCHOOLS}")
    figures.records = sum(found)


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def met(figures: Figures) -> bool:
    return not figures.refused


def report(figures: Figures) -> str:
    answers = sorted(figures.answers)
    lines = [
        f"## The morning's records of {SCHOOLS:,} schools",
        "",
        circumstances(),
        "",
        f"{STAFF} checks of people and {COLD} refrigerators a school, one record a request, each school beginning at some"
        f" instant of ten minutes; sent {FASTER} times as fast as that ({figures.took:.0f} s), from {PHONES} connections, to"
        f" {servers.WORKERS} workers on the same processors as the database and the phones. An answer's time runs from the"
        " instant at which the record was to be sent.",
        "",
        "| records | refused | duties fulfilled | median | 95th percentile | 99th | slowest | workers' processor time a record |",
        "|---|---|---|---|---|---|---|---|",
        f"| {figures.records:,} | {len(figures.refused)} | {figures.fulfilled:,} | {median(answers) * 1000:.0f} ms"
        f" | {p95(answers) * 1000:.0f} ms | {quantiles(answers, n=100)[-1] * 1000:.0f} ms | {answers[-1] * 1000:.0f} ms"
        f" | {figures.cpu / len(answers) * 1000:.1f} ms |",
    ]
    return "\n".join(lines) + "\n"
