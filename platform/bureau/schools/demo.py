"""The demo district's bureau, zones, schools and terms, written through the services."""

from dataclasses import asdict
from typing import Any

from flask import Flask

from bureau.demo.context import DemoContext
from bureau.demo.terms import TERMS
from bureau.schools import rules, service
from kernel.database import db, new_id
from kernel.database.scope import use_scope


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    district = demo.district
    demo.bureau_id = service.open_bureau(code=district.code, name=district.name).id
    actor = demo.actor()
    use_scope(session, actor.scope)
    for zone in district.zones:
        demo.zones[zone.code] = service.create_zone(actor, code=zone.code, name=zone.name).id
    for school in district.schools:
        facts: dict[str, Any] = asdict(school)
        values = {name: facts[name] for name in rules.PROFILE_FIELDS if name in facts}
        values["zone_id"] = demo.zones[school.zone]
        demo.schools[school.code] = service.create_school(actor, values).id
    known = {term.name for term in service.list_terms(actor)}
    for term in TERMS:
        if term.name not in known:
            service.create_term(actor, id=new_id(), name=term.name, starts_on=term.starts_on, ends_on=term.ends_on)
    session.commit()
