"""Two hundred phones hand in their visits at the same moment: `python -m benchmarks.fill_sync`.

Each phone has a visit of its own: 60 answers, 10 photos of about 300 kB, 2 signatures. It fetches its task and its form,
sends the document, every file, and finalises: what docs/fill-protocol.md says. The run counts only when nothing was
refused and the database and the folder hold exactly what was sent. The phones run on the same processors as the service.
"""

import argparse
import hashlib
import io
import json
import os
import shutil
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psutil  # type: ignore[import-untyped]
from PIL import Image

from benchmarks import cluster, sample, servers
from benchmarks.client import Connection, Refused
from bureau.fill import rules
from kernel.database import migrate
from scorecards.answers import read_answers
from scorecards.engine import Scorer
from scorecards.result import result_to_json

DATABASE = "houqin_bench_sync"
PHONES = 200
PHOTOS = 10
PHOTO_BYTES = 300_000
MOST_SECONDS = 60
RESULTS = Path(__file__).resolve().parent / "fill_sync.md"
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


def photos(count: int) -> list[bytes]:
    """As a phone makes them: 1600 × 1200, about 300 kB. A comment makes each one's bytes its own."""
    bases = []
    for seed in range(4):
        noise = Image.effect_noise((1600, 1200), 20 + 2 * seed).convert("RGB")
        fitting = b""
        for quality in range(30, 90, 3):
            target = io.BytesIO()
            noise.save(target, "JPEG", quality=quality)
            fitting = target.getvalue()
            if len(fitting) >= PHOTO_BYTES:
                break
        bases.append(fitting)
    made = []
    for number in range(count):
        mark = f"houqin bench {number} {uuid.uuid4()}".encode()
        block = b"\xff\xfe" + (len(mark) + 2).to_bytes(2, "big") + mark
        base = bases[number % len(bases)]
        made.append(base[:2] + block + base[2:])
    return made


