"""Print the photos that serve as evidence, and find the ones that were seen before."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from bureau.evidence.models import PhotoMatch, PhotoPrint
from bureau.evidence.prints import (
    SAME_FILE,
    SAME_PICTURE,
    Print,
    distance,
    near,
    print_of,
    quarters,
    same_picture,
    signed,
    unsigned,
)
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush
from kernel.errors import Invalid, NotFound
from kernel.files.models import Attachment
from kernel.files.service import content

# Photos that show a place at a time. A school's own proof is compared with everything older.
SHOWING = ("inspection_photo", "rectification_photo", "appeal_evidence")
PROOF = ("rectification_photo", "appeal_evidence")
# Two photos of one moment are one look at a thing, not an old photo reused.
ONE_MOMENT = timedelta(minutes=10)
BATCH = 200


def print_new(actor: Actor, limit: int = BATCH) -> int:
    """Print the oldest photos that have none yet, and look for older ones like them; how many were printed."""
    waiting = db.session.scalars(
        select(Attachment)
        .outerjoin(PhotoPrint, (PhotoPrint.bureau_id == Attachment.bureau_id) & (PhotoPrint.id == Attachment.id))
        .where(Attachment.bureau_id == actor.bureau_id, Attachment.purpose.in_(SHOWING), PhotoPrint.id.is_(None))
        .order_by(Attachment.id)
        .limit(limit)
    ).all()
    for attachment in waiting:
        found = print_of(content(attachment))
        parts = dict(zip(("quarter_1", "quarter_2", "quarter_3", "quarter_4"), quarters(found.across), strict=True))
        db.session.add(
            PhotoPrint(
                bureau_id=actor.bureau_id, id=attachment.id, across=signed(found.across), down=signed(found.down),
                plain=found.plain, **parts,
            )
        )  # fmt: skip
        flush(db.session())
        if attachment.purpose in PROOF and not found.plain:
            _match(actor, attachment, found)
    flush(db.session())
    return len(waiting)


def _match(actor: Actor, attachment: Attachment, found: Print) -> None:
    one, two, three, four = (near(part) for part in quarters(found.across))
    older = db.session.execute(
        select(PhotoPrint, Attachment)
        .join(Attachment, (Attachment.bureau_id == PhotoPrint.bureau_id) & (Attachment.id == PhotoPrint.id))
        .where(
            PhotoPrint.bureau_id == actor.bureau_id,
            PhotoPrint.id != attachment.id,
            PhotoPrint.plain.is_(False),
            Attachment.created_at < attachment.created_at - ONE_MOMENT,
            or_(
                PhotoPrint.quarter_1.in_(one), PhotoPrint.quarter_2.in_(two),
                PhotoPrint.quarter_3.in_(three), PhotoPrint.quarter_4.in_(four),
            ),
        )
    )  # fmt: skip
    for print_, other in older:
        candidate = Print(unsigned(print_.across), unsigned(print_.down), found.telling)
        # The school is asked to photograph the same place from the same angle: the print of an honest photo may come
        # near that of its own "before", so there only a copy counts.
        limit = SAME_FILE if other.school_id == attachment.school_id and other.purpose not in PROOF else SAME_PICTURE
        if same_picture(found, candidate, limit):
            bits = distance(found.across, candidate.across) + distance(found.down, candidate.down)
            db.session.add(
                PhotoMatch(
                    bureau_id=actor.bureau_id, id=new_id(), later_id=attachment.id, earlier_id=other.id, bits=bits
                )
            )  # fmt: skip


def list_matches(actor: Actor, *, looked: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Rows with both photos, their schools and days; those to be looked at, or those done. Newest first."""
    later, earlier = aliased(Attachment), aliased(Attachment)
    school, other_school = aliased(School), aliased(School)
    query = (
        select(
            PhotoMatch.id, PhotoMatch.later_id, PhotoMatch.earlier_id, PhotoMatch.bits, PhotoMatch.found_at,
            PhotoMatch.looked_at, PhotoMatch.note, school.name.label("school_name"), later.school_id,
            later.created_at.label("later_at"), later.purpose.label("later_purpose"),
            other_school.name.label("earlier_school_name"), earlier.created_at.label("earlier_at"),
            earlier.purpose.label("earlier_purpose"),
        )
        .join(later, (later.bureau_id == PhotoMatch.bureau_id) & (later.id == PhotoMatch.later_id))
        .join(earlier, (earlier.bureau_id == PhotoMatch.bureau_id) & (earlier.id == PhotoMatch.earlier_id))
        .outerjoin(school, (school.bureau_id == later.bureau_id) & (school.id == later.school_id))
        .outerjoin(
            other_school, (other_school.bureau_id == earlier.bureau_id) & (other_school.id == earlier.school_id)
        )
        .where(PhotoMatch.bureau_id == actor.bureau_id)
        .where(PhotoMatch.looked_at.is_not(None) if looked else PhotoMatch.looked_at.is_(None))
    )  # fmt: skip
    return paginate(db.session(), query, [PhotoMatch.found_at, PhotoMatch.id], cursor, limit, scalars=False)


def matches_of(actor: Actor, attachment_ids: list[UUID]) -> dict[UUID, list[PhotoMatch]]:
    """By the later photo's id: what it looks like, unless somebody looked at it and let it be."""
    found: dict[UUID, list[PhotoMatch]] = {}
    if actor.level == "bureau" and attachment_ids:
        rows = select(PhotoMatch).where(
            PhotoMatch.bureau_id == actor.bureau_id, PhotoMatch.later_id.in_(attachment_ids)
        )
        for row in db.session.scalars(rows):
            found.setdefault(row.later_id, []).append(row)
    return found


def look_at(actor: Actor, match_id: UUID, note: str) -> PhotoMatch:
    """Looked at, with the conclusion. Looked at twice, the first stands."""
    match = db.session.scalar(
        select(PhotoMatch).where(PhotoMatch.bureau_id == actor.bureau_id, PhotoMatch.id == match_id).with_for_update()
    )
    if match is None:
        raise NotFound(_("没有这条照片提示。"))
    if match.looked_at is None:
        if not note.strip():
            raise Invalid({"note": [_("请写明核对的结论。")]})
        match.looked_at, match.looked_by, match.note = now(), actor.account_id, note.strip()
        flush(db.session())
    return match
