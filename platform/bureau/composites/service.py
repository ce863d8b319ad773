"""Keep composites, and compute each school's score from its parts as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.composites.models import BureauComposite, CompositePart
from bureau.inspections.models import InspectionResult
from bureau.inspections.rules import rank_with_ties
from bureau.inspections.service import planning
from bureau.schools.models import School
from bureau.surveys.models import Survey, SurveyAnswer
from bureau.surveys.rules import LEAST_SHOWN
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from kernel.web.dates import span_of_days
from scorecards import service as forms
from scorecards.composite import Composite, CompositeResult, Part, PartScore, compose

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Composed:
    """One school among its peers (same stage, same boarding). `rank` None: it has no score."""

    school_id: int
    school_name: str
    stage: str
    is_boarding: bool
    result: CompositeResult
    rank: int | None
    of: int


def create(actor: Actor, *, id: UUID, title: str, missing: str, parts: Sequence[dict[str, Any]]) -> BureauComposite:
    """With its parts, once: what counted how much is never changed afterwards. Sent twice it is one composite."""
    existing = db.session.get(BureauComposite, (actor.bureau_id, id))
    if existing is not None:
        if existing.title == title:
            return existing
        raise Conflict(_("这个编号已用于另一项综合评价。"))
    for position, part in enumerate(parts):
        try:
            if part["plan_id"] is not None:
                plan = planning.get_plan(actor, part["plan_id"])
                if plan.double_of is not None:
                    raise NotFound
            else:
                forms.get_version(actor, part["form_version_id"])
        except NotFound:
            raise Invalid({f"parts.{position}.plan_id": [_("请从列出的选项中选择。")]}) from None
    composite = BureauComposite(
        bureau_id=actor.bureau_id, id=id, title=title, missing=missing, created_by=actor.account_id
    )
    db.session.add(composite)
    flush(db.session())
    for position, part in enumerate(parts):
        db.session.add(
            CompositePart(bureau_id=actor.bureau_id, id=new_id(), composite_id=id, position=position, **part)
        )
    flush(db.session())
    return composite


def list_composites(actor: Actor) -> list[BureauComposite]:
    return list(
        db.session.scalars(
            select(BureauComposite)
            .where(BureauComposite.bureau_id == actor.bureau_id)
            .order_by(BureauComposite.id.desc())
        )
    )


def get_composite(actor: Actor, composite_id: UUID) -> BureauComposite:
    composite = db.session.get(BureauComposite, (actor.bureau_id, composite_id))
    if composite is None:
        raise NotFound(_("没有这项综合评价。"))
    return composite


def parts_of(composite: BureauComposite) -> list[CompositePart]:
    return list(
        db.session.scalars(
            select(CompositePart)
            .where(CompositePart.bureau_id == composite.bureau_id, CompositePart.composite_id == composite.id)
            .order_by(CompositePart.position)
        )
    )


def scores(actor: Actor, composite: BureauComposite) -> list[Composed]:
    """Every school that has a score in one of the parts, by peer group and rank; those without a whole score last."""
    parts = parts_of(composite)
    rules = Composite(
        title=composite.title,
        parts=tuple(Part(code=str(part.position), title=part.title, weight=part.weight) for part in parts),
        missing="renormalise" if composite.missing == "renormalise" else "refuse",
    )
    found: dict[int, dict[str, PartScore]] = {}
    for part in parts:
        for school_id, score in _part_scores(actor, part).items():
            found.setdefault(school_id, {})[str(part.position)] = score
    schools = select(School.id, School.name, School.stage, School.is_boarding).where(
        School.bureau_id == actor.bureau_id, School.id.in_(found)
    )
    if actor.level == "zone":
        schools = schools.where(School.id.in_(actor.school_ids))
    groups: dict[tuple[str, bool], list[tuple[Any, CompositeResult]]] = {}
    for school in db.session.execute(schools.order_by(School.name)):
        result = compose(rules, found[school.id])
        groups.setdefault((school.stage, school.is_boarding), []).append((school, result))
    return [row for key in sorted(groups) for row in _ranked(groups[key])]


def _ranked(group: list[tuple[Any, CompositeResult]]) -> list[Composed]:
    ranked = rank_with_ties((entry, entry[1].score) for entry in group)
    rows = [_composed(place.entry, place.rank, place.of) for place in ranked]
    return rows + [_composed(entry, None, len(ranked)) for entry in group if entry[1].score is None]


def _composed(entry: tuple[Any, CompositeResult], rank: int | None, of: int) -> Composed:
    school, result = entry
    return Composed(school.id, school.name, school.stage, school.is_boarding, result, rank, of)


def _part_scores(actor: Actor, part: CompositePart) -> dict[int, PartScore]:
    if part.plan_id is not None:
        rows = db.session.execute(
            select(InspectionResult.school_id, InspectionResult.score, InspectionResult.maximum).where(
                InspectionResult.bureau_id == actor.bureau_id,
                InspectionResult.plan_id == part.plan_id,
                InspectionResult.released_at.is_not(None),
                InspectionResult.score.is_not(None),
                InspectionResult.maximum > 0,
            )
        )
        return {row.school_id: PartScore(row.score, row.maximum) for row in rows}
    if part.form_version_id is None or part.first is None or part.last is None:  # pragma: no cover - a constraint
        return {}
    begin, end = span_of_days(part.first, part.last)
    answers = (
        select(SurveyAnswer.school_id, func.avg(SurveyAnswer.percent))
        .join(
            Survey,
            (Survey.bureau_id == SurveyAnswer.bureau_id)
            & (Survey.school_id == SurveyAnswer.school_id)
            & (Survey.id == SurveyAnswer.survey_id),
        )
        .where(
            SurveyAnswer.bureau_id == actor.bureau_id,
            Survey.form_version_id == part.form_version_id,
            SurveyAnswer.doubtful == "",
            SurveyAnswer.percent.is_not(None),
            SurveyAnswer.answered_at >= begin,
            SurveyAnswer.answered_at < end,
        )
        .group_by(SurveyAnswer.school_id)
        .having(func.count() >= LEAST_SHOWN)
    )
    # Parts enter with what was published of them: a survey's percent has one place.
    return {
        school_id: PartScore(Decimal(mean).quantize(Decimal("0.1")), HUNDRED)
        for school_id, mean in db.session.execute(answers)
    }
