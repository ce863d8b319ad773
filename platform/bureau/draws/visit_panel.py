"""On the page of a visit: who goes, what is whose, and what failed the last time and must be looked at again."""

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from bureau.inspections.models import Inspection, InspectionInspector
from bureau.inspections.service.previous import mandatory_items, previous_visit
from kernel.actor import Actor
from kernel.database import db
from kernel.identity.models import Person
from scorecards.models import FormVersion


def visit_panel(actor: Actor, visit: Inspection) -> Markup:
    version = db.session.get(FormVersion, (visit.bureau_id, visit.form_version_id))
    sections = version.form["sections"] if version is not None else []
    titles = {section["code"]: section["title"] for section in sections}
    items = {item["code"]: item for section in sections for item in section.get("items", ())}
    team = db.session.execute(
        select(Person.display_name, InspectionInspector.is_lead, InspectionInspector.sections)
        .join(
            Person,
            (Person.bureau_id == InspectionInspector.bureau_id) & (Person.id == InspectionInspector.person_id),
        )
        .where(
            InspectionInspector.bureau_id == actor.bureau_id,
            InspectionInspector.school_id == visit.school_id,
            InspectionInspector.inspection_id == visit.id,
        )
        .order_by(InspectionInspector.is_lead.desc(), Person.display_name)
    ).all()
    html = render_template(
        "draws/_visit.html",
        visit=visit,
        team=[
            (name, is_lead, None if codes is None else [titles.get(code, code) for code in codes])
            for name, is_lead, codes in team
        ],
        draw_id=visit.draw_id,
        previous=previous_visit(actor, visit),
        mandatory=[(items[code].get("no", ""), items[code]["text"]) for code in mandatory_items(actor, visit)],
    )
    return Markup(html)  # noqa: S704 — rendered by a template that escapes
