"""Everything that a phone needs to work on its person's open visits without a network."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, tuple_

from bureau.fill.models import FillSubmission
from bureau.fill.service.keeping import held_json, names_of
from bureau.inspections import rules as visit_rules
from bureau.inspections.models import (
    Inspection,
    InspectionAnswer,
    InspectionEvent,
    InspectionInspector,
    InspectionPlan,
)
from bureau.inspections.service import submitting
from bureau.inspections.service.previous import mandatory_items, previous_visit
from bureau.inspections.service.sampling import task_sample
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import NotFound
from kernel.identity.models import Bureau, Person
from scorecards import service as forms
from scorecards.form import Form
from scorecards.rule_words import rule_words
from scorecards.service.phrases import phrases_of

MOST_TASKS = 100


def tasks(actor: Actor) -> dict[str, Any]:
    rows = _open_visits(actor)
    visits = [visit for visit, _school, _plan in rows]
    inspectors = _inspectors(actor, visits)
    answers = _answers(actor, visits)
    reasons = _return_reasons(actor, visits)
    own = _own_submissions(actor, visits)
    bureau = db.session.scalar(select(Bureau.name).where(Bureau.id == actor.bureau_id))
    return {
        "server_time": now().isoformat(),
        "person": {"id": str(actor.account_id), "name": actor.display_name},
        "bureau": {"id": actor.bureau_id, "name": bureau or actor.scope_label},
        "tasks": [
            {
                **_task(actor, visit, school, plan),
                "return_reason": reasons.get(visit.id, ""),
                "inspectors": inspectors.get(visit.id, []),
                "answers": answers.get(visit.id, {}),
                "submission_id": own.get(visit.id),
            }
            for visit, school, plan in rows
        ],
    }


def _open_visits(actor: Actor) -> list[tuple[Inspection, School, InspectionPlan]]:
    query = (
        select(Inspection, School, InspectionPlan)
        .join(
            InspectionInspector,
            (InspectionInspector.bureau_id == Inspection.bureau_id)
            & (InspectionInspector.school_id == Inspection.school_id)
            & (InspectionInspector.inspection_id == Inspection.id),
        )
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == Inspection.bureau_id) & (InspectionPlan.id == Inspection.plan_id),
        )
        .where(
            InspectionInspector.bureau_id == actor.bureau_id,
            InspectionInspector.person_id == actor.account_id,
            Inspection.state.in_(visit_rules.OPEN_STATES),
        )
        .order_by(Inspection.scheduled_on, Inspection.id)
        .limit(MOST_TASKS)
    )
    return [(visit, school, plan) for visit, school, plan in db.session.execute(query)]


def _task(actor: Actor, visit: Inspection, school: School, plan: InspectionPlan) -> dict[str, Any]:
    previous = previous_visit(actor, visit)
    place = None
    if school.latitude is not None and school.longitude is not None:
        place = {"latitude": float(school.latitude), "longitude": float(school.longitude)}
    return {
        "inspection_id": str(visit.id),
        "school_id": visit.school_id,
        "school": {"name": school.name, "address": school.address, "stage": school.stage, "place": place},
        "tags": sorted(submitting.tags_of(visit)),
        "parameters": submitting.parameters_of(visit, school),
        "plan": {"id": str(plan.id), "title": plan.title, "kind": plan.kind},
        "form_version_id": str(visit.form_version_id),
        "scheduled_on": visit.scheduled_on.isoformat(),
        "state": visit.state,
        "mandatory": mandatory_items(actor, visit) if previous is not None else [],
        "previous": previous and {"visited_on": previous["visited_on"].isoformat(), "answers": previous["answers"]},
        "units": visit.units,
        "sample": task_sample(actor, visit),
    }


def _keys(visits: Sequence[Inspection]) -> list[tuple[int, UUID]]:
    return [(visit.school_id, visit.id) for visit in visits]


def _inspectors(actor: Actor, visits: Sequence[Inspection]) -> dict[UUID, list[dict[str, Any]]]:
    query = (
        select(InspectionInspector, Person.display_name)
        .join(
            Person,
            (Person.bureau_id == InspectionInspector.bureau_id) & (Person.id == InspectionInspector.person_id),
        )
        .where(
            InspectionInspector.bureau_id == actor.bureau_id,
            tuple_(InspectionInspector.school_id, InspectionInspector.inspection_id).in_(_keys(visits)),
        )
        .order_by(InspectionInspector.is_lead.desc(), InspectionInspector.id)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row, name in db.session.execute(query):
        found.setdefault(row.inspection_id, []).append(
            {"person_id": str(row.person_id), "name": name, "is_lead": row.is_lead, "sections": row.sections}
        )
    return found


def _answers(actor: Actor, visits: Sequence[Inspection]) -> dict[UUID, dict[str, Any]]:
    rows = list(
        db.session.scalars(
            select(InspectionAnswer).where(
                InspectionAnswer.bureau_id == actor.bureau_id,
                tuple_(InspectionAnswer.school_id, InspectionAnswer.inspection_id).in_(_keys(visits)),
            )
        )
    )
    names = names_of(actor, {row.answered_by for row in rows})
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        if row.answer is not None or row.remark:
            found.setdefault(row.inspection_id, {})[row.item_code] = held_json(row, names)
    return found


def _return_reasons(actor: Actor, visits: Sequence[Inspection]) -> dict[UUID, str]:
    """Of the last time that a visit was sent back."""
    query = (
        select(InspectionEvent.inspection_id, InspectionEvent.reason)
        .where(
            InspectionEvent.bureau_id == actor.bureau_id,
            tuple_(InspectionEvent.school_id, InspectionEvent.inspection_id).in_(_keys(visits)),
            InspectionEvent.event == "return",
        )
        .order_by(InspectionEvent.id)
    )
    return dict(db.session.execute(query).all())


def _own_submissions(actor: Actor, visits: Sequence[Inspection]) -> dict[UUID, str]:
    query = select(FillSubmission.inspection_id, FillSubmission.id).where(
        FillSubmission.bureau_id == actor.bureau_id,
        FillSubmission.person_id == actor.account_id,
        tuple_(FillSubmission.school_id, FillSubmission.inspection_id).in_(_keys(visits)),
    )
    return {inspection_id: str(found) for inspection_id, found in db.session.execute(query)}


def form(actor: Actor, form_version_id: UUID) -> dict[str, Any]:
    """A published version, as the phone keeps it."""
    version = forms.get_version(actor, form_version_id)
    if version.state != "published":
        raise NotFound(_("没有这个评分表版本。"))
    return {
        "id": str(version.id), "digest": version.digest, "number": version.number, "title": version.form["title"],
        "form": version.form, "words": _words(forms.form_of(version)),
        "phrases": phrases_of(actor, version.template_id),
    }  # fmt: skip


def _words(form: Form) -> dict[str, list[str]]:
    """By item: how it is scored, in the language of the request; a person who has no network reads it too."""
    names = {one.name: one.label for one in form.parameters}
    return {item.code: rule_words(item.rule, item.points, names) for item in form.items()}
