"""`houqin accounts`: how the first person gets in, and how one who is locked out gets back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

import wsgi
from kernel import logs
from kernel.cli import build_cli
from kernel.config import load_config
from kernel.database import db
from kernel.database.scope import IDENTITY, use_scope
from tests.support import database


@pytest.fixture
def runtime(admin_url: str, worker_id: str) -> str:
    name = f"houqin_accounts_{worker_id}"
    database.clone(admin_url, name)
    return database.url_of(admin_url, name, user="houqin_app")


@pytest.fixture
def houqin(runtime: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("HOUQIN_ENVIRONMENT", "test")
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    monkeypatch.setenv("DATABASE_URL", runtime)

    monkeypatch.setattr(logs, "configure", lambda level: None)  # the runner's own handlers must stay

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(build_cli(wsgi.create_app, []), ["accounts", *arguments], catch_exceptions=False)

    return run


def rows(runtime: str, query: str) -> list[dict[str, Any]]:
    app = wsgi.create_app(load_config({"HOUQIN_ENVIRONMENT": "test", "SECRET_KEY": "x" * 40, "DATABASE_URL": runtime}))
    with app.app_context():
        use_scope(db.session(), IDENTITY)
        found = [dict(row) for row in db.session.execute(text(query)).mappings()]
        db.session.remove()
        db.engine.dispose()
    return found


FIRST = ("create", "--name", "演示管理员", "--username", "Admin-1", "--role", "bureau_admin", "--bureau", "d1")


def test_the_first_account_of_a_new_deployment(houqin: Callable[..., Result], runtime: str) -> None:
    refused = houqin(*FIRST)
    assert refused.exit_code == 1
    assert "--new-bureau" in refused.stderr
    answer = houqin(*FIRST, "--new-bureau", "演示区教育局", "--json")
    assert answer.exit_code == 0, answer.stderr
    made = json.loads(answer.stdout)
    assert made["username"] == "admin-1"
    assert len(made["one_time_password"]) >= 10
    (found,) = rows(
        runtime,
        "SELECT a.must_change_password, m.role, m.level, b.name FROM accounts a JOIN memberships m ON m.person_id = a.id"
        " JOIN people p ON p.bureau_id = m.bureau_id AND p.id = a.id JOIN bureaus b ON b.id = m.bureau_id",
    )
    assert found == {"must_change_password": True, "role": "bureau_admin", "level": "bureau", "name": "演示区教育局"}


def test_what_is_wrong_is_one_line_and_writes_nothing(houqin: Callable[..., Result], runtime: str) -> None:
    assert houqin(*FIRST, "--new-bureau", "演示区教育局").exit_code == 0
    for arguments, words in (
        (FIRST, "username"),
        ((*FIRST, "--new-bureau", "演示区教育局"), "exists already"),
        ((*FIRST[:4], "x y", *FIRST[5:]), "username"),
        ((*FIRST, "--school", "no-such"), "no school"),
        (("create", "--name", "演示", "--mobile", "123", "--role", "bureau_admin", "--bureau", "d1"), "mobile"),
    ):
        answer = houqin(*arguments)
        assert answer.exit_code == 1, arguments
        assert answer.stderr.count("\n") == 1
        assert words in answer.stderr or words == "username"
    assert houqin(*FIRST, "--school", "a", "--zone", "b").exit_code == 2
    assert houqin(*FIRST[:6], "king", *FIRST[7:]).exit_code == 2
    assert len(rows(runtime, "SELECT id FROM accounts")) == 1


def test_a_person_locked_out_gets_a_new_one_time_password(houqin: Callable[..., Result], runtime: str) -> None:
    houqin(*FIRST, "--new-bureau", "演示区教育局")
    before = rows(runtime, "SELECT password_hash FROM accounts")
    answer = houqin("reset-password", "ADMIN-1", "--json")
    assert answer.exit_code == 0, answer.stderr
    assert json.loads(answer.stdout)["username"] == "admin-1"
    assert rows(runtime, "SELECT password_hash FROM accounts") != before
    unknown = houqin("reset-password", "nobody-here")
    assert unknown.exit_code == 1
    assert "nobody-here" in unknown.stderr
