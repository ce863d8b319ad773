"""What higher packages have a say in, without receipts knowing them. A module puts these into its `Module.publishes`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from kernel.actor import Actor
from school.supply.models import GoodsReceipt


@dataclass(frozen=True, slots=True)
class ReceiptGuard:
    """refusal  (actor, receipt) → why it must not be voided (a settled statement holds it, say); "" for nothing."""

    refusal: Callable[[Actor, GoodsReceipt], str]


def refusal_of(actor: Actor, receipt: GoodsReceipt) -> str:
    modules = current_app.extensions["houqin.modules"]
    guards = [offer for module in modules for offer in module.publishes if isinstance(offer, ReceiptGuard)]
    return next((text for guard in guards if (text := guard.refusal(actor, receipt))), "")


@dataclass(frozen=True, slots=True)
class LotGuard:
    """held  (actor, supplier or None, its name, lots (item, number)) → those of them that nobody may take over now."""

    held: Callable[[Actor, UUID | None, str, Collection[tuple[UUID, str]]], set[tuple[UUID, str]]]


def held_lots(
    actor: Actor, supplier_id: UUID | None, supplier_name: str, lots: Collection[tuple[UUID, str]]
) -> set[tuple[UUID, str]]:
    modules = current_app.extensions["houqin.modules"]
    guards = [offer for module in modules for offer in module.publishes if isinstance(offer, LotGuard)]
    return {lot for guard in guards for lot in guard.held(actor, supplier_id, supplier_name, lots)}
