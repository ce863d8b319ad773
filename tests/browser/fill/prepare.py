"""Visits for the phone's tests, made through the services. Reads {"visits": [{"form", "title", "inspectors",
"sections", "school", "days", "again"}]} from standard input; prints what it made as JSON."""

import json
import os
import sys
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

import wsgi
from bureau.inspections.models import InspectionInspector
from bureau.inspections.service import planning
from bureau.schools.models import School
from kernel.actor import system_actor
from kernel.config import load_config
from kernel.database import db, new_id
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Account, Bureau
from kernel.web.dates import today
from scorecards import service as forms
from scorecards.form_json import from_json


def version_of(actor, wanted, template_id):
    """Published; with `template_id` as that template's next version."""
    template = None if template_id is None else UUID(template_id)
    draft = forms.import_form(actor, from_json(wanted), source_name="browser.yaml", template_id=template)
    return forms.publish(actor, draft.id, draft.version)


def main():
    wanted = json.load(sys.stdin)
    app = wsgi.create_app(load_config(os.environ))
    out = []
    with app.app_context():
        session = db.session()
        use_scope(session, IDENTITY)
        bureau_id = session.scalars(select(Bureau.id)).first()
        accounts = {row.username: row.id for row in session.scalars(select(Account))}
        actor = system_actor(bureau_id)
        session.commit()
        use_scope(session, actor.scope)
        schools = list(session.scalars(select(School).where(School.bureau_id == bureau_id).order_by(School.id)))
        for place, one in enumerate(wanted["visits"]):
            version = version_of(actor, one["form"], one.get("again"))
            plan = planning.create_plan(
                actor, id=new_id(), title=one["title"], form_version_id=version.id, starts_on=today(),
                ends_on=today() + timedelta(days=60), releases_on_submit=True,
            )  # fmt: skip
            school = schools[one.get("school", place)]
            people = [accounts[name] for name in one["inspectors"]]
            (visit,) = planning.assign(
                actor, plan.id, [school.id], people, today() + timedelta(days=one.get("days", 1 + place // 3))
            )
            for name, sections in (one.get("sections") or {}).items():
                row = session.scalars(
                    select(InspectionInspector).where(
                        InspectionInspector.bureau_id == bureau_id,
                        InspectionInspector.inspection_id == visit.id,
                        InspectionInspector.person_id == accounts[name],
                    )
                ).one()
                row.sections = sections
            out.append(
                {
                    "id": str(visit.id), "school_id": school.id, "school": school.name, "title": one["title"],
                    "version": str(version.id), "template": str(version.template_id), "people": list(map(str, people)), "who": one["inspectors"][0],
                }
            )  # fmt: skip
        session.commit()
    sys.stdout.write(json.dumps(out, ensure_ascii=False) + "\n")


main()
