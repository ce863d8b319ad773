"""What happens to accounts, for the log and for the audit of the bureaus that it concerns. Never a password, a token
or a number that names a person."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kernel.audit import capture
from kernel.database import db
from kernel.database.scope import IDENTITY, within
from kernel.identity.models import Account, Person

log = logging.getLogger("houqin.identity")


def record(
    event: str,
    account_id: UUID,
    *,
    bureau_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    by: Account | None = None,
) -> None:
    """`event` is past tense under its subject: "sign_in:made", "password:changed" …

    Without `bureau_id` every bureau in which the person serves is told. `by`: who acted, where nobody is signed in
    yet; else the audit's own context names the actor.
    """
    log.info(event, extra={"account": str(account_id), "bureau": bureau_id, "detail": dict(detail or {})})
    session = db.session()
    change = {"table": "accounts", "key": {"id": account_id}, "kind": "update", "new": dict(detail or {})}
    with within(session, IDENTITY):
        serving = select(Person.bureau_id).where(Person.id == account_id, Person.state == "active")
        for bureau in [bureau_id] if bureau_id else session.scalars(serving).all():
            capture.record(
                session,
                bureau,
                f"identity:{event}",
                [change],
                actor_id=by.id if by else None,
                actor_name=by.display_name if by else None,
            )
