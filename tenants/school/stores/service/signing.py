"""The second keeper signs what the first made up, and it is posted; or sends it back."""

from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid, RuleBroken
from school.stores.rules import DocumentKind, LocationKind
from school.stores.service import confirming, requesting
from school.stores.service.issuing import ALONE, out
from school.stores.service.posting import Details, post
from school.stores.service.steps import take_step
from school.stores.work_models import StoreConfirmation

TARGET = {DocumentKind.ISSUE: LocationKind.CONSUMED, DocumentKind.DISPOSAL: LocationKind.DISPOSED}


def decide(
    actor: Actor, document_id: UUID, seen_version: int | None, *, is_confirmed: bool, reason: str = ""
) -> StoreConfirmation:
    """Sign what another made up, or refuse it with a reason. Its maker may only withdraw it, and needs to say nothing."""
    row = confirming.locked(actor, document_id)
    require_version(row, seen_version)
    is_own = row.created_by == actor.account_id
    if is_own and is_confirmed:
        raise RuleBroken(ALONE, _("双人收发：请由另一名保管人员确认。"))
    if is_own:
        reason = reason.strip() or _("提交人撤回")
    elif not is_confirmed and not reason.strip():
        raise Invalid({"reason": [_("请填写退回原因。")]})
    take_step(actor, "confirmation", row, "confirm" if is_confirmed else "refuse", reason)
    row.decided_by, row.decided_by_name = actor.account_id, actor.display_name
    flush(db.session())
    takes = confirming.takes_of(row)
    if not is_confirmed:
        if row.requisition_id is not None:
            requesting.not_given_out(actor, row.requisition_id, reason)
        return row
    kind = DocumentKind(row.kind)
    details = Details(
        source=None if row.requisition_id is None else (requesting.SOURCE, row.requisition_id),
        taker_name=row.taker_name, department=row.department, reason=row.reason, attachment_id=row.attachment_id,
        second=(row.created_by, row.made_by_name),
    )  # fmt: skip
    post(actor, row.id, kind, out(actor, takes, TARGET[kind]), details=details)
    if row.requisition_id is not None:
        requesting.given_out_by_two(actor, row.requisition_id, row.id, takes)
    return row
