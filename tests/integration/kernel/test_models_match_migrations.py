"""The migrated database and the models say the same."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

import wsgi
from kernel.database import db, migrate


def test_models_and_migrated_database_agree(owner_url):
    wsgi.modules()  # imports every model
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        differences = [
            difference
            for difference in compare_metadata(context, db.metadata)
            if not (isinstance(difference, tuple) and difference[0] == "remove_table_comment")
        ]
    engine.dispose()
    assert differences == []


def test_the_head_is_one_and_the_database_is_at_it(owner_url):
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        assert migrate.current(connection) == migrate.head()
    engine.dispose()


def _is_ours(thing, name, kind, reflected, compare_to):
    """The job queue's tables are its library's own."""
    return not (kind == "table" and name.startswith("procrastinate_"))
