"""Backup and restore through the command, as an operator runs them: whole, checked, refused where they would harm."""

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from click.testing import CliRunner, Result

import wsgi
from kernel.cli import build_cli
from kernel.database import migrate
from tests.support import database

OWNER = "houqin_test_owner"


@pytest.fixture
def databases(admin_url: str, worker_id: str) -> Iterator[Callable[[str], str]]:
    """`databases("source")`: a database as migrated; `databases("empty")` one without tables. Gives its owner's address."""
    made: list[str] = []

    def make(kind: str) -> str:
        name = f"houqin_{kind}_{worker_id}"
        made.append(name)
        if kind.startswith("empty"):
            execute(admin_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
        else:
            database.clone(admin_url, name)
        return database.url_of(admin_url, name)

    yield make
    for name in made:
        execute(admin_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def execute(url: str, *statements: str) -> list[Any]:
    connection = psycopg2.connect(url.replace("postgresql+psycopg2", "postgresql"))
    connection.autocommit = True
    rows: list[Any] = []
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            if cursor.description:
                rows = cursor.fetchall()
    finally:
        connection.close()
    return rows


@pytest.fixture
def houqin(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def run(owner_url: str, files_dir: Path, *arguments: str) -> Result:
        monkeypatch.setenv("HOUQIN_ENVIRONMENT", "production")
        monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)
        monkeypatch.setenv("HOUQIN_FILES_DIR", str(files_dir))
        return CliRunner().invoke(build_cli(wsgi.create_app, []), ["db", *arguments], catch_exceptions=False)

    return run


@pytest.fixture
def saved(databases: Callable[[str], str], houqin: Callable[..., Result], tmp_path: Path) -> tuple[str, Path, Path]:
    """(address, files folder, archive) of a district with one bureau and one file."""
    source = databases("source")
    execute(
        source,
        "INSERT INTO bureaus (code, name, state, settings, created_at, version)"
        " VALUES ('d1', '演示区教育局', 'active', '{\"a\": 1}', now(), 1)",
    )
    files = tmp_path / "files"
    (files / "1" / "ab").mkdir(parents=True)
    (files / "1" / "ab" / "照片.jpg").write_bytes(b"\xff\xd8 a picture")
    archive = tmp_path / "backup.tar"
    answer = houqin(source, files, "backup", str(archive), "--json")
    assert answer.exit_code == 0, answer.stderr
    assert json.loads(answer.stdout) == {
        "revision": migrate.head(), "files": 1, "bytes": archive.stat().st_size,
    }  # fmt: skip
    assert archive.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob("*.part")] == []
    return source, files, archive


def names(url: str) -> list[Any]:
    return execute(url, "SELECT code, name, settings FROM bureaus")


def test_what_was_saved_comes_back(
    saved: tuple[str, Path, Path], databases: Callable[[str], str], houqin: Callable[..., Result], tmp_path: Path
) -> None:
    source, _files, archive = saved
    target, fresh = databases("empty"), tmp_path / "restored"
    answer = houqin(target, fresh, "restore", str(archive))
    assert answer.exit_code == 0, answer.stderr
    assert names(target) == names(source) == [("d1", "演示区教育局", {"a": 1})]
    assert (fresh / "1" / "ab" / "照片.jpg").read_bytes() == b"\xff\xd8 a picture"
    assert [path.name for path in tmp_path.glob(".houqin*")] == []
    checked = houqin(target, fresh, "check", "--json")
    assert json.loads(checked.stdout) == {"revision": migrate.head(), "findings": []}
    assert checked.exit_code == 0
    again = houqin(target, fresh, "upgrade")
    assert "already" in again.stdout


def test_a_database_in_use_is_replaced_only_when_forced(
    saved: tuple[str, Path, Path], databases: Callable[[str], str], houqin: Callable[..., Result], tmp_path: Path
) -> None:
    source, _files, archive = saved
    target, other = databases("other"), tmp_path / "other"
    answer = houqin(target, other, "restore", str(archive))
    assert answer.exit_code == 1
    assert "--force" in answer.stderr
    assert names(target) == []
    other.mkdir()
    (other / "old").touch()
    answer = houqin(target, other, "restore", str(archive), "--force")
    assert answer.exit_code == 0, answer.stderr
    assert names(target) == names(source)
    assert not (other / "old").exists()
    assert (other / "1" / "ab" / "照片.jpg").exists()
    # The roles' rights came along, not only the tables.
    app = target.replace("//postgres@", "//houqin_app@")
    assert execute(app, "SET ROLE houqin_identity", "SELECT count(*) FROM bureaus") == [(1,)]


def test_files_are_not_overwritten_unasked(
    saved: tuple[str, Path, Path], databases: Callable[[str], str], houqin: Callable[..., Result]
) -> None:
    _source, files, archive = saved
    answer = houqin(databases("empty"), files, "restore", str(archive))
    assert answer.exit_code == 1
    assert "holds files" in answer.stderr


def rewritten(archive: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of the archive with each member passed through `change` (None leaves it out)."""
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for member in old:
            stream = old.extractfile(member)
            assert stream is not None
            content = change(member.name, stream.read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGES: dict[str, Callable[[str, bytes], bytes | None]] = {
    "one bit of the dump": lambda name, content: flip(content) if name == "database.dump" else content,
    "one bit of a file": lambda name, content: flip(content) if name.startswith("files/") else content,
    "a file is missing": lambda name, content: None if name.startswith("files/") else content,
    "the list is missing": lambda name, content: None if name == "manifest.json" else content,
    "a later format": lambda name, content: (
        content.replace(b'"format": 1', b'"format": 9') if "json" in name else content
    ),
    "a file outside": lambda name, content: content.replace(b"files/1", b"files/..") if "json" in name else content,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_archive_changes_nothing(
    damage: str, saved: tuple[str, Path, Path], houqin: Callable[..., Result], tmp_path: Path
) -> None:
    source, files, archive = saved
    damaged = rewritten(archive, tmp_path / "damaged.tar", DAMAGES[damage])
    execute(source, "UPDATE bureaus SET name = 'later'")
    answer = houqin(source, files, "restore", str(damaged), "--force")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert names(source)[0][1] == "later"
    assert (files / "1" / "ab" / "照片.jpg").exists()


def test_an_archive_cut_short_changes_nothing(
    saved: tuple[str, Path, Path], houqin: Callable[..., Result], tmp_path: Path
) -> None:
    source, files, archive = saved
    cut = tmp_path / "cut.tar"
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    execute(source, "UPDATE bureaus SET name = 'later'")
    assert houqin(source, files, "restore", str(cut), "--force").exit_code == 1
    assert names(source)[0][1] == "later"


def test_a_refused_row_leaves_the_old_database(
    saved: tuple[str, Path, Path], houqin: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The restore itself fails half-way: the transaction takes everything back."""
    from kernel.cli import backup

    source, files, archive = saved
    execute(source, "UPDATE bureaus SET name = 'later'")
    monkeypatch.setattr(backup, "FRESH_SCHEMA", backup.FRESH_SCHEMA + "; CREATE TABLE accounts (id int)")
    answer = houqin(source, files, "restore", str(archive), "--force")
    assert answer.exit_code == 1
    assert "as it was" in answer.stderr
    assert names(source)[0][1] == "later"


def test_an_owner_without_superuser_rights_does_all_of_it(
    admin_url: str, worker_id: str, houqin: Callable[..., Result], tmp_path: Path
) -> None:
    """As docs/operations.md sets it up: the owner may create roles and pass row-level security, nothing more."""
    role, names_made = f"{OWNER}_{worker_id}", [f"houqin_owned{number}_{worker_id}" for number in (1, 2)]
    execute(admin_url, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names_made))
    execute(admin_url, f"DROP ROLE IF EXISTS {role}", f"CREATE ROLE {role} LOGIN CREATEROLE BYPASSRLS")
    grants = execute(
        admin_url,
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'houqin!_%' ESCAPE '!' AND rolname NOT LIKE '%test%'",
    )
    for (granted,) in grants:
        execute(admin_url, f"GRANT {granted} TO {role} WITH ADMIN OPTION")
    try:
        for name in names_made:
            execute(admin_url, f"CREATE DATABASE {name} OWNER {role}")
        source, target = (database.url_of(admin_url, name, user=role) for name in names_made)
        assert houqin(source, tmp_path / "a", "upgrade").exit_code == 0
        execute(source, "INSERT INTO bureaus (code, name, state, settings, created_at, version)"
                        " VALUES ('d1', '演示区教育局', 'active', '{}', now(), 1)")  # fmt: skip
        archive = str(tmp_path / "owned.tar")
        saved = houqin(source, tmp_path / "a", "backup", archive)
        assert saved.exit_code == 0, saved.stderr
        for options in ((), ("--force",)):
            restored = houqin(target, tmp_path / "b", "restore", archive, *options)
            assert restored.exit_code == 0, restored.stderr
            assert names(target)[0][0] == "d1"
        assert houqin(target, tmp_path / "b", "check").exit_code == 0
    finally:
        execute(admin_url, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names_made))
        for (granted,) in grants:
            execute(admin_url, f"REVOKE {granted} FROM {role}")
        execute(admin_url, f"DROP OWNED BY {role} CASCADE", f"DROP ROLE {role}")


