"""A campaign as if it had been carried out: schools, visits, answers, losses, results, written straight to the tables."""

import random
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from bureau.inspections.models import (
    Inspection,
    InspectionAnswer,
    InspectionInspector,
    InspectionLoss,
    InspectionPlan,
    InspectionResult,
)
from bureau.schools.models import School
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Account, Membership, Person
from kernel.web.dates import today
from scorecards.form import AllOrNothing
from tests.support.inspections import make_plan, published
from tests.support.world import NO_PASSWORD, World
from tests.unit.scorecards.forms import form, item

ITEMS = 10  # of ten points each


def add_schools(world: World, count: int) -> list[int]:
    """More primary day schools in bureau a, in its scope."""
    bureau_id, zone_id = world.bureaus["a"], world.zones["a-east"]
    schools = [
        School(
            bureau_id=bureau_id, code=f"more{number}", name=f"演示小学{number:03}", search_name=f"演示小学{number:03}",
            zone_id=zone_id, stage="primary", is_boarding=False, latitude=Decimal("31.0"), longitude=Decimal("121.0"),
        )
        for number in range(count)
    ]  # fmt: skip
    db.session.add_all(schools)
    db.session.flush()
    return [school.id for school in schools]


def add_inspectors(world: World, count: int) -> list[UUID]:
    """More inspectors in bureau a; leaves the session in that bureau's scope."""
    bureau_id = world.bureaus["a"]
    people = []
    use_scope(db.session(), IDENTITY)
    for number in range(count):
        name = f"演示检查员{number}"
        account = Account(
            id=new_id(), username=f"more-inspector-{number}", display_name=name, password_hash=NO_PASSWORD,
            must_change_password=False,
        )  # fmt: skip
        db.session.add(account)
        db.session.flush()
        db.session.add(Person(bureau_id=bureau_id, id=account.id, display_name=name, search_name=name))
        db.session.flush()
        db.session.add(
            Membership(
                bureau_id=bureau_id, person_id=account.id, level="bureau", role="inspector",
                valid_from=today() - timedelta(days=900),
            )
        )  # fmt: skip
        people.append(account.id)
    db.session.flush()
    use_scope(db.session(), system_actor(bureau_id).scope)
    return people


def carried_out(
    world: World, schools: list[int], teams: dict[int, list[UUID]], strict: dict[UUID, float], *, seed: int = 1
) -> InspectionPlan:
    """Each school visited by its team, who share the items; an inspector loses an item with a chance that grows with
    his strictness. One form of ten all-or-nothing items of ten points."""
    chance = random.Random(seed)
    actor = system_actor(world.bureaus["a"])
    rows = [item(str(number), AllOrNothing(), 10) for number in range(1, ITEMS + 1)]
    plan = make_plan(actor, published(actor, form(*rows)), title=f"演示检查{seed}")
    for school in schools:
        visit_one(plan, school, teams[school], lambda person: chance.random() < 0.2 + strict[person])
    db.session.flush()
    return plan


def visit_one(plan: InspectionPlan, school: int, team: list[UUID], loses) -> Inspection:
    at = now() - timedelta(hours=3)
    keys = {"bureau_id": plan.bureau_id, "school_id": school}
    visit = Inspection(
        **keys, id=new_id(), plan_id=plan.id, form_version_id=plan.form_version_id, kind=plan.kind,
        scheduled_on=today(), state="submitted", created_by=team[0], submitted_at=now(),
    )  # fmt: skip
    db.session.add(visit)
    db.session.flush()
    lost = 0
    lines = []
    for person in team:
        db.session.add(InspectionInspector(**keys, id=new_id(), inspection_id=visit.id, person_id=person))
    for number in range(1, ITEMS + 1):
        person = team[number % len(team)]
        fails = loses(person)
        db.session.add(
            InspectionAnswer(
                **keys, id=new_id(), inspection_id=visit.id, item_code=str(number), answer={"met": not fails},
                answered_at=at + timedelta(minutes=number), answered_by=person,
            )
        )  # fmt: skip
        lines.append({"code": str(number), "lost": "10" if fails else "0"})
        if fails:
            lost += 10
            db.session.add(
                InspectionLoss(
                    **keys, id=new_id(), inspection_id=visit.id, plan_id=plan.id, item_code=str(number),
                    lost=Decimal(10),
                )
            )  # fmt: skip
    score = Decimal(100 - lost)
    db.session.add(
        InspectionResult(
            **keys, id=visit.id, plan_id=plan.id, form_version_id=plan.form_version_id, kind=plan.kind,
            stage="primary", is_boarding=False, zone_id=None, score=score, maximum=Decimal(100), percent=score,
            band=None, verdict=None, account={"sections_account": [{"code": "1", "title": "一", "lines": lines}]},
            submitted_at=now(),
        )
    )  # fmt: skip
    db.session.flush()
    return visit
