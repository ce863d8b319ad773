"""What other modules bring to a visit without the visit knowing them: put a `VisitPart` into `Module.publishes`."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup

from bureau.inspections.models import Inspection
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class VisitPart:
    """panel     (actor, visit) → safe HTML (Markup) for the bureau's page of the visit, "" for nothing; parts stand by `order`.
    returned  (actor, visit): the visit was sent back (退回补正), in the transaction that does so.
    """

    panel: Callable[[Actor, Inspection], Markup] | None = None
    returned: Callable[[Actor, Inspection], None] | None = None
    order: int = 100


def visit_parts() -> list[VisitPart]:
    modules = current_app.extensions["houqin.modules"]
    found = [offer for module in modules for offer in module.publishes if isinstance(offer, VisitPart)]
    return sorted(found, key=lambda part: part.order)
