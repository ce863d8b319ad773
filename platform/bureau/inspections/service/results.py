"""Results as the school sees them, and as the bureau compares them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.inspections import rules
from bureau.inspections.models import Inspection, InspectionLoss, InspectionPlan, InspectionResult
from bureau.inspections.service.answering import photos_of
from bureau.inspections.service.planning import get_plan
from bureau.inspections.service.submitting import drop_result
from bureau.inspections.service.telling import plan_of, release_visit
from bureau.inspections.service.visits import get_inspection, is_assigned, move
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import NotFound, RuleBroken
from scorecards import service as forms

Q = TypeVar("Q", bound=Any)


@dataclass(frozen=True, slots=True)
class Place:
    """One school's place among its peers (same stage, same boarding, same plan and so the same form version)."""

    school_id: int
    school_name: str
    inspection_id: UUID
    stage: str
    is_boarding: bool
    score: Decimal | None
    percent: Decimal | None
    band: str | None
    verdict: str | None
    rank: int
    of: int


@dataclass(frozen=True, slots=True)
class LostItem:
    """An item and how often it was lost. `share`: of the points at stake over all visits, None without points."""

    code: str
    no: str
    text: str
    times: int
    visits: int
    lost: Decimal
    share: Decimal | None


def get_result(actor: Actor, school_id: int, inspection_id: UUID) -> InspectionResult:
    """The result of a visit within the actor's scope; a school reaches only its own, and only once released."""
    query = select(InspectionResult).where(
        InspectionResult.bureau_id == actor.bureau_id,
        InspectionResult.school_id == school_id,
        InspectionResult.id == inspection_id,
    )
    if actor.level == "school":
        own = InspectionResult.school_id == actor.own_school_id()
        query = query.where(own, InspectionResult.released_at.is_not(None))
    else:
        get_inspection(actor, school_id, inspection_id)
    result = db.session.scalar(query)
    if result is None:
        raise NotFound(_("没有这份检查结果。"))
    return result


def released_visit(actor: Actor, inspection_id: UUID) -> Inspection:
    """The school's own visit, once it was told of it."""
    visit = db.session.scalar(
        select(Inspection).where(
            Inspection.bureau_id == actor.bureau_id,
            Inspection.school_id == actor.own_school_id(),
            Inspection.id == inspection_id,
            Inspection.released_at.is_not(None),
        )
    )
    if visit is None:
        raise NotFound(_("没有这份检查结果。"))
    return visit


