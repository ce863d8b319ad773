"""Inspectors are told when they are assigned; a school when it may read its result, and may appeal from then on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import update

from bureau.inspections.following import followers
from bureau.inspections.models import Inspection, InspectionPhoto, InspectionPlan, InspectionResult
from bureau.inspections.service.visits import move
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import NotFound, RuleBroken
from kernel.files.models import Attachment
from kernel.identity import holders
from kernel.notices.service import notify
from kernel.policy import service as policy
from kernel.web.dates import SHANGHAI
from kernel.workdays import service as workdays

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


def plan_of(visit: Inspection) -> InspectionPlan:
    plan = db.session.get(InspectionPlan, (visit.bureau_id, visit.plan_id))
    if plan is None:  # pragma: no cover - the foreign key does not allow it
        raise NotFound(_("没有这项检查计划。"))
    return plan


def release_visit(
    actor: Actor,
    visit: Inspection,
    result: InspectionResult,
    photos: Mapping[str, Sequence[InspectionPhoto]],
    *,
    at: datetime | None = None,
    adjust: Mapping[str, Any] | None = None,
) -> None:
    """From here on the school sees the visit, its result and its photos, is told so, and may appeal.

    `adjust`: the releaser's wishes for what follows, handed on to the followers.
    """
    plan = plan_of(visit)
    if plan.double_of is not None:
        raise RuleBroken("blind_double", _("背靠背复评只用于核对宽严，不告知学校。"))
    if plan.needs_review and visit.state != "reviewed":
        raise RuleBroken("review_missing", _("本计划要求先由未参加检查的人员复核，再告知学校。"))
    told_at = at or now()
    until = appeal_deadline(actor, told_at)
    move(actor, visit, "release", at=told_at)
    visit.released_at = result.released_at = told_at
    result.appeal_until = until
    shown = [photo.attachment_id for group in photos.values() for photo in group]
    if shown:
        db.session.execute(
            update(Attachment)
            .where(
                Attachment.bureau_id == visit.bureau_id,
                Attachment.school_id == visit.school_id,
                Attachment.id.in_(shown),
            )
            .values(hidden_from_school=False)
        )
    tell_school(actor, visit, plan, result)
    for follower in followers():
        follower.released(actor, visit, result, told_at, adjust or {})


def appeal_deadline(actor: Actor, told_at: datetime) -> date:
    """The last day for an appeal: N working days, the first of them the day after the school was told."""
    days = int(policy.effective(actor.bureau_id, "inspection.appeal.workdays").number)
    return workdays.add_workdays(actor, told_at.astimezone(SHANGHAI).date(), days).value


def tell_school(actor: Actor, visit: Inspection, plan: InspectionPlan, result: InspectionResult) -> None:
    """Its principal and logistics director, and whoever answers for what was inspected."""
    notify(
        actor,
        holders.at_school(actor.bureau_id, visit.school_id, (*ALWAYS, *BY_KIND.get(visit.kind, ()))),
        "inspection_released",
        _("检查结果：%(plan)s", plan=plan.title),
        body=" ".join(
            part
            for part in (
                result.verdict or result.band or "",
                _("如有异议，请在 %(day)s 前逐项申诉。", day=result.appeal_until.isoformat())
                if result.appeal_until
                else "",
            )
            if part
        ),
        url=RESULT.format(id=visit.id),
        school_id=visit.school_id,
    )


def tell_people_of(actor: Actor, school_id: int, kind: str, notice: str, title: str, body: str, url: str) -> None:
    """A notice to those at a school who answer for a kind of inspection."""
    people = holders.at_school(actor.bureau_id, school_id, (*ALWAYS, *BY_KIND.get(kind, ())))
    notify(actor, people, notice, title, body=body, url=url, school_id=school_id)
