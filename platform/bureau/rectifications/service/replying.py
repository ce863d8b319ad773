"""The school proves that it put something right, or asks for more time."""

from datetime import date, datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from bureau.rectifications import rules
from bureau.rectifications.models import (
    Rectification,
    RectificationExtension,
    RectificationPhoto,
    RectificationReply,
)
from bureau.rectifications.service.moving import move, note, own_rectification
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.service import store
from kernel.files.sniffing import IMAGES

MOST_PHOTOS = 12
MOST_EXTENSION = timedelta(days=180)


def add_photo(
    actor: Actor,
    rectification_id: UUID,
    photo_id: UUID,
    data: bytes,
    *,
    name: str = "",
    before_id: UUID | None = None,
    taken_at: datetime | None = None,
) -> RectificationPhoto:
    """Keep an after-photo, beside the before-photo whose place it was taken from. The same id with the same picture is
    one photo; until the reply is handed in it can be taken off again."""
    one = own_rectification(actor, rectification_id, lock=True)
    if before_id is not None and str(before_id) not in one.before_photos:
        raise Invalid({"before_id": [_("没有这张整改前照片。")]})
    attachment = store(
        actor, data, name=name, purpose="rectification_photo", attachment_id=photo_id, accepted=IMAGES,
        taken_at=taken_at, field="photo",
    )  # fmt: skip
    existing = db.session.get(RectificationPhoto, (one.bureau_id, one.school_id, photo_id))
    if existing is not None:
        if (existing.rectification_id, existing.before_id) == (one.id, before_id):
            return existing
        raise Conflict(_("这个编号已用于另一张照片。"))
    require_schools_turn(one)
    held = db.session.scalar(
        select(func.count())
        .select_from(RectificationPhoto)
        .where(
            RectificationPhoto.bureau_id == one.bureau_id, RectificationPhoto.school_id == one.school_id,
            RectificationPhoto.rectification_id == one.id, RectificationPhoto.reply_id.is_(None),
        )
    )  # fmt: skip
    if (held or 0) >= MOST_PHOTOS:
        raise Invalid({"photo": [_("一次最多 %(most)s 张照片。", most=MOST_PHOTOS)]})
    photo = RectificationPhoto(
        bureau_id=one.bureau_id, school_id=one.school_id, id=photo_id, rectification_id=one.id,
        attachment_id=attachment.id, before_id=before_id, phase="after", taken_at=taken_at, added_by=actor.account_id,
    )  # fmt: skip
    db.session.add(photo)
    flush(db.session())
    return photo


def remove_photo(actor: Actor, rectification_id: UUID, photo_id: UUID) -> None:
    one = own_rectification(actor, rectification_id, lock=True)
    photo = db.session.get(RectificationPhoto, (actor.bureau_id, actor.own_school_id(), photo_id))
    if photo is None or photo.rectification_id != one.id or photo.phase != "after":
        raise NotFound(_("没有这张照片。"))
    if photo.reply_id is not None:
        raise RuleBroken("rectification_photo_sent", _("照片已随整改回复提交，不能删除。"))
    db.session.delete(photo)
    flush(db.session())


def require_schools_turn(one: Rectification) -> None:
    if one.state not in rules.SCHOOL_STATES:
        raise RuleBroken("rectification_state", _("整改单当前状态下不能进行此操作。"))


def reply(
    actor: Actor,
    rectification_id: UUID,
    seen: int | None,
    *,
    reply_id: UUID,
    text: str,
    cost_fen: int | None = None,
    at: datetime | None = None,
) -> RectificationReply:
    """Hand in what was done, with every photo taken for it. Sent twice under one id it is one reply."""
    one = own_rectification(actor, rectification_id, lock=True)
    existing = db.session.get(RectificationReply, (one.bureau_id, one.school_id, reply_id))
    if existing is not None:
        if (existing.rectification_id, existing.text, existing.cost_fen) == (one.id, text, cost_fen):
            return existing
        raise Conflict(_("这个编号已用于另一份回复。"))
    require_schools_turn(one)
    require_version(one, seen)
    mine = (
        RectificationPhoto.bureau_id == one.bureau_id, RectificationPhoto.school_id == one.school_id,
        RectificationPhoto.rectification_id == one.id, RectificationPhoto.phase == "after",
        RectificationPhoto.reply_id.is_(None),
    )  # fmt: skip
    if not db.session.scalar(select(func.count()).select_from(RectificationPhoto).where(*mine)):
        raise Invalid({"photo": [_("请至少拍一张整改后的照片。")]})
    number = db.session.scalar(
        select(func.coalesce(func.max(RectificationReply.number), 0)).where(
            RectificationReply.bureau_id == one.bureau_id, RectificationReply.school_id == one.school_id,
            RectificationReply.rectification_id == one.id,
        )
    )  # fmt: skip
    at = at or now()
    made = RectificationReply(
        bureau_id=one.bureau_id, school_id=one.school_id, id=reply_id, rectification_id=one.id,
        number=(number or 0) + 1, text=text, cost_fen=cost_fen, at=at, by=actor.account_id,
        by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(made)
    flush(db.session())
    db.session.execute(
        update(RectificationPhoto).where(*mine).values(reply_id=made.id).execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    one.replied_at = at
    move(actor, one, "reply", at=at)
    flush(db.session())
    return made


def ask_extension(
    actor: Actor, rectification_id: UUID, *, extension_id: UUID, reason: str, wanted_until: date
) -> RectificationExtension:
    """Ask for more time; one request at a time. Sent twice under one id it is one request."""
    one = own_rectification(actor, rectification_id, lock=True)
    existing = db.session.get(RectificationExtension, (one.bureau_id, one.school_id, extension_id))
    if existing is not None:
        if (existing.rectification_id, existing.reason, existing.wanted_until) == (one.id, reason, wanted_until):
            return existing
        raise Conflict(_("这个编号已用于另一份申请。"))
    require_schools_turn(one)
    if not one.due_on < wanted_until <= one.due_on + MOST_EXTENSION:
        raise Invalid({"wanted_until": [_("应晚于现期限 %(day)s，且不超过 180 天。", day=one.due_on.isoformat())]})
    made = RectificationExtension(
        bureau_id=one.bureau_id, school_id=one.school_id, id=extension_id, rectification_id=one.id, reason=reason,
        wanted_until=wanted_until, asked_by=actor.account_id,
    )  # fmt: skip
    db.session.add(made)
    note(actor, one, "ask_extension", one.state, one.state, reason)
    flush(
        db.session(),
        {"uq_rectification_extensions_asked": RuleBroken("extension_asked", _("已有一份延期申请等待审批。"))},
    )
    return made
