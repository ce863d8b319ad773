"""What keeps names and scores out of sight before their time: whose rows the running statements may see, and under what
name a step is recorded.

Row-level security reads `app.person_id` and `app.member_id`. They are set here for one block and taken back at its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from bureau.evaluation.models import CommitteeMember, EvaluationEvent
from kernel.actor import Actor, system_actor
from kernel.audit import capture
from kernel.database import db, new_id, now
from kernel.database.scope import Scope, within


@contextmanager
def own_person(actor: Actor) -> Iterator[None]:
    """Within, the actor sees their own seats on committees."""
    yield from _with("app.person_id", actor.account_id)


@contextmanager
def own_member(member: CommitteeMember) -> Iterator[None]:
    """Within, this member's own scores are seen and can be written while they are open."""
    yield from _with("app.member_id", member.id)


def _with(setting: str, value: UUID) -> Iterator[None]:
    session = db.session()
    session.flush()
    session.connection().exec_driver_sql(f"SET LOCAL {setting} = '{UUID(str(value))}'")
    try:
        yield
        session.flush()
    finally:
        if session.is_active:
            session.connection().exec_driver_sql(f"SET LOCAL {setting} = ''")


@contextmanager
def machine(bureau_id: int) -> Iterator[None]:
    """Within, sealed rows of this bureau are read by the machine itself: to draw, to count, to disclose. What is read
    here is shown to nobody as it stands."""
    with within(db.session(), Scope("houqin_operator", bureau_id=bureau_id)):
        yield


@contextmanager
def unnamed(bureau_id: int) -> Iterator[Actor]:
    """Within, the audit names the system, for the step is a committee member's and who sits there is secret until the
    result. Gives the system's actor."""
    session = db.session()
    actor = system_actor(bureau_id)
    former = session.info.get(capture.CONTEXT)
    capture.write_pending(session)
    capture.set_context(session, actor, "evaluation.committee")
    try:
        yield actor
        capture.write_pending(session)
    finally:
        session.info[capture.CONTEXT] = former or capture.Context()


@contextmanager
def for_bureau(bureau_id: int) -> Iterator[Actor]:
    """Within, what follows from a supplier's or a member's step is done by the system in the bureau's scope."""
    with unnamed(bureau_id) as system, within(db.session(), system.scope):
        yield system


def number_name(number: int) -> str:
    """How a member is called before the result."""
    return f"评委{number}"


def note(
    actor: Actor, tender_id: UUID, event: str, before: str = "", after: str = "", *, lot_id: UUID | None = None,
    reason: str = "", member: CommitteeMember | None = None, at: datetime | None = None,
) -> EvaluationEvent:  # fmt: skip
    """A line of the history; a member's by number."""
    row = EvaluationEvent(
        bureau_id=actor.bureau_id, id=new_id(), tender_id=tender_id, lot_id=lot_id, event=event, from_state=before,
        to_state=after, at=at or now(), by_id=None if member else actor.account_id,
        by_name=number_name(member.number) if member else actor.display_name, reason=reason,
    )  # fmt: skip
    db.session.add(row)
    return row
