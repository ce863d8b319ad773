"""What higher packages have a say in, without the day's records knowing them. A module puts these into its `Module.publishes`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import current_app

from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class SampleGuard:
    """reason  (actor, school, day, meal) → why the samples of this meal are kept beyond their time; "" for nothing."""

    reason: Callable[[Actor, int, date, str], str]


def reason_to_hold(actor: Actor, school_id: int, day: date, meal: str) -> str:
    modules = current_app.extensions["houqin.modules"]
    guards = [offer for module in modules for offer in module.publishes if isinstance(offer, SampleGuard)]
    return next((text for guard in guards if (text := guard.reason(actor, school_id, day, meal))), "")
