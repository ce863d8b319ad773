"""Duties for tests: a calendar of terms, kinds of their own, and a frozen clock."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

from flask import current_app

from bureau.schools.models import Term
from duties.kinds import DutyKind
from duties.rules import SHANGHAI
from kernel.actor import system_actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.module import Module
from tests.support.world import World

# A Friday in the middle of a term.
FRIDAY = date(2026, 11, 20)
TERMS = ((date(2026, 9, 1), date(2027, 1, 15)), (date(2027, 2, 22), date(2027, 7, 2)))


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


@contextmanager
def published(*kinds: DutyKind) -> Iterator[None]:
    """Only these kinds exist: what the modules of the day publish must not decide a test."""
    modules = current_app.extensions["houqin.modules"]
    bare = [_without_kinds(module) for module in modules]
    current_app.extensions["houqin.modules"] = (*bare, Module(name="演示", publishes=kinds))
    current_app.extensions.pop("houqin.duty_kinds", None)
    try:
        yield
    finally:
        current_app.extensions["houqin.modules"] = modules
        current_app.extensions.pop("houqin.duty_kinds", None)


def _without_kinds(module: Module) -> Any:
    from dataclasses import replace

    return replace(module, publishes=[offer for offer in module.publishes if not isinstance(offer, DutyKind)])


def make_terms(world: World, bureau: str = "a", terms: Sequence[tuple[date, date]] = TERMS) -> None:
    """In the bureau's scope, which stays."""
    system = system_actor(world.bureaus[bureau])
    use_scope(db.session(), system.scope)
    for number, (starts_on, ends_on) in enumerate(terms):
        db.session.add(
            Term(
                bureau_id=system.bureau_id, id=new_id(), name=f"演示学期 {number}", starts_on=starts_on,
                ends_on=ends_on, created_by=system.account_id,
            )
        )  # fmt: skip
    db.session.flush()


@contextmanager
def clock(instant: datetime) -> Iterator[None]:
    with clock_at(instant):
        yield
