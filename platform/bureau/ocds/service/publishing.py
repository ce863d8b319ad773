"""Append a release where what is public has changed. Done twice, or by two at once, it is done once."""

import logging
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bureau.agreements.models import Agreement
from bureau.ocds.models import OcdsRelease
from bureau.ocds.rules.release import build_release
from bureau.ocds.rules.tags import content_of, tags_of
from bureau.ocds.service.gathering import process_of
from bureau.tendering.models import Tender
from bureau.tendering.rules.states import ENDED
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import within
from kernel.digests import digest
from kernel.identity.models import Bureau

log = logging.getLogger(__name__)

# The prefix that the standard's documentation uses. A bureau that publishes for real registers its own.
EXAMPLE_PREFIX = "ocds-213czf"
PREFIX = re.compile(r"ocds-[a-z0-9]{6}")
SETTING = "ocds_prefix"
ATTEMPTS = 3


def refresh(bureau_id: int, tender_id: UUID) -> OcdsRelease | None:
    """The release appended, None where nothing public has changed (or nothing is public at all)."""
    session = db.session()
    with within(session, system_actor(bureau_id).scope):
        for _attempt in range(ATTEMPTS):
            made = _next(bureau_id, tender_id)
            if made is None:
                return None
            try:
                with session.begin_nested():
                    session.add(made)
                    session.flush()
                return made
            except IntegrityError:
                log.info("another published the same tender", extra={"tender_id": str(tender_id)})
    return None


def refresh_all(bureau_id: int, *, ended_too: bool = True) -> int:
    """How many releases were appended. `ended_too` False: only tenders that still move, the quick round."""
    query = select(Tender.id).where(Tender.bureau_id == bureau_id, Tender.is_public)
    if not ended_too:
        # A tender may be over for years while its agreements are signed, suspended and end.
        living = select(Agreement.tender_id).where(
            Agreement.bureau_id == bureau_id, Agreement.tender_id.is_not(None),
            Agreement.state.in_(("pending", "signed", "suspended")),
        )  # fmt: skip
        query = query.where(Tender.state.not_in(ENDED) | Tender.id.in_(living))
    with within(db.session(), system_actor(bureau_id).scope):
        ids = list(db.session.scalars(query.order_by(Tender.id)))
        return sum(refresh(bureau_id, tender_id) is not None for tender_id in ids)


def _next(bureau_id: int, tender_id: UUID) -> OcdsRelease | None:
    bureau = db.session.get(Bureau, bureau_id)
    tender = db.session.scalar(
        select(Tender)
        .where(Tender.bureau_id == bureau_id, Tender.id == tender_id)
        .execution_options(populate_existing=True)
    )
    if bureau is None or tender is None:
        return None
    last = last_release(bureau_id, tender_id)
    ocid = last.ocid if last else f"{prefix_of(bureau)}-{bureau.code}-{tender.number}"
    process = process_of(bureau, tender, ocid)
    if process is None:
        return None
    number = last.number + 1 if last else 1
    at = now()
    release = build_release(process, f"{ocid}-{number:04d}", at, ())
    digest = digest_of(release)
    if last is not None and last.sha256 == digest:
        return None
    release["tag"] = tags_of(last.body if last else None, plain(release))
    return OcdsRelease(
        bureau_id=bureau_id, id=new_id(), tender_id=tender_id, number=number, ocid=ocid, tags=release["tag"],
        released_at=at, body=release, sha256=digest,
    )  # fmt: skip


def last_release(bureau_id: int, tender_id: UUID) -> OcdsRelease | None:
    return db.session.scalar(
        select(OcdsRelease)
        .where(OcdsRelease.bureau_id == bureau_id, OcdsRelease.tender_id == tender_id)
        .order_by(OcdsRelease.number.desc())
        .limit(1)
    )


def prefix_of(bureau: Bureau) -> str:
    return str((bureau.settings or {}).get(SETTING) or EXAMPLE_PREFIX)


def digest_of(release: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical content: keys sorted, no blanks, UTF-8."""
    return digest(content_of(release))


def plain(release: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back from the table, so that two can be compared: lists instead of tuples, JSON's numbers."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(release))
    return found
