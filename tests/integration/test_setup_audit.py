"""`houqin audit verify`: silent on what is as it was sealed, exact on what is not."""

import json
from collections.abc import Callable
from datetime import timedelta

import psycopg2
import pytest
from click.testing import CliRunner, Result

import wsgi
from kernel import logs
from kernel.audit import capture, service
from kernel.cli import build_cli
from kernel.config import load_config
from kernel.database import db
from kernel.database.scope import OPERATOR, Scope, use_scope
from kernel.identity.models import Bureau
from tests.support import database


@pytest.fixture
def owner(admin_url: str, worker_id: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The owner's address of a database with one bureau, d1, and one sealed block of three entries."""
    name = f"houqin_audit_{worker_id}"
    database.clone(admin_url, name)
    environ = {
        "HOUQIN_ENVIRONMENT": "test",
        "SECRET_KEY": "x" * 40,
        "DATABASE_URL": database.url_of(admin_url, name, user="houqin_app"),
    }
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr(logs, "configure", lambda level: None)  # the runner's own handlers must stay
    app = wsgi.create_app(load_config(environ))
    with app.app_context():
        session = db.session()
        use_scope(session, OPERATOR)
        bureau = Bureau(code="d1", name="演示区教育局")
        session.add(bureau)
        session.flush()
        bureau_id = bureau.id
        use_scope(session, Scope("houqin_bureau", bureau_id=bureau_id))
        for number in range(3):
            capture.record(session, bureau_id, f"demo:audit:{number}", [{"table": "t", "new": {"n": number}}])
        session.commit()
        service.seal(bureau_id, settle=timedelta(seconds=-1))
        session.commit()
        db.session.remove()
        db.engine.dispose()
    return database.url_of(admin_url, name)


@pytest.fixture
def verify(owner: str) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        cli = build_cli(wsgi.create_app, [])
        return CliRunner().invoke(cli, ["audit", "verify", *arguments], catch_exceptions=False)

    return run


def test_what_is_as_it_was_sealed_passes(verify: Callable[..., Result]) -> None:
    answer = verify("--json")
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, [])
    assert verify("--bureau", "d1").exit_code == 0


def test_an_altered_entry_is_named(verify: Callable[..., Result], owner: str) -> None:
    with psycopg2.connect(owner.replace("+psycopg2", "")) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entries SET action = 'demo:audit:9' WHERE action = 'demo:audit:1' RETURNING id")
        row = cursor.fetchone()
        assert row is not None
    connection.close()
    answer = verify("--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == [{"bureau": "d1", "kind": "altered", "block": 1, "entry": str(row[0])}]
    shown = verify()
    assert shown.stdout == f"d1: block 1 entry {row[0]} was altered after it was sealed\n"


def test_a_noted_hash_is_compared(verify: Callable[..., Result]) -> None:
    answer = verify("--bureau", "d1", "--anchor", f"1:{'0' * 64}")
    assert answer.exit_code == 1
    assert "not the block that was noted" in answer.stdout


@pytest.mark.parametrize(
    "arguments", [["--anchor", f"1:{'0' * 64}"], ["--bureau", "d1", "--anchor", "1:abc"], ["--bureau"], ["--what"]]
)
def test_wrong_usage_exits_with_2(verify: Callable[..., Result], arguments: list[str]) -> None:
    assert verify(*arguments).exit_code == 2


def test_an_unknown_bureau_is_not_a_clean_one(verify: Callable[..., Result]) -> None:
    answer = verify("--bureau", "d9")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
