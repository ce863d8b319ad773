from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import use_scope
from kernel.web.dates import today
from tests.support import weeks
from tests.support.samples import Sample


def _back(world, place):
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)


def _dish(world, place):
    found = weeks.dish(weeks.manager(world, place), code="sample", of=("样品菜", "meat", [("猪肉丝", "30")])).id
    db.session.flush()
    _back(world, place)
    return found


def _menu(world, place):
    """Published, so that the bureau's routes open too."""
    found = weeks.published(weeks.manager(world, place)).id
    db.session.flush()
    _back(world, place)
    return found


def _recommended(world, place):
    actor = world.actor("canteen_officer", place[0])
    found = weeks.recommended_dish(actor, code=f"sample-{place}").id
    db.session.flush()
    _back(world, place)
    return found


SAMPLES = {
    "dish_id": Sample(_dish),
    "menu_id": Sample(_menu),
    "recommended_dish_id": Sample(_recommended, owner="bureau"),
    "school_code": Sample(lambda _world, place: place, owner="none"),
    "menu_day": Sample(lambda _world, _place: today().isoformat(), owner="none"),
}
