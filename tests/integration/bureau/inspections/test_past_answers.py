"""What past visits tell of a form: their answers try its next version out, their remarks propose phrases."""

from decimal import Decimal

from bureau.inspections.models import InspectionAnswer
from bureau.inspections.service.past_answers import answers_of_version, remarks_of_versions
from kernel.actor import system_actor
from kernel.database import new_id
from scorecards import service as forms
from scorecards.service.simulating import often_written, try_out
from tests.support import inspections


def test_the_next_version_is_tried_on_what_the_last_one_was_answered(scene, world, session):
    scene.as_inspector()
    result = inspections.submit(world, scene.visit)
    actor = scene.as_officer()
    version = forms.get_version(actor, scene.plan.form_version_id)
    [past] = answers_of_version(actor, version.id, 10)
    assert past.score == result.score
    assert past.answers == inspections.perfect_answers(scene.visit)
    assert past.parameters["pupils"] >= 0
    assert answers_of_version(actor, new_id(), 10) == []
    draft = forms.copy_version(actor, version.id, new_id())
    trial = try_out(actor, draft)
    assert (trial.source.id, trial.simulation.visits) == (version.id, 1)
    assert trial.simulation.scores == [Decimal(result.score)] == [Decimal(score) for score in trial.simulation.before]
    assert not trial.simulation.dropped


def test_another_bureau_has_no_part_in_them(scene, world, acting):
    scene.as_inspector()
    inspections.submit(world, scene.visit)
    other = acting(system_actor(world.bureaus["b"]))
    assert answers_of_version(other, scene.plan.form_version_id, 10) == []
    assert remarks_of_versions(other, [scene.plan.form_version_id], 10) == []


def test_a_remark_written_twice_proposes_a_phrase(scene, world, session):
    scene.as_inspector()
    second = inspections.make_visit(world, "a2", scene.plan)
    first_code, other_code = list(inspections.perfect_answers(scene.visit))[:2]
    for visit in (scene.visit, second):
        inspections.submit(world, visit)
        for row in session.query(InspectionAnswer).filter_by(inspection_id=visit.id):
            if row.item_code == first_code:
                row.remark = "地面有积水"
            elif row.item_code == other_code:
                row.remark = f"只写过一次 {visit.school_id}"
    session.flush()
    actor = scene.as_officer()
    version = forms.get_version(actor, scene.plan.form_version_id)
    [found] = often_written(actor, version.template_id)
    assert (found.item_code, found.text, found.times) == (first_code, "地面有积水", 2)
    assert found.answer == inspections.perfect_answers(scene.visit)[first_code]
