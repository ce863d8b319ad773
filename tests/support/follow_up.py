"""A released visit with losses, its appeals and rectifications, for tests; each step as the person who takes it."""

from typing import Any
from uuid import UUID

from bureau.appeals.models import Appeal
from bureau.appeals.service import filing
from bureau.inspections.models import Inspection, InspectionPlan
from bureau.inspections.service.results import get_result
from bureau.rectifications.models import Rectification
from bureau.rectifications.service import checking, reading, replying
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from tests.support import inspections
from tests.support.pictures import jpeg
from tests.support.world import World

# 100 points: item 1 lost whole (20), item 3 two findings at 2 points each, item 5 lost 6 of 10.
LOSSES = {"1": {"met": False}, "3": {"count": 2}, "5": {"checked": {"1": 1}}}


def told_visit(world: World, place: str = "a1", plan: InspectionPlan | None = None, **changes: Any) -> Inspection:
    """Released at once, with three lost items and a photo to the first. Leaves the system's scope."""
    system = system_actor(world.bureaus[place[0]])
    use_scope(db.session(), system.scope)
    visit = inspections.make_visit(world, place, plan)
    inspections.add_photo(world, visit, "1")
    inspections.submit(world, visit, {**LOSSES, **changes}, remarks={"1": "演示：地面有积水"})
    return visit


def as_person(world: World, role: Role, place: str | None = None) -> Any:
    actor = world.actor(role, place)
    use_scope(db.session(), actor.scope)
    return actor


def result_of(world: World, visit: Inspection, place: str = "a1") -> Any:
    system = system_actor(world.bureaus[place[0]])
    use_scope(db.session(), system.scope)
    return get_result(system, visit.school_id, visit.id)


def draft_appeal(world: World, visit: Inspection, item: str = "1", place: str = "a1") -> Appeal:
    principal = as_person(world, Role.PRINCIPAL, place)
    return filing.save_draft(
        principal, new_id(), None, inspection_id=visit.id, item_code=item, reason="演示：当天正在清洗，已附照片"
    )


def sent_appeal(world: World, visit: Inspection, item: str = "1", place: str = "a1") -> Appeal:
    appeal = draft_appeal(world, visit, item, place)
    principal = as_person(world, Role.PRINCIPAL, place)
    filing.add_evidence(principal, appeal.id, new_id(), jpeg(item), "演示.jpg")
    return filing.send(principal, appeal.id, appeal.version)


def rectification_of(world: World, visit: Inspection, item: str = "1", place: str = "a1") -> Rectification:
    system = system_actor(world.bureaus[place[0]])
    use_scope(db.session(), system.scope)
    db.session.expire_all()
    return reading.of_visit(system, visit.school_id, visit.id)[item]


def replied(world: World, visit: Inspection, item: str = "1", place: str = "a1") -> Rectification:
    found = rectification_of(world, visit, item, place)
    manager = as_person(world, Role.LOGISTICS_DIRECTOR, place)
    before = UUID(found.before_photos[0]) if found.before_photos else None
    replying.add_photo(manager, found.id, new_id(), jpeg(f"after {item}"), before_id=before)
    replying.reply(manager, found.id, found.version, reply_id=new_id(), text="演示：已整改", cost_fen=12000)
    return rectification_of(world, visit, item, place)


def accepted(world: World, visit: Inspection, item: str = "1", place: str = "a1") -> Rectification:
    found = replied(world, visit, item, place)
    officer = as_person(world, Role.CANTEEN_OFFICER, place[0])
    checking.accept(officer, found.school_id, found.id, found.version)
    return rectification_of(world, visit, item, place)
