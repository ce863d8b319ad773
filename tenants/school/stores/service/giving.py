"""A request is given out: the keeper says how much of each good, the batches are those that expire first."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kernel.actor import Actor
from school.stores.service import confirming, requesting
from school.stores.service.issuing import Asked, takes_for
from school.stores.work_models import StoreRequisition


def give_out_goods(
    actor: Actor, requisition_id: UUID, seen_version: int | None, document_id: UUID, lines: Sequence[Mapping[str, Any]]
) -> StoreRequisition:
    """`lines`: good_id, quantity, old_quantity. Sent again under the same document it is given out once."""
    row = requesting.locked(actor, requisition_id)
    if row.document_id == document_id or (row.state == "prepared" and confirming.find(actor, document_id) is not None):
        return row
    takes = takes_for(actor, [Asked(line["good_id"], line["quantity"]) for line in lines if line["quantity"]])
    old = {line["good_id"]: line["old_quantity"] for line in lines}
    return requesting.give_out(actor, requisition_id, seen_version, document_id, takes, old_quantities=old)
