"""Which schools a plan covers, and how much each needs looking at. A filter proposes; the list that is added is fixed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from bureau.draws.models import PlanSchool
from bureau.draws.risk import Facts, Risk, risk_of
from bureau.hazards.models import Hazard
from bureau.hazards.rules import OPEN_STATES
from bureau.inspections.models import Inspection, InspectionPlan, InspectionResult
from bureau.schools import service as schools
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.web.dates import SHANGHAI, today


@dataclass(frozen=True, slots=True)
class SchoolAtRisk:
    school: School
    risk: Risk
    facts: Facts


@dataclass(frozen=True, slots=True)
class Wanted:
    """None: not asked for."""

    stage: str | None = None
    is_boarding: bool | None = None
    zone_id: int | None = None
    canteen_mode: str | None = None
    tier: str | None = None


def proposed(actor: Actor, plan: InspectionPlan, wanted: Wanted) -> list[SchoolAtRisk]:
    """What the filter would add, highest risk first; schools that the plan covers already are left out."""
    filters = schools.SchoolFilters(
        zone_id=wanted.zone_id, stage=wanted.stage, is_boarding=wanted.is_boarding,
        canteen_mode=wanted.canteen_mode, state="active",
    )  # fmt: skip
    covered = covered_ids(actor, plan.id)
    rows = at_risk(actor, plan, [one for one in schools.all_schools(actor, filters) if one.id not in covered])
    return [row for row in rows if wanted.tier is None or row.risk.tier == wanted.tier]


def covered(actor: Actor, plan: InspectionPlan) -> list[SchoolAtRisk]:
    """The plan's fixed list, highest risk first."""
    query = (
        select(School)
        .join(PlanSchool, (PlanSchool.bureau_id == School.bureau_id) & (PlanSchool.school_id == School.id))
        .where(PlanSchool.bureau_id == actor.bureau_id, PlanSchool.plan_id == plan.id)
    )
    if actor.level == "zone":
        query = query.where(School.id.in_(actor.school_ids))
    return at_risk(actor, plan, list(db.session.scalars(query)))


def covered_ids(actor: Actor, plan_id: UUID) -> set[int]:
    return set(
        db.session.scalars(
            select(PlanSchool.school_id).where(PlanSchool.bureau_id == actor.bureau_id, PlanSchool.plan_id == plan_id)
        )
    )


def add_schools(actor: Actor, plan: InspectionPlan, school_ids: Collection[int]) -> int:
    """Adds to the fixed list; gives how many were new."""
    _require_open(plan)
    wanted = set(school_ids)
    known = set(
        db.session.scalars(
            select(School.id).where(
                School.bureau_id == actor.bureau_id, School.id.in_(wanted), School.state == "active"
            )
        )
    )
    if not wanted or known != wanted:
        raise Invalid({"school_ids": [_("请选择本局在册的学校。")]})
    return list_schools(actor, plan, wanted)


def list_schools(actor: Actor, plan: InspectionPlan, school_ids: Collection[int]) -> int:
    """Puts schools that are known to be the bureau's on the list; gives how many were not on it."""
    new = sorted(set(school_ids) - covered_ids(actor, plan.id))
    db.session.add_all(
        PlanSchool(bureau_id=actor.bureau_id, school_id=school_id, plan_id=plan.id, added_by=actor.account_id)
        for school_id in new
    )
    flush(
        db.session(),
        {"uq_inspection_plan_schools_bureau_id_plan_id_school_id": RuleBroken(
            "school_listed", _("名单刚被他人修改，请刷新后重试。")
        )},
    )  # fmt: skip
    return len(new)


def remove_school(actor: Actor, plan: InspectionPlan, school_id: int) -> None:
    """Off the list, as long as no visit of the plan goes there."""
    _require_open(plan)
    row = db.session.scalar(
        select(PlanSchool).where(
            PlanSchool.bureau_id == actor.bureau_id,
            PlanSchool.plan_id == plan.id,
            PlanSchool.school_id == school_id,
        )
    )
    if row is None:
        raise NotFound(_("名单中没有这所学校。"))
    if school_id in visited_ids(actor, plan.id):
        raise RuleBroken("school_planned", _("这所学校已安排检查，不能从名单中移除；请先取消检查。"))
    db.session.delete(row)
    flush(db.session())


def visited_ids(actor: Actor, plan_id: UUID) -> set[int]:
    """Schools to which a visit of this plan goes or went."""
    return set(
        db.session.scalars(
            select(Inspection.school_id).where(
                Inspection.bureau_id == actor.bureau_id,
                Inspection.plan_id == plan_id,
                Inspection.state != "cancelled",
            )
        )
    )


def at_risk(actor: Actor, plan: InspectionPlan, listed: Sequence[School]) -> list[SchoolAtRisk]:
    facts = facts_of(actor, plan.kind, listed)
    rows = [SchoolAtRisk(school, risk_of(facts[school.id]), facts[school.id]) for school in listed]
    return sorted(rows, key=lambda row: (-row.risk.points, row.school.name, row.school.id))


def facts_of(actor: Actor, kind: str, listed: Sequence[School]) -> dict[int, Facts]:
    """Of the last result of this kind of check, whatever the form."""
    ids = [school.id for school in listed]
    last = (
        select(InspectionResult)
        .where(
            InspectionResult.bureau_id == actor.bureau_id,
            InspectionResult.school_id.in_(ids),
            InspectionResult.kind == kind,
        )
        .ext(distinct_on(InspectionResult.school_id))
        .order_by(InspectionResult.school_id, InspectionResult.submitted_at.desc())
        .subquery()
    )
    rows = {
        row.school_id: row for row in db.session.execute(select(last.c.school_id, last.c.percent, last.c.submitted_at))
    }
    hazards = open_hazards(actor, ids)
    found = {}
    for school in listed:
        row = rows.get(school.id)
        found[school.id] = Facts(
            last_percent=None if row is None else row.percent,
            open_hazards=hazards.get(school.id, 0),
            is_boarding=school.is_boarding,
            months_since=None if row is None else months_between(row.submitted_at.astimezone(SHANGHAI).date(), today()),
        )
    return found


def months_between(first: date, last: date) -> int:
    """Whole months, never negative."""
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return max(0, months)


def open_hazards(actor: Actor, school_ids: Sequence[int]) -> Mapping[int, int]:
    """School → red-line hazards that are not closed."""
    query = (
        select(Hazard.school_id, func.count())
        .where(Hazard.bureau_id == actor.bureau_id, Hazard.school_id.in_(school_ids), Hazard.state.in_(OPEN_STATES))
        .group_by(Hazard.school_id)
    )
    return dict(db.session.execute(query).all())


def _require_open(plan: InspectionPlan) -> None:
    if plan.state != "open":
        raise RuleBroken("plan_closed", _("计划已结束，不能再安排检查。"))
