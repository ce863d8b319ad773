"""Plans and assignments: which form, which schools, who goes, when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from bureau.draws.service import campaign
from bureau.inspections.models import Inspection, InspectionPlan
from bureau.inspections.service import teams
from bureau.inspections.service.telling import tell_inspectors
from bureau.inspections.service.visits import get_inspection, move, record_event
from bureau.roles import Role
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.identity.holders import in_force
from kernel.identity.models import Membership, Person
from scorecards import service as forms


def create_plan(
    actor: Actor,
    *,
    id: UUID,
    title: str,
    form_version_id: UUID,
    starts_on: date,
    ends_on: date,
    note: str = "",
    releases_on_submit: bool = True,
    shares_sections: bool = False,
    sampling: Mapping[str, int] | None = None,
) -> InspectionPlan:
    """A plan with a published form version. Sent twice, it is the same plan. `sampling`: how many of what is drawn on
    site, e.g. {"rooms": 5}."""
    existing = db.session.scalar(
        select(InspectionPlan).where(InspectionPlan.bureau_id == actor.bureau_id, InspectionPlan.id == id)
    )
    if existing is not None:
        if (existing.title, existing.form_version_id) == (title, form_version_id):
            return existing
        raise Conflict(_("这个编号已用于另一项计划。"))
    if ends_on < starts_on:
        raise Invalid({"ends_on": [_("结束日期不能早于开始日期。")]})
    try:
        version = forms.get_version(actor, form_version_id)
    except NotFound:
        raise Invalid({"form_version_id": [_("请选择已发布的表单版本。")]}) from None
    if version.state != "published":
        raise Invalid({"form_version_id": [_("请选择已发布的表单版本。")]})
    plan = InspectionPlan(
        bureau_id=actor.bureau_id, id=id, title=title, kind=version.form["kind"], form_version_id=form_version_id,
        starts_on=starts_on, ends_on=ends_on, note=note or "", releases_on_submit=releases_on_submit,
        shares_sections=shares_sections, sampling={what: count for what, count in (sampling or {}).items() if count},
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(plan)
    flush(db.session())
    return plan


def get_plan(actor: Actor, plan_id: UUID, *, lock: bool = False) -> InspectionPlan:
    query = select(InspectionPlan).where(InspectionPlan.bureau_id == actor.bureau_id, InspectionPlan.id == plan_id)
    if lock:
        # NO KEY UPDATE: whoever holds a visit and adds a row that names the plan must not wait here in a circle.
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    plan = db.session.scalar(query)
    if plan is None:
        raise NotFound(_("没有这项检查计划。"))
    return plan


def list_plans(actor: Actor) -> list[dict[str, Any]]:
    """Every plan, newest first, with how many of its visits stand in which state: {plan, counts: {state: n}}."""
    plans = list(
        db.session.scalars(
            select(InspectionPlan)
            # A blind double stands on the page of the plan that it doubles.
            .where(InspectionPlan.bureau_id == actor.bureau_id, InspectionPlan.double_of.is_(None))
            .order_by(InspectionPlan.id.desc())
        )
    )
    counts: dict[UUID, dict[str, int]] = {plan.id: {} for plan in plans}
    for plan_id, state, number in db.session.execute(
        select(Inspection.plan_id, Inspection.state, func.count())
        .where(Inspection.bureau_id == actor.bureau_id, *_own_schools(actor))
        .group_by(Inspection.plan_id, Inspection.state)
    ):
        counts.setdefault(plan_id, {})[state] = number
    return [{"plan": plan, "counts": counts[plan.id]} for plan in plans]


def _own_schools(actor: Actor) -> list[ColumnElement[bool]]:
    return [Inspection.school_id.in_(actor.school_ids)] if actor.level == "zone" else []


def close_plan(actor: Actor, plan_id: UUID, seen: int | None) -> InspectionPlan:
    plan = get_plan(actor, plan_id, lock=True)
    if plan.state == "closed":
        return plan
    require_version(plan, seen)
    plan.state = "closed"
    flush(db.session())
    return plan


def assign(
    actor: Actor,
    plan_id: UUID,
    school_ids: Sequence[int],
    inspector_ids: Sequence[UUID],
    scheduled_on: date,
    *,
    at: datetime | None = None,
) -> list[Inspection]:
    """One visit to each school, all with the same inspectors (the first leads). A school that the plan already visits
    keeps its visit; its inspectors and day are replaced as long as it has not begun."""
    plan = get_plan(actor, plan_id, lock=True)
    if plan.state != "open":
        raise RuleBroken("plan_closed", _("计划已结束，不能再安排检查。"))
    if not plan.starts_on <= scheduled_on <= plan.ends_on:
        raise Invalid({"scheduled_on": [_("检查日期应在计划起止日期之内。")]})
    inspectors = _known_inspectors(actor, inspector_ids)
    schools = _active_schools(actor, school_ids)
    known = select(Inspection).where(
        Inspection.bureau_id == actor.bureau_id, Inspection.plan_id == plan.id, Inspection.school_id.in_(schools)
    )
    existing = {visit.school_id: visit for visit in db.session.scalars(known)}
    teams.require_team(actor, schools, inspectors, scheduled_on, [visit.id for visit in existing.values()])
    version = forms.get_version(actor, plan.form_version_id)
    campaign.list_schools(actor, plan, schools)
    visits = []
    for school_id in schools:
        visit = existing.get(school_id)
        if visit is None:
            visit = Inspection(
                bureau_id=actor.bureau_id, school_id=school_id, id=new_id(), plan_id=plan.id,
                form_version_id=plan.form_version_id, kind=plan.kind, scheduled_on=scheduled_on,
                created_by=actor.account_id,
            )  # fmt: skip
            db.session.add(visit)
            flush(db.session())
            record_event(actor, visit, "plan", "", "planned", at=at)
        elif visit.state == "cancelled":
            move(actor, visit, "plan")
            visit.draw_id = None
        elif visit.state != "planned":
            raise RuleBroken("visit_begun", _("有学校的检查已经开始或完成，不能重新安排。"))
        elif visit.draw_id is not None:
            raise RuleBroken("drawn_visit", _("由双随机抽取产生的检查不能直接改派；请先取消并说明原因。"))
        if visit.scheduled_on != scheduled_on:
            visit.scheduled_on, visit.day_order = scheduled_on, None
        teams.set_team(visit, inspectors, teams.even_shares(plan, version, visit.id, inspectors))
        teams.ensure_seed(visit)
        visits.append(visit)
    flush(db.session())
    tell_inspectors(actor, plan, inspectors, len(visits), scheduled_on)
    return visits


def cancel(actor: Actor, school_id: int, inspection_id: UUID, reason: str, seen: int | None) -> Inspection:
    """Not carried out; the reason stays on record."""
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    require_version(visit, seen)
    move(actor, visit, "cancel", reason)
    flush(db.session())
    return visit


def available_inspectors(actor: Actor) -> list[Person]:
    """People of this bureau who hold the inspector's role today."""
    return list(
        db.session.scalars(
            select(Person)
            .join(Membership, (Membership.bureau_id == Person.bureau_id) & (Membership.person_id == Person.id))
            .where(
                Person.bureau_id == actor.bureau_id,
                Person.state == "active",
                Membership.role == str(Role.INSPECTOR),
                in_force(),
            )
            .order_by(Person.display_name, Person.id)
        )
    )


def _known_inspectors(actor: Actor, ids: Sequence[UUID]) -> list[UUID]:
    wanted = list(dict.fromkeys(ids))
    known = {person.id for person in available_inspectors(actor)}
    if not wanted or not known.issuperset(wanted):
        raise Invalid({"inspector_ids": [_("请选择本局现任检查员。")]})
    return wanted


def _active_schools(actor: Actor, ids: Sequence[int]) -> list[int]:
    wanted = list(dict.fromkeys(ids))
    known = set(
        db.session.scalars(
            select(School.id).where(
                School.bureau_id == actor.bureau_id, School.id.in_(wanted), School.state == "active"
            )
        )
    )
    if not wanted or not known.issuperset(wanted):
        raise Invalid({"school_ids": [_("请选择本局在册的学校。")]})
    return wanted
