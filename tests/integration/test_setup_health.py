"""What machines ask the service: alive, ready, counted; and who may read the counts."""

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from flask import Flask
from flask.testing import FlaskClient

import wsgi
from kernel.config import load_config
from kernel.database import db, migrate
from tests.support import database

TOKEN = "metrics-token-0123456789"


@pytest.fixture
def make_client(request: pytest.FixtureRequest) -> Callable[..., FlaskClient]:
    """`make_client(url, …)`: the service on that database."""

    def make(url: str, **environ: str) -> FlaskClient:
        config = load_config({"HOUQIN_ENVIRONMENT": "test", "SECRET_KEY": "x" * 40, "DATABASE_URL": url, **environ})
        app: Flask = wsgi.create_app(config)

        def dispose() -> None:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()

        request.addfinalizer(dispose)
        return app.test_client()

    return make


def test_alive_and_ready(make_client: Callable[..., FlaskClient], runtime_url: str) -> None:
    client = make_client(runtime_url)
    assert client.get("/healthz").get_json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.get_json() == {"status": "ready", "revision": migrate.head()}
    assert answer.headers["Cache-Control"] == "no-store"


def test_alive_but_not_ready_without_a_database(make_client: Callable[..., FlaskClient], tmp_path: Any) -> None:
    client = make_client(f"postgresql://houqin_app@/houqin?host={tmp_path}")
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert "out of reach" in answer.get_json()["detail"]


def test_not_ready_before_the_migrations(
    make_client: Callable[..., FlaskClient], admin_url: str, worker_id: str
) -> None:
    name = f"houqin_behind_{worker_id}"
    connection = psycopg2.connect(admin_url)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {name}")
    try:
        client = make_client(database.url_of(admin_url, name, user="houqin_app"))
        assert "never been migrated" in client.get("/readyz").get_json()["detail"]
        migrate.upgrade(database.url_of(admin_url, name), "0001")
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert f"at 0001, this code needs {migrate.head()}" in answer.get_json()["detail"]
        migrate.upgrade(database.url_of(admin_url, name))
        assert client.get("/readyz").status_code == 200
    finally:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.close()


@pytest.mark.parametrize(
    ("address", "headers", "allowed"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, False),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}, False),
        ("203.0.113.9", {}, False),
        ("", {}, False),
        ("203.0.113.9", {"Authorization": f"Bearer {TOKEN}"}, True),
        ("203.0.113.9", {"Authorization": f"bearer {TOKEN}", "X-Forwarded-For": "203.0.113.9"}, True),
        ("203.0.113.9", {"Authorization": f"Bearer {TOKEN}x"}, False),
        ("203.0.113.9", {"Authorization": f"Basic {TOKEN}"}, False),
        ("203.0.113.9", {"Authorization": "Bearer é"}, False),
    ],
)
def test_the_counts_are_not_public(
    make_client: Callable[..., FlaskClient], runtime_url: str, address: str, headers: dict[str, str], allowed: bool
) -> None:
    client = make_client(runtime_url, HOUQIN_METRICS_TOKEN=TOKEN)
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == (200 if allowed else 404)
    assert ("houqin_request_seconds" in answer.get_data(as_text=True)) is allowed


def test_no_token_set_means_no_token_opens(make_client: Callable[..., FlaskClient], runtime_url: str) -> None:
    client = make_client(runtime_url)
    headers = {"Authorization": "Bearer "}
    assert client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404


def test_requests_are_counted_by_template_not_by_address(
    make_client: Callable[..., FlaskClient], runtime_url: str
) -> None:
    client = make_client(runtime_url)
    client.get("/healthz")
    client.get("/static/no-such-file-1.css")
    client.get("/no-such-page-at-all")
    client.open("/healthz", method="BREW")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'houqin_request_seconds_count{method="GET",route="/healthz",status="2xx"}' in text
    assert 'route="/static/<path:filename>",status="4xx"' in text
    assert 'route="(none)"' in text
    assert 'method="(other)"' in text
    assert "no-such" not in text
    assert "BREW" not in text
