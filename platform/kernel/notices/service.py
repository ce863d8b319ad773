"""Tell people: in their inbox always, by mail and chat where the bureau set it up. All in the caller's transaction."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.errors import NotFound
from kernel.notices.models import ChatWebhook, Notice, OutboxMessage


def notify(
    actor: Actor,
    person_ids: Iterable[UUID],
    kind: str,
    title: str,
    *,
    body: str = "",
    url: str = "",
    school_id: int | None = None,
) -> int:
    """One notice each to these people of the actor's bureau; the actor is not told of what they did themselves.

    `url` is a path of this site. Gives the number of people told.
    """
    people = [person_id for person_id in dict.fromkeys(person_ids) if person_id != actor.account_id]
    if not people:
        return 0
    at = now()
    db.session.execute(
        insert(Notice),
        [
            {
                "bureau_id": actor.bureau_id, "id": new_id(), "school_id": school_id, "person_id": person_id,
                "kind": kind, "title": title, "body": body, "url": url, "created_at": at, "read_at": None,
            }
            for person_id in people
        ],
    )  # fmt: skip
    return len(people)


def announce(actor: Actor, subject: str, body: str, url: str = "") -> int:
    """Queue a message to every active chat webhook of the bureau. Gives the number queued."""
    hooks = db.session.execute(
        select(ChatWebhook.id, ChatWebhook.channel).where(
            ChatWebhook.bureau_id == actor.bureau_id, ChatWebhook.is_active.is_(True)
        )
    ).all()
    for hook_id, channel in hooks:
        _queue(actor.bureau_id, channel, str(hook_id), subject, {"text": body, "url": url})
    return len(hooks)


def mail(bureau_id: int, address: str, subject: str, text: str) -> None:
    """Queue a mail; it leaves after the commit, tried again until it is delivered or given up."""
    _queue(bureau_id, "mail", address, subject, {"text": text})


def _queue(bureau_id: int, channel: str, recipient: str, subject: str, body: dict[str, Any]) -> None:
    at = now()
    db.session.execute(
        insert(OutboxMessage).values(
            bureau_id=bureau_id, id=new_id(), channel=channel, recipient=recipient, subject=subject, body=body,
            state="waiting", tries=0, next_try_at=at, last_error="", created_at=at,
        )
    )  # fmt: skip


def inbox(actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[Notice]:
    """One's own notices, newest first."""
    query = select(Notice).where(Notice.bureau_id == actor.bureau_id, Notice.person_id == actor.account_id)
    return paginate(db.session(), query, [Notice.id], cursor, limit)


def unread_count(actor: Actor) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Notice)
            .where(Notice.bureau_id == actor.bureau_id, Notice.person_id == actor.account_id, Notice.read_at.is_(None))
        )
        or 0
    )


def open_notice(actor: Actor, notice_id: UUID) -> Notice:
    """Read one of one's own notices: it counts as read from here on."""
    notice = db.session.scalar(
        select(Notice).where(
            Notice.bureau_id == actor.bureau_id, Notice.person_id == actor.account_id, Notice.id == notice_id
        )
    )
    if notice is None:
        raise NotFound(_("没有这条通知。"))
    if notice.read_at is None:
        notice.read_at = now()
        db.session.flush()
    return notice


def read_all(actor: Actor) -> None:
    db.session.execute(
        update(Notice)
        .where(Notice.bureau_id == actor.bureau_id, Notice.person_id == actor.account_id, Notice.read_at.is_(None))
        .values(read_at=now())
    )
