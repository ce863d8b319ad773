"""Estimate the inspectors' strictness of a kind of check, and read what was estimated."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.fairness.fits import Fit, Strictness
from bureau.fairness.models import StrictnessEstimate, StrictnessRun
from bureau.fairness.observations import design_of
from bureau.fairness.service.observing import observations
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush
from kernel.errors import NotFound
from kernel.identity.models import Person

# Three years: long enough to link inspectors through schools, short enough that people are still who they were.
SPAN = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Estimated:
    """One inspector's line: `effect`, `low`, `high` in points of a hundred, None where `standing` says why."""

    person_id: UUID
    name: str
    standing: str
    visits: int
    effect: float | None
    low: float | None
    high: float | None


def estimate(actor: Actor, kind: str, last: date, *, first: date | None = None) -> StrictnessRun:
    """Over the visits of `kind` submitted on the days first..last. A refusal is a result too and is kept."""
    from bureau.fairness.strictness import fit  # scipy takes a second to load: only where it is used

    first = first or last - SPAN
    rows = observations(actor, kind=kind, first=first, last=last)
    design = design_of(rows)
    run = StrictnessRun(
        bureau_id=actor.bureau_id, id=new_id(), kind=kind, starts_on=first, ends_on=last,
        refusal=design.refusal or "", visits=len({row.visit for row in rows}), observations=len(design.used),
        spread={}, people=[], covariance=[], computed_by=actor.account_id,
        groups=[sorted(map(str, group)) for group in design.components],
    )  # fmt: skip
    fitted = None
    if design.refusal is None:
        fitted = fit(design.used)
        run.spread = {
            "school": fitted.sd_school, "visit": fitted.sd_visit, "inspector": fitted.sd_inspector,
            "error": fitted.sd_error, "mean_weight": fitted.mean_weight, "level": fitted.level,
        }  # fmt: skip
        run.people = [str(person) for person in fitted.inspectors]
        run.covariance = fitted.covariance.tolist()
    db.session.add(run)
    flush(db.session())
    visits = Counter(person for person, _visit in {(row.inspector, row.visit) for row in rows})
    for person, standing in design.standing.items():
        found = fitted.inspectors.get(person) if fitted else None
        db.session.add(
            StrictnessEstimate(
                bureau_id=actor.bureau_id, id=new_id(), run_id=run.id, person_id=person, visits=visits[person],
                standing=standing, effect=found and found.effect, low=found and found.low, high=found and found.high,
            )
        )  # fmt: skip
    flush(db.session())
    return run


def latest_run(actor: Actor, kind: str) -> StrictnessRun | None:
    return db.session.scalar(
        select(StrictnessRun)
        .where(StrictnessRun.bureau_id == actor.bureau_id, StrictnessRun.kind == kind)
        .order_by(StrictnessRun.computed_at.desc(), StrictnessRun.id.desc())
        .limit(1)
    )


def get_run(actor: Actor, run_id: UUID) -> StrictnessRun:
    run = db.session.get(StrictnessRun, (actor.bureau_id, run_id))
    if run is None:
        raise NotFound(_("没有这次估计。"))
    return run


def estimates(actor: Actor, run: StrictnessRun, *, person_id: UUID | None = None) -> list[Estimated]:
    """The inspectors of a run, strictest first; those without an estimate last."""
    query = (
        select(StrictnessEstimate, Person.display_name)
        .join(
            Person,
            (Person.bureau_id == StrictnessEstimate.bureau_id) & (Person.id == StrictnessEstimate.person_id),
        )
        .where(StrictnessEstimate.bureau_id == actor.bureau_id, StrictnessEstimate.run_id == run.id)
        .order_by(StrictnessEstimate.effect.desc().nulls_last(), Person.display_name)
    )
    if person_id is not None:
        query = query.where(StrictnessEstimate.person_id == person_id)
    return [
        Estimated(row.person_id, name, row.standing, row.visits, *map(_points, (row.effect, row.low, row.high)))
        for row, name in db.session.execute(query)
    ]


def own_estimates(actor: Actor) -> dict[str, tuple[StrictnessRun, Estimated]]:
    """The actor's own line in the latest run of each kind that has one."""
    own = {}
    for kind in ("canteen", "dormitory", "safety", "logistics"):
        run = latest_run(actor, kind)
        found = estimates(actor, run, person_id=actor.account_id) if run else []
        if run and found:
            own[kind] = (run, found[0])
    return own


def _points(share: float | None) -> float | None:
    return None if share is None else 100 * share


def fit_of(run: StrictnessRun | None) -> Fit | None:
    """The stored estimate; None where it was refused or never made."""
    if run is None or run.refusal:
        return None
    covariance = run.covariance
    rows = db.session.scalars(
        select(StrictnessEstimate).where(
            StrictnessEstimate.bureau_id == run.bureau_id, StrictnessEstimate.run_id == run.id
        )
    )
    by_person: Mapping[str, StrictnessEstimate] = {str(row.person_id): row for row in rows}
    spread = run.spread
    return Fit(
        inspectors={
            person: Strictness(
                by_person[person].effect or 0.0, by_person[person].low or 0.0, by_person[person].high or 0.0,
                sqrt(covariance[index][index]),
            )
            for index, person in enumerate(run.people)
        },
        covariance=covariance,
        sd_school=spread["school"],
        sd_visit=spread["visit"],
        sd_inspector=spread["inspector"],
        sd_error=spread["error"],
        mean_weight=spread["mean_weight"],
        observations=run.observations,
        level=spread["level"],
    )  # fmt: skip
