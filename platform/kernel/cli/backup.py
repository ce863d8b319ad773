"""One archive with the database and the files, and the way back.

A tar of `manifest.json` (SHA-256 and size of every member), `database.dump` (pg_dump's own format) and `files/…`. Files are
content-addressed and written before the row that names them, so files copied after the dump are never too few.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg2
from psycopg2.extensions import quote_ident
from sqlalchemy.engine import make_url

from kernel import embedded_postgres
from kernel.cli.support import Failure
from kernel.config import libpq_url

FORMAT = 1
LOGIN_ROLE = "houqin_app"
DUMP = "database.dump"
MANIFEST = "manifest.json"
FRESH_SCHEMA = "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC"
GRANTED = """
SELECT coalesce(array_agg(r.rolname::text ORDER BY r.rolname), '{}') FROM pg_auth_members m
JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l ON l.oid = m.member WHERE l.rolname = 'houqin_app'
"""
OCCUPIED = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


def backup(owner_url: str, files_dir: Path, target: Path) -> dict[str, Any]:
    """Writes `target` (readable by its owner only), replacing it only once the new archive is complete."""
    part = target.with_name(target.name + ".part")
    with _connected(owner_url) as connection:
        major, revision = _major(connection), _revision(connection)
        roles = _value(connection, GRANTED)
    if revision is None:
        raise Failure("the database has never been migrated: there is nothing to save")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".houqin-") as folder:
            dump = Path(folder) / DUMP
            _run([_program("pg_dump", major), "--format=custom", "--no-owner", f"--file={dump}"], owner_url)
            members = [(DUMP, dump)]
            if files_dir.exists():
                members += [
                    (f"files/{path.relative_to(files_dir).as_posix()}", path)
                    for path in sorted(files_dir.rglob("*"))
                    if path.is_file()
                ]
            manifest = {
                "format": FORMAT,
                "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "revision": revision,
                "server": major,
                "roles": roles,
                "members": {name: {"sha256": _sha256(path), "bytes": path.stat().st_size} for name, path in members},
            }
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
                with tarfile.open(fileobj=output, mode="w") as tar:
                    content = json.dumps(manifest, indent=1).encode()
                    entry = tarfile.TarInfo(MANIFEST)
                    entry.size = len(content)
                    tar.addfile(entry, io.BytesIO(content))
                    for name, path in members:
                        tar.add(path, arcname=name, recursive=False)
                output.flush()
                os.fsync(output.fileno())
        part.replace(target)
    except OSError as error:
        raise Failure(f"could not write {target}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return {"revision": revision, "files": len(members) - 1, "bytes": target.stat().st_size}


def restore(owner_url: str, files_dir: Path, source: Path, *, force: bool = False) -> dict[str, Any]:
    """The archive is checked and unpacked first; the database changes in one transaction, then the files are swapped.

    Without `force`, refuses a database that has tables and a files folder that has files.
    """
    with _connected(owner_url) as connection:
        major = _major(connection)
        occupied = _value(connection, OCCUPIED)
        if not force and occupied:
            raise Failure(
                f"the database holds {occupied} tables: restore into an empty one, or replace it with --force"
            )
        if not force and files_dir.exists() and any(path.is_file() for path in files_dir.rglob("*")):
            raise Failure(f"{files_dir} holds files: empty it, or replace it with --force")
    files_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files_dir.parent, prefix=".houqin-restore-") as folder:
        manifest = _unpack(source, Path(folder))
        with _connected(owner_url) as connection:
            _ensure_roles(connection, manifest["roles"])
        _load(owner_url, Path(folder) / DUMP, major, replace=bool(occupied))
        _swap(Path(folder) / "files", files_dir)
    return {
        "revision": manifest["revision"],
        "created_at": manifest["created_at"],
        "files": len(manifest["members"]) - 1,
    }


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Every member that the manifest names, each as it was saved; anything else in the archive is refused."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            first = tar.next()
            content = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
            if content is None:
                raise Failure(f"{source} is not a backup of Houqin")
            manifest: dict[str, Any] = json.loads(content.read())
            if manifest.get("format") != FORMAT:
                raise Failure(f"{source} is of format {manifest.get('format')}, which this version does not read")
            missing = dict(manifest["members"])
            while (member := tar.next()) is not None:
                expected = missing.pop(member.name, None)
                stream = tar.extractfile(member) if member.isreg() and _is_plain(member.name) else None
                if expected is None or stream is None:
                    raise Failure(f"{source} is damaged: it holds {member.name}, which its list does not name")
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                if _copy(stream, target) != expected["sha256"]:
                    raise Failure(f"{source} is damaged: {member.name} is not as it was saved")
    except (tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise Failure(f"{source} is not a whole backup: {error}") from error
    if missing:
        raise Failure(f"{source} is damaged: {next(iter(missing))} is missing")
    return manifest


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.parts[0] in (DUMP, "files")


def _load(owner_url: str, dump: Path, major: int, *, replace: bool) -> None:
    """All or nothing: one transaction that also removes what was there."""
    url, secret = _conninfo(owner_url)
    command = [_program("psql", major), "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d", url]
    command += (["-c", f"SET client_min_messages = warning; {FRESH_SCHEMA}"] if replace else []) + ["-f", "-"]
    reading = [_program("pg_restore", major), "--no-owner", "--file=-", str(dump)]
    with tempfile.TemporaryFile() as said, subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=said) as script:
        psql = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env={**os.environ, **secret}
        )
        if script.stdout is None or psql.stdin is None:
            raise AssertionError("both were asked for as pipes")
        with contextlib.suppress(BrokenPipeError):
            for line in script.stdout:
                # Older servers do not know this setting, which pg_restore 17 and later write at the top.
                if major < 17 and line.startswith(b"SET transaction_timeout"):
                    continue
                psql.stdin.write(line)
        script.stdout.close()
        if script.wait():
            psql.kill()  # before it sees the end of its input, which would commit the half that came
        with contextlib.suppress(BrokenPipeError):
            psql.stdin.close()
        failed = psql.wait() or script.returncode
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
    if failed:
        reason = next(
            (line for line in lines if "rror" in line or "FATAL" in line), lines[-1] if lines else "no reason"
        )
        raise Failure(f"the database refused the backup and is as it was: {reason}")


def _swap(fresh: Path, files_dir: Path) -> None:
    fresh.mkdir(exist_ok=True)
    old = fresh.with_name("old")
    if files_dir.exists():
        files_dir.replace(old)
    fresh.replace(files_dir)
    shutil.rmtree(old, ignore_errors=True)


def _ensure_roles(connection: Any, roles: list[str]) -> None:
    """Roles belong to the server, not to the database, so no dump carries them. Made as migration 0001 makes them."""
    existing = set(_value(connection, "SELECT array_agg(rolname::text) FROM pg_roles"))
    granted = set(_value(connection, GRANTED))
    with connection, connection.cursor() as cursor:
        if LOGIN_ROLE not in existing:
            cursor.execute(f"CREATE ROLE {LOGIN_ROLE} LOGIN NOINHERIT NOBYPASSRLS")
        for name in roles:
            role = quote_ident(name, cursor)
            if name not in existing:
                cursor.execute(f"CREATE ROLE {role} NOLOGIN NOINHERIT NOBYPASSRLS")
            if name not in granted:
                cursor.execute(f"GRANT {role} TO {LOGIN_ROLE}")


@contextlib.contextmanager
def _connected(owner_url: str) -> Iterator[Any]:
    try:
        connection = psycopg2.connect(libpq_url(owner_url), connect_timeout=10)
    except psycopg2.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Failure(f"the database of DATABASE_OWNER_URL is out of reach: {reason}") from error
    with contextlib.closing(connection):
        yield connection


def _value(connection: Any, query: str) -> Any:
    with connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        return row[0] if row else None


def _major(connection: Any) -> int:
    return int(connection.server_version) // 10000


def _revision(connection: Any) -> str | None:
    if _value(connection, "SELECT to_regclass('public.alembic_version')") is None:
        return None
    found = _value(connection, "SELECT version_num FROM alembic_version")
    return None if found is None else str(found)


def _program(name: str, major: int) -> str:
    """The system's own program where it is of the server's version, else the bundled one, which reads all older."""
    installed = shutil.which(name)
    if installed:
        said = subprocess.run([installed, "--version"], capture_output=True, text=True).stdout
        version = re.search(r"(\d+)(?:\.\d+)?", said)
        if version and int(version.group(1)) == major:
            return installed
    return str(embedded_postgres.binary(name))


def _conninfo(owner_url: str) -> tuple[str, dict[str, str]]:
    """(address without the password, environment with it): a command line can be read by every user of the machine."""
    url = make_url(owner_url)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    return plain, secret


def _run(command: list[str], owner_url: str) -> None:
    url, secret = _conninfo(owner_url)
    done = subprocess.run(
        [*command, f"--dbname={url}"], env={**os.environ, **secret}, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise Failure(f"{Path(command[0]).name} failed: {lines[0]}")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(stream: IO[bytes], target: Path) -> str:
    """Copies and returns the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with target.open("wb") as output:
        while chunk := stream.read(1024 * 1024):
            digest.update(chunk)
            output.write(chunk)
    return digest.hexdigest()
