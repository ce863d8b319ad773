from datetime import timedelta
from uuid import UUID

from bureau.inspections.answer_fields import perfect_answer
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.self_checks.models import SelfCheck, SelfCheckSchedule
from school.self_checks.service import filling, reading, schedules, submitting
from scorecards import service as forms
from scorecards.form import Form
from scorecards.models import FormVersion
from tests.support.inspections import published
from tests.support.pictures import jpeg
from tests.support.samples import Sample
from tests.support.world import World


def make_version(world: World, place: str = "a1", form: Form | None = None) -> FormVersion:
    bureau = system_actor(world.bureaus[place[0]])
    use_scope(db.session(), bureau.scope)
    return published(bureau, form)


def make_schedule(world: World, place: str = "a1", **values) -> SelfCheckSchedule:
    version_id = values.pop("form_version_id", None) or make_version(world, place).id
    head = world.actor(Role.PRINCIPAL, place)
    use_scope(db.session(), head.scope)
    content = {
        "title": "演示每日自查", "form_version_id": version_id, "rhythm": "daily", "starts_on": today(), **values
    }  # fmt: skip
    schedule, _ = schedules.create_schedule(head, new_id(), **content)
    return schedule


def make_check(world: World, place: str = "a1", role: str = Role.PRINCIPAL, **what) -> SelfCheck:
    """A draft, in the school's scope."""
    if not what:
        what = {"form_version_id": make_version(world, place).id}
    actor = world.actor(role, place)
    use_scope(db.session(), actor.scope)
    check, _ = filling.start(actor, new_id(), **what)
    return check


def fill_check(world: World, check: SelfCheck, place: str = "a1", changes=None) -> None:
    """Every item answered, nothing lost but for `changes`."""
    actor = world.actor(Role.PRINCIPAL, place)
    form = forms.form_of(reading.version_of(actor, check))
    answers = {item.code: perfect_answer(item) or {"count": 100} for item in form.items()}
    filling.save_answers(actor, check.id, {**answers, **(changes or {})})


def submitted_check(world: World, place: str = "a1", changes=None, at=None, **what) -> SelfCheck:
    check = make_check(world, place, **({**what, "at": at} if at and what else what))
    fill_check(world, check, place, changes)
    return submitting.submit(world.actor(Role.PRINCIPAL, place), check.id, at=at)


def _check(world: World, place: str) -> UUID:
    check = submitted_check(world, place)
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)
    return check.id


def _photo(world: World, place: str) -> UUID:
    check = make_check(world, place)
    photo = filling.add_photo(
        world.actor(Role.PRINCIPAL, place), check.id, photo_id=new_id(), item_code="", data=jpeg(f"self-{place}")
    )
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)
    return photo.id


def _schedule(world: World, place: str) -> UUID:
    schedule = make_schedule(world, place)
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)
    return schedule.id


def _request(world: World, place: str) -> UUID:
    bureau = system_actor(world.bureaus[place[0]])
    batch = new_id()
    schedules.ask_schools(
        bureau, batch, [world.schools[place]], title="演示自查要求", form_version_id=make_version(world, place).id,
        rhythm="once", starts_on=today(), ends_on=today() + timedelta(days=7),
    )  # fmt: skip
    return batch


SAMPLES = {
    "self_check_id": Sample(_check),
    "self_check_photo_id": Sample(_photo),
    "self_check_schedule_id": Sample(_schedule),
    "self_check_request_id": Sample(_request, owner="bureau"),
    "occurrence_day": Sample(lambda world, place: today().isoformat(), owner="none"),
    "card_place": Sample(lambda world, place: "0", owner="none"),
}
