"""Small helpers that every service's writes share: versions, constraints as domain errors."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from kernel.errors import Conflict, DomainError, Invalid


def require_version(row: Any, seen: int | None, current: Mapping[str, Any] | None = None) -> None:
    """Refuse an edit made on an older state of `row` than the one now stored (`seen` None: not given, refused)."""
    if seen is None:
        raise Invalid({"version": [_("缺少版本号，请刷新后重试。")]})
    if row.version != seen:
        raise Conflict(_("这条记录已被他人修改，请核对最新内容后再提交。"), current or {"version": row.version})


def constraint_of(error: IntegrityError) -> str:
    """The name of the violated constraint, or ""."""
    diagnostics = getattr(error.orig, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


def flush(session: Any, errors: Mapping[str, DomainError] | None = None) -> None:
    """Flush; a violated constraint named in `errors` (constraint name → domain error) is raised as that error.

    The database is the truth: services check kindly first, and this catches the race that a check cannot see.
    """
    try:
        session.flush()
    except IntegrityError as error:
        known = (errors or {}).get(constraint_of(error))
        if known is not None:
            raise known from error
        raise
