"""A hundred companies bid in the last ten seconds before the deadline, through the real service under gunicorn:
`python -m benchmarks deadline`.

Each uploads its sealed file and submits it, on a connection of its own, begun at its moment of the ten seconds; the last
begin at the deadline itself. While they do, the tender's clock closes bidding, as the worker does it. The run counts only
when each was sealed or refused by the server's clock and database, folder and published list hold exactly what was sealed.
"""

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks import cluster, servers
from benchmarks.client import Connection, Refused
from benchmarks.deadline_setting import DATABASE, FILE_BYTES, Bid, Setting, prepare
from benchmarks.results import circumstances

BIDDERS = 100
SECONDS = 10.0
AIM = 2.0  # seconds of a whole bid at the 95th percentile
LEAD = 3.0  # from setting the deadline to the first bid
NAME = "deadline"
MOST_TICKS = 100


@dataclass(slots=True)
class Attempt:
    """One company. `began`: seconds before the deadline; `upload`, `submit`, `whole`: seconds from its own beginning."""

    bid: Bid
    began: float
    upload: float = 0.0
    submit: float = 0.0
    whole: float = 0.0
    receipt: dict[str, Any] | None = None
    refusal: dict[str, Any] | None = None
    failure: str = ""

    def run(self, port: int, tender_id: Any, deadline: float) -> None:
        time.sleep(max(0.0, deadline - self.began - time.time()))
        started = time.perf_counter()
        connection = Connection(port)
        try:
            digest = self.bid.body["ciphertext_sha256"]
            path = f"/tenders/{tender_id}/bid-ciphertexts/{digest}"
            self.upload, answer = self._send(connection, path, self.bid.ciphertext, "application/octet-stream")
            if answer is not None:
                body = json.dumps(self.bid.body).encode()
                path = f"/bids/{self.bid.bid_id}/submissions/{self.bid.submission_id}"
                self.submit, answer = self._send(connection, path, body, "application/json")
                if answer is not None:
                    self.receipt = answer["receipt"]
        except (OSError, EOFError, Refused, KeyError) as error:
            self.failure = f"{type(error).__name__}: {error}"
        finally:
            self.whole = time.perf_counter() - started
            connection.close()

    def _send(self, connection: Connection, path: str, data: bytes, kind: str) -> tuple[float, dict[str, Any] | None]:
        """(seconds, the answer) or (seconds, None) where the deadline had passed."""
        head = (
            f"PUT /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.bid.token}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        seconds, status, body = connection.send(head.encode() + data)
        answer = json.loads(body)
        if status == 422 and answer.get("rule") == "after_deadline":
            self.refusal = answer
            return seconds, None
        if status != 200:
            raise Refused(f"{path}: {status} {body[:200].decode(errors='replace')}")
        return seconds, answer


@dataclass(frozen=True, slots=True)
class Found:
    """What the database, the folder and the published list hold afterwards."""

    bids: Mapping[str, str]  # id → state
    submissions: Mapping[str, Mapping[str, Any]]  # id → {"bid_id", "state", "receipt"}
    traces: frozenset[str]
    listed: Sequence[Mapping[str, Any]]
    digest_holds: bool
    files: Mapping[str, bool]  # name → whether its content hashes to it


@dataclass(slots=True)
class Figures:
    attempts: list[Attempt]
    closed_after: float = 0.0  # seconds from the deadline until the list was published
    cpu: float = 0.0  # seconds of the workers' processors per bid
    faults: list[str] = field(default_factory=list)


def faults(attempts: Sequence[Attempt], found: Found, deadline: datetime) -> list[str]:
    """Everything that was lost, doubled, half-stored or judged by another clock than the server's."""
    wrong = [f"no answer to a bid: {one.failure}" for one in attempts if one.failure]
    sealed = [one for one in attempts if one.receipt is not None]
    for one in attempts:
        if one.failure:
            continue
        if (one.receipt is None) == (one.refusal is None):
            wrong.append(f"{one.bid.bid_id} was neither sealed nor refused")
        elif one.refusal is not None and datetime.fromisoformat(one.refusal["server_time"]) < deadline:
            wrong.append(f"{one.bid.bid_id} was refused before the deadline")
        elif one.receipt is not None and datetime.fromisoformat(one.receipt["sealed_at"]) >= deadline:
            wrong.append(f"{one.bid.bid_id} was sealed after the deadline")
    receipts = {one.bid.submission_id: one.receipt for one in sealed}
    if {key: row["receipt"] for key, row in found.submissions.items()} != receipts:
        wrong.append(
            f"{len(found.submissions)} versions are stored, {len(receipts)} receipts were given, or they differ"
        )
    if set(found.bids) != {one.bid.bid_id for one in sealed} or set(found.bids.values()) - {"sealed"}:
        wrong.append(f"{len(found.bids)} bids are stored for {len(sealed)} receipts, or not all are sealed")
    if {row["bid_id"] for row in found.submissions.values()} != set(found.bids):
        wrong.append("a bid without a version, or a version without a bid")
    if found.traces != set(found.submissions):
        wrong.append(f"{len(found.traces)} traces for {len(found.submissions)} versions")
    names = sorted(row["receipt_number"] for row in found.listed)
    if names != sorted(str(receipt["receipt_number"]) for receipt in receipts.values() if receipt):
        wrong.append(f"the published list names {len(names)} of {len(receipts)} sealed bids")
    if not found.digest_holds:
        wrong.append("the published digest is not the list's")
    broken = [name for name, holds in found.files.items() if not holds]
    lost = [one.bid.bid_id for one in sealed if one.bid.body["ciphertext_sha256"] not in found.files]
    if broken or lost:
        wrong.append(f"{len(broken)} files are not whole, {len(lost)} sealed files are missing")
    return wrong


def measure(bidders: int = BIDDERS, seconds: float = SECONDS) -> Figures:
    postgres = cluster.start()
    server: servers.Server | None = None
    files = cluster.VAR / NAME / "files"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    environ = {
        "DATABASE_URL": postgres.url(DATABASE), "HOUQIN_LOG_LEVEL": "WARNING", "HOUQIN_ENVIRONMENT": "demo",
        "HOUQIN_FILES_DIR": str(files),
    }  # fmt: skip
    os.environ.update(environ, HOUQIN_VAR_DIR=str(cluster.VAR / NAME))
    try:
        print(f"preparing a tender and {bidders} sealed bids", flush=True)
        setting = prepare(postgres, bidders)
        server, _seconds = servers.launch(NAME, "wsgi:app", environ)
        _warm(server, setting)
        return _run(postgres, server, setting, seconds, files)
    finally:
        if server is not None:
            server.stop()
        postgres.stop()
        shutil.rmtree(files, ignore_errors=True)


def _warm(server: servers.Server, setting: Setting) -> None:
    """Both workers have served a bidder before: what is measured is the rush, not the first import."""
    for connection in server.spread_connections(servers.WORKERS * 2):
        head = f"GET /api/v1/tenders/{setting.tender_id}/bidding HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        _took, status, _body = connection.send(f"{head}Authorization: Bearer {setting.bids[0].token}\r\n\r\n".encode())
        connection.close()
        if status != 200:
            raise Refused(f"the bidding kit answered {status}")


def _run(postgres: Any, server: servers.Server, setting: Setting, seconds: float, files: Path) -> Figures:
    import wsgi

    app = wsgi.create_app()
    spent = server.cpu_seconds()
    with cluster.admin(postgres, DATABASE) as cursor:
        cursor.execute(
            "UPDATE tenders SET bid_deadline = clock_timestamp() + make_interval(secs => %s), next_check = clock_timestamp()"
            " WHERE id = %s RETURNING bid_deadline",
            (LEAD + seconds, str(setting.tender_id)),
        )
        deadline: datetime = cursor.fetchone()[0]
    count = len(setting.bids)
    attempts = [Attempt(bid, seconds * (count - 1 - place) / (count - 1)) for place, bid in enumerate(setting.bids)]
    figures = Figures(attempts)
    threads = [
        threading.Thread(target=one.run, args=(server.port, setting.tender_id, deadline.timestamp()))
        for one in attempts
    ]
    threads.append(threading.Thread(target=_close, args=(app, setting, deadline, figures)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figures.cpu = (server.cpu_seconds() - spent) / count
    figures.faults += faults(attempts, _found(postgres, setting, files), deadline)
    return figures


def _close(app: Any, setting: Setting, deadline: datetime, figures: Figures) -> None:
    """The tender's clock, from the deadline on, while the last bids are still on their way: it passes over a tender that
    a bid holds at that instant, and comes again."""
    from bureau.tendering.service import clock
    from kernel.actor import system_actor
    from kernel.database import db
    from kernel.database.scope import use_scope

    time.sleep(max(0.0, deadline.timestamp() - time.time()))
    with app.app_context():
        try:
            for _tick in range(MOST_TICKS):
                use_scope(db.session(), system_actor(setting.bureau_id).scope)
                done = clock.run_due(setting.bureau_id)
                db.session.commit()
                if done:
                    figures.closed_after = time.time() - deadline.timestamp()
                    return
                time.sleep(0.2)
            figures.faults.append("the tender's clock did not close bidding")
        finally:
            db.session.remove()
            db.engine.dispose()


def _found(postgres: Any, setting: Setting, files: Path) -> Found:
    from bureau.bids.rules import hashes

    with cluster.admin(postgres, DATABASE) as cursor:
        cursor.execute("SELECT id::text, state FROM bids")
        bids = dict(cursor.fetchall())
        cursor.execute("SELECT id::text, bid_id::text, state, receipt FROM bid_submissions")
        submissions = {row[0]: {"bid_id": row[1], "state": row[2], "receipt": row[3]} for row in cursor.fetchall()}
        cursor.execute("SELECT id::text FROM bid_traces")
        traces = frozenset(row[0] for row in cursor.fetchall())
        cursor.execute(
            "SELECT o.hashes, o.hashes_sha256, o.closed_at, t.number FROM openings o JOIN tenders t ON t.id = o.id"
        )
        listed, digest, closed_at, number = cursor.fetchone() or ([], "", datetime.now(UTC), "")
    published = hashes.published(str(setting.tender_id), number, closed_at.astimezone(UTC).isoformat(), listed)
    on_disk = {path.name: path for path in files.rglob("*") if path.is_file()}
    whole = {name: hashlib.sha256(path.read_bytes()).hexdigest() == name for name, path in on_disk.items()}
    return Found(bids, submissions, traces, listed, hashes.digest(published) == digest, whole)


def met(figures: Figures) -> bool:
    return not figures.faults and _p95([one.whole for one in figures.attempts]) < AIM


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]


def report(figures: Figures) -> str:
    """Refused where anything was lost: there is then nothing to report."""
    if figures.faults:
        raise Refused("; ".join(figures.faults[:5]))
    sealed = [one for one in figures.attempts if one.receipt is not None]
    refused = [one for one in figures.attempts if one.refusal is not None]
    whole, upload, submit = (
        [one.whole for one in figures.attempts], [one.upload for one in figures.attempts],
        [one.submit for one in figures.attempts if one.submit],
    )  # fmt: skip
    verdict = "met" if _p95(whole) < AIM else f"**missed** by {_p95(whole) - AIM:.1f} s"
    lines = [
        f"## {len(figures.attempts)} bids in the last {SECONDS:.0f} seconds",
        "",
        circumstances(),
        "",
        f"Each company: its sealed file of {len(figures.attempts[0].bid.ciphertext) / 1000:.0f} kB (with an attachment of"
        f" {FILE_BYTES / 1000:.0f} kB) uploaded, then submitted, on a connection of its own; begun evenly over the ten"
        " seconds, the last at the deadline itself, at which the tender's clock closes bidding beside them. Bidders,"
        f" service (gunicorn {servers.WORKERS} × {servers.THREADS}) and database (fsync on) on the same {os.cpu_count()}"
        " cores.",
        "",
        "| | median | 95th percentile | longest |",
        "|---|---|---|---|",
        f"| a whole bid, sealed or refused (aim < {AIM:.0f} s at the 95th percentile: {verdict}) | {median(whole):.2f} s |"
        f" {_p95(whole):.2f} s | {max(whole):.2f} s |",
        f"| uploading the sealed file | {median(upload):.2f} s | {_p95(upload):.2f} s | {max(upload):.2f} s |",
        f"| submitting it | {median(submit):.2f} s | {_p95(submit):.2f} s | {max(submit):.2f} s |",
        "",
        "| | |",
        "|---|---|",
        f"| sealed, each with its receipt | {len(sealed)} |",
        f"| refused, by the server's time at or after the deadline | {len(refused)} |",
        "| neither, or both | 0 |",
        f"| versions, bids, traces and whole files of the sealed ones | {len(sealed)} each, nothing doubled |",
        f"| on the list that was published | {len(sealed)}, its digest holds |",
        f"| the list was published after the deadline | {figures.closed_after:.2f} s |",
        f"| processor time of the workers for one bid | {figures.cpu * 1000:.0f} ms |",
    ]
    return "\n".join(lines) + "\n"
