"""回头看: a random sample of what the desk accepted is looked at again, on site."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.inspections.models import Inspection, InspectionResult
from bureau.inspections.service.acknowledging import lock_told_visit
from bureau.inspections.service.planning import get_plan
from bureau.inspections.service.results import get_result
from bureau.inspections.service.revising import revise, scored_from
from bureau.inspections.service.telling import plan_of
from bureau.inspections.service.visits import form_version_of
from bureau.rectifications import rules
from bureau.rectifications.models import Rectification, RectificationPhoto, ReinspectionDraw
from bureau.rectifications.service.checking import tell
from bureau.rectifications.service.moving import figures_of, get_rectification, move
from bureau.rectifications.service.opening import published, settle_visit
from bureau.schools.service.terms import current_term
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from kernel.policy import service as policy
from kernel.web.dates import today
from scorecards import service as forms
from scorecards.form import CountDeduction

SHARE = "rectification.recheck.share"


def draw(
    actor: Actor, plan_id: UUID, draw_id: UUID, *, public_value: str = "", share: int | None = None
) -> ReinspectionDraw:
    """Draw among the plan's accepted rectifications; those not drawn are closed. `share` in percent, by default the
    policy's. `public_value`: something nobody could know before (a lottery's number); empty: 32 random hex digits.
    The same id again is the same draw."""
    existing = db.session.get(ReinspectionDraw, (actor.bureau_id, draw_id))
    if existing is not None:
        if existing.plan_id == plan_id:
            return existing
        raise Conflict(_("这个编号已用于另一次抽取。"))
    plan = get_plan(actor, plan_id, lock=True)
    visits = _lock_visits(actor, plan.id)
    rows = {
        str(one.id): one
        for one in db.session.scalars(
            select(Rectification)
            .where(
                Rectification.bureau_id == actor.bureau_id,
                Rectification.plan_id == plan.id,
                Rectification.state == "accepted",
                Rectification.inspection_id.in_(visits),
            )
            .order_by(Rectification.id)
            .with_for_update(of=Rectification)
            .execution_options(populate_existing=True)
        )
    }
    if not rows:
        raise Invalid({"_form": [_("没有已审核、待抽查的整改单。")]})
    percent = int(policy.effective(actor.bureau_id, SHARE).number) if share is None else share
    seed = seed_of(plan.id, public_value or secrets.token_hex(16))
    pool = sorted(rows)
    drawn = rules.drawn(seed, pool, percent)
    made = ReinspectionDraw(
        bureau_id=actor.bureau_id, id=draw_id, plan_id=plan.id, seed=seed, share=percent, pool=pool, drawn=drawn,
        drawn_by=actor.account_id,
    )  # fmt: skip
    db.session.add(made)
    flush(db.session())
    chosen = set(drawn)
    for key, one in rows.items():
        if key in chosen:
            one.draw_id = made.id
            move(actor, one, "draw", at=made.drawn_at)
        else:
            move(actor, one, "close", at=made.drawn_at)
    flush(db.session())
    published(actor, list({one.inspection_id for one in rows.values()}))
    return made


def _lock_visits(actor: Actor, plan_id: UUID) -> list[UUID]:
    """The visits with something to draw, before their rectifications: everybody else locks in this order too."""
    accepted = select(Rectification.inspection_id).where(
        Rectification.bureau_id == actor.bureau_id,
        Rectification.plan_id == plan_id,
        Rectification.state == "accepted",
    )
    return list(
        db.session.scalars(
            select(Inspection.id)
            .where(Inspection.bureau_id == actor.bureau_id, Inspection.id.in_(accepted))
            .order_by(Inspection.id)
            .with_for_update()
        )
    )


def seed_of(plan_id: UUID, public_value: str) -> str:
    return f"{plan_id}:{public_value}"


def pick(actor: Actor, school_id: int, rectification_id: UUID, seen: int | None, reason: str) -> Rectification:
    """To be looked at without a draw, with the reason."""
    one = get_rectification(actor, school_id, rectification_id, lock=True)
    require_version(one, seen)
    move(actor, one, "draw", reason)
    flush(db.session())
    return one


def draws_of(actor: Actor, plan_id: UUID) -> list[ReinspectionDraw]:
    """Newest first."""
    return list(
        db.session.scalars(
            select(ReinspectionDraw)
            .where(ReinspectionDraw.bureau_id == actor.bureau_id, ReinspectionDraw.plan_id == plan_id)
            .order_by(ReinspectionDraw.id.desc())
        )
    )


def add_recheck_photo(
    actor: Actor,
    school_id: int,
    rectification_id: UUID,
    photo_id: UUID,
    data: bytes,
    *,
    name: str = "",
    taken_at: datetime | None = None,
) -> RectificationPhoto:
    """The inspector's own photo of the second look."""
    one = get_rectification(actor, school_id, rectification_id, lock=True)
    attachment = store(
        actor, data, name=name, purpose="rectification_photo", school_id=one.school_id, attachment_id=photo_id,
        accepted=IMAGES, taken_at=taken_at, field="photo",
    )  # fmt: skip
    existing = db.session.get(RectificationPhoto, (one.bureau_id, one.school_id, photo_id))
    if existing is not None:
        if existing.rectification_id == one.id:
            return existing
        raise Conflict(_("这个编号已用于另一张照片。"))
    _require_recheck(one)
    photo = RectificationPhoto(
        bureau_id=one.bureau_id, school_id=one.school_id, id=photo_id, rectification_id=one.id,
        attachment_id=attachment.id, phase="recheck", taken_at=taken_at, added_by=actor.account_id,
    )  # fmt: skip
    db.session.add(photo)
    flush(db.session())
    return photo


