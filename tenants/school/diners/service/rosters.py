"""Uploaded tables on their way in, whatever they list: refused with their problems, or checked and then applied.

A module that reads a table of its own gives its rows and its writer; what is kept, shown and repeated is the same.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import Conflict, NotFound
from kernel.sheets import Parsed, Problem, SheetSpec, errors_xlsx, placed_message
from school.diners.models import RosterImport

MOST_SHOWN_PROBLEMS = 100


def keep(
    actor: Actor, kind: str, spec: SheetSpec, *, filename: str, parsed: Parsed, found: Sequence[Problem],
    rows: Sequence[dict[str, Any]], created: int, changed: int, unchanged: int,
) -> RosterImport:  # fmt: skip
    """Keep what an upload turned out to be. `found`: the problems that the service saw beyond the reading; `rows`:
    what would be written, as JSON values."""
    _drop_unfinished(actor, kind)
    unread = {(problem.row, problem.key) for problem in parsed.problems}
    problems = [*parsed.problems, *(one for one in found if (one.row, one.key) not in unread)]
    record = RosterImport(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), kind=kind,
        filename=filename[:200], rows=[], created_by=actor.account_id,
    )  # fmt: skip
    if problems:
        record.state = "refused"
        record.rows = [{"row": one.row, "text": placed_message(spec, one)} for one in problems[:MOST_SHOWN_PROBLEMS]]
        record.changed_count = len(problems)
        record.sheet = errors_xlsx(spec, parsed, problems)
    else:
        record.state, record.rows = "checked", list(rows)
        record.created_count, record.changed_count, record.unchanged_count = created, changed, unchanged
    db.session.add(record)
    db.session.flush()
    return record


def get_import(actor: Actor, kind: str, import_id: UUID, *, for_update: bool = False) -> RosterImport:
    wanted = select(RosterImport).where(
        RosterImport.bureau_id == actor.bureau_id, RosterImport.school_id == actor.own_school_id(),
        RosterImport.kind == kind, RosterImport.id == import_id,
    )  # fmt: skip
    if for_update:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    record = db.session.scalars(wanted).one_or_none()
    if record is None:
        raise NotFound
    return record


def recent_imports(actor: Actor, kind: str, most: int = 10) -> list[RosterImport]:
    """Those that were applied, newest first."""
    return list(
        db.session.scalars(
            select(RosterImport)
            .where(
                RosterImport.bureau_id == actor.bureau_id, RosterImport.school_id == actor.own_school_id(),
                RosterImport.kind == kind, RosterImport.state == "applied",
            )
            .order_by(RosterImport.created_at.desc(), RosterImport.id.desc())
            .limit(most)
        )
    )  # fmt: skip


def apply(
    actor: Actor, kind: str, import_id: UUID, write: Callable[[Actor, Sequence[dict[str, Any]]], None]
) -> RosterImport:
    """Write what was checked; sent twice it is done once. `write` raises Conflict where something changed meanwhile."""
    record = get_import(actor, kind, import_id, for_update=True)
    if record.state == "applied":
        return record
    if record.state == "refused":
        raise Conflict(_("这份表格有错误，请改正后重新上传。"))
    write(actor, record.rows)
    record.state, record.applied_at = "applied", now()
    db.session.flush()
    return record


def _drop_unfinished(actor: Actor, kind: str) -> None:
    """What the same person uploaded before and never applied."""
    db.session.execute(
        delete(RosterImport).where(
            RosterImport.bureau_id == actor.bureau_id, RosterImport.school_id == actor.own_school_id(),
            RosterImport.kind == kind, RosterImport.created_by == actor.account_id,
            RosterImport.state != "applied",
        )
    )  # fmt: skip
