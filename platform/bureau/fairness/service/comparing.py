"""A plan's schools beside their peers: official score, interval, shared tier, grade, and the calibrated score."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.fairness.calibrated import calibrate, score_error, tiers
from bureau.fairness.grading import grade_of, stars_of
from bureau.fairness.service.estimating import fit_of, latest_run
from bureau.fairness.service.observing import item_points, shares_by_visit
from bureau.inspections.service import planning, results
from bureau.inspections.service.results import Place
from kernel.actor import Actor
from kernel.policy import service as policy

TEN = Decimal(10)
GRADE_FIGURES = ("grading.excellent.least", "grading.good.least", "grading.fair.least")
STARS_FIGURE = "grading.stars.least"


@dataclass(frozen=True, slots=True)
class Compared:
    """`percent`: the official score of a hundred. `tier`, `low`, `high` None where no estimate carries them;
    `calibrated` (value, low, high) None where an inspector of the visit has no estimate, or to whom it is not shown."""

    place: Place
    percent: float | None
    grade: str
    stars: int
    tier: int | None = None
    low: float | None = None
    high: float | None = None
    calibrated: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`why_not`: why there are no intervals ("none" where nobody has estimated yet)."""

    groups: dict[tuple[str, bool], list[Compared]]
    why_not: str
    run: Any


def thresholds(actor: Actor) -> tuple[list[Decimal], list[Decimal]]:
    """Least percents of the grades (the figures are of ten) and of the stars, as of today."""
    grades = [policy.number(actor, key) * TEN for key in GRADE_FIGURES]
    rising: Any = policy.effective(actor.bureau_id, STARS_FIGURE).figure.value
    stars = [Decimal(str(value)) for value in rising]
    return grades, stars


def compare(actor: Actor, plan_id: UUID, *, calibrated: bool) -> Comparison:
    """Peers are schools of the same stage and boarding in the same plan, which is of one form version.

    `calibrated`: whether the actor may see the calibrated score beside the official one.
    """
    plan = planning.get_plan(actor, plan_id)
    run = latest_run(actor, plan.kind) if actor.level == "bureau" else None
    fitted = fit_of(run)
    shares: Mapping[UUID, Mapping[Any, float]] = {}
    if fitted is not None:
        shares = shares_by_visit(actor, plan_id, item_points(actor, plan.form_version_id))
    grades, stars = thresholds(actor)
    groups: dict[tuple[str, bool], list[Compared]] = {}
    peers: dict[tuple[str, bool], list[Place]] = {}
    for place in results.ranking(actor, plan_id):
        peers.setdefault((place.stage, place.is_boarding), []).append(place)
    for key, places in peers.items():
        groups[key] = _group(places, fitted, shares, grades, stars, calibrated)
    why_not = "" if fitted is not None else (run.refusal if run else "none")
    return Comparison(groups, why_not, run)


def _group(
    places: list[Place],
    fitted: Any,
    shares: Mapping[UUID, Mapping[Any, float]],
    grades: list[Decimal],
    stars: list[Decimal],
    calibrated: bool,
) -> list[Compared]:
    tiers = _tiers(places, fitted, shares) if fitted is not None else {}
    rows = []
    for place in places:
        percent = place.percent
        placed = tiers.get(place.inspection_id)
        fair = None
        if calibrated and fitted is not None and percent is not None:
            fair = _calibrated(float(percent), shares.get(place.inspection_id, {}), fitted)
        rows.append(
            Compared(
                place,
                None if percent is None else float(percent),
                "" if percent is None else grade_of(percent, grades),
                0 if percent is None else stars_of(percent, stars),
                placed and placed.tier,
                placed and placed.low,
                placed and placed.high,
                fair,
            )
        )
    return rows


def _tiers(places: list[Place], fitted: Any, shares: Mapping[UUID, Mapping[Any, float]]) -> dict[Any, Any]:
    entries = []
    for place in places:
        of_visit = shares.get(place.inspection_id)
        if place.percent is not None and of_visit:
            error = score_error(of_visit, sum(of_visit.values()), fitted)
            entries.append((place.inspection_id, float(place.percent), error))
    return {placed.entry: placed for placed in tiers(entries)}


def _calibrated(percent: float, shares: Mapping[Any, float], fitted: Any) -> tuple[float, float, float] | None:
    answer = calibrate(percent, shares, fitted)
    return None if isinstance(answer, str) else (answer.value, answer.low, answer.high)
