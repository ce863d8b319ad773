"""The tenant scope of a transaction: database role and settings that row-level security reads.

Set with SET LOCAL at the start of each transaction, so it ends with it (PgBouncer's transaction mode is safe);
SET LOCAL rather than set_config(), which would not reach the workers of a distributed PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session, SessionTransaction

RUNTIME_ROLES = (
    "houqin_identity",
    "houqin_operator",
    "houqin_bureau",
    "houqin_zone",
    "houqin_school",
    "houqin_supplier",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """`role` is one of RUNTIME_ROLES; tenant settings left None read as "no rows"."""

    role: str
    bureau_id: int | None = None
    school_id: int | None = None
    school_ids: tuple[int, ...] = ()
    supplier_id: UUID | None = None
    read_only: bool = False  # PostgreSQL refuses every write until the transaction ends

    def statements(self) -> str:
        """The SET LOCAL statements, to be sent in one round trip. Every value is an integer, a UUID or a known role."""
        if self.role not in RUNTIME_ROLES:
            raise ValueError(f"unknown runtime role {self.role!r}")
        bureau = "" if self.bureau_id is None else str(int(self.bureau_id))
        school = "" if self.school_id is None else str(int(self.school_id))
        supplier = "" if self.supplier_id is None else str(UUID(str(self.supplier_id)))
        schools = "{" + ",".join(str(int(school_id)) for school_id in self.school_ids) + "}"
        return (
            f"SET LOCAL ROLE {self.role}; SET LOCAL app.bureau_id = '{bureau}'; "
            f"SET LOCAL app.school_id = '{school}'; SET LOCAL app.school_ids = '{schools}'; "
            f"SET LOCAL app.supplier_id = '{supplier}'"
        ) + ("; SET LOCAL transaction_read_only = on" if self.read_only else "")


# Work that must be written under the scope it was begun in (session → None), e.g. the audit's pending entries.
ON_SCOPE_CHANGE = "scope.hooks"

IDENTITY = Scope("houqin_identity")
OPERATOR = Scope("houqin_operator")


def use_scope(session: Session, scope: Scope) -> None:
    """From here on the session acts within `scope`, in the running transaction and in every later one."""
    if session.info.get("scope") == scope and session.in_transaction():
        return
    if session.in_transaction():
        # Statements still waiting in the session belong to the scope they were written under.
        session.flush()
        for hook in session.info.get(ON_SCOPE_CHANGE, ()):
            hook(session)
        session.info["scope"] = scope
        session.connection().exec_driver_sql(scope.statements())
    session.info["scope"] = scope


@contextmanager
def within(session: Session, scope: Scope) -> Iterator[None]:
    """Run a block under another scope in the same transaction, and come back to the former one."""
    former: Scope | None = session.info.get("scope")
    use_scope(session, scope)
    try:
        yield
        session.flush()
    finally:
        if former is None:
            session.info.pop("scope", None)
        elif session.is_active:
            try:
                use_scope(session, former)
            except InternalError:  # the transaction is lost: the next one begins in the former scope
                session.info["scope"] = former
        else:
            session.info["scope"] = former


def _apply_scope(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    scope: Scope | None = session.info.get("scope")
    if scope is not None:
        connection.exec_driver_sql(scope.statements())


def install(session_class: Any) -> None:
    """Make sessions of this class (or scoped_session) carry their scope into every transaction they begin."""
    event.listen(session_class, "after_begin", _apply_scope)
