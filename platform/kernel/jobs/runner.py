"""Runs a task as the system of one bureau: one transaction, committed when the task returns."""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from kernel.actor import system_actor
from kernel.audit import capture
from kernel.database import db
from kernel.database.scope import OPERATOR, use_scope
from kernel.errors import DomainError
from kernel.identity.models import Bureau
from kernel.jobs.service import Progress
from kernel.module import Module

log = logging.getLogger(__name__)


def tasks_of(app: Flask) -> dict[str, Callable[..., Any]]:
    """Every module's tasks under "module.name"."""
    modules: tuple[Module, ...] = app.extensions["houqin.modules"]
    return {f"{module.name}.{name}": task for module in modules for name, task in module.jobs.items()}


def periodic_of(app: Flask) -> dict[str, tuple[str, Callable[[int], Any]]]:
    """Every module's periodic work: "module.name" → (cron line, function(bureau_id))."""
    modules: tuple[Module, ...] = app.extensions["houqin.modules"]
    return {f"{module.name}.{name}": entry for module in modules for name, entry in module.periodic.items()}


def run_for_bureau(app: Flask, bureau_id: int, task: str, function: Callable[..., Any], **arguments: Any) -> Any:
    """`function(bureau_id, **arguments)` under the bureau's scope; rolled back whole when it raises."""
    with app.app_context():
        session = db.session()
        use_scope(session, system_actor(bureau_id).scope)
        capture.set_context(session, system_actor(bureau_id), f"job:{task}")
        try:
            result = function(bureau_id, **arguments)
            session.commit()
            return result
        except BaseException:
            session.rollback()
            raise


def run_with_progress(app: Flask, bureau_id: int, run_id: str, task: str, arguments: Mapping[str, Any]) -> None:
    """A job that somebody waits for. The task gets `progress` and returns {"result": …, "attachment_id": …} or None.

    A refusal of the domain ends the job with its words; anything else ends it with a plain sentence and is raised,
    so that the queue counts it as failed.
    """
    with app.app_context():
        progress = Progress(bureau_id, UUID(run_id))
        progress.began()
    try:
        function = tasks_of(app)[task]
        made = run_for_bureau(app, bureau_id, task, function, progress=progress, **arguments) or {}
    except DomainError as error:
        with app.app_context():
            progress.failed(str(error) or type(error).__name__)
        log.warning("job refused", extra={"task": task, "reason": str(error)})
    except BaseException:
        with app.app_context():
            progress.failed("系统出错，已记录，请稍后重试。")
        raise
    else:
        with app.app_context():
            progress.done(made.get("result", {}), made.get("attachment_id"))


def bureau_ids(app: Flask) -> list[int]:
    """The bureaus in service."""
    with app.app_context():
        session = db.session()
        use_scope(session, OPERATOR)
        ids = list(session.scalars(select(Bureau.id).where(Bureau.state == "active").order_by(Bureau.id)))
        session.rollback()
        return ids


def run_periodic(app: Flask, name: str) -> None:
    """One bureau's failure must not keep the next one waiting: each runs by itself, the first failure is raised last."""
    _, function = periodic_of(app)[name]
    first: BaseException | None = None
    for bureau_id in bureau_ids(app):
        try:
            run_for_bureau(app, bureau_id, name, function)
        except Exception as error:
            log.exception("periodic work failed", extra={"task": name, "bureau_id": bureau_id})
            first = first or error
    if first is not None:
        raise first
