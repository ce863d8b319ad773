"""Somebody who did not inspect upholds an appeal, which changes the item's answer, or rejects it."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.appeals import rules
from bureau.appeals.models import Appeal
from bureau.appeals.service.filing import move, settle
from bureau.inspections.models import Inspection, InspectionInspector, InspectionResult
from bureau.inspections.service.acknowledging import lock_told_visit
from bureau.inspections.service.results import get_result
from bureau.inspections.service.revising import Recalculated, recalculate, revise
from bureau.inspections.service.telling import tell_people_of
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Denied, Invalid, NotFound, RuleBroken

OWN = "/appeals/{id}"
NOT_WORSE = "参照《行政复议法》“不得作出对申请人更为不利的变更决定”"


def get_appeal(actor: Actor, school_id: int, appeal_id: UUID, *, lock: bool = False) -> Appeal:
    """For the bureau and its zones: sent by a school within the actor's scope."""
    if actor.level == "school" or (actor.level == "zone" and school_id not in actor.school_ids):
        raise NotFound(_("没有这份申诉。"))
    query = select(Appeal).where(
        Appeal.bureau_id == actor.bureau_id, Appeal.school_id == school_id, Appeal.id == appeal_id,
        Appeal.state != "draft",
    )  # fmt: skip
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    appeal = db.session.scalar(query)
    if appeal is None:
        raise NotFound(_("没有这份申诉。"))
    return appeal


def inspectors_of(visit: Inspection) -> set[UUID]:
    return set(
        db.session.scalars(
            select(InspectionInspector.person_id).where(
                InspectionInspector.bureau_id == visit.bureau_id,
                InspectionInspector.school_id == visit.school_id,
                InspectionInspector.inspection_id == visit.id,
            )
        )
    )


def require_impartial(actor: Actor, visit: Inspection) -> None:
    if not rules.may_decide(actor.account_id, inspectors_of(visit)):
        raise Denied("bureau:appeal:decide", _("您参加了这次检查，申诉应由其他人员复核。"))


def decide(
    actor: Actor,
    school_id: int,
    appeal_id: UUID,
    seen: int | None,
    *,
    upheld: bool,
    reason: str,
    answer: Any = None,
) -> Appeal:
    """`answer`: of an upheld appeal, what the item's answer should have been (scorecards.answers' JSON). The engine
    scores the visit anew; the score may not fall."""
    appeal = get_appeal(actor, school_id, appeal_id)
    visit = lock_told_visit(actor, school_id, appeal.inspection_id)
    appeal = get_appeal(actor, school_id, appeal_id, lock=True)
    require_impartial(actor, visit)
    require_version(appeal, seen)
    if appeal.state != "sent":
        raise RuleBroken("appeal_state", _("这份申诉已经办结或撤回。"))
    result = get_result(actor, school_id, visit.id)
    found = preview(actor, visit, result, appeal, answer) if upheld else None
    appeal.decided_at, appeal.decided_by, appeal.decision_reason = now(), actor.account_id, reason
    move(actor, appeal, "uphold" if upheld else "reject", reason, at=appeal.decided_at)
    if found is not None:
        revision = revise(
            actor, visit, result, {appeal.item_code: found.answers[appeal.item_code]}, cause="appeal", reason=reason,
            appeal_id=appeal.id, at=appeal.decided_at,
        )  # fmt: skip
        appeal.revision = revision.number
    flush(db.session())
    settle(actor, visit)
    outcome = _("申诉成立，结果已改判") if upheld else _("申诉不成立，维持原结果")
    tell_people_of(
        actor, school_id, visit.kind, "appeal_decided", f"{outcome}：{appeal.item_text[:40]}", reason,
        OWN.format(id=appeal.id),
    )  # fmt: skip
    return appeal


def preview(actor: Actor, visit: Inspection, result: InspectionResult, appeal: Appeal, answer: Any) -> Recalculated:
    """What the result would be; Invalid where the answer is missing, does not fit or changes nothing."""
    if answer is None:
        raise Invalid({"answer": [_("请填写改判后的答案。")]})
    try:
        found = recalculate(actor, visit, result, {appeal.item_code: answer})
    except Invalid as error:
        raise Invalid({"answer": [text for texts in error.fields.values() for text in texts]}) from error
    if not found.changes:
        raise Invalid({"answer": [_("答案没有变化；如维持原结果，请选择“维持”。")]})
    after = found.outcome.score
    if result.score is not None and after is not None and after < result.score:
        raise RuleBroken("appeal_worse", _("改判后的得分不能低于原得分。"), NOT_WORSE)
    return found
