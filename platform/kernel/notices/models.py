"""Notices to people, and the outbox through which mails and chat messages leave after the commit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, fk_school, now


class Notice(BureauOwned, db.Model):
    """One message to one person, in their inbox. `school_id`: the school it is about."""

    __tablename__ = "notices"
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        fk_in_bureau("person_id", "people"),
        Index("ix_notices_person", "bureau_id", "person_id", "id"),
        Index("ix_notices_unread", "bureau_id", "person_id", postgresql_where="read_at IS NULL"),
    )
    school_id: Mapped[int | None]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]


class OutboxMessage(BureauOwned, db.Model):
    """A mail or chat message that waits, is delivered, or was given up after its last try."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        fk_bureau(),
        CheckConstraint("channel IN ('mail', 'wecom', 'dingtalk')", name="channel"),
        CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name="state"),
        Index("ix_outbox_messages_due", "bureau_id", "state", "next_try_at"),
    )
    channel: Mapped[str]
    recipient: Mapped[str]  # an address, or the id of a chat webhook
    subject: Mapped[str]
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(default=now)
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    delivered_at: Mapped[datetime | None]


class ChatWebhook(Recorded, Versioned, BureauOwned, db.Model):
    """A group's bot that the bureau's notices may go to. `secret` signs DingTalk messages."""

    __tablename__ = "chat_webhooks"
    __audited__ = True
    __audit_hides__ = ("url", "secret")
    __table_args__ = (fk_bureau(), CheckConstraint("channel IN ('wecom', 'dingtalk')", name="channel"))
    name: Mapped[str]
    channel: Mapped[str]
    url: Mapped[str]
    secret: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
