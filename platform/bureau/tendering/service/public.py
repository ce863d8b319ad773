"""What the world may read, without anybody signed in: published tenders with their notices. Runs in the scope of nobody,
in which row-level security shows public rows alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.tendering.models import (
    Tender,
    TenderCriterion,
    TenderDocument,
    TenderItem,
    TenderLot,
    TenderNotice,
    TenderQuestion,
)
from bureau.tendering.service.reading import ORDERED_PARTS
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.database.scope import IDENTITY, within
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class PublicTender:
    """`questions`: the answered ones; nobody's name is in any of it."""

    tender: Tender
    lots: Sequence[TenderLot]
    items: Sequence[TenderItem]
    criteria: Sequence[TenderCriterion]
    documents: Sequence[TenderDocument]
    questions: Sequence[TenderQuestion]
    notices: Sequence[TenderNotice]


def public_list(bureau_id: int, cursor: str | None = None, limit: int = 50, *, state: str | None = None) -> Page[Any]:
    """Published tenders of a bureau, newest first."""
    query = select(Tender).where(Tender.bureau_id == bureau_id, Tender.is_public)
    if state:
        query = query.where(Tender.state == state)
    with within(db.session(), IDENTITY):
        return paginate(db.session(), query, [Tender.id], cursor, limit)


def public_tender(bureau_id: int, tender_id: UUID) -> PublicTender:
    with within(db.session(), IDENTITY):
        tender = db.session.scalar(
            select(Tender).where(Tender.bureau_id == bureau_id, Tender.id == tender_id, Tender.is_public)
        )
        if tender is None:
            raise NotFound(_("没有这个招标项目。"))
        criteria = sorted(
            _rows(TenderCriterion, bureau_id, tender_id, TenderCriterion.position),
            key=lambda row: (ORDERED_PARTS.index(row.part), row.position),
        )
        return PublicTender(
            tender,
            _rows(TenderLot, bureau_id, tender_id, TenderLot.number),
            _rows(TenderItem, bureau_id, tender_id, TenderItem.lot_id, TenderItem.position),
            criteria,
            _rows(TenderDocument, bureau_id, tender_id, TenderDocument.id),
            _rows(TenderQuestion, bureau_id, tender_id, TenderQuestion.id),
            db.session.scalars(
                select(TenderNotice)
                .where(TenderNotice.bureau_id == bureau_id, TenderNotice.tender_id == tender_id)
                .order_by(TenderNotice.published_at, TenderNotice.id)
            ).all(),
        )


def _rows(model: Any, bureau_id: int, tender_id: UUID, *order: Any) -> Sequence[Any]:
    return db.session.scalars(
        select(model)
        .where(model.bureau_id == bureau_id, model.tender_id == tender_id, model.is_public)
        .order_by(*order)
    ).all()
