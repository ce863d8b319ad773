"""Whoever has a word before an agreement is signed, without agreements knowing them: e.g. an open challenge.

A module puts a `SigningGuard` into its `Module.publishes`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import current_app

from bureau.agreements.models import Agreement
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class SigningWarning:
    """`code`: stable; `text` for the reader; `blocks`: nobody may pass over it (a suspension), else with a reason."""

    code: str
    text: str
    citation: str = ""
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class SigningGuard:
    """warnings  (actor, agreement) → what stands against signing now; in the bureau's scope, empty for nothing."""

    warnings: Callable[[Actor, Agreement], Sequence[SigningWarning]]


def warnings_of(actor: Actor, agreement: Agreement) -> list[SigningWarning]:
    modules = current_app.extensions["houqin.modules"]
    guards = [offer for module in modules for offer in module.publishes if isinstance(offer, SigningGuard)]
    return [warning for guard in guards for warning in guard.warnings(actor, agreement)]
