"""Whoever must know of an answer the moment it is kept, without the visit knowing them.

A module puts an `AnswerWatcher` into its `Module.publishes`; it runs in the transaction that keeps the answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from bureau.inspections.models import Inspection
from kernel.actor import Actor
from scorecards.engine import Scorer


@dataclass(frozen=True, slots=True)
class AnswerWatcher:
    """answered  (actor, visit, scorer, answers): these answers of an open visit were kept, {key: its JSON, None: cleared}."""

    answered: Callable[[Actor, Inspection, Scorer, Mapping[str, Any]], None]


def tell_watchers(actor: Actor, visit: Inspection, scorer: Scorer, answers: Mapping[str, Any]) -> None:
    if not answers:
        return
    for module in current_app.extensions["houqin.modules"]:
        for offer in module.publishes:
            if isinstance(offer, AnswerWatcher):
                offer.answered(actor, visit, scorer, answers)
