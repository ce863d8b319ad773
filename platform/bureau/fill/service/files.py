"""The files that a submission names: expected, received byte for byte, standing with the visit's photos."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from bureau.fill.models import FillFile, FillSubmission
from bureau.fill.service.finding import files_of
from bureau.inspections import rules as visit_rules
from bureau.inspections.models import Inspection, InspectionPhoto
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from kernel.files.service import store
from kernel.files.storage import digest_of


def name_files(
    actor: Actor, submission: FillSubmission, existed: bool, named: Sequence[Mapping[str, Any]]
) -> list[FillFile]:
    """The submission's files become exactly those named: what is no longer named is taken off the visit (the stored
    bytes stay), what is newly named but known by its hash needs no second upload."""
    known = files_of(submission) if existed else []
    by_name = {_name(file): file for file in known}
    arrived = {file.sha256: file for file in known if file.attachment_id is not None}
    wanted = {(one["sha256"], one["key"], one["purpose"], one["signer"] or ""): one for one in named}
    gone = [file for name, file in by_name.items() if name not in wanted]
    if gone:
        _take_off(submission, gone)
    new = [
        _new_file(actor, submission, one, arrived.get(one["sha256"]))
        for name, one in wanted.items()
        if name not in by_name
    ]
    if new:
        columns = [column.key for column in FillFile.__table__.columns]
        db.session.execute(insert(FillFile), [{name: getattr(file, name) for name in columns} for file in new])
        _put_on([file for file in new if file.attachment_id is not None])
        flush(db.session())
    return [file for name, file in by_name.items() if name in wanted] + new


def _name(file: FillFile) -> tuple[str, str, str, str]:
    return (file.sha256, file.answer_key, file.purpose, file.signer)


def _new_file(actor: Actor, submission: FillSubmission, one: Mapping[str, Any], twin: FillFile | None) -> FillFile:
    place = one["place"] or {}
    return FillFile(
        bureau_id=submission.bureau_id, school_id=submission.school_id, id=new_id(), submission_id=submission.id,
        inspection_id=submission.inspection_id, person_id=actor.account_id, sha256=one["sha256"], size=one["size"],
        media_type=one["mime"], answer_key=one["key"], purpose=one["purpose"], signer=one["signer"] or "",
        taken_at=one["taken_at"], latitude=_decimal(place.get("latitude"), 6),
        longitude=_decimal(place.get("longitude"), 6), accuracy=_decimal(place.get("accuracy"), 1),
        attachment_id=twin.attachment_id if twin is not None else None,
    )  # fmt: skip


def _decimal(value: float | None, places: int) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, places)))


def _put_on(files: Sequence[FillFile]) -> None:
    """Photos whose bytes are here stand with the visit's others. A photo's id is its file's."""
    photos = [
        InspectionPhoto(
            bureau_id=file.bureau_id, school_id=file.school_id, id=file.id, inspection_id=file.inspection_id,
            item_code=file.answer_key, attachment_id=file.attachment_id, taken_at=file.taken_at,
            added_by=file.person_id, sha256=file.sha256, latitude=file.latitude, longitude=file.longitude,
            accuracy=file.accuracy,
        )
        for file in files
        if file.purpose == "photo"
    ]  # fmt: skip
    db.session.add_all(photos)


def _take_off(submission: FillSubmission, files: Sequence[FillFile]) -> None:
    ids = [file.id for file in files]
    for photo in db.session.scalars(
        select(InspectionPhoto).where(
            InspectionPhoto.bureau_id == submission.bureau_id,
            InspectionPhoto.school_id == submission.school_id,
            InspectionPhoto.id.in_(ids),
        )
    ):
        db.session.delete(photo)
    flush(db.session())
    db.session.execute(
        delete(FillFile)
        .where(
            FillFile.bureau_id == submission.bureau_id,
            FillFile.school_id == submission.school_id,
            FillFile.id.in_(ids),
        )
        .execution_options(synchronize_session=False)
    )


def receive(actor: Actor, school_id: int, sha256: str, data: bytes) -> bool:
    """Keep the bytes under their hash and put them where they are expected. False: they were here already.

    Only what a submission of this person for this school names; whether anybody else has it is not told.
    """
    query = (
        select(FillFile, Inspection.state)
        .join(
            Inspection,
            (Inspection.bureau_id == FillFile.bureau_id)
            & (Inspection.school_id == FillFile.school_id)
            & (Inspection.id == FillFile.inspection_id),
        )
        .where(
            FillFile.bureau_id == actor.bureau_id,
            FillFile.school_id == school_id,
            FillFile.sha256 == sha256,
            FillFile.person_id == actor.account_id,
        )
        # Locked, so that the same bytes sent twice at once become one attachment.
        .with_for_update(of=FillFile)
        .execution_options(populate_existing=True)
    )
    rows = db.session.execute(query).all()
    if not rows:
        raise NotFound(_("没有登记这个文件，请先上传填报内容。"))
    waiting = [file for file, _state in rows if file.attachment_id is None]
    if not waiting:
        return False
    if digest_of(data) != sha256:
        raise Invalid({"sha256": [_("内容与其 SHA-256 不符，传输中可能损坏，请重试。")]})
    if any(file.size != len(data) for file in waiting):
        raise Invalid({"size": [_("字节数与登记的不符。")]})
    if all(state not in visit_rules.OPEN_STATES for _file, state in rows):
        raise Conflict(_("这次检查已提交或取消，不能再上传照片。"))
    first = waiting[0]
    attachment = store(
        actor, data, name="", purpose=f"inspection_{first.purpose}", school_id=school_id, hidden_from_school=True,
        taken_at=first.taken_at, verbatim=True,
    )  # fmt: skip
    if any(attachment.media_type != file.media_type for file in waiting):
        raise Invalid({"mime": [_("文件类型与登记的不符。")]})
    for file in waiting:
        file.attachment_id = attachment.id
    _put_on(waiting)
    flush(db.session())
    return True
