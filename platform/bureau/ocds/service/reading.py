"""Releases for anybody: in the scope of nobody, from the table alone. Bounded, so that a reader cannot ask for everything
at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from bureau.ocds.models import OcdsRelease
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.database.scope import IDENTITY, within
from kernel.errors import NotFound
from kernel.identity.models import Bureau

MOST_RELEASES = 1000  # of one process: more than a tender can have steps


@dataclass(frozen=True, slots=True)
class Listed:
    """A process: its first release names it, its last says how it stands."""

    ocid: str
    tender_id: UUID
    last: OcdsRelease


def open_bureau(code: str) -> Bureau:
    """By its code; a bureau out of service has no public pages."""
    with within(db.session(), IDENTITY):
        bureau = db.session.scalar(select(Bureau).where(Bureau.code == code, Bureau.state == "active"))
    if bureau is None:
        raise NotFound(_("没有这个教育局。"))
    return bureau


def processes(bureau_id: int, cursor: str | None, limit: int) -> Page[Listed]:
    """Newest process first."""
    first = select(OcdsRelease).where(OcdsRelease.bureau_id == bureau_id, OcdsRelease.number == 1)
    with within(db.session(), IDENTITY):
        page = paginate(db.session(), first, [OcdsRelease.id], cursor, limit)
        last = {
            row.tender_id: row
            for row in db.session.scalars(
                select(OcdsRelease)
                .where(
                    OcdsRelease.bureau_id == bureau_id,
                    OcdsRelease.tender_id.in_([row.tender_id for row in page.items]),
                )
                .ext(distinct_on(OcdsRelease.tender_id))
                .order_by(OcdsRelease.tender_id, OcdsRelease.number.desc())
            )
        }
    return Page([Listed(row.ocid, row.tender_id, last[row.tender_id]) for row in page.items], page.next_cursor)


def newest(bureau_id: int, cursor: str | None, limit: int) -> Page[OcdsRelease]:
    """Releases of all processes, newest first."""
    query = select(OcdsRelease).where(OcdsRelease.bureau_id == bureau_id)
    with within(db.session(), IDENTITY):
        return paginate(db.session(), query, [OcdsRelease.id], cursor, limit)


def of_tender(bureau_id: int, tender_id: UUID) -> Sequence[OcdsRelease]:
    """All releases of one process in their order. Raises NotFound where the world was told nothing of it."""
    return _all(bureau_id, OcdsRelease.tender_id == tender_id)


def of_ocid(bureau_id: int, ocid: str) -> Sequence[OcdsRelease]:
    return _all(bureau_id, OcdsRelease.ocid == ocid)


def _all(bureau_id: int, which: object) -> Sequence[OcdsRelease]:
    query = select(OcdsRelease).where(OcdsRelease.bureau_id == bureau_id, which)  # type: ignore[arg-type]
    with within(db.session(), IDENTITY):
        rows = db.session.scalars(query.order_by(OcdsRelease.number).limit(MOST_RELEASES)).all()
    if not rows:
        raise NotFound(_("没有公开这个采购过程的数据。"))
    return rows
