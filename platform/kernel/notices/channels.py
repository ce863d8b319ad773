"""The group bots that a bureau's notices go to, and how its outgoing messages fare."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.notices import labels
from kernel.notices.models import ChatWebhook, OutboxMessage
from kernel.notices.rules import webhook_problem
from kernel.notices.service import queue_message

KEPT = ""  # an address or secret left empty on a form stays as it is: it is never shown again


def list_webhooks(actor: Actor) -> list[ChatWebhook]:
    query = select(ChatWebhook).where(ChatWebhook.bureau_id == actor.bureau_id)
    return list(db.session.scalars(query.order_by(ChatWebhook.name, ChatWebhook.id)))


def get_webhook(actor: Actor, webhook_id: UUID) -> ChatWebhook:
    webhook = db.session.scalar(
        select(ChatWebhook).where(ChatWebhook.bureau_id == actor.bureau_id, ChatWebhook.id == webhook_id)
    )
    if webhook is None:
        raise NotFound(_("没有这个群机器人。"))
    return webhook


def save_webhook(
    actor: Actor,
    webhook_id: UUID,
    seen_version: int | None,
    *,
    name: str,
    channel: str,
    url: str,
    secret: str,
    is_active: bool,
) -> ChatWebhook:
    """Create a group bot under the client's id, or change one (`seen_version` then being the one seen).

    An empty `url` or `secret` keeps the stored one.
    """
    session: Session = db.session()
    webhook = session.get(ChatWebhook, (actor.bureau_id, webhook_id))
    url = url or (webhook.url if webhook else KEPT)
    secret = secret or (webhook.secret if webhook and webhook.channel == channel else KEPT)
    problem = webhook_problem(url, channel) if url else "no_key"
    if problem:
        raise Invalid({"url": [str(labels.WEBHOOK_PROBLEMS[problem])]})
    values: Mapping[str, Any] = {
        "name": name, "channel": channel, "url": url, "secret": secret if channel == "dingtalk" else "",
        "is_active": is_active,
    }  # fmt: skip
    if webhook is None:
        webhook = ChatWebhook(bureau_id=actor.bureau_id, id=webhook_id, created_by=actor.account_id, **values)
        session.add(webhook)
    elif seen_version is None:
        if {key: getattr(webhook, key) for key in values} != values:
            raise Conflict(_("同一编号的群机器人已存在且内容不同。"), {"version": webhook.version})
    else:
        current = {"version": webhook.version, "name": webhook.name, "channel": webhook.channel}
        require_version(webhook, seen_version, current)
        for key, value in values.items():
            setattr(webhook, key, value)
    flush(session, {"pk_chat_webhooks": Conflict(_("同一编号的群机器人已存在且内容不同。"))})
    return webhook


def send_test(actor: Actor, webhook_id: UUID) -> None:
    """Queue a message that shows the group that it is reached."""
    webhook = get_webhook(actor, webhook_id)
    if not webhook.is_active:
        raise Invalid({"_form": [_("已停用的群机器人不会收到消息，请先启用。")]})
    body = {"text": _("收到这条消息，说明后勤平台的通知可以送达本群。"), "url": ""}
    queue_message(actor.bureau_id, webhook.channel, str(webhook.id), _("后勤平台测试消息"), body)


def undelivered(actor: Actor, limit: int = 20) -> list[OutboxMessage]:
    """The newest messages that failed at least once, given up or still tried."""
    return list(
        db.session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.bureau_id == actor.bureau_id,
                OutboxMessage.state.in_(("waiting", "given_up")),
                OutboxMessage.last_error != "",
            )
            .order_by(OutboxMessage.id.desc())
            .limit(limit)
        )
    )
