"""The bureau's desk: accept a reply or send it back, move a deadline, decide on more time, close."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.inspections.service.acknowledging import lock_told_visit
from bureau.inspections.service.telling import tell_people_of
from bureau.rectifications import rules
from bureau.rectifications.models import Rectification, RectificationExtension, RectificationReply
from bureau.rectifications.service.moving import figures_of, get_rectification, move, note
from bureau.rectifications.service.opening import settle_visit
from bureau.schools.service.terms import current_term
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.web.dates import today

OWN = "/rectifications/{id}"


def tell(actor: Actor, one: Rectification, title: str, body: str = "") -> None:
    url = OWN.format(id=one.id)
    tell_people_of(actor, one.school_id, one.kind, "rectification", f"{title}：{one.item_text[:40]}", body, url)


def last_reply(one: Rectification) -> RectificationReply | None:
    return db.session.scalar(
        select(RectificationReply)
        .where(
            RectificationReply.bureau_id == one.bureau_id,
            RectificationReply.school_id == one.school_id,
            RectificationReply.rectification_id == one.id,
        )
        .order_by(RectificationReply.number.desc())
        .limit(1)
    )


def _decide(actor: Actor, one: Rectification, outcome: str, reason: str) -> None:
    reply = last_reply(one)
    if reply is not None and reply.outcome is None:
        reply.outcome, reply.outcome_reason = outcome, reason
        reply.decided_at, reply.decided_by = now(), actor.account_id


def accept(actor: Actor, school_id: int, rectification_id: UUID, seen: int | None, reason: str = "") -> Rectification:
    """The desk check is content; from here on it may be drawn for a look on site, or be closed."""
    one = get_rectification(actor, school_id, rectification_id, lock=True)
    require_version(one, seen)
    move(actor, one, "accept", reason)
    _decide(actor, one, "accepted", reason)
    flush(db.session())
    return one


def send_back(
    actor: Actor,
    school_id: int,
    rectification_id: UUID,
    seen: int | None,
    reason: str,
    due_on: date | None = None,
) -> Rectification:
    """Not enough: the school replies again. `due_on`: a new deadline; without one the old one runs on."""
    one = get_rectification(actor, school_id, rectification_id, lock=True)
    require_version(one, seen)
    move(actor, one, "send_back", reason)
    _decide(actor, one, "sent_back", reason)
    if due_on is not None:
        if due_on < today():
            raise Invalid({"due_on": [_("新期限不能早于今天。")]})
        one.due_on = due_on
    flush(db.session())
    tell(actor, one, _("整改回复被退回"), reason)
    return one


def close(actor: Actor, school_id: int, rectification_id: UUID, seen: int | None, reason: str = "") -> Rectification:
    """销号 without a look on site."""
    visit = lock_told_visit(actor, school_id, get_rectification(actor, school_id, rectification_id).inspection_id)
    one = get_rectification(actor, school_id, rectification_id, lock=True)
    require_version(one, seen)
    move(actor, one, "close", reason)
    flush(db.session())
    settle_visit(actor, visit)
    tell(actor, one, _("整改已销号"))
    return one


def adjust(
    actor: Actor,
    school_id: int,
    rectification_id: UUID,
    seen: int | None,
    *,
    reason: str,
    severity: str | None = None,
    due_on: date | None = None,
) -> Rectification:
    """Another severity, whose deadline counts from today, or another day."""
    one = get_rectification(actor, school_id, rectification_id, lock=True)
    require_version(one, seen)
    if one.state not in rules.SCHOOL_STATES:
        raise RuleBroken("rectification_state", _("整改单当前状态下不能进行此操作。"))
    if severity is None and due_on is None:
        raise Invalid({"due_on": [_("请选择新的整改要求或期限。")]})
    if severity is not None and severity != one.severity:
        one.severity = severity
        term = current_term(actor, today())
        chosen: rules.Severity = severity  # type: ignore[assignment]
        one.due_on = rules.deadline(
            chosen, today(), term.ends_on if term else None, figures_of(actor.bureau_id)
        )  # fmt: skip
    if due_on is not None:
        if due_on < today():
            raise Invalid({"due_on": [_("新期限不能早于今天。")]})
        one.due_on = due_on
    note(actor, one, "adjust", one.state, one.state, reason)
    flush(db.session())
    tell(actor, one, _("整改期限调整为 %(day)s", day=one.due_on.isoformat()), reason)
    return one


def decide_extension(
    actor: Actor,
    school_id: int,
    rectification_id: UUID,
    extension_id: UUID,
    seen: int | None,
    *,
    granted: bool,
    reason: str = "",
    until: date | None = None,
) -> RectificationExtension:
    """`until`: the day granted, by default the one asked for."""
    one = get_rectification(actor, school_id, rectification_id, lock=True)
    extension = db.session.scalar(
        select(RectificationExtension)
        .where(
            RectificationExtension.bureau_id == actor.bureau_id,
            RectificationExtension.school_id == school_id,
            RectificationExtension.rectification_id == one.id,
            RectificationExtension.id == extension_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if extension is None:
        raise NotFound(_("没有这份延期申请。"))
    require_version(extension, seen)
    if extension.state != "asked" or one.state in rules.ENDED:
        raise RuleBroken("extension_state", _("这份延期申请已经办结。"))
    if not granted and not reason:
        raise Invalid({"reason": [_("请写明不同意的原因。")]})
    extension.state = "granted" if granted else "refused"
    extension.decided_at, extension.decided_by, extension.decision_reason = now(), actor.account_id, reason
    if granted:
        day = until or extension.wanted_until
        if day <= one.due_on:
            raise Invalid({"until": [_("应晚于现期限 %(day)s。", day=one.due_on.isoformat())]})
        extension.granted_until = one.due_on = day
    note(actor, one, "grant_extension" if granted else "refuse_extension", one.state, one.state, reason)
    flush(db.session())
    tell(actor, one, _("延期申请已同意") if granted else _("延期申请未获同意"), reason)
    return extension


def accept_many(actor: Actor, chosen: Sequence[tuple[int, UUID, int]]) -> int:
    """(school, rectification, version seen) each: all or nothing. Gives their number."""
    for school_id, rectification_id, seen in sorted(chosen, key=lambda one: (one[0], one[1])):
        accept(actor, school_id, rectification_id, seen)
    return len(chosen)
