"""What happens to accounts, for the log. Never a password, a token or a number that names a person."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

log = logging.getLogger("houqin.identity")


def record(
    event: str, account_id: UUID | None, *, bureau_id: int | None = None, detail: Mapping[str, Any] | None = None
) -> None:
    """`event` is past tense under its subject: "sign_in.made", "password.changed" …"""
    log.info(event, extra={"account": str(account_id or ""), "bureau": bureau_id, "detail": dict(detail or {})})
