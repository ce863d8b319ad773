from kernel.actor import system_actor
from kernel.files import service
from tests.support.pictures import jpeg
from tests.support.samples import Sample


def _attachment(world, place):
    actor = system_actor(world.bureaus[place[0]])
    picture = jpeg(place)
    return service.store(actor, picture, name="演示.jpg", purpose="demo", school_id=world.schools[place]).id


SAMPLES = {"attachment_id": Sample(_attachment)}
