"""Alembic's entry: migrations run under the owner's role, never under a runtime role, with short lock waits."""

import os

from alembic import context
from sqlalchemy import MetaData, create_engine, pool, text

# The names that constraints get when a migration does not spell them out; the models use the same.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    url = os.environ.get("DATABASE_OWNER_URL")
    if not url:
        raise SystemExit("DATABASE_OWNER_URL is not set: migrations run as the owner of the tables")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as own:
        _migrate(own)


def _migrate(connection) -> None:
    connection.execute(text("SET lock_timeout = '10s'"))
    connection.execute(text("SET statement_timeout = '30min'"))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=MetaData(naming_convention=NAMING), transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


run()
