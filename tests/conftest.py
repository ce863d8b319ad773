"""Fixtures for the whole suite. Unit tests use none of the database ones."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# How long one example takes says how busy the machine is; what time a thing may take is measured in benchmarks/.
settings.register_profile("suite", settings(), deadline=None)
settings.load_profile("suite")

ROOT = Path(__file__).resolve().parents[1]
_cluster: Any = None


def pytest_configure(config: pytest.Config) -> None:
    """Only the controlling process starts the cluster, and only if a test that needs it may run."""
    global _cluster
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    arguments = [str(argument) for argument in config.args]
    if arguments and all("unit" in Path(argument.split("::")[0]).parts for argument in arguments):
        return
    from tests.support import database

    _cluster = database.start_cluster()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _cluster is not None:
        _cluster.stop()


@pytest.fixture(scope="session")
def admin_url() -> str:
    return os.environ["HOUQIN_TEST_ADMIN_URL"]


@pytest.fixture(scope="session")
def database_name(admin_url: str, worker_id: str) -> Iterator[str]:
    """This worker's own database, fresh from the template."""
    from tests.support import database

    with database.cloned(admin_url, worker_id) as name:
        yield name


@pytest.fixture(scope="session")
def owner_url(admin_url: str, database_name: str) -> str:
    from tests.support import database

    return database.url_of(admin_url, database_name)


@pytest.fixture(scope="session")
def runtime_url(admin_url: str, database_name: str) -> str:
    """As the service signs in: the login role that owns nothing and inherits nothing."""
    from tests.support import database

    return database.url_of(admin_url, database_name, user="houqin_app")


@pytest.fixture(scope="session")
def app(runtime_url: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    import wsgi
    from kernel.config import load_config
    from tests.support.client import LintingClient

    config = load_config(
        {
            "HOUQIN_ENVIRONMENT": "test",
            "DATABASE_URL": runtime_url,
            "SECRET_KEY": "test-only-" + "x" * 32,
            "HOUQIN_FILES_DIR": str(tmp_path_factory.mktemp("files")),
        }
    )
    app = wsgi.create_app(config)
    app.testing = True
    # Forged requests are tested with a client of their own; everywhere else the token would only be noise.
    app.config.update(WTF_CSRF_METHODS=set(), PROPAGATE_UNEXPECTED=True)
    app.test_client_class = LintingClient
    return app


@pytest.fixture(scope="session")
def world(app: Any) -> Any:
    """Committed once per worker; each test's changes to it are rolled back."""
    from kernel.database import db
    from tests.support import world as builder

    with app.app_context():
        built = builder.build()
        db.session.remove()
    return built


@pytest.fixture
def session(app: Any, world: Any) -> Iterator[Any]:
    """The service's session inside an outer transaction that is rolled back at the end, requests' commits included.

    It begins without a scope: a test says under whom it acts with `acting`.
    """
    from kernel.database import db

    with app.app_context():
        engines = db._app_engines[app]
        engine = engines[None]
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield db.session
        finally:
            db.session.remove()
            engines[None] = engine
            outer.rollback()
            connection.close()


@pytest.fixture
def acting(session: Any) -> Callable[[Any], Any]:
    """`acting(actor)`: from here on the test's own statements run in this actor's scope; gives the actor back."""
    from kernel.database.scope import use_scope

    def act(actor: Any) -> Any:
        session.commit()
        use_scope(session(), actor.scope)
        return actor

    return act


@pytest.fixture
def client_as(app: Any, world: Any, session: Any) -> Callable[..., Any]:
    """`client_as("storekeeper")`, `client_as("principal", "a2")`, `client_as(None)`: a browser signed in as them."""
    from tests.support.client import sign_in_client

    def make(role: str | None, place: str | None = None) -> Any:
        session.commit()
        client = app.test_client()
        return client if role is None else sign_in_client(client, world.person(role, place).secret)

    return make
