"""SQLAlchemy as this service uses it: one session, typed models, tenant keys by mixin.

Tables are of three kinds, told apart by their keys (see docs/architecture.md):
global (declared with a reason), bureau-owned (bureau_id, id), school-owned (bureau_id, school_id, id).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, ForeignKeyConstraint, Integer, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

from kernel.database import scope as _scope

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            str: Text,
            datetime: DateTime(timezone=True),
            UUID: Uuid,
            dict[str, Any]: JSONB,
            list[Any]: JSONB,
        },
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
_scope.install(db.session)


def new_id() -> UUID:
    """UUIDv7: sorts by time of making, so keys cluster and a list by id is a list by time."""
    return uuid_utils.compat.uuid7()


_told: ContextVar[datetime | None] = ContextVar("told_time", default=None)


def now() -> datetime:
    """The current instant, aware, UTC. One place, so that tests may freeze it."""
    return _told.get() or datetime.now(UTC)


def told_time() -> datetime | None:
    """What `clock_at` says, None outside of it: for the few who ask the database's clock instead."""
    return _told.get()


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """Within, it is `instant` for this thread: demo data tell a history at the instants at which it plays. Nothing that
    serves a request uses it."""
    token = _told.set(instant)
    try:
        yield
    finally:
        _told.reset(token)


class BureauOwned:
    """Key (bureau_id, id). A nullable school_id may be added by `MaybeSchoolOwned`."""

    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-30)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)


class SchoolOwned:
    """Key (bureau_id, school_id, id), with its foreign key to the school."""

    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-30)
    school_id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-29)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)


class Recorded:
    """When and by whom a row was first written. `created_by` is an account id (all zeros: the system)."""

    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=90)
    created_by: Mapped[UUID] = mapped_column(sort_order=91)


class Versioned:
    """Optimistic lock: an UPDATE that meets another version writes nothing and raises StaleDataError."""

    version: Mapped[int] = mapped_column(Integer, default=1, sort_order=95)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The text of a CHECK that a column holds one word of a list."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def fk_bureau() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["bureau_id"], ["bureaus.id"])


def fk_school() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"])


def fk_in_bureau(column: str, table: str, target: str = "id") -> ForeignKeyConstraint:
    """A reference to a bureau-owned row: carries bureau_id, so it cannot leave the bureau."""
    return ForeignKeyConstraint(["bureau_id", column], [f"{table}.bureau_id", f"{table}.{target}"])


def fk_in_school(column: str, table: str, *, cascade: bool = False) -> ForeignKeyConstraint:
    """A reference to a school-owned row: carries bureau_id and school_id, so it cannot leave the school."""
    return ForeignKeyConstraint(
        ["bureau_id", "school_id", column],
        [f"{table}.bureau_id", f"{table}.school_id", f"{table}.id"],
        ondelete="CASCADE" if cascade else None,
    )
