"""Tell people: in their inbox always, by mail and chat where the bureau set it up. All in the caller's transaction."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.scope import IDENTITY, within
from kernel.errors import NotFound
from kernel.identity.models import Account, Person
from kernel.notices.models import ChatWebhook, Notice, OutboxMessage
from kernel.notices.rules import is_mail_address


def notify(
    actor: Actor,
    person_ids: Iterable[UUID],
    kind: str,
    title: str,
    *,
    body: str = "",
    url: str = "",
    school_id: int | None = None,
    by_mail: bool = False,
) -> int:
    """One notice each to these people of the actor's bureau; the actor is not told of what they did themselves.

    `url` is a path of this site; `by_mail`: also as a mail to those who gave an address. Gives the number of people
    told.
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
    if by_mail:
        mail_people(actor, people, title, body, url)
    return len(people)


def announce(actor: Actor, subject: str, body: str, url: str = "") -> int:
    """Queue a message to every active chat webhook of the bureau. Gives the number queued."""
    hooks = db.session.execute(
        select(ChatWebhook.id, ChatWebhook.channel).where(
            ChatWebhook.bureau_id == actor.bureau_id, ChatWebhook.is_active.is_(True)
        )
    ).all()
    for hook_id, channel in hooks:
        queue_message(actor.bureau_id, channel, str(hook_id), subject, {"text": body, "url": url})
    return len(hooks)


def mail(bureau_id: int, address: str, subject: str, text: str, url: str = "") -> None:
    """Queue a mail; it leaves after the commit, tried again until it is delivered or given up. `url`: a path here."""
    queue_message(bureau_id, "mail", address, subject, {"text": text, "url": url})


def mail_people(actor: Actor, person_ids: Iterable[UUID], subject: str, text: str, url: str = "") -> int:
    """Queue a mail to those of these people of the actor's bureau who gave an address. Gives their number.

    Accounts are global, so their addresses are read in the identity's scope, and only of people of this bureau.
    """
    session = db.session()
    with within(session, IDENTITY):
        addresses = session.scalars(
            select(Account.email)
            .join(Person, Person.id == Account.id)
            .where(
                Person.bureau_id == actor.bureau_id, Person.id.in_(list(person_ids)), Person.state == "active",
                Account.state == "active", Account.email.is_not(None),
            )
        ).all()  # fmt: skip
    good = [address for address in dict.fromkeys(addresses) if address and is_mail_address(address)]
    for address in good:
        mail(actor.bureau_id, address, subject, text, url)
    return len(good)


def queue_message(bureau_id: int, channel: str, recipient: str, subject: str, body: dict[str, Any]) -> None:
    """Put a message into the outbox. `recipient`: a mail address, or a chat webhook's id; `body`: text, url (a path)."""
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
