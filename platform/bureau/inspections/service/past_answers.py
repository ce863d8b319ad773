"""What the forms ask of past visits: the answers of a version, to try its successor out, and the remarks often written."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from bureau.inspections import rules
from bureau.inspections.models import Inspection, InspectionAnswer, InspectionResult
from bureau.inspections.service.submitting import parameters_of
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from scorecards.past import OftenWritten, PastVisit, PastVisits

FEWEST = 2  # a remark written once is not yet a habit


def answers_of_version(actor: Actor, version_id: UUID, limit: int) -> list[PastVisit]:
    """The newest submitted visits with a version that the actor sees, with what scoring them again needs."""
    visits = db.session.execute(
        select(InspectionResult.score, Inspection, School)
        .join(
            Inspection,
            (Inspection.bureau_id == InspectionResult.bureau_id)
            & (Inspection.school_id == InspectionResult.school_id)
            & (Inspection.id == InspectionResult.id),
        )
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .where(InspectionResult.bureau_id == actor.bureau_id, InspectionResult.form_version_id == version_id)
        .order_by(InspectionResult.submitted_at.desc(), InspectionResult.id.desc())
        .limit(limit)
    ).all()
    answers: dict[UUID, dict[str, object]] = {visit.id: {} for _score, visit, _school in visits}
    rows = db.session.execute(
        select(InspectionAnswer.inspection_id, InspectionAnswer.item_code, InspectionAnswer.answer).where(
            InspectionAnswer.bureau_id == actor.bureau_id,
            InspectionAnswer.inspection_id.in_(answers),
            # SQL NULL, or the JSON null that a cleared answer may be stored as
            func.jsonb_typeof(InspectionAnswer.answer) == "object",
        )
    )
    for inspection_id, key, answer in rows:
        answers[inspection_id][key] = answer
    return [
        PastVisit(
            answers=answers[visit.id],
            tags=rules.applicability_tags({"is_boarding": school.is_boarding, "canteen_mode": school.canteen_mode}),
            parameters=parameters_of(visit, school),
            units=visit.units,
            score=score,
        )
        for score, visit, school in visits
    ]


def remarks_of_versions(actor: Actor, version_ids: Sequence[UUID], limit: int) -> list[OftenWritten]:
    """Remarks written word for word at least twice at an item of these versions, most often written first."""
    code = func.split_part(InspectionAnswer.item_code, "@", 1)
    times = func.count()
    rows = db.session.execute(
        select(code, InspectionAnswer.remark, times, func.mode().within_group(InspectionAnswer.answer))
        .join(
            Inspection,
            (Inspection.bureau_id == InspectionAnswer.bureau_id)
            & (Inspection.school_id == InspectionAnswer.school_id)
            & (Inspection.id == InspectionAnswer.inspection_id),
        )
        .where(
            InspectionAnswer.bureau_id == actor.bureau_id,
            Inspection.form_version_id.in_(version_ids),
            InspectionAnswer.remark != "",
            func.length(InspectionAnswer.remark) <= 300,
        )
        .group_by(code, InspectionAnswer.remark)
        .having(times >= FEWEST)
        .order_by(times.desc(), code, InspectionAnswer.remark)
        .limit(limit)
    )
    return [OftenWritten(item_code, remark, count, answer) for item_code, remark, count, answer in rows]


PAST_VISITS = PastVisits(answers_of_version, remarks_of_versions)
