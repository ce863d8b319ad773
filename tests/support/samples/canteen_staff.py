from decimal import Decimal
from uuid import UUID

from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.canteen_staff.service import papers, training
from tests.support.canteen_day import add_person, cook
from tests.support.samples import Sample
from tests.support.world import World


def _back(world: World, place: str, row_id: UUID) -> UUID:
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)
    return row_id


def _staff(world: World, place: str) -> UUID:
    return _back(world, place, add_person(cook(world, place), "演示厨师").id)


def _paper(world: World, place: str) -> UUID:
    actor = cook(world, place)
    staff = add_person(actor, "演示厨师", health_days=None)
    paper, _new = papers.add_paper(actor, new_id(), staff_id=staff.id, kind="training", valid_until=today())
    return _back(world, place, paper.id)


def _licence(world: World, place: str) -> UUID:
    licence, _new = papers.add_licence(cook(world, place), new_id(), kind="food_operation", number="JY-演示")
    return _back(world, place, licence.id)


def _training(world: World, place: str) -> UUID:
    actor = cook(world, place)
    staff = add_person(actor, "演示厨师")
    session, _new = training.record_session(
        actor, new_id(), held_on=today(), topic="演示培训", hours=Decimal(2), attendances=[{"staff_id": staff.id}]
    )
    return _back(world, place, session.id)


SAMPLES = {
    "canteen_staff_id": Sample(_staff),
    "canteen_paper_id": Sample(_paper),
    "canteen_licence_id": Sample(_licence),
    "canteen_training_id": Sample(_training),
}
