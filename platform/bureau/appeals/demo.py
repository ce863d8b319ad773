"""Demo appeals, one in each state, by the principals of schools whose time to appeal is still running."""

import random

from flask import Flask
from sqlalchemy import select

from bureau.appeals.service import deciding, filing
from bureau.demo import SEED
from bureau.demo.context import DemoContext
from bureau.demo.pictures import demo_photo
from bureau.inspections.answer_fields import perfect_answer
from bureau.inspections.models import Inspection, InspectionResult
from bureau.inspections.service import visits
from bureau.inspections.service.revising import lost_lines
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.identity.models import Membership
from scorecards import service as forms

STATES = ("sent", "upheld", "rejected", "draft", "withdrawn", "sent")
REASONS = (
    "检查当天下午已完成整改，检查员离开前未再查看，附整改后照片。",
    "该处为临时堆放，当日已清理，附照片和登记。",
    "该项所说的记录在另一本台账中，已附页面照片。",
)


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, demo.actor().scope)
    rng = random.Random(f"appeals:{SEED}")
    principals = principals_of(demo)
    wanted = list(STATES)
    for result in _open_results(demo):
        key = _contested(demo, result)
        if not wanted:
            break
        if key is None or result.school_id not in principals:
            continue
        _appeal(demo, result, key, principals[result.school_id], wanted.pop(0), rng)
        session.commit()
    use_scope(session, demo.actor().scope)


def principals_of(demo: DemoContext) -> dict[int, Actor]:
    """Each school's principal, acting at the school. In the bureau's scope."""
    rows = db.session.execute(
        select(Membership.school_id, Membership.person_id).where(
            Membership.bureau_id == demo.bureau_id, Membership.role == str(Role.PRINCIPAL)
        )
    )
    return {
        school_id: Actor(
            person_id, "校长", "school", demo.bureau_id, school_id=school_id, roles=frozenset({str(Role.PRINCIPAL)})
        )
        for school_id, person_id in rows
        if school_id is not None
    }


def _open_results(demo: DemoContext) -> list[InspectionResult]:
    return list(
        db.session.scalars(
            select(InspectionResult)
            .join(
                Inspection,
                (Inspection.bureau_id == InspectionResult.bureau_id)
                & (Inspection.school_id == InspectionResult.school_id)
                & (Inspection.id == InspectionResult.id),
            )
            .where(
                InspectionResult.bureau_id == demo.bureau_id,
                InspectionResult.appeal_until >= demo.today,
                Inspection.state == "released",
            )
            .order_by(InspectionResult.submitted_at, InspectionResult.id)
        )
    )


def _contested(demo: DemoContext, result: InspectionResult) -> str | None:
    """A lost item that a corrected answer gives back."""
    for key, line in lost_lines(result.account).items():
        if not line.get("vetoed") and "@" not in key:
            return key
    return None


def _appeal(
    demo: DemoContext, result: InspectionResult, key: str, principal: Actor, state: str, rng: random.Random
) -> None:
    session = db.session()
    visit = session.get(Inspection, (result.bureau_id, result.school_id, result.id))
    if visit is None:
        return
    item = forms.form_of(visits.form_version_of(demo.actor(), visit)).item(key)
    use_scope(session, principal.scope)
    appeal = filing.save_draft(
        principal, new_id(), None, inspection_id=result.id, item_code=key, reason=rng.choice(REASONS)
    )
    filing.add_evidence(principal, appeal.id, new_id(), demo_photo("申诉证据", rng), "证据.jpg")
    if state != "draft":
        appeal = filing.send(principal, appeal.id, appeal.version)
    if state == "withdrawn":
        filing.withdraw(principal, appeal.id, appeal.version, "核对后无异议。")
    use_scope(session, demo.actor().scope)
    if state in ("upheld", "rejected"):
        officer = Actor(
            demo.accounts["bureau-admin"],
            "局管理员",
            "bureau",
            demo.bureau_id,
            roles=frozenset({str(Role.BUREAU_ADMIN)}),
        )
        upheld = state == "upheld"
        deciding.decide(
            officer, appeal.school_id, appeal.id, appeal.version, upheld=upheld,
            reason="照片和记录属实，予以改判。" if upheld else "所附照片不是检查当天的情况，维持原结果。",
            answer=perfect_answer(item) if upheld else None,
        )  # fmt: skip
