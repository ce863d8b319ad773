"""What must be put right: found by a record, fixed by a day, confirmed by somebody. Major hazards go to the bureau's
own machine (bureau.hazards) as well and are followed there."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from bureau.hazards.service.finding import report
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.states import NoTransition
from school.canteen_day import rules
from school.canteen_day.group_models import CanteenFinding, CanteenFindingStep
from school.canteen_day.kinds import Kind
from school.canteen_day.service.context import Context
from school.canteen_day.service.figures import FINDING_DAYS


def raise_all(context: Context, kind: Kind, record: Any, found: Sequence[Mapping[str, Any]]) -> list[CanteenFinding]:
    """`found`: {"text", "responsible", "due_on" or None, "is_hazard"} each."""
    actor = context.actor
    made = []
    for number, one in enumerate(found):
        due_on = one.get("due_on")
        if due_on is not None and due_on < record.on_day:
            raise Invalid({f"findings.{number}.due_on": [_("整改期限早于发现日期。")]})
        days = int(context.figures(record.on_day).number(FINDING_DAYS))
        hazard_id = None
        if one.get("is_hazard"):
            hazard_id = report(actor, id=new_id(), school_id=None, text=one["text"], place=_("食堂")).id
        finding = CanteenFinding(
            bureau_id=actor.bureau_id, school_id=context.school_id, id=new_id(), source_kind=kind.code,
            source_id=record.id, found_on=record.on_day, text=one["text"], responsible=one.get("responsible", ""),
            due_on=due_on or record.on_day + timedelta(days=days), hazard_id=hazard_id, created_by=actor.account_id,
        )  # fmt: skip
        db.session.add(finding)
        flush(db.session)
        _note(actor, finding, "find", "", finding.text)
        made.append(finding)
    return made


def hand_on(actor: Actor, corrected_id: UUID, by_id: UUID) -> None:
    """What a corrected record found stays to be put right; from here on the correction is its source."""
    db.session.execute(
        update(CanteenFinding)
        .where(
            CanteenFinding.bureau_id == actor.bureau_id, CanteenFinding.school_id == actor.own_school_id(),
            CanteenFinding.source_id == corrected_id,
        )
        .values(source_id=by_id, version=CanteenFinding.version + 1)
    )  # fmt: skip


def act(
    actor: Actor, finding_id: UUID, event: str, seen: int | None, words: str, photo_id: UUID | None = None
) -> CanteenFinding:
    """Fixed by whoever was to; confirmed or sent back by somebody else, so that nobody ticks off their own work."""
    finding = db.session.get(CanteenFinding, (actor.bureau_id, actor.own_school_id(), finding_id), with_for_update=True)
    if finding is None:
        raise NotFound(_("没有这条问题。"))
    require_version(finding, seen)
    if event != rules.FindingEvent.FIX and _fixed_by(finding) == actor.account_id:
        raise RuleBroken("own_work", _("整改由他人确认，不能自己确认自己的整改。"))
    before = finding.state
    try:
        finding.state = rules.next_state(before, event).value
    except NoTransition:
        raise Conflict(_("这条问题的状态已经变化，请刷新。"), {"state": before, "version": finding.version}) from None
    _note(actor, finding, event, before, words, photo_id)
    unknown = Invalid({"photo_id": [_("没有这张照片，请重新上传。")]})
    flush(db.session, {"fk_canteen_finding_steps_bureau_id_school_id_photo_id": unknown})
    return finding


def _fixed_by(finding: CanteenFinding) -> UUID | None:
    query = select(CanteenFindingStep.by).where(
        CanteenFindingStep.bureau_id == finding.bureau_id, CanteenFindingStep.school_id == finding.school_id,
        CanteenFindingStep.finding_id == finding.id, CanteenFindingStep.event == rules.FindingEvent.FIX.value,
    )  # fmt: skip
    return db.session.scalar(query.order_by(CanteenFindingStep.id.desc()).limit(1))


def _note(
    actor: Actor, finding: CanteenFinding, event: str, before: str, words: str, photo_id: UUID | None = None
) -> None:
    db.session.add(
        CanteenFindingStep(
            bureau_id=finding.bureau_id, school_id=finding.school_id, id=new_id(), finding_id=finding.id,
            event=event, from_state=before, to_state=finding.state, words=words, photo_id=photo_id,
            by=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip


def get_finding(actor: Actor, school_id: int, finding_id: UUID) -> CanteenFinding:
    finding = db.session.get(CanteenFinding, (actor.bureau_id, school_id, finding_id))
    if finding is None:
        raise NotFound(_("没有这条问题。"))
    return finding


def list_findings(
    actor: Actor, school_id: int, *, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[CanteenFinding]:
    """Newest first."""
    query = select(CanteenFinding).where(
        CanteenFinding.bureau_id == actor.bureau_id, CanteenFinding.school_id == school_id
    )
    if state:
        query = query.where(CanteenFinding.state == state)
    return paginate(db.session(), query, [CanteenFinding.found_on, CanteenFinding.id], cursor, limit)


def open_findings(actor: Actor, school_id: int, limit: int = 20) -> Sequence[CanteenFinding]:
    """Those not closed, the most urgent first."""
    query = select(CanteenFinding).where(
        CanteenFinding.bureau_id == actor.bureau_id, CanteenFinding.school_id == school_id,
        CanteenFinding.state != rules.FindingState.CLOSED.value,
    )  # fmt: skip
    return db.session.scalars(query.order_by(CanteenFinding.due_on, CanteenFinding.id).limit(limit)).all()


def count_overdue(actor: Actor, school_id: int, day: date) -> int:
    query = select(func.count()).where(
        CanteenFinding.bureau_id == actor.bureau_id, CanteenFinding.school_id == school_id,
        CanteenFinding.state == rules.FindingState.OPEN.value, CanteenFinding.due_on < day,
    )  # fmt: skip
    return db.session.scalar(query) or 0


def steps_of(finding: CanteenFinding) -> Sequence[CanteenFindingStep]:
    query = select(CanteenFindingStep).where(
        CanteenFindingStep.bureau_id == finding.bureau_id, CanteenFindingStep.school_id == finding.school_id,
        CanteenFindingStep.finding_id == finding.id,
    )  # fmt: skip
    return db.session.scalars(query.order_by(CanteenFindingStep.id)).all()
