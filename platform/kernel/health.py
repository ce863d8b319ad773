"""For load balancers and service managers: does the process answer, and can it serve."""

import logging
from functools import lru_cache

from flask import Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kernel.database import db, migrate
from kernel.database.scope import IDENTITY, use_scope

log = logging.getLogger(__name__)

_head = lru_cache(maxsize=1)(migrate.head)


def register(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def healthz() -> Response:
    """The process answers; asks nothing of the database, so that an outage there does not restart the service."""
    return jsonify(status="ok")


def readyz() -> Response:
    """200 when the database is reachable and stands where this code needs it, else 503 with what is wrong."""
    try:
        use_scope(db.session(), IDENTITY)
        current = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except SQLAlchemyError as error:
        code = getattr(getattr(error, "orig", None), "pgcode", None)
        if code in ("42P01", "42704", "22023"):  # no such table, no such role: never migrated
            return _not_ready("The database has never been migrated: run houqin db upgrade.")
        log.error("not ready: database out of reach", exc_info=error)
        return _not_ready("The database is out of reach.")
    finally:
        db.session.rollback()
    if current != _head():
        return _not_ready(f"The database is at {current}, this code needs {_head()}: run houqin db upgrade.")
    return jsonify(status="ready", revision=current)


def _not_ready(detail: str) -> Response:
    response = jsonify(type="about:blank", title="Not ready", status=503, detail=detail)
    response.status_code = 503
    response.mimetype = "application/problem+json"
    response.headers["Retry-After"] = "5"
    return response


for _view in (healthz, readyz):
    _view.__access__ = "public"  # type: ignore[attr-defined]
