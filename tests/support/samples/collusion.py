from bureau.collusion.models import CollusionSign
from bureau.collusion.service import looking
from bureau.roles import Role
from kernel.database import db
from tests.support.opened import opened
from tests.support.radar import same_contact
from tests.support.samples import Sample


def collusion_sign(world, place):
    """The company of bureau b has no rival to collude with in the test world, so one is made for it."""
    home = place[0]
    found = opened(world, place=home)
    same_contact(found)
    looking.look(world.actor(Role.PROCUREMENT_OFFICER, home), found.id)
    return db.session.query(CollusionSign).filter_by(tender_id=found.id).first().id


SAMPLES = {"collusion_sign_id": Sample(collusion_sign, owner="bureau")}
