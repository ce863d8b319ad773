"""One embedded PostgreSQL for the whole run, one database per worker, cloned from a migrated template."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy.engine import make_url

from kernel.database import migrate

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "test"
ADMIN_URL = "HOUQIN_TEST_ADMIN_URL"  # set by the controlling process for its workers


def start_cluster() -> Any:
    """Start the cluster and migrate the template; the controller calls this once, before workers start."""
    from kernel import embedded_postgres

    VAR.mkdir(parents=True, exist_ok=True)
    server = embedded_postgres.start(VAR / "postgres", durable=False)
    os.environ[ADMIN_URL] = server.admin_url
    prepare_template(server.admin_url)
    return server


def template_name() -> str:
    """Named by the migrations' content, so that an edited migration is never tested on a stale template."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*.py")) + sorted((ROOT / "platform").rglob("national.yaml")):
        digest.update(path.read_bytes())
    return f"houqin_template_{digest.hexdigest()[:12]}"


def prepare_template(admin_url: str) -> str:
    name = template_name()
    with _locked():
        with _admin(admin_url) as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if cursor.fetchone():
                return name
            cursor.execute(f"DROP DATABASE IF EXISTS {name}_new WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}_new")
        migrate.upgrade(url_of(admin_url, f"{name}_new"))
        with _admin(admin_url) as cursor:
            cursor.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return name


def clone(admin_url: str, name: str, template: str | None = None) -> None:
    """A fresh database `name`, as migrated or like `template`."""
    with _locked(), _admin(admin_url) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template or template_name()}")


@contextmanager
def made_once(admin_url: str, prefix: str, run: str) -> Iterator[tuple[str, bool]]:
    """(name, is it there already) of a database that the workers of one run share as a template: whoever comes first
    fills it within the block, the others wait. What former runs left is dropped."""
    name = f"{prefix}_{run[:12]}"
    VAR.mkdir(parents=True, exist_ok=True)
    with open(VAR / f"{prefix}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with _admin(admin_url) as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,))
            known = {row[0] for row in cursor.fetchall()}
            for other in known - {name}:
                cursor.execute(f"DROP DATABASE IF EXISTS {other} WITH (FORCE)")
        if name not in known:
            clone(admin_url, name)
        try:
            yield name, name in known
        except BaseException:
            with _admin(admin_url) as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            raise


@contextmanager
def cloned(admin_url: str, purpose: str, template: str | None = None) -> Iterator[str]:
    """A fresh database, as migrated or like `template`, for as long as the block runs; gives its name.

    The name carries this process, so that two runs in one checkout do not meet.
    """
    name = f"houqin_test_{purpose}_{os.getpid()}"
    clone(admin_url, name, template)
    try:
        yield name
    finally:
        with _admin(admin_url) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def url_of(admin_url: str, database: str, user: str | None = None) -> str:
    url = make_url(admin_url).set(drivername="postgresql+psycopg2", database=database)
    if user:
        url = url.set(username=user, password=None)
    return url.render_as_string(hide_password=False)


@contextmanager
def _admin(admin_url: str) -> Iterator[Any]:
    connection = psycopg2.connect(make_url(admin_url).set(drivername="postgresql").render_as_string(False))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


@contextmanager
def _locked() -> Iterator[None]:
    """Cloning and migrating touch shared catalogs (roles, template): one process at a time."""
    VAR.mkdir(parents=True, exist_ok=True)
    with open(VAR / "lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
