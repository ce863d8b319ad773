"""Draws for tests, made through the services in the scope that the caller acts in."""

from datetime import timedelta
from typing import Any

from bureau.draws.models import Draw
from bureau.draws.service import campaign, drawing
from bureau.draws.service.pools import Settings
from bureau.inspections.service import planning
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.writing import flush
from kernel.web.dates import today
from tests.support.inspections import make_plan, more_inspectors
from tests.support.world import World

MORE = (Role.COMMITTEE_EXPERT, Role.ASSET_OFFICER, Role.DISCIPLINE_SUPERVISOR)


def drawable_plan(world: World, place: str = "a1", **values: Any) -> Any:
    """Open for three weeks, with every school of the bureau on its list; inspectors enough for two teams."""
    letter = place[0]
    actor = system_actor(world.bureaus[letter])
    if len(planning.available_inspectors(actor)) < 4:
        more_inspectors(world, *MORE, letter=letter)
    plan = make_plan(actor, **{"ends_on": today() + timedelta(days=20), **values})
    campaign.add_schools(actor, plan, [school for code, school in world.schools.items() if code[0] == letter])
    return plan


def settings(world: World, letter: str = "a", **values: Any) -> Settings:
    actor = system_actor(world.bureaus[letter])
    people = [person.id for person in planning.available_inspectors(actor)]
    defaults: dict[str, Any] = {
        "strata": {"high": "100%", "medium": "100%", "low": "100%"}, "inspector_ids": people,
        "first_day": today() + timedelta(days=1), "last_day": today() + timedelta(days=20),
    }  # fmt: skip
    return Settings(**{**defaults, **values})


def committed(world: World, place: str = "a1", plan: Any = None, **values: Any) -> Draw:
    actor = system_actor(world.bureaus[place[0]])
    plan = plan or drawable_plan(world, place)
    row = drawing.commit(actor, plan.id, new_id(), settings(world, place[0], **values))
    flush(db.session())
    return row
