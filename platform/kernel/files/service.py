"""Keep an uploaded file for a record, and give it back to whoever may see that record's tenant."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from kernel.actor import Actor
from kernel.config import Config
from kernel.database import db, new_id
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from kernel.files import labels
from kernel.files.images import THUMB_PIXELS, reencode_image
from kernel.files.models import Attachment
from kernel.files.sniffing import ACCEPTED, IMAGES, MediaType, Refused, check
from kernel.files.storage import Folder
from kernel.files.verbatim import look_through

MOST_FILES = 20  # in one request


def folder() -> Folder:
    config: Config = current_app.extensions["houqin.config"]
    return Folder(config.files_dir)


def store(
    actor: Actor,
    data: bytes,
    *,
    name: str,
    purpose: str,
    school_id: int | None = None,
    supplier_id: UUID | None = None,
    attachment_id: UUID | None = None,
    accepted: frozenset[MediaType] = ACCEPTED,
    hidden_from_school: bool = False,
    taken_at: datetime | None = None,
    field: str = "file",
    verbatim: bool = False,
) -> Attachment:
    """Keep `data` for the actor's own school or company, or, for a bureau's actor, for `school_id` or `supplier_id`
    (neither: the bureau itself).

    The type is told by the content; pictures are written anew as JPEG without their metadata. `verbatim`: the bytes
    are evidence by their hash and kept as they are; what is not a plain picture is then refused. The same
    `attachment_id` with the same content is the same attachment. Refusals are Invalid at `field`.
    """
    if actor.level == "school":
        school_id, supplier_id = actor.own_school_id(), None
    elif actor.level == "supplier":
        school_id, supplier_id = None, actor.own_supplier_id()
    try:
        width: int | None
        height: int | None
        if verbatim:
            kind, width, height = look_through(data)
        elif (kind := check(data, accepted)) not in IMAGES:
            width = height = None
        else:
            picture = reencode_image(data)
            data, width, height = picture.data, picture.width, picture.height
            kind = MediaType.JPEG
    except Refused as refusal:
        raise Invalid({field: [labels.message(refusal)]}) from refusal
    digest = folder().put(actor.bureau_id, school_id or supplier_id, data)
    if attachment_id is not None:
        existing = db.session.scalar(
            select(Attachment).where(Attachment.bureau_id == actor.bureau_id, Attachment.id == attachment_id)
        )
        if existing is not None:
            if (existing.sha256, existing.school_id, existing.supplier_id) == (digest, school_id, supplier_id):
                return existing
            raise Conflict(_("这个编号已用于另一个文件。"))
    attachment = Attachment(
        bureau_id=actor.bureau_id, id=attachment_id or new_id(), school_id=school_id, supplier_id=supplier_id,
        sha256=digest, media_type=str(kind), size=len(data), width=width, height=height, original_name=_safe_name(name), purpose=purpose,
        hidden_from_school=hidden_from_school, taken_at=taken_at, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(attachment)
    flush(db.session(), {"pk_attachments": Conflict(_("这个编号已用于另一个文件。"))})
    return attachment


def store_uploads(
    actor: Actor,
    files: Sequence[FileStorage],
    *,
    purpose: str,
    school_id: int | None = None,
    supplier_id: UUID | None = None,
    accepted: frozenset[MediaType] = ACCEPTED,
    hidden_from_school: bool = False,
    field: str = "file",
) -> list[Attachment]:
    """What a form uploaded, all or nothing."""
    if len(files) > MOST_FILES:
        raise Invalid({field: [labels.message(Refused("too_many", most=MOST_FILES))]})
    return [
        store(
            actor, file.read(), name=file.filename or "", purpose=purpose, school_id=school_id,
            supplier_id=supplier_id, accepted=accepted, hidden_from_school=hidden_from_school, field=field,
        )
        for file in files
    ]  # fmt: skip


def get_attachment(actor: Actor, attachment_id: UUID) -> Attachment:
    """Within the actor's scope: a school's own (and none that is still hidden from it), a company's own, a bureau's
    district."""
    if actor.level not in ("bureau", "zone", "school", "supplier"):
        raise NotFound(_("没有这个文件。"))
    query = select(Attachment).where(Attachment.bureau_id == actor.bureau_id, Attachment.id == attachment_id)
    if actor.level == "school":
        query = query.where(Attachment.school_id == actor.own_school_id(), Attachment.hidden_from_school.is_(False))
    elif actor.level == "zone":
        query = query.where(Attachment.school_id.in_(actor.school_ids))
    elif actor.level == "supplier":
        query = query.where(Attachment.supplier_id == actor.own_supplier_id())
    attachment = db.session.scalar(query)
    if attachment is None:
        raise NotFound(_("没有这个文件。"))
    return attachment


def content(attachment: Attachment) -> bytes:
    """The stored bytes, proven by their digest."""
    return folder().read(attachment.bureau_id, attachment.school_id or attachment.supplier_id, attachment.sha256)


def thumbnail(attachment: Attachment) -> bytes:
    """A small JPEG of a picture."""
    if attachment.media_type not in IMAGES:
        raise NotFound(_("没有这个文件。"))
    return reencode_image(content(attachment), THUMB_PIXELS).data


def _safe_name(name: str) -> str:
    """What the sender called it, for showing only: it never becomes a path."""
    plain = "".join(character for character in name if character.isprintable())
    return plain.replace("\\", "/").rsplit("/", 1)[-1][:150]
