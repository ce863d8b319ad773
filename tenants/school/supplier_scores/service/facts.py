"""The facts behind a score, within what the actor may see: the bureau all, a supplier its own, schools and zones theirs."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.errors import NotFound
from school.orders.service.finding import own
from school.supplier_scores.models import SupplierFact, SupplierFactCount


def get_fact(actor: Actor, fact_id: UUID) -> SupplierFact:
    """Raises NotFound."""
    fact: SupplierFact | None = db.session.scalar(
        own(actor, select(SupplierFact).where(SupplierFact.id == fact_id), SupplierFact)
    )
    if fact is None:
        raise NotFound(_("没有这条事实。"))
    return fact


def list_facts(
    actor: Actor, supplier_id: UUID, *, criterion: str | None = None, school_id: int | None = None,
    month: date | None = None, is_all: bool = False, cursor: str | None = None, limit: int = 50,
) -> Page[SupplierFact]:  # fmt: skip
    """What counts at present, and what was struck; newest day of delivery first. `is_all` False: only what speaks against
    the supplier."""
    query = own(actor, select(SupplierFact), SupplierFact).where(
        SupplierFact.supplier_id == supplier_id,
        or_(SupplierFact.until_run.is_(None), SupplierFact.struck_run.is_not(None)),
    )
    if not is_all:
        query = query.where(~SupplierFact.is_kept)
    if criterion:
        query = query.where(SupplierFact.criterion == criterion)
    if school_id is not None:
        query = query.where(SupplierFact.school_id == school_id)
    if month is not None:
        last = month.replace(day=monthrange(month.year, month.month)[1])
        query = query.where(SupplierFact.day.between(month.replace(day=1), last))
    return paginate(db.session(), query, [SupplierFact.day, SupplierFact.id], cursor, limit)


def facts_by_id(actor: Actor, ids: Collection[UUID]) -> dict[UUID, SupplierFact]:
    if not ids:
        return {}
    rows = db.session.scalars(own(actor, select(SupplierFact).where(SupplierFact.id.in_(ids)), SupplierFact))
    return {row.id: row for row in rows}


def schools_and_months(actor: Actor, supplier_id: UUID) -> tuple[dict[int, str], list[date]]:
    """What facts may be narrowed to: schools by name, months newest first."""
    query = own(
        actor, select(SupplierFactCount.school_id, SupplierFactCount.school_name, SupplierFactCount.month),
        SupplierFactCount,
    ).where(SupplierFactCount.supplier_id == supplier_id)  # fmt: skip
    rows: list[Any] = list(db.session.execute(query.distinct()))
    schools = {row.school_id: row.school_name for row in rows if row.school_id is not None}
    return dict(sorted(schools.items(), key=lambda one: one[1])), sorted({row.month for row in rows}, reverse=True)
