"""Packages out of releases, for the command and the API."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.ocds import addresses
from bureau.ocds.models import OcdsRelease
from bureau.ocds.rules import packages
from bureau.ocds.rules.facts import Party
from bureau.ocds.service import publishing
from kernel.actor import system_actor
from kernel.database import db, now
from kernel.database.scope import within
from kernel.identity.models import Bureau


def export(bureau: Bureau, tender_id: UUID | None = None, *, records: bool = False) -> dict[str, Any] | None:
    """Everything public of a bureau, or of one tender, as it is now; first whatever is new is appended. None: the tender
    does not exist or nothing of it is public."""
    if tender_id is None:
        publishing.refresh_all(bureau.id)
    else:
        publishing.refresh(bureau.id, tender_id)
    query = select(OcdsRelease).where(OcdsRelease.bureau_id == bureau.id)
    if tender_id is not None:
        query = query.where(OcdsRelease.tender_id == tender_id)
    with within(db.session(), system_actor(bureau.id).scope):
        rows = db.session.scalars(query.order_by(OcdsRelease.ocid, OcdsRelease.number)).all()
    if tender_id is not None and not rows:
        return None
    uri = addresses.packages(bureau.code) + (f"?tender={tender_id}" if tender_id else "")
    return record_package(bureau, rows, uri) if records else release_package(bureau, rows, uri)


def release_package(bureau: Bureau, rows: Sequence[OcdsRelease], uri: str) -> dict[str, Any]:
    """Dated by its newest release, so that the same releases make the same package."""
    at = max((row.released_at for row in rows), default=now())
    return packages.release_package([row.body for row in rows], uri, publisher(bureau), at)


def record_package(bureau: Bureau, rows: Sequence[OcdsRelease], uri: str) -> dict[str, Any]:
    """`rows`: of each process all, in their order."""
    at = max((row.released_at for row in rows), default=now())
    by_ocid: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_ocid.setdefault(row.ocid, []).append(row.body)
    return packages.record_package([packages.record(one) for one in by_ocid.values()], uri, publisher(bureau), at)


def publisher(bureau: Bureau) -> Party:
    return Party(f"bureau-{bureau.id}", bureau.name, bureau.code, is_bureau=True)
