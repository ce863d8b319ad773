"""What packages above awards tell them. They put these into their `Module.publishes`."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from bureau.awards.models import LotAward
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Contracts:
    """is_signed  (actor, award) → whether a contract that carries it out was signed.
    let_go     (actor, award, reason): the result it rests on does not stand any more; a contract that waits for
               signature goes.
    """

    is_signed: Callable[[Actor, LotAward], bool]
    let_go: Callable[[Actor, LotAward, str], None]


def _offers() -> list[Contracts]:
    modules = current_app.extensions["houqin.modules"]
    return [offer for module in modules for offer in module.publishes if isinstance(offer, Contracts)]


def is_signed(actor: Actor, award: LotAward) -> bool:
    return any(offer.is_signed(actor, award) for offer in _offers())


def let_go(actor: Actor, award: LotAward, reason: str) -> None:
    for offer in _offers():
        offer.let_go(actor, award, reason)
