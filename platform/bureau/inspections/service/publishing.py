"""Publication (公布): each school learns its place among its peers and their shape, nobody reads another's account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from bureau.inspections import rules
from bureau.inspections.following import followers
from bureau.inspections.models import Inspection, InspectionEvent, InspectionPlan, InspectionResult
from bureau.inspections.revision_models import InspectionAcknowledgement, InspectionPublication
from bureau.inspections.service.planning import get_plan
from bureau.inspections.service.telling import ALWAYS, BY_KIND, RESULT
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.audit import capture
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.identity import holders
from kernel.notices.service import notify
from kernel.web.dates import today

LOCK = 7_303  # of pg_advisory_xact_lock, beside the receipts' 7_302
MOST_NAMED = 8  # blocked schools named in a refusal


@dataclass(frozen=True, slots=True)
class Standing:
    """One visit of a plan before publication. `blocked`: rules.blocker's reason, "" where nothing is in the way."""

    school_id: int
    school_name: str
    inspection_id: UUID
    state: str
    window: rules.Window
    appeal_until: date | None
    blocked: str


def configure(
    actor: Actor, plan_id: UUID, seen: int | None, *, needs_review: bool, doubles_unresolved: bool
) -> InspectionPlan:
    """What follows a visit of this plan. Visits that were told already stay as they are."""
    plan = get_plan(actor, plan_id, lock=True)
    require_version(plan, seen)
    plan.needs_review, plan.doubles_unresolved = needs_review, doubles_unresolved
    flush(db.session())
    return plan


def standing(actor: Actor, plan_id: UUID) -> list[Standing]:
    """Every visit of the plan that is to be carried out, by the school's name; a zone supervisor's own schools."""
    get_plan(actor, plan_id)
    query = (
        select(
            Inspection.school_id, School.name, Inspection.id, Inspection.state, InspectionResult.appeal_until,
            InspectionAcknowledgement.at,
        )
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .outerjoin(
            InspectionResult,
            (InspectionResult.bureau_id == Inspection.bureau_id)
            & (InspectionResult.school_id == Inspection.school_id)
            & (InspectionResult.id == Inspection.id),
        )
        .outerjoin(
            InspectionAcknowledgement,
            (InspectionAcknowledgement.bureau_id == Inspection.bureau_id)
            & (InspectionAcknowledgement.school_id == Inspection.school_id)
            & (InspectionAcknowledgement.id == Inspection.id),
        )
        .where(
            Inspection.bureau_id == actor.bureau_id, Inspection.plan_id == plan_id, Inspection.state != "cancelled"
        )
        .order_by(School.name)
    )  # fmt: skip
    if actor.level == "zone":
        query = query.where(Inspection.school_id.in_(actor.school_ids))
    day = today()
    rows = []
    for school_id, name, visit_id, state, until, acknowledged_at in db.session.execute(query):
        window = rules.appeal_window(until, day, acknowledged=acknowledged_at is not None)
        rows.append(Standing(school_id, name, visit_id, state, window, until, rules.blocker(state, window) or ""))
    return rows


def publish(
    actor: Actor, plan_id: UUID, seen: int | None, *, without_blocked: bool = False, at: datetime | None = None
) -> int:
    """Publish what may be published and give its number. Schools in whose way something is (an open appeal, time left
    to appeal, not told yet) stop the publication by name, or with `without_blocked` are left out of it for now."""
    plan = get_plan(actor, plan_id, lock=True)
    require_version(plan, seen)
    rows = standing(actor, plan_id)
    blocked = [row for row in rows if row.blocked]
    if blocked and not without_blocked:
        names = "、".join(row.school_name for row in blocked[:MOST_NAMED])
        raise RuleBroken(
            "publication_frozen",
            _("还有 %(count)s 所学校不能公布：%(names)s 等。申诉期未过、申诉未办结或未告知的学校，不能进入公布。",
              count=len(blocked), names=names),
        )  # fmt: skip
    ready = [row for row in rows if row.state == "released" and not row.blocked]
    if not ready:
        raise Invalid({"_form": [_("没有可以公布的结果。")]})
    at = at or now()
    done = _mark_published(actor, plan, [row.inspection_id for row in ready], at)
    plan.published_at = plan.published_at or at
    flush(db.session())
    refresh(actor, plan_id, at=at)
    for follower in followers():
        follower.published(actor, [visit_id for visit_id, _school in done])
    _tell_schools(actor, plan, done)
    return len(done)


