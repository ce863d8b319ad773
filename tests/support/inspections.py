"""Plans and visits for tests, made through the services in the scope that the caller acts in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bureau.inspections.answer_fields import perfect_answer
from bureau.inspections.models import Inspection, InspectionPlan
from bureau.inspections.service import answering, planning, submitting
from bureau.roles import Role
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.identity.models import Membership
from kernel.web.dates import today
from scorecards import service as forms
from scorecards.form import Form
from scorecards.models import FormVersion
from tests.support.pictures import jpeg
from tests.support.world import World
from tests.unit.scorecards.forms import every_shape


def published(actor: Actor, form: Form | None = None) -> FormVersion:
    draft = forms.import_form(actor, form or every_shape())
    return forms.publish(actor, draft.id, draft.version)


def make_plan(actor: Actor, version: FormVersion | None = None, **values: Any) -> InspectionPlan:
    defaults = {
        "id": new_id(), "title": "演示检查", "form_version_id": (version or published(actor)).id,
        "starts_on": today(), "ends_on": today(), "releases_on_submit": True,
    }  # fmt: skip
    return planning.create_plan(actor, **{**defaults, **values})


def make_visit(
    world: World, place: str = "a1", plan: InspectionPlan | None = None, inspector: str | None = None
) -> Inspection:
    """Planned for today, assigned to the bureau's inspector."""
    actor = system_actor(world.bureaus[place[0]])
    plan = plan or make_plan(actor)
    person = world.person(inspector or Role.INSPECTOR, place[0])
    return planning.assign(actor, plan.id, [world.schools[place]], [person.account_id], today())[0]


def more_inspectors(world: World, *roles: str, letter: str = "a") -> list[UUID]:
    """People of the bureau who hold these roles become inspectors too: no visit goes to one alone."""
    found = []
    for role in roles or (Role.COMMITTEE_EXPERT,):
        person_id = world.person(role, letter).account_id
        db.session.add(
            Membership(
                bureau_id=world.bureaus[letter], person_id=person_id, level="bureau", role="inspector",
                valid_from=today(),
            )
        )  # fmt: skip
        found.append(person_id)
    db.session.flush()
    return found


def perfect_answers(visit: Inspection) -> dict[str, Any]:
    """Every item of the visit's form, nothing lost."""
    version = forms.get_version(system_actor(visit.bureau_id), visit.form_version_id)
    return {item.code: perfect_answer(item) for item in forms.form_of(version).items()}


def submit(world: World, visit: Inspection, changes: Mapping[str, Any] | None = None, **more: Any) -> Any:
    actor = world.actor(Role.INSPECTOR, _letter(world, visit))
    answers = {**perfect_answers(visit), **(changes or {})}
    return submitting.submit(actor, visit.school_id, visit.id, answers=answers, **more)


def released_visit(world: World, place: str = "a1") -> Inspection:
    """With one item lost and one photo, in that bureau's scope."""
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)
    visit = make_visit(world, place)
    add_photo(world, visit)
    submit(world, visit, {"1": {"met": False}}, remarks={"1": "演示：地面有积水"})
    return visit


def add_photo(world: World, visit: Inspection, item_code: str = "1", seed: str = "photo") -> Any:
    actor = world.actor(Role.INSPECTOR, _letter(world, visit))
    return answering.add_photo(
        actor, visit.school_id, visit.id, photo_id=new_id(), item_code=item_code, data=jpeg(seed), name="演示.jpg"
    )


def _letter(world: World, visit: Inspection) -> str:
    return next(letter for letter, bureau_id in world.bureaus.items() if bureau_id == visit.bureau_id)
