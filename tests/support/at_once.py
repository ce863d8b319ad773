"""Use cases carried out at the same moment, each on a connection and in a transaction of its own, committed for real."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import use_scope
from tests.support import database
from tests.support import world as builder


@contextmanager
def city(admin_url: str, purpose: str, files_dir: Any) -> Iterator[tuple[Any, Any]]:
    """(application on a database of its own, its world), within the application's context."""
    import wsgi
    from kernel.config import load_config

    with database.cloned(admin_url, purpose) as name:
        app = wsgi.create_app(
            load_config(
                {
                    "HOUQIN_ENVIRONMENT": "test",
                    "DATABASE_URL": database.url_of(admin_url, name, user="houqin_app"),
                    "SECRET_KEY": "at-once-only-" + "x" * 32,
                    "HOUQIN_FILES_DIR": str(files_dir),
                    "HOUQIN_POOL_SIZE": "20",
                }
            )
        )
        with app.app_context():
            yield app, builder.build()
            db.session.remove()
            db.engine.dispose()


def at_once(app: Any, *calls: tuple[Actor, Callable[[], Any]]) -> list[Any]:
    """What each (actor, use case) gave, or the exception it ended with, in the order of the calls. What the caller's
    own session did is committed before."""
    db.session.commit()
    db.session.remove()
    gate = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(place: int, actor: Actor, call: Callable[[], Any]) -> None:
        with app.app_context():
            use_scope(db.session(), actor.scope)
            gate.wait(timeout=20)
            try:
                outcomes[place] = call()
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                outcomes[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place, *call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes
