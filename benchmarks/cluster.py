"""The measured databases: an embedded PostgreSQL of their own in var/bench, durable (fsync on), filled once."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from benchmarks import fill
from kernel import embedded_postgres
from kernel.database import migrate

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "bench"
# Signs in past row-level security: only in this cluster, only for the comparison.
BYPASS = "houqin_bench_bypass"


def start() -> Any:
    VAR.mkdir(parents=True, exist_ok=True)
    return embedded_postgres.start(VAR / "postgres", durable=True)


def database_name(schools: int) -> str:
    return f"houqin_bench_{schools}"


def stamp() -> str:
    """Of everything that decides what the databases hold: other migrations or another filling make them anew."""
    digest = hashlib.sha256()
    made_by = ("fill.py", "fill_inspections.py", "sample.py")
    sources = [*sorted((ROOT / "migrations").rglob("*.py")), *(ROOT / "benchmarks" / name for name in made_by)]
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def prepare(server: Any, schools: int, say: Any) -> str:
    """The database with so many schools, filled if it is not there yet or was filled for another schema: its name."""
    name, wanted = database_name(schools), stamp()
    found = server.psql(
        "postgres", f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    )
    if found.strip() == wanted:
        return name
    started = time.monotonic()
    server.psql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server.create_database(name)
    migrate.upgrade(server.owner_url(name).replace("postgresql://", "postgresql+psycopg2://"))
    with admin(server, name) as cursor:
        cursor.execute(
            f"DO $$ BEGIN CREATE ROLE {BYPASS} LOGIN BYPASSRLS NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {BYPASS}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {BYPASS}")
        fill.fill(cursor, schools, say)
        # Last, so that a filling that was interrupted is not mistaken for a finished one.
        cursor.execute(f"COMMENT ON DATABASE {name} IS '{wanted}'")
    say(f"{name}: filled in {time.monotonic() - started:.0f} s")
    return name


@contextmanager
def admin(server: Any, name: str) -> Iterator[Any]:
    """As superuser, each statement on its own."""
    connection = psycopg2.connect(server.owner_url(name))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def count_rows(cursor: Any) -> tuple[int, dict[str, int]]:
    """School-owned rows: of all tables whose primary key begins (bureau_id, school_id), and of the audit."""
    cursor.execute(
        """
        SELECT c.conrelid::regclass::text FROM pg_constraint c WHERE c.contype = 'p' AND c.connamespace = 'public'::regnamespace
          AND (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[2]) = 'school_id'
        UNION SELECT 'audit_entries'
        """
    )
    counts = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f"SELECT count(*) FROM {table} WHERE school_id IS NOT NULL")
        counts[table] = cursor.fetchone()[0]
    return sum(counts.values()), counts
