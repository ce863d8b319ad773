"""Writes the audit beside the change itself: the session notes what it flushes of audited models, and one entry per
tenant goes into the same transaction just before it commits (or before its scope changes).

Statements that pass the ORM by (bulk inserts) are not seen; the service that sends them calls `record`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM_ACCOUNT, Actor
from kernel.audit.models import AuditEntry
from kernel.database import new_id, now
from kernel.database.scope import ON_SCOPE_CHANGE

LONG_VALUE = 2000  # characters of JSON from which only size and SHA-256 are kept
HIDDEN = "(hidden)"
PENDING = "audit.pending"
CONTEXT = "audit.context"


@dataclass(frozen=True, slots=True)
class Context:
    """Under whose name and for what the running transaction writes."""

    actor_id: UUID = SYSTEM_ACCOUNT
    actor_name: str = "系统"
    action: str = "system"
    request_id: str = ""


@dataclass(slots=True)
class _Pending:
    """Changes of one tenant, waiting for the commit."""

    changes: list[dict[str, Any]] = field(default_factory=list)


def set_context(session: Session, actor: Actor | None, action: str, request_id: str = "") -> None:
    """Name the author of what this session writes from here on."""
    if actor is None:
        session.info[CONTEXT] = Context(action=action, request_id=request_id)
    else:
        session.info[CONTEXT] = Context(actor.account_id, actor.display_name, action, request_id)


def record(
    session: Session,
    bureau_id: int,
    action: str,
    changes: Iterable[Mapping[str, Any]] = (),
    *,
    school_id: int | None = None,
    actor_id: UUID | None = None,
    actor_name: str | None = None,
) -> None:
    """Write one entry now, for what the session cannot see (bulk statements) or what changes no row (a sign-in)."""
    context: Context = session.info.get(CONTEXT, Context())
    session.execute(
        insert(AuditEntry).values(
            bureau_id=bureau_id,
            id=new_id(),
            school_id=school_id,
            at=now(),
            actor_id=actor_id or context.actor_id,
            actor_name=actor_name if actor_name is not None else context.actor_name,
            action=action,
            request_id=context.request_id,
            changes=[plain(dict(change)) for change in changes],
        )
    )


def install(session_class: Any) -> None:
    """Make sessions of this class write the audit."""
    event.listen(session_class, "after_flush", _note_flush)
    event.listen(session_class, "before_commit", write_pending)
    event.listen(session_class, "after_soft_rollback", _forget)


def _forget(session: Session, previous_transaction: Any) -> None:
    session.info.pop(PENDING, None)


def write_pending(session: Session) -> None:
    """Write what was noted so far as one entry per tenant. Called before each commit and before a scope changes."""
    session.flush()
    pending: dict[tuple[int, int | None], _Pending] = session.info.pop(PENDING, {})
    context: Context = session.info.get(CONTEXT, Context())
    rows = [
        {
            "bureau_id": bureau_id, "id": new_id(), "school_id": school_id, "at": now(),
            "actor_id": context.actor_id, "actor_name": context.actor_name, "action": context.action,
            "request_id": context.request_id, "changes": noted.changes,
        }
        for (bureau_id, school_id), noted in pending.items()
    ]  # fmt: skip
    if rows:
        session.execute(insert(AuditEntry), rows)


def _note_flush(session: Session, _flush_context: Any) -> None:
    for instance in session.new:
        _note(session, instance, "insert")
    for instance in session.dirty:
        if session.is_modified(instance):
            _note(session, instance, "update")
    for instance in session.deleted:
        _note(session, instance, "delete")


def _note(session: Session, instance: Any, kind: str) -> None:
    model = type(instance)
    if not getattr(model, "__audited__", False):
        return
    state = inspect(instance)
    mapper = state.mapper
    hides = frozenset(getattr(model, "__audit_hides__", ()))
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    key_names = {mapper.get_property_by_column(column).key for column in mapper.primary_key}
    for attribute in mapper.column_attrs:
        name = attribute.key
        if name in key_names or (name == "version" and kind == "update"):
            continue
        if kind == "update":
            history = state.attrs[name].history
            if not history.has_changes():
                continue
            before = history.deleted[0] if history.deleted else None
            after = history.added[0] if history.added else None
            if before == after:
                continue
            old[name], new[name] = _kept(before, name in hides), _kept(after, name in hides)
        else:
            value = state.dict.get(name)
            if value is not None:
                (new if kind == "insert" else old)[name] = _kept(value, name in hides)
    if kind == "update" and not new:
        return
    tenant = (instance.bureau_id, _school_of(instance))
    change = {
        "table": model.__tablename__,
        "key": {name: plain(getattr(instance, name)) for name in sorted(key_names) if name != "bureau_id"},
        "kind": kind,
    }
    if old:
        change["old"] = old
    if new:
        change["new"] = new
    pending: dict[tuple[int, int | None], _Pending] = session.info.setdefault(PENDING, {})
    pending.setdefault(tenant, _Pending()).changes.append(change)
    hooks = session.info.setdefault(ON_SCOPE_CHANGE, [])
    if write_pending not in hooks:
        hooks.append(write_pending)


def _school_of(instance: Any) -> int | None:
    if type(instance).__tablename__ == "schools":
        return int(instance.id)
    return getattr(instance, "school_id", None)


def _kept(value: Any, hidden: bool) -> Any:
    if hidden and value is not None:
        return HIDDEN
    if isinstance(value, (dict, list, str)):
        text = orjson.dumps(value, default=plain, option=orjson.OPT_NON_STR_KEYS)
        if len(text) > LONG_VALUE:
            return {"sha256": hashlib.sha256(text).hexdigest(), "bytes": len(text)}
    return plain(value)


def plain(value: Any) -> Any:
    """JSON values only, so that an entry hashes the same today and after a restore."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (dict, Mapping)):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    return str(value)
