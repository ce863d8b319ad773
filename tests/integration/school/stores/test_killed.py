"""Database and server killed in the middle of a posting load: what was acknowledged is there, once, and the books agree."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest

from kernel import embedded_postgres
from kernel.database import migrate, new_id
from kernel.identity.loading import digest

ROOT = Path(__file__).resolve().parents[4]
CLIENTS, EACH = 4, 45
KILL_DATABASE_AFTER, KILL_SERVER_AFTER = 30, 90
TOKEN = "posting-load-token"
PATIENCE = 60  # seconds in which everything comes back


@pytest.fixture
def data_dir():
    """Not pytest's own folder, whose parent every other run on the machine closes to the database's account."""
    with tempfile.TemporaryDirectory(prefix="houqin-killed-") as folder:
        yield Path(folder) / "pg"


class Load:
    """Clients that post one issue after the other and send each again until somebody says that it is there."""

    def __init__(self, port, goods):
        self.port, self.goods = port, goods
        self.sent = [[str(new_id()) for _ in range(EACH)] for _ in range(CLIENTS)]
        self.acknowledged = []
        self.refused = []
        self.again = 0
        self.is_over = False
        self.threads = [threading.Thread(target=self.work, args=(number,), daemon=True) for number in range(CLIENTS)]

    def work(self, number):
        for place, key in enumerate(self.sent[number]):
            body = {
                "lines": [{"good_id": self.goods[(number + place + other) % len(self.goods)], "quantity": "1"} for other in (0, 1)],
                "taker_name": f"演示{number}",
            }  # fmt: skip
            while not self.is_over:
                status, text = self.put(key, body)
                if status == 200:
                    self.acknowledged.append((key, json.loads(text)["number"]))
                    break
                if status is not None and status < 500:
                    self.refused.append((status, text))
                    return
                self.again += 1
                time.sleep(0.05)

    def put(self, key, body):
        """(status, body); None where the line broke: it may have been done or not."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
            connection.request("PUT", f"/api/v1/stock/issues/{key}", json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return None, ""
        finally:
            connection.close()

    def wait_for(self, count):
        deadline = time.monotonic() + PATIENCE
        while len(self.acknowledged) < count and time.monotonic() < deadline and not self.refused:
            time.sleep(0.01)


@contextmanager
def web_server(port, database_url, folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "wsgi:app"],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={
            **os.environ, "DATABASE_URL": database_url, "HOUQIN_ENVIRONMENT": "demo", "SECRET_KEY": "x" * 32,
            "HOUQIN_VAR_DIR": str(folder), "HOUQIN_BIND": f"127.0.0.1:{port}", "HOUQIN_WORKERS": "2",
            "HOUQIN_THREADS": "2", "HOUQIN_BASE_URL": f"http://127.0.0.1:{port}",
        },
    )  # fmt: skip
    try:
        yield process
    finally:
        kill(process.pid)
        process.wait(10)


def kill(pid):
    """kill -9, with all its children."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGKILL)


def stocked(url):
    """A world with three goods of two batches each, and a storekeeper's token: the goods' keys."""
    import wsgi
    from kernel.config import load_config
    from kernel.database import db
    from kernel.database.scope import use_scope
    from tests.support import world as builder
    from tests.support.stores import own_good, put_in

    app = wsgi.create_app(
        load_config(
            {"HOUQIN_ENVIRONMENT": "test", "DATABASE_URL": url, "SECRET_KEY": "x" * 32, "HOUQIN_FILES_DIR": "/nowhere"}
        )
    )
    with app.app_context():
        world = builder.build()
        keeper = world.actor("storekeeper")
        use_scope(db.session(), keeper.scope)
        made = [own_good(keeper, f"演示物品{number}") for number in range(3)]
        for good in made:
            put_in(keeper, good, "200", 10_001)
            put_in(keeper, good, "200", 333)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
        return keeper, [str(good.id) for good in made], app


def give_token(owner_url, keeper):
    with psycopg2.connect(owner_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_tokens (id, account_id, token_hash, name, scopes, bureau_id, school_id, level, created_at,"
            " expires_at) VALUES (gen_random_uuid(), %s, %s, 'load', '{*}', %s, %s, 'school', now(), now() + interval '1 day')",
            (str(keeper.account_id), digest(TOKEN), keeper.bureau_id, keeper.school_id),
        )
    connection.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postmaster(data_dir):
    return int((data_dir / "postmaster.pid").read_text().split()[0])


def test_every_acknowledged_document_survives_and_none_is_doubled(data_dir, tmp_path):
    server = embedded_postgres.start(data_dir, durable=True)
    load = Load(free_port(), [])
    try:
        server.create_database("houqin")
        migrate.upgrade(server.owner_url().replace("postgresql://", "postgresql+psycopg2://"))
        url = server.url().replace("postgresql://", "postgresql+psycopg2://")
        keeper, goods, app = stocked(url)
        give_token(server.owner_url(), keeper)
        load.goods = goods
        with web_server(load.port, server.url(), tmp_path):
            for thread in load.threads:
                thread.start()
            load.wait_for(KILL_DATABASE_AFTER)
            kill(postmaster(data_dir))
            server.stop()  # its keeper has nothing left to keep
            server = embedded_postgres.start(data_dir, durable=True)
            load.wait_for(KILL_SERVER_AFTER)
        with web_server(load.port, server.url(), tmp_path):
            for thread in load.threads:
                thread.join(PATIENCE)
        assert load.refused == []
        assert load.again > 0  # both died while clients were posting
        assert {key for key, _number in load.acknowledged} == {key for keys in load.sent for key in keys}
        check(app, keeper, load)
    finally:
        load.is_over = True
        server.stop()


def check(app, keeper, load):
    from kernel.database import db
    from kernel.database.scope import use_scope
    from school.stores.models import StoreDocument, StoreStock
    from school.stores.service.checking import reconcile

    with app.app_context():
        use_scope(db.session(), keeper.scope)
        issued = db.session.query(StoreDocument).filter_by(kind="issue").all()
        assert sorted((str(row.id), row.number) for row in issued) == sorted(load.acknowledged)
        numbers = sorted(int(row.number.rpartition("-")[2]) for row in issued)
        assert numbers == list(range(1, len(issued) + 1))  # without gaps, whatever was rolled back
        left = sum(row.quantity for row in db.session.query(StoreStock).all())
        assert left == 1200 - 2 * len(issued)
        assert reconcile(keeper.bureau_id) == []
        db.session.remove()
        db.engine.dispose()
