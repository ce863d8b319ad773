"""What phones handed in, for those who answer for it: newest first, or only what was not taken at its word."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.web.dates import SHANGHAI
from school.canteen_day.kinds import KINDS
from school.offline_records import labels
from school.offline_records.models import OfflineRecord
from school.offline_records.rules import Flag
from school.offline_records.service.receipts import KEPT_AS


def list_records(
    actor: Actor, school_id: int, *, day: date | None = None, flagged: bool = False, cursor: str | None = None,
    limit: int = 50, only_own: bool = False,
) -> Page[Any]:  # fmt: skip
    """`only_own`: what the actor handed in. `flagged`: only what was not taken at its word."""
    query = select(OfflineRecord).where(
        OfflineRecord.bureau_id == actor.bureau_id, OfflineRecord.school_id == school_id
    )
    if day is not None:
        begin = datetime.combine(day, time(), SHANGHAI)
        query = query.where(OfflineRecord.created_at >= begin, OfflineRecord.created_at < begin + timedelta(days=1))
    if only_own:
        query = query.where(OfflineRecord.person_id == actor.account_id)
    if flagged:
        query = query.where(OfflineRecord.flags != [])
    return paginate(db.session(), query, [OfflineRecord.created_at, OfflineRecord.id], cursor, limit)


def acknowledgement(record: OfflineRecord) -> dict[str, Any]:
    """The same however often it is asked for."""
    return {
        "id": record.id, "hash": record.digest, "server_time": record.created_at, "made_at": record.claimed_at,
        "counts_at": record.counts_at, "flags": record.flags,
        "notes": [str(labels.FLAGS[Flag(flag)]) for flag in record.flags], "record_kind": record.record_kind,
        "record_ids": record.record_ids, "url": url_of(record),
    }  # fmt: skip


def url_of(record: OfflineRecord, school_id: int | None = None) -> str:
    """The page of the receipt, or of the first of the day's records; with `school_id` the bureau's."""
    first = record.record_ids[0]
    place: dict[str, Any] = {} if school_id is None else {"school_id": school_id}
    if record.record_kind == KEPT_AS:
        return url_for(f"supply.{'show_of_school' if place else 'show'}", receipt_id=first, **place)
    return url_for(
        f"canteen_day.{'show_of_school' if place else 'show'}", record_kind=KINDS[record.record_kind].code,
        day_record_id=first, **place,
    )  # fmt: skip
