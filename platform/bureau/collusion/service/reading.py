"""Signs and looks, read within the bureau."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from bureau.collusion.models import CollusionDecision, CollusionRun, CollusionSign
from bureau.tendering.models import Tender
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate


def list_tenders(actor: Actor, cursor: str | None, limit: int) -> Page[Any]:
    """Opened tenders, newest first, as rows with their `waiting` and all `signs`."""
    counts = (
        select(
            CollusionSign.tender_id,
            func.count().label("signs"),
            func.sum(case((CollusionSign.state == "open", 1), else_=0)).label("waiting"),
        )
        .where(CollusionSign.bureau_id == actor.bureau_id)
        .group_by(CollusionSign.tender_id)
        .subquery()
    )
    query = (
        select(
            Tender.id,
            Tender.number,
            Tender.title,
            Tender.opened_at,
            func.coalesce(counts.c.waiting, 0).label("waiting"),
            func.coalesce(counts.c.signs, 0).label("signs"),
        )
        .outerjoin(counts, counts.c.tender_id == Tender.id)
        .where(Tender.bureau_id == actor.bureau_id, Tender.opened_at.is_not(None))
    )
    return paginate(db.session(), query, [Tender.id], cursor, limit, scalars=False)


def signs_of(actor: Actor, tender_id: UUID) -> Sequence[CollusionSign]:
    """Those that wait first, then by Art. 37's order."""
    return db.session.scalars(
        select(CollusionSign)
        .where(CollusionSign.bureau_id == actor.bureau_id, CollusionSign.tender_id == tender_id)
        .order_by(CollusionSign.state != "open", CollusionSign.article, CollusionSign.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Count:
    signs: int
    waiting: int


def count_of(actor: Actor, tender_id: UUID) -> Count:
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(case((CollusionSign.state == "open", 1), else_=0)), 0)).where(
            CollusionSign.bureau_id == actor.bureau_id, CollusionSign.tender_id == tender_id
        )
    ).one()
    return Count(int(row[0]), int(row[1]))


def runs_of(actor: Actor, tender_id: UUID) -> Sequence[CollusionRun]:
    return db.session.scalars(
        select(CollusionRun)
        .where(CollusionRun.bureau_id == actor.bureau_id, CollusionRun.tender_id == tender_id)
        .order_by(CollusionRun.id.desc())
    ).all()


def decisions_of(actor: Actor, sign_ids: Sequence[UUID]) -> dict[UUID, list[CollusionDecision]]:
    rows = db.session.scalars(
        select(CollusionDecision)
        .where(CollusionDecision.bureau_id == actor.bureau_id, CollusionDecision.sign_id.in_(sign_ids))
        .order_by(CollusionDecision.id)
    )
    found: dict[UUID, list[CollusionDecision]] = {}
    for row in rows:
        found.setdefault(row.sign_id, []).append(row)
    return found
