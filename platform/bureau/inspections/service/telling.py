"""Notices: to inspectors when they are assigned, to a school when it may read its result."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from bureau.inspections.models import Inspection, InspectionPlan, InspectionResult
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db
from kernel.identity.models import Membership
from kernel.notices.service import notify
from kernel.web.dates import today

ALWAYS = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)
BY_KIND: Mapping[str, Sequence[Role]] = {
    "canteen": (Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER),
    "dormitory": (Role.DORMITORY_SUPERVISOR,),
}
# Paths, not url_for: a service also runs where there is no request to build an address from.
MINE = "/inspections/mine"
RESULT = "/inspections/results/{id}"


def tell_inspectors(
    actor: Actor, plan: InspectionPlan, person_ids: Sequence[UUID], schools: int, scheduled_on: date
) -> None:
    title = _("有 %(count)s 所学校的检查分配给您", count=schools)
    body = _("%(plan)s，检查日期 %(day)s。", plan=plan.title, day=scheduled_on.isoformat())
    notify(actor, person_ids, "inspection_assigned", title, body=body, url=MINE)


def tell_school(actor: Actor, visit: Inspection, plan: InspectionPlan, result: InspectionResult) -> None:
    """Its principal and logistics director, and whoever answers for what was inspected."""
    notify(
        actor,
        _holders(actor, visit.school_id, (*ALWAYS, *BY_KIND.get(visit.kind, ()))),
        "inspection_released",
        _("检查结果：%(plan)s", plan=plan.title),
        body=result.verdict or result.band or "",
        url=RESULT.format(id=visit.id),
        school_id=visit.school_id,
    )


def _holders(actor: Actor, school_id: int, roles: Sequence[Role]) -> list[UUID]:
    """Who holds one of these roles at the school today."""
    day = today()
    return list(
        db.session.scalars(
            select(Membership.person_id)
            .where(
                Membership.bureau_id == actor.bureau_id,
                Membership.school_id == school_id,
                Membership.role.in_([str(role) for role in roles]),
                Membership.ended_at.is_(None),
                Membership.valid_from <= day,
                or_(Membership.valid_until.is_(None), Membership.valid_until >= day),
            )
            .distinct()
        )
    )