def own_results(actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """A school's released results, newest first."""
    query = select(
        InspectionResult.id, InspectionResult.kind, InspectionResult.score, InspectionResult.maximum,
        InspectionResult.band, InspectionResult.verdict, InspectionResult.submitted_at,
        InspectionPlan.title.label("plan_title"),
    ).join(
        InspectionPlan,
        (InspectionPlan.bureau_id == InspectionResult.bureau_id) & (InspectionPlan.id == InspectionResult.plan_id),
    ).where(
        InspectionResult.bureau_id == actor.bureau_id,
        InspectionResult.school_id == actor.own_school_id(),
        InspectionResult.released_at.is_not(None),
    )  # fmt: skip
    return paginate(
        db.session(), query, [InspectionResult.submitted_at, InspectionResult.id], cursor, limit, scalars=False
    )


def plan_visits(actor: Actor, plan_id: UUID) -> list[Any]:
    """Every visit of a plan with school and result: rows (visit, school name, score, band, verdict)."""
    get_plan(actor, plan_id)
    query = (
        select(Inspection, School.name, InspectionResult.score, InspectionResult.band, InspectionResult.verdict)
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .outerjoin(
            InspectionResult,
            (InspectionResult.bureau_id == Inspection.bureau_id)
            & (InspectionResult.school_id == Inspection.school_id)
            & (InspectionResult.id == Inspection.id),
        )
        .where(Inspection.bureau_id == actor.bureau_id, Inspection.plan_id == plan_id)
        .order_by(Inspection.scheduled_on, School.name)
    )
    return list(db.session.execute(_within(actor, query, Inspection.school_id)))


def _within(actor: Actor, query: Q, school_id: Any) -> Q:
    """A zone supervisor sees the zone's schools."""
    return query.where(school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def release(
    actor: Actor,
    school_id: int,
    inspection_id: UUID,
    seen: int | None,
    *,
    at: datetime | None = None,
    adjust: Mapping[str, Any] | None = None,
) -> Inspection:
    """Tell the school. Told twice changes nothing. `adjust`: {item key: severity of what is to be rectified}."""
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    if visit.state in rules.TOLD_STATES:
        return visit
    require_version(visit, seen)
    result = get_result(actor, school_id, inspection_id)
    release_visit(actor, visit, result, photos_of(visit), at=at, adjust=adjust)
    flush(db.session())
    return visit


def review(actor: Actor, school_id: int, inspection_id: UUID, seen: int | None, note: str = "") -> Inspection:
    """复核: somebody who did not inspect has looked at the result. Reviewed twice changes nothing. Where the plan tells
    schools at once, the school is told now."""
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    if visit.state == "reviewed" or visit.state in rules.TOLD_STATES:
        return visit
    require_version(visit, seen)
    if is_assigned(actor, visit):
        raise RuleBroken("own_visit", _("您是这次检查的检查员，应由其他人复核。"))
    move(actor, visit, "review", note)
    plan = plan_of(visit)
    if plan.releases_on_submit:
        release_visit(actor, visit, get_result(actor, school_id, inspection_id), photos_of(visit))
    flush(db.session())
    return visit


def send_back(actor: Actor, school_id: int, inspection_id: UUID, reason: str, seen: int | None) -> Inspection:
    """退回补正: the inspector may change a submitted visit that the school has not been told of."""
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    require_version(visit, seen)
    move(actor, visit, "return", reason)
    visit.submitted_at = None
    drop_result(visit)
    flush(db.session())
    return visit


def ranking(actor: Actor, plan_id: UUID, stage: str | None = None, is_boarding: bool | None = None) -> list[Place]:
    """Places within each peer group of a plan, best first; equals share a rank. Only submitted visits count."""
    get_plan(actor, plan_id)
    query = (
        select(
            InspectionResult.school_id, School.name, InspectionResult.id, InspectionResult.stage,
            InspectionResult.is_boarding, InspectionResult.score, InspectionResult.percent, InspectionResult.band,
            InspectionResult.verdict,
        )
        .join(School, (School.bureau_id == InspectionResult.bureau_id) & (School.id == InspectionResult.school_id))
        .where(InspectionResult.bureau_id == actor.bureau_id, InspectionResult.plan_id == plan_id)
        .order_by(School.name)
    )  # fmt: skip
    query = _within(actor, query, InspectionResult.school_id)
    if stage:
        query = query.where(InspectionResult.stage == stage)
    if is_boarding is not None:
        query = query.where(InspectionResult.is_boarding == is_boarding)
    groups: dict[tuple[str, bool], list[Any]] = {}
    for row in db.session.execute(query):
        groups.setdefault((row.stage, row.is_boarding), []).append(row)
    places = []
    for key in sorted(groups):
        for ranked in rules.rank_with_ties((row, row.score) for row in groups[key]):
            row = ranked.entry
            places.append(
                Place(
                    row.school_id, row.name, row.id, row.stage, row.is_boarding, row.score, row.percent, row.band,
                    row.verdict, ranked.rank, ranked.of,
                )
            )  # fmt: skip
    return places


def unranked(actor: Actor, plan_id: UUID) -> list[Any]:
    """Submitted visits without a score, on forms that give a verdict only: rows (school_id, name, id, band, verdict)."""
    query = (
        select(
            InspectionResult.school_id,
            School.name,
            InspectionResult.id,
            InspectionResult.band,
            InspectionResult.verdict,
        )
        .join(School, (School.bureau_id == InspectionResult.bureau_id) & (School.id == InspectionResult.school_id))
        .where(
            InspectionResult.bureau_id == actor.bureau_id,
            InspectionResult.plan_id == plan_id,
            InspectionResult.score.is_(None),
        )
        .order_by(InspectionResult.verdict, School.name)
    )
    return list(db.session.execute(_within(actor, query, InspectionResult.school_id)))


def lost_items(actor: Actor, plan_id: UUID, limit: int = 15) -> list[LostItem]:
    """The items of a plan's form that visits lost most often, most often first."""
    plan = get_plan(actor, plan_id)
    version = forms.get_version(actor, plan.form_version_id)
    items = {item.code: item for item in forms.form_of(version).items()}
    counted = (
        select(func.count())
        .select_from(InspectionResult)
        .where(InspectionResult.bureau_id == actor.bureau_id, InspectionResult.plan_id == plan_id)
    )
    visits = db.session.scalar(_within(actor, counted, InspectionResult.school_id))
    query = (
        select(InspectionLoss.item_code, func.count(), func.sum(InspectionLoss.lost))
        .where(InspectionLoss.bureau_id == actor.bureau_id, InspectionLoss.plan_id == plan_id)
        .group_by(InspectionLoss.item_code)
        .order_by(func.count().desc(), func.sum(InspectionLoss.lost).desc(), InspectionLoss.item_code)
        .limit(limit)
    )
    lost = []
    for code, times, points in db.session.execute(_within(actor, query, InspectionLoss.school_id)):
        item = items[code]
        lost.append(
            LostItem(
                code, item.no, item.text, times, visits or 0, points,
                rules.lost_share(points, item.points, visits or 0),
            )
        )  # fmt: skip
    return lost
