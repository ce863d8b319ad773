"""Take what a phone made without a network: once, by the service that keeps such records, never dated back silently."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from kernel.policy.service import effective_figures
from school.offline_records import rules
from school.offline_records.models import OfflineRecord
from school.offline_records.rules import Claim
from school.offline_records.service import day_records, photos, receipts
from school.offline_records.service.handed import Handed

HOURS, CLOCK = "canteen.offline_records.hours", "canteen.offline_records.clock_minutes"


def take(
    actor: Actor, record_id: UUID, data: Mapping[str, Any], document: Mapping[str, Any]
) -> tuple[OfflineRecord, bool]:
    """The record as it stands here, and whether it is new. `data`: the body as loaded, `document`: as sent. The same
    content again changes nothing. What is refused is not stored: the phone keeps it, a person mends it, and it comes
    again under the same id.

    Raises NotFound, Denied, Invalid, RuleBroken, Conflict (`missing` pictures; other content; the world moved on, with
    `standing`).
    """
    if data["school_id"] != actor.own_school_id():
        raise NotFound(_("这条记录不是本校的。"))
    _one_after_the_other(actor, record_id)
    digest = rules.content_digest(document)
    existing = find(actor, record_id)
    if existing is not None:
        if existing.person_id != actor.account_id or existing.digest != digest:
            raise Conflict(_("同一编号的记录已存在且内容不同。"), {"id": str(record_id)})
        return existing, False
    received_at = now()
    claim = _claim(actor, data, received_at)
    handed = _handed(actor, record_id, data, claim)
    if data["kind"] == rules.RECEIPT:
        kept_as, ids = receipts.take(actor, handed)
    elif data["kind"] == rules.CONFIRMATION:
        kept_as, ids = receipts.confirm(actor, handed)
    else:
        kept_as, ids = day_records.take(actor, data["kind"], handed)
    record = OfflineRecord(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=record_id, person_id=actor.account_id,
        person_name=actor.display_name, kind=data["kind"], digest=digest, document=dict(document),
        made_at=data["made_at"], clock_offset_ms=data["clock_offset_ms"], claimed_at=claim.at,
        counts_at=claim.counts_at, flags=[flag.value for flag in claim.flags], device_id=data["device"]["id"],
        device_label=data["device"]["label"] or "", record_kind=kept_as, record_ids=list(ids), created_at=received_at,
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(record)
    flush(db.session())
    return record, True


def find(actor: Actor, record_id: UUID) -> OfflineRecord | None:
    return db.session.get(OfflineRecord, (actor.bureau_id, actor.own_school_id(), record_id))


def _one_after_the_other(actor: Actor, record_id: UUID) -> None:
    """The same record sent twice at the same moment: the second waits and then finds the first."""
    key = f"offline_records:{actor.bureau_id}:{actor.own_school_id()}:{record_id}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))


def _claim(actor: Actor, data: Mapping[str, Any], received_at: Any) -> Claim:
    figures = effective_figures(actor.bureau_id, (HOURS, CLOCK), school_id=actor.own_school_id())
    return rules.judge(
        data["made_at"], data["clock_offset_ms"], received_at, most_hours=figures[HOURS].number,
        most_clock_minutes=figures[CLOCK].number,
    )  # fmt: skip


def _handed(actor: Actor, record_id: UUID, data: Mapping[str, Any], claim: Claim) -> Handed:
    named = set(rules.pictures(data["body"]))
    if named != {file["sha256"] for file in data["files"]}:
        raise Invalid({"files": [_("照片清单与内容不一致。")]})
    return Handed(record_id, data["body"], claim, lambda: photos.require(actor, named))
