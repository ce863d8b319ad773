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


def followers() -> list[Follower]:
    modules = current_app.extensions["houqin.modules"]
    return [offer for module in modules for offer in module.publishes if isinstance(offer, Follower)]
