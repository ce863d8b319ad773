"""What pages show around a visit: who goes, what happened, how far it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bureau.inspections import rules
from bureau.inspections.models import (
    Inspection,
    InspectionAnswer,
    InspectionEvent,
    InspectionInspector,
    InspectionPlan,
    InspectionResult,
)
from bureau.inspections.service.answering import answers_of, photos_of
from bureau.inspections.service.submitting import preview
from bureau.inspections.service.visits import form_version_of, sees_every_visit
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.identity.models import Person
from scorecards.models import FormVersion
from scorecards.result import result_to_json


def inspectors_of(actor: Actor, visits: Iterable[Inspection]) -> dict[UUID, list[str]]:
    """Visit id → names, the leader first."""
    ids = [visit.id for visit in visits]
    if not ids:
        return {}
    query = (
        select(InspectionInspector.inspection_id, Person.display_name)
        .join(
            Person,
            (Person.bureau_id == InspectionInspector.bureau_id) & (Person.id == InspectionInspector.person_id),
        )
        .where(InspectionInspector.bureau_id == actor.bureau_id, InspectionInspector.inspection_id.in_(ids))
        .order_by(InspectionInspector.is_lead.desc(), Person.display_name)
    )
    names: dict[UUID, list[str]] = {}
    for inspection_id, name in db.session.execute(query):
        names.setdefault(inspection_id, []).append(name)
    return names


def events_of(actor: Actor, visit: Inspection) -> list[tuple[InspectionEvent, str]]:
    """What happened to a visit, oldest first, with the name of who did it ("" the system)."""
    query = (
        select(InspectionEvent, Person.display_name)
        .outerjoin(Person, (Person.bureau_id == InspectionEvent.bureau_id) & (Person.id == InspectionEvent.by))
        .where(
            InspectionEvent.bureau_id == actor.bureau_id,
            InspectionEvent.school_id == visit.school_id,
            InspectionEvent.inspection_id == visit.id,
        )
        .order_by(InspectionEvent.id)
    )
    return [(event, name or "") for event, name in db.session.execute(query)]


def answered_counts(actor: Actor, visits: Iterable[Inspection]) -> dict[UUID, int]:
    """Visit id → items answered so far."""
    ids = [visit.id for visit in visits]
    if not ids:
        return {}
    query = (
        select(InspectionAnswer.inspection_id, func.count())
        .where(
            InspectionAnswer.bureau_id == actor.bureau_id,
            InspectionAnswer.inspection_id.in_(ids),
            # SQL NULL, or the JSON null that a cleared answer may be stored as
            func.jsonb_typeof(InspectionAnswer.answer) == "object",
        )
        .group_by(InspectionAnswer.inspection_id)
    )
    return dict(db.session.execute(query).all())


def item_counts(actor: Actor, visits: Iterable[Inspection]) -> dict[UUID, int]:
    """Visit id → items on its form."""
    wanted = list(visits)
    versions = {visit.form_version_id for visit in wanted}
    if not versions:
        return {}
    query = select(FormVersion.id, FormVersion.item_count).where(
        FormVersion.bureau_id == actor.bureau_id, FormVersion.id.in_(versions)
    )
    counts = dict(db.session.execute(query).all())
    return {visit.id: counts.get(visit.form_version_id, 0) for visit in wanted}


def draft_account(actor: Actor, visit: Inspection) -> dict[str, Any]:
    """How a visit stands that is not submitted: of the same shape as a result's `account`. Nothing of it is official."""
    version = form_version_of(actor, visit)
    document = result_to_json(preview(actor, visit))
    rows = answers_of(visit)
    photos = {code: [str(photo.attachment_id) for photo in group] for code, group in photos_of(visit).items()}
    document["sections_account"] = rules.enriched_account(
        document.pop("account"),
        version.form,
        {code: row.remark for code, row in rows.items()},
        photos,
        {code: row.answer for code, row in rows.items() if row.answer is not None},
    )
    document["visit_photos"] = photos.get("", [])
    document["form_title"] = version.form["title"]
    return document


def waiting_for_release(actor: Actor) -> list[tuple[Inspection, str]]:
    """Submitted visits that the school has not been told of, longest waiting first, with the school's name."""
    query = (
        select(Inspection, School.name)
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .where(Inspection.bureau_id == actor.bureau_id, Inspection.state == "submitted")
        .order_by(Inspection.submitted_at)
    )
    return [(visit, name) for visit, name in db.session.execute(query)]


def released_since(actor: Actor, since: datetime) -> list[tuple[InspectionResult, str]]:
    """The school's own results released since then, newest first, with the plan's title."""
    query = (
        select(InspectionResult, InspectionPlan.title)
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == InspectionResult.bureau_id) & (InspectionPlan.id == InspectionResult.plan_id),
        )
        .where(
            InspectionResult.bureau_id == actor.bureau_id,
            InspectionResult.school_id == actor.own_school_id(),
            InspectionResult.released_at >= since,
        )
        .order_by(InspectionResult.released_at.desc())
    )
    return [(result, title) for result, title in db.session.execute(query)]


def visits_by_school_name(actor: Actor, text: str, limit: int = 8) -> list[tuple[Inspection, str, str]]:
    """(visit, school name, plan title), newest first; an inspector finds their own visits only."""
    query = (
        select(Inspection, School.name, InspectionPlan.title)
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == Inspection.bureau_id) & (InspectionPlan.id == Inspection.plan_id),
        )
        .where(Inspection.bureau_id == actor.bureau_id, func.strpos(School.search_name, text.lower()) > 0)
        .order_by(Inspection.scheduled_on.desc(), Inspection.id.desc())
        .limit(limit)
    )
    if actor.level == "zone":
        query = query.where(Inspection.school_id.in_(actor.school_ids))
    elif not sees_every_visit(actor):
        mine = select(InspectionInspector.inspection_id).where(
            InspectionInspector.bureau_id == actor.bureau_id, InspectionInspector.person_id == actor.account_id
        )
        query = query.where(Inspection.id.in_(mine))
    return [(visit, school, plan) for visit, school, plan in db.session.execute(query)]
