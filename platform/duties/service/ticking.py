"""Doing a duty that has no record of its own: a tick, with a note and a photo."""

from uuid import UUID

from flask_babel import gettext as _

from duties.models import Duty, DutyTick
from duties.service.fulfilling import fulfil, unfulfil
from duties.service.plans import Kind, every_kind
from duties.service.reading import get_duty, held_roles, is_head, is_task_of
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.files import service as files
from kernel.files.sniffing import IMAGES
from kernel.web.dates import today

RECORD = "duty_tick"
PURPOSE = "duty_photo"


def kind_of(actor: Actor, duty: Duty) -> Kind | None:
    return every_kind(actor.bureau_id, [duty.school_id], figures=False).get(duty.kind)


def is_ticked(kind: Kind | None) -> bool:
    """A kind without a page of its own to do it on."""
    return kind is None or kind.published is None or not kind.published.endpoint


def may_tick(actor: Actor, kind: Kind | None) -> bool:
    if actor.level != "school" or actor.read_only:
        return False
    return is_head(actor) or is_task_of(actor, kind, held_roles(actor.bureau_id, actor.own_school_id()))


def tick(
    actor: Actor, tick_id: UUID, duty_id: UUID, *, note: str = "", photo: bytes | None = None, photo_name: str = ""
) -> DutyTick:
    """Done now. Sent twice it is the same tick. Not before it opens, and not once it is missed."""
    duty = get_duty(actor, actor.own_school_id(), duty_id)
    kind = kind_of(actor, duty)
    if not may_tick(actor, kind):
        raise Denied("school:duty:tick", _("这项任务由其他岗位负责。"))
    if not is_ticked(kind):
        raise Conflict(_("这项任务请在对应的记录页面完成。"))
    existing = db.session.get(DutyTick, (actor.bureau_id, duty.school_id, tick_id))
    if existing is not None:
        if (existing.kind, existing.meal, existing.note) != (duty.kind, duty.meal, note):
            raise Conflict(_("同一编号的打卡记录已存在且内容不同。"))
        return existing
    at = now()
    if at < duty.opens_at:
        raise Conflict(_("还没到可以做这项任务的时间。"))
    if at > duty.closes_at:
        raise Conflict(_("已超过可补做的期限，如有原因请申请免除。"))
    problems: dict[str, list[str]] = {}
    if kind is not None and kind.needs_note and not note:
        problems["note"] = [_("这项任务要求填写情况说明。")]
    if kind is not None and kind.needs_photo and photo is None:
        problems["photo"] = [_("这项任务要求拍照。")]
    if problems:
        raise Invalid(problems)
    attachment_id = None
    if photo is not None:
        attachment_id = files.store(
            actor, photo, name=photo_name or "photo.jpg", purpose=PURPOSE, accepted=IMAGES, field="photo"
        ).id
    found = DutyTick(
        bureau_id=actor.bureau_id, school_id=duty.school_id, id=tick_id, kind=duty.kind,
        on_day=min(max(today(), duty.first_day), duty.last_day), meal=duty.meal, note=note,
        attachment_id=attachment_id, done_at=at, done_by_name=actor.display_name, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(found)
    flush(db.session(), {"pk_duty_ticks": Conflict(_("同一编号的打卡记录已存在且内容不同。"))})
    fulfil(actor, duty.school_id, duty.kind, found.on_day, meal=duty.meal or None, record=(RECORD, tick_id), at=at)
    db.session.expire(duty)
    return found


def get_tick(actor: Actor, school_id: int, tick_id: UUID) -> DutyTick:
    row = db.session.get(DutyTick, (actor.bureau_id, school_id, tick_id))
    if row is None:
        raise NotFound
    return row


def void_tick(actor: Actor, tick_id: UUID, seen_version: int | None, reason: str) -> DutyTick:
    """By whoever made it, or a head of the school; what it fulfilled is owed again."""
    row = get_tick(actor, actor.own_school_id(), tick_id)
    if row.created_by != actor.account_id and not is_head(actor):
        raise Denied("school:duty:tick", _("只有本人或学校负责人可以作废。"))
    require_version(row, seen_version)
    if row.voided_at is not None:
        raise Conflict(_("这条打卡记录已经作废。"))
    row.voided_at, row.voided_by, row.void_reason = now(), actor.account_id, reason
    db.session.flush()
    unfulfil(actor, (RECORD, tick_id))
    return row