def _mark_published(
    actor: Actor, plan: InspectionPlan, visit_ids: Sequence[UUID], at: datetime
) -> list[tuple[UUID, int]]:
    """A thousand visits in three statements; one that was appealed in between is not among them any more."""
    after = rules.next_state("released", "publish")
    done = [
        (row.id, row.school_id)
        for row in db.session.execute(
            update(Inspection)
            .where(
                Inspection.bureau_id == actor.bureau_id, Inspection.plan_id == plan.id, Inspection.state == "released",
                Inspection.id.in_(visit_ids),
            )
            .values(state=after, version=Inspection.version + 1)
            .returning(Inspection.id, Inspection.school_id)
            .execution_options(synchronize_session=False)
        )
    ]  # fmt: skip
    db.session.expire_all()
    if done:
        db.session.execute(
            insert(InspectionEvent),
            [
                {
                    "bureau_id": actor.bureau_id, "school_id": school_id, "id": new_id(), "inspection_id": visit_id,
                    "event": "publish", "from_state": "released", "to_state": after, "reason": "", "at": at,
                    "by": actor.account_id,
                }
                for visit_id, school_id in done
            ],
        )  # fmt: skip
        changes = [{"table": "inspections", "kind": "publish", "key": {"ids": [str(one) for one, _school in done]}}]
        capture.record(db.session(), actor.bureau_id, "bureau:inspection:publish", changes)
    return done


def refresh(actor: Actor, plan_id: UUID, *, at: datetime | None = None) -> None:
    """Write every published school's place anew: at each publication, and when a published result was revised.

    One after the other within a plan, so that the last one has seen every other's result; the lock is taken after all
    locks of rows.
    """
    at = at or now()
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK, func.hashtext(str(plan_id)))))
    query = (
        select(InspectionResult)
        .join(
            Inspection,
            (Inspection.bureau_id == InspectionResult.bureau_id)
            & (Inspection.school_id == InspectionResult.school_id)
            & (Inspection.id == InspectionResult.id),
        )
        .where(
            InspectionResult.bureau_id == actor.bureau_id,
            InspectionResult.plan_id == plan_id,
            Inspection.state.in_(rules.PUBLIC_STATES),
        )
        .with_only_columns(
            InspectionResult.id, InspectionResult.school_id, InspectionResult.form_version_id, InspectionResult.stage,
            InspectionResult.is_boarding, InspectionResult.score, InspectionResult.maximum, InspectionResult.band,
            InspectionResult.verdict,
        )
    )  # fmt: skip
    groups: dict[Any, list[Any]] = {}
    for row in db.session.execute(query):
        groups.setdefault((row.stage, row.is_boarding, row.form_version_id), []).append(row)
    known = {
        one.id: one
        for one in db.session.scalars(
            select(InspectionPublication)
            .where(InspectionPublication.bureau_id == actor.bureau_id, InspectionPublication.plan_id == plan_id)
            .execution_options(populate_existing=True)
        )
    }
    for group in groups.values():
        ranks = {ranked.entry.id: ranked for ranked in rules.rank_with_ties((row, row.score) for row in group)}
        scores = [row.score for row in group if row.score is not None]
        maximum = max((row.maximum for row in group if row.maximum is not None), default=None)
        peers = rules.peers_of(scores, maximum)
        for row in group:
            place = ranks.get(row.id)
            found = known.get(row.id)
            if found is None:
                found = InspectionPublication(
                    bureau_id=actor.bureau_id, school_id=row.school_id, id=row.id, plan_id=plan_id,
                    form_version_id=row.form_version_id, stage=row.stage, is_boarding=row.is_boarding,
                    published_at=at, published_by=actor.account_id,
                )  # fmt: skip
                db.session.add(found)
            found.score, found.band, found.verdict = row.score, row.band, row.verdict
            found.rank, found.of = (place.rank, place.of) if place else (None, len(group))
            found.peers, found.updated_at = peers, at
    flush(db.session())


def _tell_schools(actor: Actor, plan: InspectionPlan, done: Sequence[tuple[UUID, int]]) -> None:
    roles = (*ALWAYS, *BY_KIND.get(plan.kind, ()))
    people = holders.at_schools(actor.bureau_id, [school_id for _visit, school_id in done], roles)
    for visit_id, school_id in done:
        notify(
            actor, people.get(school_id, ()), "inspection_published", _("检查结果已公布：%(plan)s", plan=plan.title),
            url=RESULT.format(id=visit_id), school_id=school_id,
        )  # fmt: skip


def publication_of(actor: Actor, school_id: int, inspection_id: UUID) -> InspectionPublication | None:
    return db.session.scalar(
        select(InspectionPublication).where(
            InspectionPublication.bureau_id == actor.bureau_id,
            InspectionPublication.school_id == school_id,
            InspectionPublication.id == inspection_id,
        )
    )


def own_publication(actor: Actor, inspection_id: UUID) -> InspectionPublication:
    found = publication_of(actor, actor.own_school_id(), inspection_id)
    if found is None:
        raise NotFound(_("这次检查还没有公布。"))
    return found


__all__ = ["Standing", "configure", "own_publication", "publication_of", "publish", "refresh", "standing"]