def signature(number: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGBA", (400, 160), (number % 256, number // 256, 7, 255)).save(target, "PNG")
    return target.getvalue()


def prepare(server: Any, count: int) -> list[tuple[str, str]]:
    """A fresh database with `count` schools, each with one open visit of one inspector of its own: [(token, person)]."""
    server.psql("postgres", f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
    server.create_database(DATABASE)
    migrate.upgrade(server.owner_url(DATABASE).replace("postgresql://", "postgresql+psycopg2://"))
    import wsgi

    app = wsgi.create_app()
    with app.app_context():
        try:
            return _people_and_visits(count)
        finally:
            from kernel.database import db

            db.session.remove()
            db.engine.dispose()


def _people_and_visits(count: int) -> list[tuple[str, str]]:
    from bureau.inspections.models import Inspection, InspectionInspector, InspectionPlan
    from bureau.schools.models import School
    from kernel.actor import system_actor
    from kernel.database import db, new_id, now
    from kernel.database.scope import IDENTITY, OPERATOR, use_scope
    from kernel.identity.loading import digest
    from kernel.identity.models import Account, ApiToken, Bureau, Membership, Person
    from scorecards import service as forms

    session = db.session()
    use_scope(session, OPERATOR)
    bureau = Bureau(code="bench", name="演示教育局", settings={})
    session.add(bureau)
    session.flush()
    system = system_actor(bureau.id)
    use_scope(session, system.scope)
    draft = forms.import_form(system, sample.form())
    version = forms.publish(system, draft.id, draft.version)
    today = date.today()  # noqa: DTZ011
    plan = InspectionPlan(
        bureau_id=bureau.id, id=new_id(), title="演示检查计划", kind="canteen", form_version_id=version.id,
        starts_on=today, ends_on=today, created_by=system.account_id,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    people = []
    for number in range(1, count + 1):
        account = Account(
            id=new_id(), username=f"bench-{number}", display_name=f"演示检查员{number}", password_hash="!",
            must_change_password=False,
        )  # fmt: skip
        token = f"bench-phone-{number}-{uuid.uuid4().hex}"
        use_scope(session, IDENTITY)
        session.add(account)
        session.flush()
        name = account.display_name
        session.add(Person(bureau_id=bureau.id, id=account.id, display_name=name, search_name=name))
        session.flush()
        session.add(
            Membership(
                bureau_id=bureau.id, person_id=account.id, level="bureau", role="inspector",
                valid_from=date(2020, 1, 1),
            )
        )  # fmt: skip
        session.add(
            ApiToken(
                account_id=account.id, token_hash=digest(token), name="bench", scopes=["bureau:inspection:fill"],
                bureau_id=bureau.id, level="bureau", expires_at=now() + timedelta(days=1), last_used_at=now(),
            )
        )  # fmt: skip
        session.flush()
        use_scope(session, system.scope)
        school = School(
            bureau_id=bureau.id, code=f"s{number}", name=f"演示第{number}学校", search_name=f"演示第{number}学校",
            stage="primary", enrolment_6_8=300, classes=12, diners=300,
        )  # fmt: skip
        session.add(school)
        session.flush()
        visit = Inspection(
            bureau_id=bureau.id, school_id=school.id, id=new_id(), plan_id=plan.id, form_version_id=version.id,
            kind="canteen", scheduled_on=today, created_by=system.account_id,
        )  # fmt: skip
        session.add(visit)
        session.flush()
        session.add(
            InspectionInspector(
                bureau_id=bureau.id, school_id=school.id, inspection_id=visit.id, person_id=account.id, is_lead=True
            )
        )
        people.append((token, str(account.id)))
    session.commit()
    return people


def check(server: Any, phones: list[Phone], files: Path) -> None:
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
    for name, (holds, number) in facts.items():
        print(f"  {name}: {number}{'' if holds else '  WRONG'}", flush=True)
    if not all(holds for holds, _ in facts.values()):
        raise Refused("something was lost or doubled")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fill_sync", description=__doc__)
    parser.add_argument("--phones", type=int, default=PHONES, help=f"phones at once ({PHONES})")
    parser.add_argument("--no-write", action="store_true", help=f"print only, leave {RESULTS.name} as it is")
    options = parser.parse_args()
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
        people = prepare(postgres, options.phones)
        pictures = photos(options.phones * PHOTOS)
        phones = [
            Phone(
                number, token, person, pictures[number * PHOTOS : (number + 1) * PHOTOS],
                [signature(2 * number), signature(2 * number + 1)],
            )
            for number, (token, person) in enumerate(people)
        ]  # fmt: skip
        server, _ = servers.launch(name, "wsgi:app", environ)
        return _measure(options, postgres, server, phones, files)
    except Refused as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    finally:
        if server is not None:
            server.stop()
        postgres.stop()


def _measure(
    options: argparse.Namespace, postgres: Any, server: servers.Server, phones: list[Phone], files: Path
) -> int:
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
    seconds = sorted(phone.seconds for phone in phones)
    sent = sum(len(data) for phone in phones for data in phone.photos)
    lines = [
        f"- {len(phones)} phones at once, each {sample.ITEMS} items, {PHOTOS} photos of {sent / len(phones) / PHOTOS / 1000:.0f} kB, 2 signatures",
        f"- {os.cpu_count()} cores for the service, the database and the phones together; gunicorn {servers.WORKERS} × {servers.THREADS}",
        f"- all done after {total:.1f} s; a phone: median {median(seconds):.1f} s, longest {seconds[-1]:.1f} s (aim < {MOST_SECONDS} s)",
        f"- {len(failed)} failed, {sum(phone.busy for phone in phones)} answers asked to come back",
        f"- processor time: workers {server.cpu_seconds() - spent[0]:.1f} s, phones {sum(psutil.Process().cpu_times()[:2]) - spent[1]:.1f} s",
    ]
    print("\n".join(lines), flush=True)
    if failed:
        raise Refused(f"{len(failed)} phones did not get their receipt")
    check(postgres, phones, files)
    met = seconds[-1] < MOST_SECONDS
    if not options.no_write and len(phones) == PHONES:
        RESULTS.write_text(
            "# Two hundred phones at once\n\nWritten by `python -m benchmarks.fill_sync`.\n\n"
            + "\n".join(lines)
            + "\n",
            encoding="utf-8",
        )
    print("met" if met else "missed", flush=True)
    return 0 if met else 1


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


if __name__ == "__main__":
    raise SystemExit(main())
