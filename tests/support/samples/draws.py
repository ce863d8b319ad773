from datetime import date

from sqlalchemy import select

from bureau.draws.service import drawing, interests
from bureau.inspections.models import Inspection
from bureau.inspections.service import planning
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from tests.support.draws import committed
from tests.support.samples import Sample


def interest(world, place):
    actor = system_actor(world.bureaus[place[0]])
    return interests.declare(
        actor, id=new_id(), person_id=world.person(Role.INSPECTOR, place[0]).account_id,
        school_id=world.schools[place], kind="declared", reason="演示", valid_from=date(2030, 1, 1), valid_until=None,
    ).id  # fmt: skip


def draw(world, place):
    row = committed(world, place)
    drawing.get_draw(system_actor(world.bureaus[place[0]]), row.id)
    return row.id


def published(world, place):
    """Drawn, none of its visits open, given to everybody to read."""
    actor = system_actor(world.bureaus[place[0]])
    row = committed(world, place)
    drawing.reveal(actor, row.id, "", row.version)
    for visit in db.session.scalars(select(Inspection).where(Inspection.draw_id == row.id)):
        planning.cancel(actor, visit.school_id, visit.id, "演示", visit.version)
    db.session.flush()
    return drawing.publish(actor, row.id, row.version).id


SAMPLES = {
    "published_draw_id": Sample(published, owner="bureau"),
    "draw_id": Sample(draw, owner="bureau"),
    "interest_id": Sample(interest, owner="bureau"),
    "bureau_id": Sample(lambda world, place: world.bureaus[place[0]], owner="bureau"),
}
