"""Facts are read from the records once a night, or when the bureau asks; pages read what was gathered."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import RuleBroken
from kernel.web.dates import today
from school.supplier_scores.models import SupplierFact, SupplierFactCount, SupplierFactRun
from school.supplier_scores.rules import (
    GOODS_REASONS,
    PAPER_REASONS,
    Counts,
    counts_as_json,
    months_before,
    period_ending,
)
from school.supplier_scores.service import statements
from school.supplier_scores.service.figures import figures_of, hours_of

LOCK = 7_304  # of pg_advisory_xact_lock, beside the publications' 7_303


def gather(actor: Actor) -> SupplierFactRun:
    """Bring the facts up to what the records say now, for the months that a score may still be published of. Runs in the
    bureau's scope; one at a time per bureau."""
    run = _next(actor)
    run.kind = "gather"
    months = figures_of(actor.bureau_id).window_months
    day = today()
    values: dict[str, Any] = {
        "bureau_id": actor.bureau_id, "run": run.number, "first_day": months_before(day, months), "last_day": day,
        "today": day, "at": now(), "goods_reasons": list(GOODS_REASONS), "paper_reasons": list(PAPER_REASONS),
        **hours_of(actor.bureau_id),
    }  # fmt: skip
    db.session.execute(statements.GATHER, values)
    db.session.execute(statements.COUNT, values)
    run.first_day, run.last_day = period_ending(day, months)
    return _kept(run)


def strike(actor: Actor, fact: SupplierFact) -> SupplierFactRun:
    """A fact, in all its versions, counts no more; the counts follow."""
    run = _next(actor)
    run.kind = "strike"
    last = latest_run(actor)
    run.first_day, run.last_day = last.first_day, last.last_day
    versions = (
        SupplierFact.bureau_id == actor.bureau_id, SupplierFact.source_id == fact.source_id,
        SupplierFact.criterion == fact.criterion, SupplierFact.kind == fact.kind,
    )  # fmt: skip
    query = select(SupplierFact).where(*versions, SupplierFact.until_run.is_(None), SupplierFact.struck_run.is_(None))
    current = db.session.scalar(query)
    if current is not None:
        _uncount(current)
    db.session.execute(
        update(SupplierFact).where(*versions, SupplierFact.struck_run.is_(None)).values(struck_run=run.number)
    )
    return _kept(run)


def _uncount(fact: SupplierFact) -> None:
    school = (
        SupplierFactCount.school_id.is_(None)
        if fact.school_id is None
        else SupplierFactCount.school_id == fact.school_id
    )
    db.session.execute(
        update(SupplierFactCount)
        .where(
            SupplierFactCount.bureau_id == fact.bureau_id, SupplierFactCount.supplier_id == fact.supplier_id, school,
            SupplierFactCount.month == fact.day.replace(day=1), SupplierFactCount.criterion == fact.criterion,
        )
        .values(total=SupplierFactCount.total - 1, kept=SupplierFactCount.kept - int(fact.is_kept))
    )  # fmt: skip


def _next(actor: Actor) -> SupplierFactRun:
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK, actor.bureau_id)))
    query = select(func.max(SupplierFactRun.number)).where(SupplierFactRun.bureau_id == actor.bureau_id)
    number = (db.session.scalar(query) or 0) + 1
    return SupplierFactRun(bureau_id=actor.bureau_id, number=number, created_by=actor.account_id)


def _kept(run: SupplierFactRun) -> SupplierFactRun:
    run.totals = counts_as_json(_totals(run.bureau_id, run.first_day))
    db.session.add(run)
    flush(db.session())
    return run


def _totals(bureau_id: int, first_day: date) -> dict[str, Counts]:
    query = (
        select(
            SupplierFactCount.criterion, func.sum(SupplierFactCount.kept).label("kept"),
            func.sum(SupplierFactCount.total).label("total"),
        )
        .where(SupplierFactCount.bureau_id == bureau_id, SupplierFactCount.month >= first_day)
        .group_by(SupplierFactCount.criterion)
    )  # fmt: skip
    return {row.criterion: Counts(int(row.kept), int(row.total)) for row in db.session.execute(query)}


def newest_run(actor: Actor) -> SupplierFactRun | None:
    query = select(SupplierFactRun).where(SupplierFactRun.bureau_id == actor.bureau_id)
    run: SupplierFactRun | None = db.session.scalar(query.order_by(SupplierFactRun.number.desc()).limit(1))
    return run


def latest_run(actor: Actor) -> SupplierFactRun:
    """Raises RuleBroken no_facts."""
    run = newest_run(actor)
    if run is None:
        raise RuleBroken("no_facts", _("还没有汇总过履约事实，请先更新。"))
    return run


def last_gathering(actor: Actor) -> SupplierFactRun | None:
    query = select(SupplierFactRun).where(
        SupplierFactRun.bureau_id == actor.bureau_id, SupplierFactRun.kind == "gather"
    )
    run: SupplierFactRun | None = db.session.scalar(query.order_by(SupplierFactRun.number.desc()).limit(1))
    return run


def counted(
    bureau_id: int, first_day: date, last_day: date, run: int, struck_by: int, supplier_id: UUID | None = None
) -> Sequence[Any]:
    """Rows supplier_id, criterion, kept, total, digest: the facts of a period as they counted at `run`, without those that
    were struck by the run `struck_by`."""
    values = {
        "bureau_id": bureau_id, "first_day": first_day, "last_day": last_day, "run": run, "struck_by": struck_by,
        "supplier_id": supplier_id,
    }  # fmt: skip
    return db.session.execute(statements.COUNTED_BY, values).all()
