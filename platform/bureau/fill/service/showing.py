"""What the bureau sees of a visit's work on phones: who sent what when, what is flagged, what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.distance import metres_between
from bureau.fill import rules
from bureau.fill.models import FillFile, FillReceipt, FillSubmission
from bureau.fill.service.finalising import files_of_visit
from bureau.fill.service.finding import inspectors_of
from bureau.fill.service.keeping import held_json, names_of, open_conflicts
from bureau.inspections.models import Inspection, InspectionAnswer
from bureau.inspections.service.answering import answers_of
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.policy.service import effective

PHOTO_DISTANCE = "inspection.photo.far_metres"
CLOCK_MINUTES = "inspection.clock.minutes"


@dataclass(frozen=True, slots=True)
class Shown:
    """One inspector's part; `submission` None: nothing came from a phone yet. `conflicts`: [{key, mine, theirs}]."""

    name: str
    submission: FillSubmission | None
    device: str
    clock_off_minutes: int | None  # service − phone, only where it is flagged
    conflicts: Sequence[Mapping[str, Any]]
    missing: int
    receipts: Sequence[FillReceipt]
    unsigned_reason: str


@dataclass(frozen=True, slots=True)
class ShownFile:
    """`metres`: distance from the school, None where either place is unknown; `is_far`: more than the figure."""

    file: FillFile
    signer: str
    metres: int | None
    is_far: bool


@dataclass(frozen=True, slots=True)
class Standing:
    parts: Sequence[Shown]
    files: Sequence[ShownFile]
    most_metres: Decimal
    most_minutes: Decimal


def standing_of(actor: Actor, visit: Inspection) -> Standing | None:
    """None where no phone took part."""
    submissions = {
        one.person_id: one
        for one in db.session.scalars(
            select(FillSubmission).where(
                FillSubmission.bureau_id == visit.bureau_id,
                FillSubmission.school_id == visit.school_id,
                FillSubmission.inspection_id == visit.id,
            )
        )
    }
    if not submissions:
        return None
    files = files_of_visit(visit)
    minutes = effective(actor.bureau_id, CLOCK_MINUTES).number
    metres = effective(actor.bureau_id, PHOTO_DISTANCE, school_id=visit.school_id).number
    people = list(dict.fromkeys([*(row.person_id for row in inspectors_of(visit)), *submissions]))
    rows = answers_of(visit)
    names = names_of(actor, {*people, *(row.answered_by for row in rows.values())})
    receipts = _receipts(visit, submissions.values())
    parts = [
        _shown(names, person, submissions.get(person), rows, files, receipts.get(person, []), minutes)
        for person in people
    ]
    school = db.session.get_one(School, (visit.bureau_id, visit.school_id))
    return Standing(parts, [_file(file, school, names, metres) for file in files], metres, minutes)


def _receipts(visit: Inspection, submissions: Any) -> dict[UUID, list[FillReceipt]]:
    owners = {one.id: one.person_id for one in submissions}
    found: dict[UUID, list[FillReceipt]] = {}
    for receipt in db.session.scalars(
        select(FillReceipt)
        .where(
            FillReceipt.bureau_id == visit.bureau_id,
            FillReceipt.school_id == visit.school_id,
            FillReceipt.submission_id.in_(owners),
        )
        .order_by(FillReceipt.seq)
    ):
        found.setdefault(owners[receipt.submission_id], []).append(receipt)
    return found


def _shown(
    names: Mapping[UUID, str],
    person: UUID,
    submission: FillSubmission | None,
    rows: Mapping[str, InspectionAnswer],
    files: Sequence[FillFile],
    receipts: Sequence[FillReceipt],
    minutes: Decimal,
) -> Shown:
    if submission is None:
        return Shown(names.get(person, ""), None, "", None, [], 0, receipts, "")
    off = None
    if rules.clock_is_off(submission.clock_offset_ms, minutes):
        off = round(submission.clock_offset_ms / 60_000)
    return Shown(
        names.get(person, ""),
        submission,
        str((submission.document.get("device") or {}).get("label") or ""),
        off,
        [
            {"key": key, "mine": submission.conflicts[key], "theirs": held_json(rows[key], names)}
            for key in open_conflicts(submission, rows)
        ],
        len({file.sha256 for file in files if file.submission_id == submission.id and file.attachment_id is None}),
        receipts,
        str(submission.document.get("unsigned_reason") or ""),
    )


def _file(file: FillFile, school: School, names: Mapping[UUID, str], most: Decimal) -> ShownFile:
    metres = None
    if None not in (file.latitude, file.longitude, school.latitude, school.longitude):
        here = (float(file.latitude), float(file.longitude))  # type: ignore[arg-type]
        metres = round(metres_between(here, (float(school.latitude), float(school.longitude))))  # type: ignore[arg-type]
    # How exact the place is known counts for the inspector: it is flagged only where even the nearest point is too far.
    is_far = metres is not None and metres - (file.accuracy or 0) > most
    return ShownFile(file, _signer(file.signer, names), metres, is_far)


def _signer(signer: str, names: Mapping[UUID, str]) -> str:
    kind, _, person = signer.partition(":")
    return names.get(UUID(person), "") if kind == "inspector" else ""


def signatures_of(visit: Inspection) -> list[FillFile]:
    """Those whose pictures are here, in the order in which they were given. `signer`: "inspector:<id>" or "school"."""
    return [file for file in files_of_visit(visit) if file.purpose == "signature" and file.attachment_id is not None]
