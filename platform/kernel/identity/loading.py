"""From the request's proof (cookie or bearer token) to the actor, in one query under the identity role."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Request, g
from flask_login import LoginManager, UserMixin
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kernel.actor import Actor, Level
from kernel.database import db, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Unauthenticated

SEEN_EVERY = timedelta(minutes=5)  # how exact "last seen" is; each step costs a write

# Functions, because PL/pgSQL keeps a plan: this is asked in every request (migrations/versions/0019_suppliers.py).
BY_SIGN_IN = text("SELECT * FROM houqin_holder_of_sign_in(:token_hash)")
BY_TOKEN = text("SELECT * FROM houqin_holder_of_token(:token_hash)")


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):
    """What Flask-Login carries: the secret half of the sign-in and the actor it stands for."""

    secret: str
    actor: Actor

    def get_id(self) -> str:
        return self.secret


def digest(secret: str) -> str:
    """How a random secret (≥ 256 bits) is kept: plain SHA-256 suffices, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def register(login_manager: LoginManager) -> None:
    login_manager.user_loader(load_by_sign_in)
    login_manager.request_loader(load_by_token)


def load_by_sign_in(secret: str) -> SignedIn | None:
    row = _one(BY_SIGN_IN, digest(secret))
    if row is None:
        return None
    if now() - row["last_seen_at"] > SEEN_EVERY:
        db.session.execute(text("UPDATE sign_ins SET last_seen_at = now() WHERE id = :id"), {"id": row["id"]})
        db.session.commit()
    return SignedIn(secret, _actor(row, second_factor_done=row["second_factor_at"] is not None, sign_in_id=row["id"]))


def load_by_token(request: Request) -> SignedIn | None:
    """A bearer token. A wrong one is refused rather than ignored: a client must learn that its token is dead."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or "houqin_token_refused" in g:
        return None
    row = _one(BY_TOKEN, digest(secret.strip()))
    if row is None:
        # Asked again while the refusal is put into words, this request is nobody's.
        g.houqin_token_refused = True
        raise Unauthenticated
    if row["last_used_at"] is None or now() - row["last_used_at"] > SEEN_EVERY:
        db.session.execute(text("UPDATE api_tokens SET last_used_at = now() WHERE id = :id"), {"id": row["id"]})
        db.session.commit()
    return SignedIn(
        secret, _actor(row, second_factor_done=True, token_id=row["id"], token_scopes=frozenset(row["scopes"]))
    )


def _one(query: Any, token_hash: str) -> Any:
    session = db.session()
    use_scope(session, IDENTITY)
    try:
        row = session.execute(query, {"token_hash": token_hash}).mappings().one_or_none()
    except OperationalError as error:
        if not error.connection_invalidated:
            raise
        # The first statement of a request met a connection that died while idle (database restarted): once more.
        session.rollback()
        row = session.execute(query, {"token_hash": token_hash}).mappings().one_or_none()
    return None if row is None or row["account_state"] != "active" else row


def _actor(row: Any, *, second_factor_done: bool, **proof: Any) -> Actor:
    roles = frozenset(row["roles"] or ())
    usable = bool(roles) and row["bureau_state"] == "active" and row["school_state"] in (None, "active", "merged")
    level: Level = row["level"] if usable else "none"
    return Actor(
        account_id=row["account_id"],
        display_name=row["display_name"],
        level=level,
        bureau_id=row["bureau_id"] or 0,
        school_id=row["school_id"] if level == "school" else None,
        school_ids=tuple(row["school_ids"] or ()) if level == "zone" else (),
        supplier_id=row["supplier_id"] if level == "supplier" else None,
        roles=roles if usable else frozenset(),
        scope_label=row["school_name"] or row["zone_name"] or row["supplier_name"] or row["bureau_name"] or "",
        locale=row["locale"],
        read_only=row["school_state"] == "merged" and level == "school",
        pending=_pending(row, roles, usable, second_factor_done),
        **proof,
    )


def _pending(row: Any, roles: frozenset[str], usable: bool, second_factor_done: bool) -> str | None:
    """The step that must come before anything else. A second factor once set up is always asked for."""
    if row["totp_confirmed_at"] is not None and not second_factor_done:
        return "second_factor"
    if row["must_change_password"]:
        return "change_password"
    demanded = set((row["bureau_settings"] or {}).get("second_factor_roles", ()))
    if row["totp_confirmed_at"] is None and roles & demanded:
        return "enrol_second_factor"
    if not usable:
        return "choose_scope"
    return None
