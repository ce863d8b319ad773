from datetime import timedelta

from bureau.rectifications.service import replying
from bureau.roles import Role
from kernel.database import new_id
from tests.support.follow_up import as_person, rectification_of, told_visit
from tests.support.pictures import jpeg
from tests.support.samples import Sample


def _photo(world, place):
    one = rectification_of(world, told_visit(world, place), place=place)
    return replying.add_photo(as_person(world, Role.PRINCIPAL, place), one.id, new_id(), jpeg("after")).id


def _reply(world, place):
    one = rectification_of(world, told_visit(world, place), place=place)
    principal = as_person(world, Role.PRINCIPAL, place)
    replying.add_photo(principal, one.id, new_id(), jpeg("after"))
    return replying.reply(principal, one.id, one.version, reply_id=new_id(), text="演示").id


def _extension(world, place):
    one = rectification_of(world, told_visit(world, place), place=place)
    return replying.ask_extension(
        as_person(world, Role.PRINCIPAL, place), one.id, extension_id=new_id(), reason="演示",
        wanted_until=one.due_on + timedelta(days=3),
    ).id  # fmt: skip


SAMPLES = {
    "rectification_id": Sample(lambda world, place: rectification_of(world, told_visit(world, place), place=place).id),
    "rectification_photo_id": Sample(_photo),
    "reply_id": Sample(_reply),
    "extension_id": Sample(_extension),
    "reinspection_draw_id": Sample(lambda world, place: new_id(), owner="none"),
}
