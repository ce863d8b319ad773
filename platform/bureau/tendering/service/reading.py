"""Tenders and their parts, read within the actor's scope."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.tendering.models import (
    Tender,
    TenderCriterion,
    TenderDocument,
    TenderEvent,
    TenderItem,
    TenderLot,
    TenderNotice,
    TenderWaiver,
)
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.errors import NotFound
from kernel.web.dates import SHANGHAI

ORDERED_PARTS = ("qualification", "conformity", "technical", "commercial", "price")


def _visible(actor: Actor) -> list[Any]:
    """Drafts are the bureau's own business."""
    mine: list[Any] = [Tender.bureau_id == actor.bureau_id]
    if actor.level != "bureau":
        mine.append(Tender.is_public)
    return mine


def get_tender(actor: Actor, tender_id: UUID) -> Tender:
    tender = db.session.scalar(select(Tender).where(Tender.id == tender_id, *_visible(actor)))
    if tender is None:
        raise NotFound(_("没有这个招标项目。"))
    return tender


def list_tenders(
    actor: Actor,
    cursor: str | None,
    limit: int,
    *,
    state: str | None = None,
    rule_pack: str | None = None,
    year: int | None = None,
) -> Page[Any]:
    """Newest first. `year`: of the number."""
    query = select(Tender).where(*_visible(actor))
    if state:
        query = query.where(Tender.state == state)
    if rule_pack:
        query = query.where(Tender.rule_pack == rule_pack)
    if year:
        query = query.where(Tender.number.op("^@")(f"ZB{year}-"))
    return paginate(db.session(), query, [Tender.id], cursor, limit)


def lots_of(actor: Actor, tender_id: UUID) -> Sequence[TenderLot]:
    return db.session.scalars(
        select(TenderLot)
        .where(TenderLot.bureau_id == actor.bureau_id, TenderLot.tender_id == tender_id)
        .order_by(TenderLot.number)
    ).all()


def get_lot(actor: Actor, tender_id: UUID, lot_id: UUID) -> TenderLot:
    lot = db.session.scalar(
        select(TenderLot).where(
            TenderLot.bureau_id == actor.bureau_id, TenderLot.tender_id == tender_id, TenderLot.id == lot_id
        )
    )
    if lot is None:
        raise NotFound(_("没有这个标包。"))
    return lot


def items_of(actor: Actor, tender_id: UUID, lot_id: UUID | None = None) -> Sequence[TenderItem]:
    query = select(TenderItem).where(TenderItem.bureau_id == actor.bureau_id, TenderItem.tender_id == tender_id)
    if lot_id is not None:
        query = query.where(TenderItem.lot_id == lot_id)
    return db.session.scalars(query.order_by(TenderItem.lot_id, TenderItem.position)).all()


def criteria_of(actor: Actor, tender_id: UUID, lot_id: UUID | None = None) -> list[TenderCriterion]:
    """In the order of parts. `lot_id`: what holds for that lot, those of all lots included."""
    query = select(TenderCriterion).where(
        TenderCriterion.bureau_id == actor.bureau_id, TenderCriterion.tender_id == tender_id
    )
    rows = db.session.scalars(query.order_by(TenderCriterion.position, TenderCriterion.id)).all()
    mine = [row for row in rows if lot_id is None or row.lot_id in (None, lot_id)]
    return sorted(mine, key=lambda row: (ORDERED_PARTS.index(row.part), row.position))


def documents_of(actor: Actor, tender_id: UUID) -> Sequence[TenderDocument]:
    return db.session.scalars(
        select(TenderDocument)
        .where(TenderDocument.bureau_id == actor.bureau_id, TenderDocument.tender_id == tender_id)
        .order_by(TenderDocument.id)
    ).all()


def events_of(actor: Actor, tender_id: UUID) -> Sequence[TenderEvent]:
    """Oldest first."""
    return db.session.scalars(
        select(TenderEvent)
        .where(TenderEvent.bureau_id == actor.bureau_id, TenderEvent.tender_id == tender_id)
        .order_by(TenderEvent.at, TenderEvent.id)
    ).all()


def waivers_of(actor: Actor, tender_id: UUID) -> Sequence[TenderWaiver]:
    return db.session.scalars(
        select(TenderWaiver)
        .where(TenderWaiver.bureau_id == actor.bureau_id, TenderWaiver.tender_id == tender_id)
        .order_by(TenderWaiver.id)
    ).all()


def get_notice(actor: Actor, tender_id: UUID, notice_id: UUID) -> TenderNotice:
    get_tender(actor, tender_id)
    notice = db.session.scalar(
        select(TenderNotice).where(
            TenderNotice.bureau_id == actor.bureau_id,
            TenderNotice.tender_id == tender_id,
            TenderNotice.id == notice_id,
        )
    )
    if notice is None:
        raise NotFound(_("没有这份公告。"))
    return notice


def years_of(actor: Actor) -> list[int]:
    """Years in which tenders were begun, newest first; for a filter."""
    oldest = db.session.scalar(select(Tender.created_at).where(*_visible(actor)).order_by(Tender.id).limit(1))
    newest = db.session.scalar(select(Tender.created_at).where(*_visible(actor)).order_by(Tender.id.desc()).limit(1))
    if oldest is None or newest is None:
        return []
    return list(range(newest.astimezone(SHANGHAI).year, oldest.astimezone(SHANGHAI).year - 1, -1))
