from datetime import timedelta

from bureau.surveys.models import Survey
from bureau.surveys.service import keeping
from kernel.actor import system_actor
from kernel.web.dates import today
from scorecards.form import Levels
from tests.support.inspections import published
from tests.support.samples import Sample
from tests.support.world import World
from tests.unit.scorecards.forms import entries, form, item


def make_survey(world: World, place: str = "a1", **values) -> Survey:
    actor = system_actor(world.bureaus[place[0]])
    sheet = form(*(item(str(number), Levels(entries(5, 3, 0)), 5) for number in (1, 2)))
    (survey,) = keeping.open_surveys(
        actor,
        **{
            "title": "演示满意度",
            "form_version_id": published(actor, sheet).id,
            "school_ids": [world.schools[place]],
            "first": today(),
            "last": today() + timedelta(days=7),
            **values,
        },
    )
    return survey


SAMPLES = {
    "survey_id": Sample(lambda world, place: make_survey(world, place).id),
    "survey_code": Sample(lambda world, place: make_survey(world, place).code, owner="none"),
}
