"""What the last visit to the same school with the same form found, and what of it must be looked at again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.inspections.models import Inspection, InspectionAnswer, InspectionLoss, InspectionPlan
from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import SHANGHAI
from scorecards.form import decimal_text
from scorecards.models import FormVersion


def previous_visit(actor: Actor, inspection: Inspection) -> dict[str, Any] | None:
    """The last visit handed in before this one, of any version of the same form, or None:
    {"inspection_id": UUID, "visited_on": date, "answers": {key: {"answer", "remark", "lost"}}}; `lost`: points as text,
    "0" of an item that counts without points and failed, None where nothing was lost."""
    before = _visit_before(actor, inspection)
    if before is None:
        return None
    lost = losses_of(actor, before)
    answers = {
        row.item_code: {
            "answer": row.answer, "remark": row.remark, "lost": _lost(lost, row.item_code),
        }
        for row in db.session.scalars(
            select(InspectionAnswer)
            .where(
                InspectionAnswer.bureau_id == actor.bureau_id,
                InspectionAnswer.school_id == before.school_id,
                InspectionAnswer.inspection_id == before.id,
            )
            .order_by(InspectionAnswer.item_code)
        )
        if row.answer is not None
    }  # fmt: skip
    begun = before.started_at or before.submitted_at
    visited_on = begun.astimezone(SHANGHAI).date() if begun else before.scheduled_on
    return {"inspection_id": before.id, "visited_on": visited_on, "answers": answers}


def mandatory_items(actor: Actor, inspection: Inspection) -> list[str]:
    """Codes of the items that failed at the previous visit and are still on this visit's form, in its order."""
    before = _visit_before(actor, inspection)
    if before is None:
        return []
    failed = {code.partition("@")[0] for code in losses_of(actor, before)}
    version = db.session.get(FormVersion, (inspection.bureau_id, inspection.form_version_id))
    if version is None or not failed:
        return []
    on_form = [item["code"] for section in version.form["sections"] for item in section.get("items", ())]
    return [code for code in on_form if code in failed]


def losses_of(actor: Actor, visit: Inspection) -> Mapping[str, Any]:
    """Item code (or `item@unit`) → points lost there."""
    rows = db.session.execute(
        select(InspectionLoss.item_code, InspectionLoss.lost).where(
            InspectionLoss.bureau_id == actor.bureau_id,
            InspectionLoss.school_id == visit.school_id,
            InspectionLoss.inspection_id == visit.id,
        )
    )
    return dict(rows.all())


def _lost(lost: Mapping[str, Any], key: str) -> str | None:
    """A repeated item's loss may be booked on the item as a whole: its units then share it."""
    found = lost.get(key, lost.get(key.partition("@")[0]))
    return None if found is None else decimal_text(found)


def _visit_before(actor: Actor, inspection: Inspection) -> Inspection | None:
    """Never a blind double visit, of which nothing is shown to anybody who fills; and for a double never the visit that
    it is the double of: whoever knows the first answers does not see the school for themselves."""
    blind = select(InspectionPlan.id).where(
        InspectionPlan.bureau_id == actor.bureau_id, InspectionPlan.double_of.is_not(None)
    )
    first = select(InspectionPlan.double_of).where(
        InspectionPlan.bureau_id == actor.bureau_id,
        InspectionPlan.id == inspection.plan_id,
        InspectionPlan.double_of.is_not(None),
    )
    template = (
        select(FormVersion.template_id)
        .where(FormVersion.bureau_id == actor.bureau_id, FormVersion.id == inspection.form_version_id)
        .scalar_subquery()
    )
    query = (
        select(Inspection)
        .join(
            FormVersion,
            (FormVersion.bureau_id == Inspection.bureau_id) & (FormVersion.id == Inspection.form_version_id),
        )
        .where(
            Inspection.bureau_id == actor.bureau_id,
            Inspection.school_id == inspection.school_id,
            Inspection.id != inspection.id,
            Inspection.submitted_at.is_not(None),
            Inspection.state.not_in(("planned", "in_progress", "cancelled")),
            FormVersion.template_id == template,
            Inspection.plan_id.not_in(blind),
            Inspection.plan_id.not_in(first),
        )
        .order_by(Inspection.submitted_at.desc(), Inspection.id.desc())
        .limit(1)
    )
    if inspection.submitted_at is not None:  # looked at later: what stood before it was, not what came after
        query = query.where(Inspection.submitted_at < inspection.submitted_at)
    return db.session.scalar(query)


def previous_id(actor: Actor, inspection: Inspection) -> UUID | None:
    before = _visit_before(actor, inspection)
    return None if before is None else before.id
