from kernel.actor import system_actor
from kernel.database import new_id
from scorecards import examples, service
from scorecards.service import phrases
from tests.support.samples import Sample

EXAMPLE = "canteen_01"


def draft(world, place):
    return service.import_form(system_actor(world.bureaus[place[0]]), examples.load(EXAMPLE))


def phrase(world, place):
    """Of the newest form: the one that `template_id` has just made, so that the two fit in one path."""
    actor = system_actor(world.bureaus[place[0]])
    template_id = service.list_templates(actor, limit=1).items[0].template.id
    return phrases.save_phrase(actor, template_id, new_id(), phrases.PhraseValues("1", "地面有积水"))


def published(world, place):
    made = draft(world, place)
    return service.publish(system_actor(world.bureaus[place[0]]), made.id, made.version)


def later(world, place):
    """A second version of a form, which can be compared with the first."""
    return service.copy_version(system_actor(world.bureaus[place[0]]), published(world, place).id, new_id())


SAMPLES = {
    "published_version_id": Sample(lambda world, place: published(world, place).id, owner="bureau"),
    "later_version_id": Sample(lambda world, place: later(world, place).id, owner="bureau"),
    "template_id": Sample(lambda world, place: draft(world, place).template_id, owner="bureau"),
    "phrase_id": Sample(lambda world, place: phrase(world, place).id, owner="bureau"),
    "form_version_id": Sample(lambda world, place: draft(world, place).id, owner="bureau"),
    "item_code": Sample(lambda world, place: "1", owner="none"),
    "section_code": Sample(lambda world, place: "1", owner="none"),
    "document_format": Sample(lambda world, place: "json", owner="none"),
}
