"""Steps of requisitions, stocktakes, months and confirmations: each leaves a row, none is ever changed."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.errors import Conflict
from kernel.states import NoTransition
from school.stores import flows
from school.stores.work_models import StoreEvent


def take_step(actor: Actor, kind: str, record, event: str, reason: str = "") -> None:  # type: ignore[no-untyped-def]
    """Bring a record (with `state`) through its table of states. Raises Conflict where the state does not allow it."""
    try:
        record.state = flows.next_state(kind, record.state, event)
    except NoTransition:
        raise Conflict(
            _("当前状态不能这样操作，请刷新后重试。"), {"state": record.state, "version": record.version}
        ) from None
    note(actor, kind, record.id, event, record.state, reason)


def note(actor: Actor, kind: str, record_id: UUID, event: str, state: str, reason: str = "") -> None:
    db.session.add(
        StoreEvent(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), record_kind=kind,
            record_id=record_id, event=str(event), state=str(state), by_id=actor.account_id,
            by_name=actor.display_name, reason=reason,
        )
    )  # fmt: skip


def steps_of(actor: Actor, school_id: int, record_id: UUID) -> Sequence[StoreEvent]:
    """Oldest first."""
    return db.session.scalars(
        select(StoreEvent)
        .where(
            StoreEvent.bureau_id == actor.bureau_id, StoreEvent.school_id == school_id, StoreEvent.record_id == record_id
        )
        .order_by(StoreEvent.at, StoreEvent.id)
    ).all()  # fmt: skip
