"""Visits: found, begun, moved from state to state."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.inspections import rules
from bureau.inspections.models import Inspection, InspectionEvent, InspectionInspector, InspectionPlan
from bureau.inspections.panels import visit_parts
from bureau.roles import OFFICERS
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import Denied, NotFound, RuleBroken
from kernel.states import NoTransition
from scorecards import service as forms
from scorecards.models import FormVersion


def get_inspection(actor: Actor, school_id: int, inspection_id: UUID, *, lock: bool = False) -> Inspection:
    """The visit with this id to this school. An inspector reaches the visits assigned to them and no other."""
    if actor.level == "school" or (actor.level == "zone" and school_id not in actor.school_ids):
        raise NotFound(_("没有这次检查。"))
    query = select(Inspection).where(
        Inspection.bureau_id == actor.bureau_id, Inspection.school_id == school_id, Inspection.id == inspection_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    visit = db.session.scalar(query)
    if visit is None or not (sees_every_visit(actor) or is_assigned(actor, visit)):
        raise NotFound(_("没有这次检查。"))
    return visit


def sees_every_visit(actor: Actor) -> bool:
    """Officers and the system do; a zone supervisor within the zone. Whoever else inspects sees what is assigned."""
    return actor.level == "zone" or "system" in actor.roles or bool(actor.roles & set(OFFICERS))


def is_assigned(actor: Actor, visit: Inspection) -> bool:
    return (
        db.session.scalar(
            select(InspectionInspector.id).where(
                InspectionInspector.bureau_id == visit.bureau_id,
                InspectionInspector.school_id == visit.school_id,
                InspectionInspector.inspection_id == visit.id,
                InspectionInspector.person_id == actor.account_id,
            )
        )
        is not None
    )


def my_visits(actor: Actor, *, open_only: bool = True) -> list[tuple[Inspection, str, str]]:
    """The actor's own visits as (visit, school name, plan title), soonest first."""
    query = (
        select(Inspection, School.name, InspectionPlan.title)
        .join(
            InspectionInspector,
            (InspectionInspector.bureau_id == Inspection.bureau_id)
            & (InspectionInspector.school_id == Inspection.school_id)
            & (InspectionInspector.inspection_id == Inspection.id),
        )
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == Inspection.bureau_id) & (InspectionPlan.id == Inspection.plan_id),
        )
        .where(InspectionInspector.bureau_id == actor.bureau_id, InspectionInspector.person_id == actor.account_id)
        .order_by(Inspection.scheduled_on, Inspection.id)
    )
    if open_only:
        query = query.where(Inspection.state.in_(rules.OPEN_STATES))
    return [(visit, school, plan) for visit, school, plan in db.session.execute(query)]


def start(actor: Actor, school_id: int, inspection_id: UUID, *, at: datetime | None = None) -> Inspection:
    """Begin a visit; beginning it again changes nothing. `at`: when it happened, if not now (records brought in)."""
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    if sees_every_visit(actor):  # others found it because it is assigned to them
        require_assigned(actor, visit)
    if visit.state == "planned":
        visit.started_at = at or now()
        move(actor, visit, "start", at=visit.started_at)
    return visit


def open_visit(actor: Actor, school_id: int, inspection_id: UUID) -> Inspection:
    """For changing what was found: begun by the first change, closed by submission."""
    visit = start(actor, school_id, inspection_id)
    if visit.state != "in_progress":
        raise RuleBroken("visit_state", _("这次检查已提交或取消，不能再修改。"))
    return visit


def require_assigned(actor: Actor, visit: Inspection) -> None:
    if "system" not in actor.roles and not is_assigned(actor, visit):
        raise Denied("bureau:inspection:fill", _("这次检查没有分配给您。"))


def move(actor: Actor, visit: Inspection, event: str, reason: str = "", *, at: datetime | None = None) -> Inspection:
    """Carry out a transition and leave its row."""
    try:
        state = rules.next_state(visit.state, event)
    except NoTransition as error:
        raise RuleBroken("visit_state", _("检查当前状态下不能进行此操作。")) from error
    before, visit.state = visit.state, state
    record_event(actor, visit, event, before, state, reason, at=at)
    if event == "return":
        for part in visit_parts():
            if part.returned is not None:
                part.returned(actor, visit)
    return visit


def record_event(
    actor: Actor,
    visit: Inspection,
    event: str,
    before: str,
    after: str,
    reason: str = "",
    *,
    at: datetime | None = None,
) -> None:
    db.session.add(
        InspectionEvent(
            bureau_id=visit.bureau_id, school_id=visit.school_id, inspection_id=visit.id, event=event,
            from_state=before, to_state=after, reason=reason, at=at or now(), by=actor.account_id,
        )
    )  # fmt: skip


def form_version_of(actor: Actor, visit: Inspection) -> FormVersion:
    """Whoever holds on to it spares the next asker in the same request the query."""
    version = db.session.get(FormVersion, (visit.bureau_id, visit.form_version_id))
    return version if version is not None else forms.get_version(actor, visit.form_version_id)


def tags_of(visit: Inspection) -> frozenset[str]:
    school = db.session.get(School, (visit.bureau_id, visit.school_id))
    if school is None:
        return frozenset()
    return rules.applicability_tags({"is_boarding": school.is_boarding, "canteen_mode": school.canteen_mode})
