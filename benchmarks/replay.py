"""The floor of a page: its own statements, as the service sent them, by bare psycopg2 under the same gunicorn. All rows are
fetched; nothing is made of them. BENCH_URL: the login; BENCH_REPLAY: a JSON file {key: [statement, …]}."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import psycopg2

URL = os.environ.get("BENCH_URL", "")
PAGES: dict[str, list[str]] = json.loads(Path(os.environ["BENCH_REPLAY"]).read_text(encoding="utf-8"))
_local = threading.local()


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    rows = 0
    statements = PAGES.get(environ["PATH_INFO"].strip("/"), [])
    if statements:
        connection = getattr(_local, "connection", None)
        if connection is None:
            connection = _local.connection = psycopg2.connect(URL)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                if cursor.description is not None:
                    rows += len(cursor.fetchall())
        connection.rollback()
    body = str(rows).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
