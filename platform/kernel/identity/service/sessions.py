"""Signed-in browsers: listed, ended one by one or all at once."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from flask import current_app
from sqlalchemy import CursorResult, delete, select, update

from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import NotFound
from kernel.identity.loading import digest
from kernel.identity.models import SignIn
from kernel.identity.service import events

REMEMBERED_DAYS = 14  # else a working day by the configuration, and the cookie goes when the browser is closed
KEPT_DAYS = 90  # ended sign-ins are kept for the list's "last seen" and for the scope of last time


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def open_sign_in(account_id: UUID, address: str, user_agent: str, *, remember: bool) -> tuple[SignIn, str]:
    """A new sign-in and its secret, which is kept nowhere but in the browser's cookie."""
    secret = new_secret()
    hours = current_app.extensions["houqin.config"].session_hours
    lasts = timedelta(days=REMEMBERED_DAYS) if remember else timedelta(hours=hours)
    plain_agent = "".join(character for character in user_agent if character.isprintable())[:300]
    sign_in = SignIn(
        account_id=account_id, token_hash=digest(secret), expires_at=now() + lasts, address=address,
        user_agent=plain_agent,
    )  # fmt: skip
    db.session.add(sign_in)
    db.session.flush()
    return sign_in, secret


def rotate(sign_in_id: UUID) -> str:
    """A new secret for the same sign-in: one that leaked before the proof got stronger is worth nothing after."""
    secret = new_secret()
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(token_hash=digest(secret)))
    return secret


def live_sessions(actor: Actor) -> Sequence[SignIn]:
    """The actor's own, the one in use last first."""
    query = select(SignIn).where(
        SignIn.account_id == actor.account_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now()
    )
    return db.session.scalars(query.order_by(SignIn.last_seen_at.desc(), SignIn.id)).all()


def end_session(actor: Actor, session_id: UUID) -> None:
    sign_in = db.session.scalar(
        select(SignIn).where(
            SignIn.id == session_id, SignIn.account_id == actor.account_id, SignIn.revoked_at.is_(None)
        )
    )
    if sign_in is None:
        raise NotFound
    sign_in.revoked_at = now()
    db.session.flush()
    events.record("session:ended", actor.account_id)


def end_sessions(account_id: UUID, *, keep: UUID | None = None) -> int:
    """End all sign-ins of an account but `keep`. Gives how many."""
    query = update(SignIn).where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None))
    if keep is not None:
        query = query.where(SignIn.id != keep)
    ended = cast("CursorResult[Any]", db.session.execute(query.values(revoked_at=now()))).rowcount
    events.record("sessions:ended", account_id, detail={"count": ended})
    return ended


def purge_old() -> int:
    """Forget sign-ins that ended long ago. Gives how many."""
    limit = now() - timedelta(days=KEPT_DAYS)
    return cast("CursorResult[Any]", db.session.execute(delete(SignIn).where(SignIn.expires_at < limit))).rowcount
