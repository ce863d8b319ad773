"""What is drawn on site: which rooms, windows, pupils. The phone draws; anyone with the visit's seed draws the same."""

from typing import Any

from bureau.draws.chance import sample
from bureau.draws.models import VisitSeed
from bureau.inspections.models import Inspection, InspectionPlan
from kernel.actor import Actor
from kernel.database import db

WHAT = ("rooms", "windows", "pupils")


def task_sample(actor: Actor, visit: Inspection) -> dict[str, Any] | None:
    """For the phone: {"seed": the visit's own seed in hex, "rules": {"rooms": 5, …}}; None where the plan samples
    nothing. It tells nothing of other visits; whoever is not assigned to the visit must not be handed it."""
    plan = db.session.get(InspectionPlan, (visit.bureau_id, visit.plan_id))
    seed = db.session.get(VisitSeed, (visit.bureau_id, visit.school_id, visit.id))
    if plan is None or seed is None or not plan.sampling:
        return None
    return {"seed": seed.seed, "rules": {what: plan.sampling[what] for what in WHAT if plan.sampling.get(what)}}


def drawn_on_site(visit: Inspection, seed: str, what: str, population: int, count: int) -> list[int]:
    """Positions from 0 among `population` things in the order in which they are listed on site."""
    return sample(seed, str(visit.id), what, population, count)
