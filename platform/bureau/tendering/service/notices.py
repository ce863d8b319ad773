"""Notices: what the world is told, numbered, dated, hashed, never changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.tendering.models import Tender, TenderNotice
from bureau.tendering.rules.terms import day_of
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.digests import digest
from kernel.numbering.service import next_number

FORMAT = "houqin-notice-1"


def body_of(
    kind: str,
    tender: Tender,
    paragraphs: Sequence[str],
    facts: Sequence[tuple[str, str]] = (),
    tables: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> dict[str, Any]:
    """The document of a notice: words first, then facts (label, value), then tables {"title", "columns", "rows"}."""
    return {
        "format": FORMAT,
        "kind": kind,
        "tender": {"id": str(tender.id), "number": tender.number, "title": tender.title},
        "paragraphs": list(paragraphs),
        "facts": [{"label": str(label), "value": str(value)} for label, value in facts],
        "tables": [dict(table) for table in tables],
        **more,
    }


def publish_notice(
    actor: Actor,
    tender: Tender,
    kind: str,
    title: str,
    body: dict[str, Any],
    *,
    ends_on: date | None = None,
    at: datetime | None = None,
) -> TenderNotice:
    """Append a notice. The number counts notices of the bureau in the year, without gaps."""
    instant = at or now()
    notice = TenderNotice(
        bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, kind=kind,
        number=next_number(db.session(), tender.bureau_id, None, "GG", day_of(instant).year), title=title, body=body,
        sha256=digest(body), published_at=instant, published_by=actor.account_id, ends_on=ends_on,
    )  # fmt: skip
    db.session.add(notice)
    db.session.flush()
    return notice


def notices_of(bureau_id: int, tender_id: UUID) -> Sequence[TenderNotice]:
    """Oldest first."""
    return db.session.scalars(
        select(TenderNotice)
        .where(TenderNotice.bureau_id == bureau_id, TenderNotice.tender_id == tender_id)
        .order_by(TenderNotice.published_at, TenderNotice.id)
    ).all()


def is_intact(notice: TenderNotice) -> bool:
    return digest(notice.body) == notice.sha256
