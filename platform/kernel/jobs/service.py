"""Start a job in the transaction that wants it, see how it stands, fetch what it made."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import Scope, use_scope
from kernel.errors import NotFound
from kernel.jobs.models import JobRun

DEFER = text("SELECT houqin_defer(:task, :args, :at, :lock, :queueing_lock)").bindparams(bindparam("args", type_=JSONB))


def defer(
    session: Session,
    task: str,
    arguments: Mapping[str, Any],
    *,
    at: datetime | None = None,
    lock: str | None = None,
    queueing_lock: str | None = None,
) -> int:
    """Queue `task` ("module.name") in this transaction: it runs after the commit, never after a rollback.

    `arguments` are ids and plain JSON, no personal data: the queue is shared by all tenants. Jobs of one `lock` run one
    after the other; of one `queueing_lock` only one waits at a time (a second raises).
    """
    plain = json.loads(json.dumps(dict(arguments), default=str))
    return int(
        session.execute(
            DEFER, {"task": task, "args": plain, "at": at, "lock": lock, "queueing_lock": queueing_lock}
        ).scalar_one()
    )


def start(actor: Actor, task: str, title: str, arguments: Mapping[str, Any] | None = None) -> JobRun:
    """A job that somebody waits for: with a row that shows its progress and holds its result."""
    run = JobRun(
        bureau_id=actor.bureau_id, id=new_id(), school_id=actor.school_id, task=task, title=title,
        created_by=actor.account_id, result={},
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    defer(
        db.session(),
        "jobs.run",
        {"bureau_id": actor.bureau_id, "run_id": run.id, "task": task, "arguments": dict(arguments or {})},
    )
    return run


def get_run(actor: Actor, run_id: UUID) -> JobRun:
    """One's own job: what another person started is not shown, its result may hold what one may not see."""
    run = db.session.scalar(
        select(JobRun).where(
            JobRun.bureau_id == actor.bureau_id, JobRun.id == run_id, JobRun.created_by == actor.account_id
        )
    )
    if run is None:
        raise NotFound(_("没有这个后台任务。"))
    return run


def list_runs(actor: Actor, limit: int = 50) -> list[JobRun]:
    """One's own jobs, newest first."""
    return list(
        db.session.scalars(
            select(JobRun)
            .where(JobRun.bureau_id == actor.bureau_id, JobRun.created_by == actor.account_id)
            .order_by(JobRun.id.desc())
            .limit(limit)
        )
    )


class Progress:
    """A running job's hand on its own row. Each report is a transaction of its own, so that others see it at once."""

    def __init__(self, bureau_id: int, run_id: UUID) -> None:
        self.bureau_id = bureau_id
        self.run_id = run_id

    def report(self, percent: int, message: str = "") -> None:
        self._write(progress=max(0, min(100, percent)), message=message)

    def began(self) -> None:
        self._write(state="running", started_at=now())

    def done(self, result: Mapping[str, Any], attachment_id: UUID | None = None) -> None:
        self._write(
            state="done", progress=100, finished_at=now(), result=dict(result), attachment_id=attachment_id, message=""
        )

    def failed(self, message: str) -> None:
        self._write(state="failed", finished_at=now(), message=message)

    def _write(self, **values: Any) -> None:
        with Session(db.engine) as session, session.begin():
            use_scope(session, Scope("houqin_bureau", bureau_id=self.bureau_id))
            connection = session.connection()
            connection.execute(text(Scope("houqin_bureau", bureau_id=self.bureau_id).statements()))
            connection.execute(
                update(JobRun).where(JobRun.bureau_id == self.bureau_id, JobRun.id == self.run_id).values(**values)
            )