def test_a_tampered_catalog_is_found(
    databases: Callable[[str], str], houqin: Callable[..., Result], tmp_path: Path
) -> None:
    url = databases("tampered")
    execute(url, "ALTER TABLE schools NO FORCE ROW LEVEL SECURITY")
    answer = houqin(url, tmp_path, "check", "--json")
    assert answer.exit_code == 1
    assert [finding["table"] for finding in json.loads(answer.stdout)["findings"]] == ["schools"]
    execute(url, "ALTER TABLE schools FORCE ROW LEVEL SECURITY", "UPDATE alembic_version SET version_num = '0001'")
    assert houqin(url, tmp_path, "check").exit_code == 1


def test_what_cannot_be_reached_is_one_line(houqin: Callable[..., Result], tmp_path: Path) -> None:
    away = f"postgresql://nobody@/houqin?host={tmp_path}"
    for arguments in (["upgrade"], ["check"], ["backup", str(tmp_path / "x.tar")]):
        answer = houqin(away, tmp_path, *arguments)
        assert answer.exit_code == 1
        assert answer.stderr.count("\n") == 1
        assert "out of reach" in answer.stderr
    answer = houqin("", tmp_path, "check")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("configuration: DATABASE_OWNER_URL")


def test_the_runtime_role_takes_the_password_of_its_address(
    admin_url: str,
    worker_id: str,
    databases: Callable[[str], str],
    houqin: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    url, role = databases("password"), f"houqin_test_login_{worker_id}"
    answer = houqin(url, tmp_path, "upgrade", "--set-password")
    assert answer.exit_code == 2
    assert "DATABASE_URL" in answer.stderr
    execute(admin_url, f"DROP ROLE IF EXISTS {role}", f"CREATE ROLE {role} LOGIN")
    try:
        monkeypatch.setenv("DATABASE_URL", url.replace("//postgres@", f"//{role}:a-word-of-its-own@"))
        answer = houqin(url, tmp_path, "upgrade", "--set-password")
        assert answer.exit_code == 0, answer.stderr
        kept = execute(admin_url, f"SELECT rolpassword FROM pg_authid WHERE rolname = '{role}'")[0][0]
        assert kept.startswith("SCRAM-SHA-256$")
    finally:
        execute(admin_url, f"DROP ROLE {role}")
