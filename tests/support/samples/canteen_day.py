from uuid import UUID

from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.canteen_day import kinds
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.service import equipment, findings, roster
from tests.support.canteen_day import SAMPLE, TASTED, add_machine, add_refrigerator, cook, keep
from tests.support.samples import Sample
from tests.support.world import World


def _back(world: World, place: str, row_id: UUID) -> UUID:
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)
    return row_id


def _tasting(world: World, place: str) -> UUID:
    return _back(world, place, keep(cook(world, place), kinds.TASTING, **TASTED).id)


def _sample(world: World, place: str) -> UUID:
    return _back(world, place, keep(cook(world, place), kinds.SAMPLE, **SAMPLE).id)


def _refrigerator(world: World, place: str) -> UUID:
    return _back(world, place, add_refrigerator(cook(world, place)).id)


def _machine(world: World, place: str) -> UUID:
    return _back(world, place, add_machine(cook(world, place)).id)


def _member(world: World, place: str) -> UUID:
    values = {"name": "演示家长", "kind": "parent"}
    return _back(world, place, equipment.save(cook(world, place), SupervisionMember, new_id(), values)[0].id)


def _turn(world: World, place: str) -> UUID:
    actor = cook(world, place, Role.LOGISTICS_DIRECTOR)
    roster.assign(actor, today(), "lunch", ["演示校长"])
    return _back(world, place, roster.turns(actor, actor.own_school_id(), today(), today())[0].id)


def _finding(world: World, place: str) -> UUID:
    actor = cook(world, place, Role.FOOD_SAFETY_OFFICER)
    keep(actor, kinds.CONTROL, kind="daily", summary="", attendees="", findings=[{"text": "地面有积水"}])
    return _back(world, place, findings.open_findings(actor, actor.own_school_id())[0].id)


SAMPLES = {
    "record_kind": Sample(lambda world, place: kinds.TASTING.code, owner="none"),
    "equipment_list": Sample(lambda world, place: "refrigerators", owner="none"),
    "day_record_id": Sample(_tasting),
    "food_sample_id": Sample(_sample),
    "refrigerator_id": Sample(_refrigerator),
    "water_machine_id": Sample(_machine),
    "supervision_member_id": Sample(_member),
    "accompanying_turn_id": Sample(_turn),
    "canteen_finding_id": Sample(_finding),
}
