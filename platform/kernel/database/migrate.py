"""Migrations as functions: where the database stands, where the code stands, and the way there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, pool

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("prepend_sys_path", str(MIGRATIONS.parent))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str:
    """The revision that this code needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise RuntimeError("no migrations found")
    return revision


def current(connection: Connection) -> str | None:
    """The revision that the database is at, None when it has never been migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database to `revision` as its owner. Every step is one transaction; a second run does nothing.

    At the head, the data that come with the service (figures of law, holidays) are brought up to date as well.
    """
    engine = create_engine(owner_url, poolclass=pool.NullPool)
    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
        if revision == "head":
            # Imported here: those modules stand on this package.
            from kernel.reference import load_reference_data

            load_reference_data(connection)
            connection.commit()
    engine.dispose()
