"""The self score beside the official one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import defer

from bureau.inspections.models import Inspection, InspectionPlan, InspectionResult
from bureau.inspections.service import results
from bureau.oversight.self_check_feed import SelfScore
from kernel.actor import Actor
from kernel.database import db, now
from school.self_checks import rules
from school.self_checks.models import SelfCheck


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference`: self − official score, None where one has none or they were taken with different forms."""

    check: SelfCheck
    result: InspectionResult
    difference: Decimal | None
    pairs: list[rules.Pair]

    @property
    def differing(self) -> int:
        return sum(pair.differs for pair in self.pairs)

    @property
    def same_form(self) -> bool:
        return self.check.form_version_id == self.result.form_version_id


def _candidates(actor: Actor, plan: InspectionPlan) -> Any:
    """Per school the one check that counts: what was asked for with the plan before any other of the same form
    version, the newest of them; handed in before the inspectors handed in, else it would only be a copy."""
    query = (
        select(SelfCheck)
        .outerjoin(
            Inspection,
            (Inspection.bureau_id == SelfCheck.bureau_id)
            & (Inspection.school_id == SelfCheck.school_id)
            & (Inspection.plan_id == plan.id),
        )
        .where(
            SelfCheck.bureau_id == actor.bureau_id,
            SelfCheck.state == "submitted",
            SelfCheck.form_version_id == plan.form_version_id,
            or_(SelfCheck.plan_id.is_(None), SelfCheck.plan_id == plan.id),
            SelfCheck.submitted_at < func.coalesce(Inspection.submitted_at, now()),
        )
        .ext(distinct_on(SelfCheck.school_id))
        .order_by(
            SelfCheck.school_id,
            case((SelfCheck.plan_id == plan.id, 0), else_=1),
            SelfCheck.submitted_at.desc(),
            SelfCheck.id.desc(),
        )
    )
    if actor.level == "school":
        return query.where(SelfCheck.school_id == actor.own_school_id())
    return query.where(SelfCheck.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def self_scores(actor: Actor, plan_id: UUID) -> Mapping[int, SelfScore]:
    plan = db.session.get(InspectionPlan, (actor.bureau_id, plan_id))
    if plan is None:
        return {}
    return {
        row.school_id: SelfScore(
            row.school_id, row.id, row.submitted_at or now(), row.score, row.maximum, row.percent, row.band,
            row.verdict, url_for("self_checks.show_of_school", school_id=row.school_id, self_check_id=row.id),
        )
        for row in db.session.scalars(_candidates(actor, plan).options(defer(SelfCheck.account)))
    }  # fmt: skip


def check_beside(actor: Actor, school_id: int, plan_id: UUID) -> SelfCheck | None:
    """The school's check that stands beside its official result of this plan."""
    plan = db.session.get(InspectionPlan, (actor.bureau_id, plan_id))
    if plan is None:
        return None
    found: SelfCheck | None = db.session.scalar(_candidates(actor, plan).where(SelfCheck.school_id == school_id))
    return found


def comparison_of(actor: Actor, result: InspectionResult) -> Comparison | None:
    check = check_beside(actor, result.school_id, result.plan_id)
    if check is None or check.account is None:
        return None
    difference = None if check.score is None or result.score is None else check.score - result.score
    return Comparison(check, result, difference, rules.compare_accounts(check.account, result.account))


def compare(actor: Actor, school_id: int, inspection_id: UUID) -> Comparison | None:
    """Of a result that this actor may read (NotFound else); None: the school had not checked itself."""
    return comparison_of(actor, results.get_result(actor, school_id, inspection_id))
