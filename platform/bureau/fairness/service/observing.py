"""From stored answers to observations: which inspector answered which items of which visit, and what was lost on them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bureau.fairness.observations import Observation
from bureau.inspections.models import InspectionAnswer, InspectionLoss, InspectionPlan, InspectionResult
from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import span_of_days
from scorecards import service as forms

Points = Mapping[str, float]


def item_points(actor: Actor, form_version_id: UUID) -> dict[str, float]:
    """Points of each scored item of a form; bonus points are not at stake for everyone and are left out."""
    form = forms.form_of(forms.get_version(actor, form_version_id))
    return {item.code: float(item.points) for item in form.items() if item.points and not getattr(item, "bonus", False)}


def base_code(key: Any) -> Any:
    """The item of an answer's key `item@unit`, in SQL."""
    return func.split_part(key, "@", 1)


def observations(
    actor: Actor, *, kind: str | None = None, plan_id: UUID | None = None, first: date | None = None,
    last: date | None = None,
) -> list[Observation]:  # fmt: skip
    """Of the submitted visits of a kind between two days, or of one plan with its blind double visits."""
    rows = _rows(actor, kind, plan_id, first, last)
    points = {version: item_points(actor, version) for version in {row.form_version_id for row in rows}}
    usual = _usual_losses(rows, points)
    sums: dict[tuple[Any, ...], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in rows:
        code = row.item_code.split("@", 1)[0]
        worth = points[row.form_version_id].get(code)
        if not worth:
            continue
        stratum = (row.plan_id, row.form_version_id)
        total = sums[row.school_id, row.inspection_id, row.answered_by, stratum]
        total[0] += worth
        total[1] += min(float(row.lost), worth)
        total[2] += usual[stratum, code] * worth
    return [
        Observation(school, visit, inspector, lost / worth, worth, expected / worth, stratum)
        for (school, visit, inspector, stratum), (worth, lost, expected) in sums.items()
    ]


def _rows(actor: Actor, kind: str | None, plan_id: UUID | None, first: date | None, last: date | None) -> Sequence[Any]:
    """One row per answered item: (school_id, inspection_id, plan_id, form_version_id, answered_by, item_code, lost)."""
    # A blind double visit is compared with the visits of the plan that it doubles.
    plan = func.coalesce(InspectionPlan.double_of, InspectionPlan.id)
    query = (
        select(
            InspectionResult.school_id, InspectionResult.id.label("inspection_id"), plan.label("plan_id"),
            InspectionResult.form_version_id, InspectionAnswer.answered_by, InspectionAnswer.item_code,
            func.coalesce(InspectionLoss.lost, 0).label("lost"),
        )
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == InspectionResult.bureau_id) & (InspectionPlan.id == InspectionResult.plan_id),
        )
        .join(
            InspectionAnswer,
            (InspectionAnswer.bureau_id == InspectionResult.bureau_id)
            & (InspectionAnswer.school_id == InspectionResult.school_id)
            & (InspectionAnswer.inspection_id == InspectionResult.id),
        )
        .outerjoin(
            InspectionLoss,
            (InspectionLoss.bureau_id == InspectionAnswer.bureau_id)
            & (InspectionLoss.school_id == InspectionAnswer.school_id)
            & (InspectionLoss.inspection_id == InspectionAnswer.inspection_id)
            & (InspectionLoss.item_code == InspectionAnswer.item_code),
        )
        .where(
            InspectionResult.bureau_id == actor.bureau_id,
            InspectionAnswer.answer.is_not(None),
            InspectionAnswer.answer["not_applicable"].is_(None),
        )
    )  # fmt: skip
    if kind is not None:
        query = query.where(InspectionResult.kind == kind)
    if plan_id is not None:
        query = query.where(plan == plan_id)
    if first is not None and last is not None:
        begin, end = span_of_days(first, last)
        query = query.where(InspectionResult.submitted_at >= begin, InspectionResult.submitted_at < end)
    return db.session.execute(query).all()


def _usual_losses(rows: Sequence[Any], points: Mapping[UUID, Points]) -> dict[tuple[Any, str], float]:
    """The share of its points that an item loses on average, by stratum and item."""
    sums: dict[tuple[Any, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        code = row.item_code.split("@", 1)[0]
        worth = points[row.form_version_id].get(code)
        if worth:
            total = sums[(row.plan_id, row.form_version_id), code]
            total[0] += min(float(row.lost), worth)
            total[1] += worth
    return {key: lost / worth for key, (lost, worth) in sums.items()}


def shares_by_visit(actor: Actor, plan_id: UUID, points: Points) -> dict[UUID, dict[str, float]]:
    """For each submitted visit of a plan: the points each inspector answered, by account id as text."""
    listed = select(
        func.unnest(list(points)).label("code"), func.unnest(list(points.values())).label("points")
    ).subquery("points_of")
    query = (
        select(InspectionResult.id, InspectionAnswer.answered_by, func.sum(listed.c.points))
        .join(
            InspectionAnswer,
            (InspectionAnswer.bureau_id == InspectionResult.bureau_id)
            & (InspectionAnswer.school_id == InspectionResult.school_id)
            & (InspectionAnswer.inspection_id == InspectionResult.id),
        )
        .join(listed, listed.c.code == base_code(InspectionAnswer.item_code))
        .where(InspectionResult.bureau_id == actor.bureau_id, InspectionResult.plan_id == plan_id)
        .group_by(InspectionResult.id, InspectionAnswer.answered_by)
    )
    shares: dict[UUID, dict[str, float]] = defaultdict(dict)
    for visit_id, person_id, total in db.session.execute(query):
        shares[visit_id][str(person_id)] = float(total)
    return dict(shares)
