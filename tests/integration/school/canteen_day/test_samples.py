"""留样: enough, long enough, and of every dish of the menu."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bureau.roles import Role
from kernel.database import clock_at, new_id, now
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from school.canteen_day import kinds
from school.canteen_day.models import FoodSample
from school.canteen_day.service import samples
from tests.support.canteen_day import SAMPLE, add_person, add_refrigerator, cook, keep


def test_a_sample_is_kept_with_weight_keeper_place_and_its_time(session, world):
    actor = cook(world)
    staff, cold = add_person(actor, "演示留样员"), add_refrigerator(actor, "留样专柜", "sample")
    values = {**SAMPLE, "place": "", "keeper_id": staff.id, "refrigerator_id": cold.id}
    kept = keep(actor, kinds.SAMPLE, **values)
    assert (kept.keeper_name, kept.place, kept.least_grams, kept.is_enough) == ("演示留样员", "留样专柜", 125, True)
    assert kept.dispose_not_before == kept.kept_at + timedelta(hours=48)
    assert kept.code.startswith("LY")


def test_too_little_is_kept_as_it_is_and_does_not_count(session, world):
    kept = keep(cook(world), kinds.SAMPLE, **{**SAMPLE, "grams": 124})
    assert not kept.is_enough
    assert keep(cook(world), kinds.SAMPLE, **{**SAMPLE, "grams": 125}).is_enough


def test_a_freezer_is_no_place_for_a_sample(session, world):
    actor = cook(world)
    frozen = add_refrigerator(actor, "冰柜", "frozen")
    with pytest.raises(Invalid) as refusal:
        keep(actor, kinds.SAMPLE, **{**SAMPLE, "refrigerator_id": frozen.id})
    assert set(refusal.value.fields) == {"refrigerator_id"}


def test_before_its_time_it_is_not_thrown_away_and_the_article_is_named(session, world):
    actor = cook(world)
    kept = keep(actor, kinds.SAMPLE, **SAMPLE)
    with clock_at(kept.dispose_not_before - timedelta(minutes=1)):
        with pytest.raises(RuleBroken) as refusal:
            samples.dispose(actor, kept.id, kept.version)
        assert "第四十条" in refusal.value.citation
    with clock_at(kept.dispose_not_before):
        assert samples.dispose(actor, kept.id, kept.version).disposed_by_name == actor.display_name
        with pytest.raises(Conflict):
            samples.dispose(actor, kept.id, kept.version)


def test_the_instant_of_disposal_cannot_be_made_up_either(session, world):
    """Written down after its time, said to have happened before it."""
    actor = cook(world)
    kept = keep(actor, kinds.SAMPLE, **SAMPLE)
    early = kept.dispose_not_before - timedelta(hours=1)
    with clock_at(kept.dispose_not_before + timedelta(hours=1)), pytest.raises(RuleBroken):
        samples.dispose(actor, kept.id, kept.version, disposed_at=early)


def test_the_database_refuses_a_disposal_before_its_time_too(session, world):
    actor = cook(world)
    kept = keep(actor, kinds.SAMPLE, **SAMPLE)
    statement = (
        update(FoodSample).where(FoodSample.id == kept.id).values(disposed_at=now(), disposed_by=actor.account_id)
    )
    with pytest.raises(Exception, match="ck_food_samples_disposed"), session.begin_nested():
        session.execute(statement)


def test_what_is_held_for_an_investigation_stays(session, world, acting):
    kept = keep(cook(world), kinds.SAMPLE, **SAMPLE)
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    assert samples.hold(officer, kept.school_id, kept.on_day, "lunch", "疑似食源性疾病") == 1
    actor = cook(world)
    with clock_at(kept.dispose_not_before + timedelta(days=1)):
        with pytest.raises(RuleBroken, match="疑似食源性疾病"):
            samples.dispose(actor, kept.id, kept.version)
        assert samples.count_disposable(actor, actor.school_id) == 0
        samples.give_free(actor, actor.school_id, kept.on_day, "lunch")
        assert samples.dispose_due(actor, [kept.id]) == 1


def test_nobody_holds_another_schools_samples(session, world):
    actor = cook(world, "a2")
    with pytest.raises(NotFound):
        samples.hold(actor, world.schools["a1"], today(), "lunch", "理由")


def test_the_samples_of_a_meal_are_told_to_whoever_asks(session, world, acting):
    actor = cook(world)
    wrong = keep(actor, kinds.SAMPLE, **{**SAMPLE, "grams": 15})
    keep(actor, kinds.SAMPLE, **SAMPLE, corrects_id=wrong.id, correction_reason="少写一位")
    keep(actor, kinds.SAMPLE, **{**SAMPLE, "meal": "dinner"})
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    found = samples.samples_of(officer, actor.school_id, today(), "lunch")
    assert [(one.dish_name, one.grams, one.disposed_at) for one in found] == [("红烧肉", 150, None)]
    stranger = acting(world.actor(Role.CANTEEN_OFFICER, "b"))
    assert samples.samples_of(stranger, actor.school_id, today(), "lunch") == []


def test_a_corrected_or_disposed_sample_is_not_in_the_cupboard(session, world):
    actor = cook(world)
    wrong = keep(actor, kinds.SAMPLE, **SAMPLE)
    right = keep(actor, kinds.SAMPLE, **{**SAMPLE, "grams": 180}, corrects_id=wrong.id, correction_reason="重称")
    assert [one.id for one in samples.kept(actor, actor.school_id)] == [right.id]
    with pytest.raises(Conflict):
        samples.dispose(actor, wrong.id, wrong.version)
    with clock_at(right.dispose_not_before):
        samples.dispose_due(actor, [right.id])
        with pytest.raises(Conflict):
            keep(actor, kinds.SAMPLE, **SAMPLE, corrects_id=right.id, correction_reason="重称")


def test_a_label_carries_the_samples_own_address(app, session, world):
    actor = cook(world)
    kept = keep(actor, kinds.SAMPLE, **SAMPLE)
    assert samples.qr_of(kept.id).startswith("<svg")
    assert samples.qr_of(kept.id) != samples.qr_of(new_id())
