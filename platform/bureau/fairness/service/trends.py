"""How schools of a kind fare over the months, and which items zones and stages lose most."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal_column, select

from bureau.inspections.models import InspectionLoss, InspectionPlan, InspectionResult
from bureau.inspections.service import planning
from bureau.schools.models import Zone
from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import span_of_days
from scorecards import service as forms


@dataclass(frozen=True, slots=True)
class Point:
    """The mean percent of a group's visits in one plan (one form version, one round)."""

    plan_id: UUID
    plan_title: str
    starts_on: date
    group: Any
    visits: int
    mean: Decimal


def _within(actor: Actor, query: Any) -> Any:
    return query.where(InspectionResult.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def trend(actor: Actor, kind: str, by: str, first: date, last: date) -> list[Point]:
    """By "stage", "zone_id" or "all": one point per plan and group, oldest plan first. Points of different form
    versions stand side by side, never in one mean."""
    begin, end = span_of_days(first, last)
    columns: dict[str, Any] = {"stage": InspectionResult.stage, "zone_id": InspectionResult.zone_id}
    group: Any = columns.get(by, literal_column("NULL::text"))
    query = (
        select(
            InspectionPlan.id, InspectionPlan.title, InspectionPlan.starts_on, group.label("group"),
            func.count().label("visits"), func.avg(InspectionResult.percent).label("mean"),
        )
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == InspectionResult.bureau_id) & (InspectionPlan.id == InspectionResult.plan_id),
        )
        .where(
            InspectionResult.bureau_id == actor.bureau_id,
            InspectionResult.kind == kind,
            InspectionPlan.double_of.is_(None),
            InspectionResult.percent.is_not(None),
            InspectionResult.submitted_at >= begin,
            InspectionResult.submitted_at < end,
        )
        .group_by(InspectionPlan.id, InspectionPlan.title, InspectionPlan.starts_on, group)
        .order_by(InspectionPlan.starts_on, InspectionPlan.id, group)
    )  # fmt: skip
    return [Point(*row) for row in db.session.execute(_within(actor, query))]


@dataclass(frozen=True, slots=True)
class LostCell:
    """How many of the group's `visits` lost points on the item."""

    times: int
    visits: int

    @property
    def percent(self) -> int:
        return 0 if not self.visits else self.times * 100 // self.visits


def lost_by(
    actor: Actor, plan_id: UUID, by: str, limit: int = 15
) -> tuple[list[Any], list[tuple[Any, list[LostCell]]]]:
    """(groups, rows): the items most often lost, each with one cell per zone ("zone_id") or stage ("stage")."""
    plan = planning.get_plan(actor, plan_id)
    column = InspectionResult.zone_id if by == "zone_id" else InspectionResult.stage
    visits = dict(
        db.session.execute(
            _within(
                actor,
                select(column, func.count())
                .where(InspectionResult.bureau_id == actor.bureau_id, InspectionResult.plan_id == plan_id)
                .group_by(column),
            )
        ).all()
    )
    times: dict[str, dict[Any, int]] = {}
    query = (
        select(InspectionLoss.item_code, column, func.count(InspectionLoss.inspection_id.distinct()))
        .join(
            InspectionResult,
            (InspectionResult.bureau_id == InspectionLoss.bureau_id)
            & (InspectionResult.school_id == InspectionLoss.school_id)
            & (InspectionResult.id == InspectionLoss.inspection_id),
        )
        .where(InspectionLoss.bureau_id == actor.bureau_id, InspectionLoss.plan_id == plan_id)
        .group_by(InspectionLoss.item_code, column)
    )
    for key, group, count in db.session.execute(_within(actor, query)):
        cells = times.setdefault(key.split("@", 1)[0], {})
        cells[group] = cells.get(group, 0) + count
    items = {item.code: item for item in forms.form_of(forms.get_version(actor, plan.form_version_id)).items()}
    groups = sorted(visits, key=lambda group: (group is None, str(group)))
    most = sorted((code for code in times if code in items), key=lambda code: (-sum(times[code].values()), code))
    rows = [
        (items[code], [LostCell(times[code].get(group, 0), visits[group]) for group in groups]) for code in most[:limit]
    ]
    return groups, rows


def zone_names(actor: Actor) -> dict[int, str]:
    return dict(db.session.execute(select(Zone.id, Zone.name).where(Zone.bureau_id == actor.bureau_id)).all())
