"""Pictures that records name by their hash: kept byte for byte, found again when the record comes."""

from collections.abc import Collection
from uuid import UUID, uuid5

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Conflict, Invalid
from kernel.files.models import Attachment
from kernel.files.service import store
from kernel.files.storage import digest_of

PURPOSE = "offline_record"


def receive(actor: Actor, sha256: str, data: bytes) -> bool:
    """Keep a picture under its hash for the actor's own records. False: it was here already."""
    if digest_of(data) != sha256:
        raise Invalid({"sha256": [_("内容与其 SHA-256 不符，传输中可能损坏，请重试。")]})
    if sha256 in found(actor, [sha256]):
        return False
    # The id follows from person, school and picture: sent twice at once it is one.
    name = uuid5(actor.account_id, f"{actor.own_school_id()}:{sha256}")
    store(actor, data, name="", purpose=PURPOSE, attachment_id=name, verbatim=True)
    return True


def found(actor: Actor, hashes: Collection[str]) -> dict[str, UUID]:
    """SHA-256 → the attachment that this person sent for this school."""
    if not hashes:
        return {}
    query = select(Attachment.sha256, Attachment.id).where(
        Attachment.bureau_id == actor.bureau_id, Attachment.school_id == actor.own_school_id(),
        Attachment.sha256.in_(hashes), Attachment.purpose == PURPOSE, Attachment.created_by == actor.account_id,
    )  # fmt: skip
    return dict(db.session.execute(query).all())


def require(actor: Actor, hashes: Collection[str]) -> dict[str, UUID]:
    """Of every picture; Conflict with `missing` while one is not here: nothing was stored, send it and come again."""
    here = found(actor, hashes)
    missing = sorted(set(hashes) - here.keys())
    if missing:
        raise Conflict(_("还有照片没有上传。")).with_members(missing=missing)
    return here
