"""A version tried out before it is published: on what its predecessor was answered, or on generated answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from flask import current_app

from kernel.actor import Actor
from scorecards.generating import generated_visits
from scorecards.models import FormVersion
from scorecards.past import OftenWritten, PastVisits
from scorecards.service.reading import form_of, get_version, versions_of
from scorecards.simulating import Simulation, simulate

MOST_PAST = 500
GENERATED = 200
FEWEST_PAST = 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trial:
    """`source`: the version whose answers were taken; None: the answers were generated."""

    simulation: Simulation
    source: FormVersion | None


def past_visits() -> PastVisits | None:
    """What the composition root handed in; None where no module keeps visits."""
    modules = current_app.extensions["houqin.modules"]
    return next((offer for module in modules for offer in module.publishes if isinstance(offer, PastVisits)), None)


def try_out(actor: Actor, version: FormVersion, source_id: UUID | None = None) -> Trial:
    """On the answers of `source_id`, else of the newest published version that has any; else on generated ones."""
    past = past_visits()
    form = form_of(version)
    for source in _sources(actor, version, source_id):
        found = past.answers(actor, source.id, MOST_PAST) if past else ()
        if len(found) >= FEWEST_PAST:
            return Trial(simulate(form, found), source)
    return Trial(simulate(form, generated_visits(form, GENERATED, version.number)), None)


def _sources(actor: Actor, version: FormVersion, source_id: UUID | None) -> Sequence[FormVersion]:
    if source_id is not None:
        chosen = get_version(actor, source_id)
        return [chosen] if chosen.template_id == version.template_id else []
    return [one for one in versions_of(actor, version.template_id) if one.state == "published"]


def often_written(actor: Actor, template_id: UUID, limit: int = 60) -> Sequence[OftenWritten]:
    """Remarks that inspectors keep writing on this form's items: candidates for phrases."""
    past = past_visits()
    ids = [one.id for one in versions_of(actor, template_id) if one.state == "published"]
    return past.remarks(actor, ids, limit) if past and ids else ()
