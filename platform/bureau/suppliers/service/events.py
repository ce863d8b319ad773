"""Every step leaves a row: who, when, why. The one way in which a state changes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.suppliers import rules
from bureau.suppliers.models import BureauSupplier, SupplierEvent
from kernel.actor import SYSTEM_ACCOUNT, Actor
from kernel.database import db
from kernel.errors import RuleBroken


def note(
    actor: Actor,
    supplier_id: UUID,
    subject: str,
    subject_id: UUID,
    event: str,
    states: tuple[str, str],
    reason: str = "",
) -> None:
    side = "supplier" if actor.level == "supplier" else "bureau"
    if actor.account_id == SYSTEM_ACCOUNT:
        side = "system"
    db.session.add(
        SupplierEvent(
            bureau_id=actor.bureau_id, supplier_id=supplier_id, subject=subject, subject_id=subject_id, event=event,
            from_state=states[0], to_state=states[1], reason=reason, by=actor.account_id,
            by_name=actor.display_name, by_side=side,
        )
    )  # fmt: skip


def move(actor: Actor, subject: str, row: Any, event: str, reason: str = "") -> str:
    """The new state of `row`, whose step is written down. Raises RuleBroken where it does not follow."""
    former = row.state
    try:
        row.state = rules.following(subject, former, event)
    except rules.NoSuchStep:
        raise RuleBroken("no_such_step", _("当前状态下不能进行这一步，请刷新后查看。")) from None
    supplier_id = row.id if isinstance(row, BureauSupplier) else row.supplier_id
    note(actor, supplier_id, subject, row.id, event, (former, row.state), reason)
    return str(row.state)


def history(actor: Actor, supplier_id: UUID, limit: int = 100) -> Sequence[SupplierEvent]:
    """Newest first."""
    query = select(SupplierEvent).where(
        SupplierEvent.bureau_id == actor.bureau_id, SupplierEvent.supplier_id == supplier_id
    )
    if actor.level == "supplier":
        # A removal that is only proposed is the bureau's own business.
        query = query.where(SupplierEvent.event.not_in(("propose", "drop")))
    return db.session.scalars(query.order_by(SupplierEvent.id.desc()).limit(limit)).all()
