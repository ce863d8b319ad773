"""Delivers what waits in the outbox. A message is first taken under a lease, then sent outside any transaction, then
its outcome is written: a crash in between sends it once more rather than never."""

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import requests
from flask import current_app
from sqlalchemy import select, update

from kernel.config import Config
from kernel.database import db, now
from kernel.notices import labels
from kernel.notices.models import ChatWebhook, OutboxMessage
from kernel.notices.rules import (
    Message,
    Outcome,
    bot_outcome,
    dingtalk_payload,
    dingtalk_signed_url,
    mail_message,
    next_try,
    webhook_problem,
    wecom_payload,
)

log = logging.getLogger(__name__)
BATCH = 50
LEASE = timedelta(minutes=15)  # longer than a whole batch of time-outs takes
SECONDS = 10  # for the other side to answer
MOST_ERROR = 500  # characters kept of what it said
SELECTED_COLUMNS = (
    OutboxMessage.id,
    OutboxMessage.channel,
    OutboxMessage.recipient,
    OutboxMessage.subject,
    OutboxMessage.body,
    OutboxMessage.tries,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    id: UUID
    channel: str
    recipient: str
    subject: str
    body: dict[str, Any]
    tries: int


def deliver_due(bureau_id: int) -> dict[str, int]:
    """Send what is due in one bureau: {"delivered": n, "failed": n}. Runs in the bureau's scope; commits as it goes."""
    counts = {"delivered": 0, "failed": 0}
    for message in _take(bureau_id):
        outcome = _send(bureau_id, message)
        _settle(bureau_id, message, outcome)
        db.session.commit()
        counts["delivered" if outcome.delivered else "failed"] += 1
    return counts


def _take(bureau_id: int) -> list[Waiting]:
    """Claim due messages; whoever comes meanwhile sees them due only after the lease."""
    at = now()
    due = (
        select(OutboxMessage.id)
        .where(OutboxMessage.bureau_id == bureau_id, OutboxMessage.state == "waiting", OutboxMessage.next_try_at <= at)
        .order_by(OutboxMessage.next_try_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session.scalars(due))
    if not ids:
        return []
    taken = db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.bureau_id == bureau_id, OutboxMessage.id.in_(ids))
        .values(next_try_at=at + LEASE)
        .returning(*SELECTED_COLUMNS)
    ).all()
    db.session.commit()
    return [Waiting(*row) for row in taken]


def _send(bureau_id: int, waiting: Waiting) -> Outcome:
    config: Config = current_app.extensions["houqin.config"]
    path = str(waiting.body.get("url", ""))
    message = Message(
        waiting.subject,
        str(waiting.body.get("text", "")),
        f"{config.base_url}{path}" if path.startswith("/") else "",
        str(labels.LINK),
    )
    try:
        if waiting.channel == "mail":
            return send_mail(config, waiting, message)
        webhook = db.session.scalar(
            select(ChatWebhook)
            .where(ChatWebhook.bureau_id == bureau_id, ChatWebhook.id == UUID(waiting.recipient))
            # A batch may take minutes: a bot that is switched off meanwhile gets nothing more.
            .execution_options(populate_existing=True)
        )
        db.session.commit()  # nothing is held open while the other side is waited for
        return send_to_bot(webhook, message)
    except Exception as error:
        # Whatever goes wrong with one message must not keep the next one from leaving.
        log.exception("delivery failed", extra={"channel": waiting.channel, "message_id": str(waiting.id)})
        return Outcome(False, is_final=False, error=type(error).__name__)


def _settle(bureau_id: int, message: Waiting, outcome: Outcome) -> None:
    at = now()
    tries = message.tries + 1
    again = None if outcome.delivered or outcome.is_final else next_try(tries, at)
    values: dict[str, Any] = {"tries": tries, "last_error": outcome.error[:MOST_ERROR]}
    if outcome.delivered:
        values.update(state="delivered", delivered_at=at, last_error="")
    elif again is None:
        values.update(state="given_up")
    else:
        values.update(next_try_at=again)
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.bureau_id == bureau_id, OutboxMessage.id == message.id)
        .values(**values)
    )
    if not outcome.delivered:
        log.warning(
            "message not delivered", extra={"channel": message.channel, "reason": outcome.error, "tries": tries}
        )


def send_to_bot(webhook: ChatWebhook | None, message: Message, post: Callable[..., Any] = requests.post) -> Outcome:
    """Post to a group's bot. The address is checked again: it may have been stored before a rule was tightened."""
    if webhook is None or not webhook.is_active:
        return Outcome(False, error="webhook is switched off")
    problem = webhook_problem(webhook.url, webhook.channel)
    if problem:
        return Outcome(False, error=problem)
    url, payload = webhook.url, wecom_payload(message)
    if webhook.channel == "dingtalk":
        url = dingtalk_signed_url(url, webhook.secret, int(now().timestamp() * 1000))
        payload = dingtalk_payload(message)
    try:
        answer = post(url, json=payload, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        # Only the kind: the text would carry the address, whose key is a secret.
        return Outcome(False, is_final=False, error=type(error).__name__)
    try:
        content = answer.json()
    except ValueError:
        content = None
    return bot_outcome(answer.status_code, content if isinstance(content, dict) else None)


def send_mail(config: Config, waiting: Waiting, message: Message) -> Outcome:
    """Hand a mail to the configured server. A refused recipient is final, everything else is worth another try."""
    if not config.smtp_url:
        return Outcome(False, error="no mail server is configured (HOUQIN_SMTP_URL)")
    domain = config.mail_from.rpartition("@")[2]
    try:
        mail = mail_message(message, waiting.recipient, config.mail_from, now(), f"{waiting.id}@{domain}")
    except ValueError as error:
        return Outcome(False, error=f"{type(error).__name__}: address")
    parts = urlsplit(config.smtp_url)
    context = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                parts.hostname or "", parts.port or 465, timeout=SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(parts.hostname or "", parts.port or 25, timeout=SECONDS)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif parts.scheme == "smtp" and parts.username:
                return Outcome(False, error="the mail server offers no encryption: the password is not sent")
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return Outcome(False, is_final=all(code >= 500 for code in codes), error=f"recipient refused: {codes}")
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(False, is_final=False, error=type(error).__name__)
    return Outcome(True)