def _require_recheck(one: Rectification) -> None:
    if one.state != "recheck":
        raise RuleBroken("rectification_state", _("整改单当前状态下不能进行此操作。"))


def record(
    actor: Actor, school_id: int, rectification_id: UUID, seen: int | None, *, fixed: bool, remark: str = ""
) -> Rectification:
    """What the second look found. Not fixed: the school must rectify again, in a new time; where the plan says so and
    the item's rule knows it, the findings count again by the rule's own factor, as a new revision of the result."""
    inspection_id = get_rectification(actor, school_id, rectification_id).inspection_id
    visit = lock_told_visit(actor, school_id, inspection_id)
    one = get_rectification(actor, school_id, rectification_id, lock=True)
    require_version(one, seen)
    _require_recheck(one)
    if fixed:
        move(actor, one, "find_fixed", remark)
        flush(db.session())
        settle_visit(actor, visit)
        tell(actor, one, _("回头看合格，整改已销号"), remark)
        return one
    if not remark:
        raise Invalid({"remark": [_("请写明未整改到位的情况。")]})
    move(actor, one, "find_unresolved", remark)
    one.times_unresolved += 1
    term = current_term(actor, today())
    severity: Any = one.severity
    one.due_on = rules.deadline(severity, today(), term.ends_on if term else None, figures_of(actor.bureau_id))
    flush(db.session())
    if plan_of(visit).doubles_unresolved:
        double(actor, visit, one, remark)
    tell(actor, one, _("回头看不合格，须重新整改"), remark)
    return one


def double(actor: Actor, visit: Inspection, one: Rectification, remark: str) -> None:
    """Nothing happens where the rule has no factor, or the findings count double already."""
    result = get_result(actor, visit.school_id, visit.id)
    answer = doubled_answer(actor, visit, result, one.item_code)
    if answer is None or visit.state == "appealed":
        return
    reason = _("回头看发现未整改到位，按规则加倍扣分：%(remark)s", remark=remark)
    revise(
        actor, visit, result, {one.item_code: answer}, cause="unresolved", reason=reason, rectification_id=one.id
    )  # fmt: skip


def doubled_answer(actor: Actor, visit: Inspection, result: InspectionResult, key: str) -> Mapping[str, Any] | None:
    """The item's answer with every finding marked as reported before; None where that would change no points."""
    try:
        rule = forms.form_of(form_version_of(actor, visit)).item(key.partition("@")[0]).rule
    except KeyError:
        raise NotFound(_("表单中没有这一项。")) from None
    answer = scored_from(visit, result)["answers"].get(key)
    if not isinstance(rule, CountDeduction) or rule.unresolved_factor <= 1 or not answer or "count" not in answer:
        return None
    if answer.get("unresolved", 0) >= answer["count"]:
        return None
    return {**answer, "unresolved": answer["count"]}
