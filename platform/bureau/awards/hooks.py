"""What packages above awards tell them. They put these into their `Module.publishes`."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from bureau.awards.models import LotAward
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class SignedContracts:
    """is_signed  (actor, award) → whether a contract that carries it out was signed."""

    is_signed: Callable[[Actor, LotAward], bool]


def is_signed(actor: Actor, award: LotAward) -> bool:
    modules = current_app.extensions["houqin.modules"]
    offers = [offer for module in modules for offer in module.publishes if isinstance(offer, SignedContracts)]
    return any(offer.is_signed(actor, award) for offer in offers)
