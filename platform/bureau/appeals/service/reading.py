"""Lists of appeals, their course, and how often appeals are upheld, by item and by inspector."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bureau.appeals import rules
from bureau.appeals.models import Appeal, AppealEvent
from bureau.appeals.rules import UpheldRate
from bureau.inspections.models import (
    Inspection,
    InspectionAnswer,
    InspectionInspector,
    InspectionPlan,
    InspectionResult,
)
from bureau.inspections.revision_models import InspectionAcknowledgement as Acknowledgement
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.identity.models import Person


def _listing() -> Any:
    return (
        select(Appeal, School.name.label("school_name"), InspectionPlan.title.label("plan_title"), Appeal.id)
        .join(School, (School.bureau_id == Appeal.bureau_id) & (School.id == Appeal.school_id))
        .join(InspectionPlan, (InspectionPlan.bureau_id == Appeal.bureau_id) & (InspectionPlan.id == Appeal.plan_id))
    )


def list_appeals(
    actor: Actor, state: str | None = None, plan_id: UUID | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Any]:
    """What schools sent, newest first: rows (Appeal, school_name, plan_title, id)."""
    query = _listing().where(Appeal.bureau_id == actor.bureau_id, Appeal.state != "draft")
    if actor.level == "zone":
        query = query.where(Appeal.school_id.in_(actor.school_ids))
    if state:
        query = query.where(Appeal.state == state)
    if plan_id:
        query = query.where(Appeal.plan_id == plan_id)
    return paginate(db.session(), query, [Appeal.id], cursor, limit, scalars=False)


def own_appeals(actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """The school's own, drafts among them, newest first."""
    query = _listing().where(Appeal.bureau_id == actor.bureau_id, Appeal.school_id == actor.own_school_id())
    return paginate(db.session(), query, [Appeal.id], cursor, limit, scalars=False)


def events_of(actor: Actor, appeal: Appeal) -> list[AppealEvent]:
    return list(
        db.session.scalars(
            select(AppealEvent)
            .where(
                AppealEvent.bureau_id == actor.bureau_id,
                AppealEvent.school_id == appeal.school_id,
                AppealEvent.appeal_id == appeal.id,
            )
            .order_by(AppealEvent.id)
        )
    )


def waiting(actor: Actor) -> int:
    """Appeals that wait for a decision within the actor's scope."""
    query = select(func.count()).select_from(Appeal).where(
        Appeal.bureau_id == actor.bureau_id, Appeal.state == "sent"
    )  # fmt: skip
    if actor.level == "zone":
        query = query.where(Appeal.school_id.in_(actor.school_ids))
    return db.session.scalar(query) or 0


def appealable_results(actor: Actor, day: date) -> list[tuple[InspectionResult, str]]:
    """The school's own results that it may still appeal and has not acknowledged, soonest deadline first."""
    query = (
        select(InspectionResult, InspectionPlan.title)
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == InspectionResult.bureau_id) & (InspectionPlan.id == InspectionResult.plan_id),
        )
        .outerjoin(
            Acknowledgement,
            (Acknowledgement.bureau_id == InspectionResult.bureau_id)
            & (Acknowledgement.school_id == InspectionResult.school_id)
            & (Acknowledgement.id == InspectionResult.id),
        )
        .where(
            InspectionResult.bureau_id == actor.bureau_id,
            InspectionResult.school_id == actor.own_school_id(),
            InspectionResult.released_at.is_not(None),
            InspectionResult.appeal_until >= day,
            Acknowledgement.id.is_(None),
        )
        .order_by(InspectionResult.appeal_until)
    )
    return [(result, title) for result, title in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Statistics:
    items: list[UpheldRate]
    inspectors: list[UpheldRate]


def statistics(actor: Actor, since: datetime | None = None, plan_id: UUID | None = None) -> Statistics:
    """Of appeals sent since then. An item is the item of one form version; an appeal counts for the inspector who gave
    the contested answer. `visits`: results told in that time which the item or inspector had a part in."""
    query = (
        select(
            Appeal.item_code, Appeal.item_no, Appeal.item_text, Appeal.state, Inspection.form_version_id,
            InspectionAnswer.answered_by, Person.display_name,
        )
        .join(
            Inspection,
            (Inspection.bureau_id == Appeal.bureau_id)
            & (Inspection.school_id == Appeal.school_id)
            & (Inspection.id == Appeal.inspection_id),
        )
        .outerjoin(
            InspectionAnswer,
            (InspectionAnswer.bureau_id == Appeal.bureau_id)
            & (InspectionAnswer.school_id == Appeal.school_id)
            & (InspectionAnswer.inspection_id == Appeal.inspection_id)
            & (InspectionAnswer.item_code == Appeal.item_code),
        )
        .outerjoin(
            Person, (Person.bureau_id == InspectionAnswer.bureau_id) & (Person.id == InspectionAnswer.answered_by)
        )
        .where(Appeal.bureau_id == actor.bureau_id, Appeal.state.in_(("sent", "rejected", "upheld")))
    )  # fmt: skip
    if since is not None:
        query = query.where(Appeal.sent_at >= since)
    if plan_id is not None:
        query = query.where(Appeal.plan_id == plan_id)
    items: dict[Any, list[Any]] = {}
    people: dict[Any, list[Any]] = {}
    for row in db.session.execute(query):
        items.setdefault((row.form_version_id, row.item_code.partition("@")[0]), []).append(row)
        people.setdefault(row.answered_by, []).append(row)
    by_version, by_person = _visits(actor, since, plan_id)
    return Statistics(
        rules.by_rate(
            _rate(code, f"{rows[0].item_no} {rows[0].item_text}".strip(), by_version.get(version, 0), rows)
            for (version, code), rows in items.items()
        ),
        rules.by_rate(
            _rate(str(person or ""), rows[0].display_name or "", by_person.get(person, 0), rows)
            for person, rows in people.items()
        ),
    )


def _rate(key: str, label: str, visits: int, rows: list[Any]) -> UpheldRate:
    decided = sum(row.state in rules.DECIDED for row in rows)
    return UpheldRate(key, label, visits, len(rows), decided, sum(row.state == "upheld" for row in rows))


def _visits(actor: Actor, since: datetime | None, plan_id: UUID | None) -> tuple[Mapping[Any, int], Mapping[Any, int]]:
    told = [Inspection.bureau_id == actor.bureau_id, Inspection.released_at.is_not(None)]
    if since is not None:
        told.append(Inspection.released_at >= since)
    if plan_id is not None:
        told.append(Inspection.plan_id == plan_id)
    versions = select(Inspection.form_version_id, func.count()).where(*told).group_by(Inspection.form_version_id)
    people = (
        select(InspectionInspector.person_id, func.count())
        .join(
            Inspection,
            (Inspection.bureau_id == InspectionInspector.bureau_id)
            & (Inspection.school_id == InspectionInspector.school_id)
            & (Inspection.id == InspectionInspector.inspection_id),
        )
        .where(*told)
        .group_by(InspectionInspector.person_id)
    )
    return dict(db.session.execute(versions).all()), dict(db.session.execute(people).all())
