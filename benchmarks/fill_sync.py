"""Two hundred phones hand in their visits at the same moment: `python -m benchmarks phones`.

Each phone has a visit of its own: 60 answers, 10 photos of about 300 kB, 2 signatures. It fetches its task and its form,
sends the document, every file, and finalises: what docs/fill-protocol.md says. The run counts only when nothing was
refused and the database and the folder hold exactly what was sent. The phones run on the same processors as the service.
"""

import hashlib
import json
import os
import shutil
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil  # type: ignore[import-untyped]

from benchmarks import cluster, sample, servers
from benchmarks.client import Connection, Refused
from benchmarks.fill_sync_setting import DATABASE, photos, prepare, signature
from benchmarks.results import circumstances
from bureau.fill import rules
from scorecards.answers import read_answers
from scorecards.engine import Scorer
from scorecards.result import result_to_json

PHONES = 200
PHOTOS = 10
MOST_SECONDS = 60
RETRIES = 20


@dataclass(slots=True)
class Phone:
    """One device: its token, its visit, what it sends. `seconds` from the common start to the receipt."""

    number: int
    token: str
    person_id: str
    photos: list[bytes]
    signatures: list[bytes]
    submission_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    seconds: float = 0.0
    busy: int = 0  # answers that asked to come back
    receipt: dict[str, Any] = field(default_factory=dict)
    failure: BaseException | None = None

    def run(self, port: int, started: float) -> None:
        connection = Connection(port)
        try:
            task = self._json(connection, "GET", "/fill/tasks")["tasks"][0]
            self._json(connection, "GET", f"/fill/forms/{task['form_version_id']}")
            document = self._document(task)
            head = {"If-None-Match": "*"}
            kept = self._json(connection, "PUT", f"/fill/submissions/{self.submission_id}", document, head)
            blobs = {hashlib.sha256(data).hexdigest(): data for data in (*self.photos, *self.signatures)}
            for digest in kept["missing"]:
                self._upload(connection, task["school_id"], digest, blobs[digest])
            closing = {"manifest_sha256": rules.manifest_of(blobs), "rev": kept["rev"]}
            path = f"/fill/submissions/{self.submission_id}/finalisation"
            self.receipt = self._json(connection, "POST", path, closing)
            if self.receipt["attachments"] != sorted(blobs):
                raise Refused(f"phone {self.number}: the receipt names other files than were sent")
        except BaseException as error:
            self.failure = error
        finally:
            self.seconds = time.perf_counter() - started
            connection.close()

    def _document(self, task: dict[str, Any]) -> dict[str, Any]:
        at = "2026-11-20T09:00:00+08:00"
        given = sample.answers()
        return {
            "inspection_id": task["inspection_id"], "school_id": task["school_id"],
            "form_version_id": task["form_version_id"], "device": {"id": f"phone-{self.number}"}, "started_at": at,
            "clock_offset_ms": 0, "place": None, "parameters": {}, "units": {},
            "answers": {key: {"answer": one, "remark": "", "at": at, "base": None} for key, one in given.items()},
            "attachments": [
                *(_entry(data, key, at) for data, key in zip(self.photos, given, strict=False)),
                *(
                    _entry(data, "", at, signer=signer)
                    for data, signer in zip(self.signatures, (f"inspector:{self.person_id}", "school"), strict=True)
                ),
            ],
            "met_by": "演示接待人", "remark": "", "client_score": CLIENT_SCORE,
        }  # fmt: skip

    def _upload(self, connection: Connection, school_id: int, digest: str, data: bytes) -> None:
        kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        self._send(connection, "PUT", f"/fill/blobs/{digest}?school_id={school_id}", data, {"Content-Type": kind})

    def _json(
        self,
        connection: Connection,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        return json.loads(
            self._send(connection, method, path, data, {"Content-Type": "application/json", **(headers or {})})
        )

    def _send(self, connection: Connection, method: str, path: str, data: bytes, headers: dict[str, str]) -> bytes:
        lines = [f"{method} /api/v1{path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {self.token}"]
        lines += [f"Content-Length: {len(data)}", *(f"{name}: {value}" for name, value in headers.items())]
        request = "\r\n".join(lines).encode() + b"\r\n\r\n" + data
        for attempt in range(RETRIES):
            _, status, body = connection.send(request)
            if status not in (423, 503):
                break
            self.busy += 1
            time.sleep(0.2 * (attempt + 1))
        if not 200 <= status < 300:
            raise Refused(f"phone {self.number}: {method} {path}: {status} {body[:300].decode(errors='replace')}")
        return body


def _entry(data: bytes, key: str, at: str, signer: str = "") -> dict[str, Any]:
    return {
        "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "key": key, "signer": signer, "taken_at": at,
        "mime": "image/png" if signer else "image/jpeg", "purpose": "signature" if signer else "photo", "place": None,
    }  # fmt: skip


def _client_score() -> dict[str, Any]:
    given = sample.answers()
    form = sample.form()
    found = result_to_json(Scorer(form).score(read_answers(form, given), frozenset()))
    return {name: found[name] for name in ("score", "maximum", "band", "verdict")} | {
        "digest": rules.score_digest(given)
    }


CLIENT_SCORE = _client_score()


def check(server: Any, phones: list[Phone], files: Path) -> dict[str, int]:
    """Nothing lost, nothing doubled: hash by hash in the database and in the folder, answer by answer, link by link."""
    sent = {hashlib.sha256(data).hexdigest() for phone in phones for data in (*phone.photos, *phone.signatures)}
    with cluster.admin(server, DATABASE) as cursor:
        cursor.execute("SELECT sha256 FROM attachments")
        stored = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT count(*) FROM inspection_answers WHERE answer IS NOT NULL")
        answers = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM inspection_photos")
        photo_rows = cursor.fetchone()[0]
        cursor.execute("SELECT seq, prev, hash, document FROM fill_receipts ORDER BY seq")
        receipts = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM fill_submissions WHERE state = 'finalised' AND score_check = 'same'")
        agreed = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM inspection_results")
        results = cursor.fetchone()[0]
    on_disk = {path.name: path for path in files.rglob("*") if path.is_file()}
    wrong = [name for name, path in on_disk.items() if hashlib.sha256(path.read_bytes()).hexdigest() != name]
    prev, gaps = rules.GENESIS, []
    for place, (seq, before, link, document) in enumerate(receipts, 1):
        if (seq, before, link) != (place, prev, rules.receipt_hash(prev, document)):
            gaps.append(seq)
        prev = link
    facts = {
        "files in the database": (sorted(stored) == sorted(sent), len(stored)),
        "files in the folder": (set(on_disk) == sent and not wrong, len(on_disk)),
        "answers": (answers == len(phones) * sample.ITEMS, answers),
        "photos at their items": (photo_rows == len(phones) * PHOTOS, photo_rows),
        "receipts in one chain": (len(receipts) == len(phones) and not gaps, len(receipts)),
        "visits handed in": (results == len(phones), results),
        "scores that phone and service agree on": (agreed == len(phones), agreed),
    }
    wrong_ones = [f"{name}: {number}" for name, (holds, number) in facts.items() if not holds]
    if wrong_ones:
        raise Refused(f"something was lost or doubled: {'; '.join(wrong_ones)}")
    return {name: number for name, (_, number) in facts.items()}


def run(count: int = PHONES) -> tuple[str, bool]:
    """(section for benchmarks/results.md, whether every phone was done in time). Refused where anything was lost."""
    postgres = cluster.start()
    server: servers.Server | None = None
    name = "fill-sync"
    try:
        files = cluster.VAR / name / "files"
        environ = {
            "DATABASE_URL": postgres.url(DATABASE), "HOUQIN_LOG_LEVEL": "WARNING", "HOUQIN_ENVIRONMENT": "demo",
            "HOUQIN_FILES_DIR": str(files),
        }  # fmt: skip
        os.environ.update(environ, HOUQIN_VAR_DIR=str(cluster.VAR / name))
        _empty(files)
        print("preparing people, visits and pictures", flush=True)
        people = prepare(postgres, count)
        pictures = photos(count * PHOTOS)
        phones = [
            Phone(
                number, token, person, pictures[number * PHOTOS : (number + 1) * PHOTOS],
                [signature(2 * number), signature(2 * number + 1)],
            )
            for number, (token, person) in enumerate(people)
        ]  # fmt: skip
        server, _ = servers.launch(name, "wsgi:app", environ)
        return _measure(postgres, server, phones, files)
    finally:
        if server is not None:
            server.stop()
        postgres.stop()
        shutil.rmtree(cluster.VAR / name / "files", ignore_errors=True)  # 600 MB that nobody needs any more


def _measure(postgres: Any, server: servers.Server, phones: list[Phone], files: Path) -> tuple[str, bool]:
    spent = server.cpu_seconds(), sum(psutil.Process().cpu_times()[:2])
    barrier = threading.Barrier(len(phones) + 1)

    def one(phone: Phone) -> None:
        barrier.wait()
        phone.run(server.port, time.perf_counter())

    threads = [threading.Thread(target=one, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    total = time.perf_counter() - began
    failed = [phone for phone in phones if phone.failure is not None]
    for phone in failed[:5]:
        print(f"  {phone.failure}", file=sys.stderr)
    if failed:
        raise Refused(f"{len(failed)} phones did not get their receipt")
    seconds = sorted(phone.seconds for phone in phones)
    in_time = seconds[-1] < MOST_SECONDS
    size = sum(len(data) for phone in phones for data in phone.photos) / len(phones) / PHOTOS
    busy = server.cpu_seconds() - spent[0], sum(psutil.Process().cpu_times()[:2]) - spent[1]
    kept = check(postgres, phones, files)
    lines = [
        f"## {len(phones)} phones handing in at once",
        "",
        circumstances(),
        "",
        f"Each phone: its task and its form, {sample.ITEMS} answers, {PHOTOS} photos of {size / 1000:.0f} kB, 2 signatures,"
        f" finalised, receipt compared with what was sent. The phones run on the same {os.cpu_count()} cores as the"
        f" service (gunicorn {servers.WORKERS} × {servers.THREADS}) and the database (fsync on).",
        "",
        "| | |",
        "|---|---|",
        f"| a phone, from the common start to its receipt: median | {median(seconds):.1f} s |",
        f"| 95th percentile | {quantiles(seconds, n=20)[-1]:.1f} s |",
        f"| longest (aim < {MOST_SECONDS} s) | {seconds[-1]:.1f} s, {'met' if in_time else '**missed**'} |",
        f"| all of them done after | {total:.1f} s |",
        f"| refused or failed | {len(failed)} |",
        f"| answers that asked to come back later | {sum(phone.busy for phone in phones)} |",
        f"| processor time: workers, phones | {busy[0]:.1f} s, {busy[1]:.1f} s |",
        *(f"| {name}: {number:,} | all there, nothing doubled |" for name, number in kept.items()),
    ]
    return "\n".join(lines) + "\n", in_time


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
