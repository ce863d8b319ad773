"""Whoever acts on a visit's result without the visit knowing them.

A module puts a `Follower` into its `Module.publishes`; every function runs in the transaction of what it follows, in
the bureau's scope.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from markupsafe import Markup

from bureau.inspections.models import Inspection, InspectionResult
from bureau.inspections.revision_models import InspectionResultRevision
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Follower:
    """released   (actor, visit, result, at, adjust): the school was told of the result, once per visit. `adjust`: the
               releaser's wishes, {answer's key: severity}.
    revised    (actor, visit, result, revision): the result changed; `result` is the new one.
    published  (actor, visit ids): these visits were just published.
    """

    released: Callable[[Actor, Inspection, InspectionResult, datetime, Mapping[str, Any]], None]
    revised: Callable[[Actor, Inspection, InspectionResult, InspectionResultRevision], None]
    published: Callable[[Actor, Sequence[UUID]], None]


@dataclass(frozen=True, slots=True)
class ResultPart:
    """lines  (actor, result) → {item key: safe HTML} shown below the items of a result that was told, on the school's
    page and on the bureau's.
    head   (actor, result) → safe HTML above the items on the school's page, "" for nothing.
    """

    lines: Callable[[Actor, InspectionResult], Mapping[str, Markup]]
    head: Callable[[Actor, InspectionResult], Markup] | None = None
    order: int = 100


def line_parts(actor: Actor, result: InspectionResult) -> dict[str, list[Markup]]:
    """{item key: what modules have to show there}, in their order."""
    modules = current_app.extensions["houqin.modules"]
    parts = [offer for module in modules for offer in module.publishes if isinstance(offer, ResultPart)]
    found: dict[str, list[Markup]] = {}
    for part in sorted(parts, key=lambda one: one.order):
        for key, html in part.lines(actor, result).items():
            found.setdefault(key, []).append(html)
    return found


def head_parts(actor: Actor, result: InspectionResult) -> list[Markup]:
    """What modules have to show above the items, in their order."""
    modules = current_app.extensions["houqin.modules"]
    parts = [offer for module in modules for offer in module.publishes if isinstance(offer, ResultPart)]
    return [part.head(actor, result) for part in sorted(parts, key=lambda one: one.order) if part.head is not None]


def followers() -> list[Follower]:
    modules = current_app.extensions["houqin.modules"]
    return [offer for module in modules for offer in module.publishes if isinstance(offer, Follower)]
