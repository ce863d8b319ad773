"""What higher packages have a say in, without orders knowing them. A module puts these into its `Module.publishes`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Lot:
    supplier_id: UUID
    item_id: UUID
    batch_no: str


@dataclass(frozen=True, slots=True)
class ShipmentGuard:
    """refused  (actor, lots) → position of a lot → why it must not be shipped (a warning of the lot, say)."""

    refused: Callable[[Actor, Sequence[Lot]], dict[int, str]]


def refused_lots(actor: Actor, lots: Sequence[Lot]) -> dict[int, str]:
    modules = current_app.extensions["houqin.modules"]
    guards = [offer for module in modules for offer in module.publishes if isinstance(offer, ShipmentGuard)]
    found: dict[int, str] = {}
    for guard in guards:
        found |= guard.refused(actor, lots)
    return found
