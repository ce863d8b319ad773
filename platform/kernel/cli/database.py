"""`houqin db`: lay out, check, save and restore the database. Runs as the owner of the tables (DATABASE_OWNER_URL)."""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
import psycopg2
from psycopg2.extensions import encrypt_password
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from kernel.cli import backup as archive
from kernel.cli.support import FAILED, Failure, Tools, print_json
from kernel.config import ConfigError, libpq_url
from kernel.database import check, migrate


@contextlib.contextmanager
def owner_connection(tools: Tools) -> Iterator[Connection]:
    engine = create_engine(tools.owner_url())
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise Failure(f"the database of DATABASE_OWNER_URL is out of reach: {reason}") from error
    finally:
        engine.dispose()


@click.group()
def db() -> None:
    """The database: upgrade, check, backup, restore."""


@db.command()
@click.option("--set-password", is_flag=True, help="Give the runtime login role the password of DATABASE_URL.")
@click.pass_obj
def upgrade(tools: Tools, set_password: bool) -> None:
    """Bring the tables to what this code needs; a second run does nothing."""
    with owner_connection(tools) as connection:
        before = migrate.current(connection)
    migrate.upgrade(tools.owner_url())
    if set_password:
        _set_password(tools)
    after = migrate.head()
    click.echo(
        f"at revision {after} (already)" if before == after else f"upgraded from {before or 'nothing'} to {after}"
    )


def _set_password(tools: Tools) -> None:
    config = tools.operator_config()
    runtime = make_url(config.database_url)
    if not runtime.username or not runtime.password or config.database_url == config.database_owner_url:
        raise ConfigError(["DATABASE_URL names no user and password for the runtime role to take"])
    with contextlib.closing(psycopg2.connect(libpq_url(config.database_owner_url or ""))) as connection:
        # Hashed here: the password itself reaches neither the server nor its log.
        hashed = encrypt_password(runtime.password, runtime.username, connection, "scram-sha-256")
        with connection, connection.cursor() as cursor:
            role = psycopg2.extensions.quote_ident(runtime.username, cursor)
            cursor.execute(f"ALTER ROLE {role} PASSWORD %s", (hashed,))


@db.command("check")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def check_command(context: click.Context, as_json: bool) -> None:
    """Read the catalog: is every tenant table keyed, referenced and protected as it must be? Exits with 1 if not."""
    tools: Tools = context.obj
    with owner_connection(tools) as connection:
        current, needed = migrate.current(connection), migrate.head()
        if current is None:
            raise Failure("the database has never been migrated: run houqin db upgrade")
        findings = [asdict(finding) for finding in check.check_catalog(connection)]
    if current != needed:
        detail = f"at {current}, this code needs {needed}: run houqin db upgrade"
        findings.append({"table": "alembic_version", "rule": "revision", "detail": detail})
    if as_json:
        print_json({"revision": current, "findings": findings})
    else:
        for finding in findings:
            click.echo(": ".join(str(value) for value in finding.values()))
        click.echo(f"{len(findings)} findings at revision {current}", err=True)
    context.exit(FAILED if findings else 0)


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def backup(tools: Tools, file: Path, as_json: bool) -> None:
    """Save the database and the files into one archive, while the service runs."""
    config = tools.operator_config()
    summary = archive.backup(config.database_owner_url or "", config.files_dir, file)
    if as_json:
        print_json(summary)
    else:
        click.echo(f"{file}: revision {summary['revision']}, {summary['files']} files, {summary['bytes']} bytes")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what the database and the files folder hold.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def restore(tools: Tools, file: Path, force: bool, as_json: bool) -> None:
    """Put an archive back into an empty database (stop the service first). Checked before anything is changed."""
    config = tools.operator_config()
    summary = archive.restore(config.database_owner_url or "", config.files_dir, file, force=force)
    if as_json:
        print_json(summary)
    else:
        click.echo(f"restored revision {summary['revision']} of {summary['created_at']}, {summary['files']} files")
        if summary["revision"] != migrate.head():
            click.echo("this code needs a newer revision: run houqin db upgrade", err=True)
