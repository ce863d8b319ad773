"""Records are kept once, corrected by another and never written over."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from bureau.roles import Role
from kernel.database import new_id, now
from kernel.errors import Conflict, Invalid, NotFound
from school.canteen_day import kinds
from school.canteen_day.service import keeping, reading
from tests.support.canteen_day import ATE, COOKED, SAMPLE, TASTED, at, cook, entry, keep


def test_the_same_record_sent_twice_is_one(session, world):
    actor = cook(world)
    first = entry(**TASTED)
    kept, is_new = keeping.keep_one(actor, kinds.TASTING, first)
    again, is_new_again = keeping.keep_one(actor, kinds.TASTING, first)
    assert (kept.id, is_new, is_new_again) == (again.id, True, False)
    assert len(reading.list_records(actor, kinds.TASTING, actor.school_id).items) == 1


def test_another_content_under_the_same_id_is_a_conflict(session, world):
    actor = cook(world)
    first = entry(**TASTED)
    keeping.keep_one(actor, kinds.TASTING, first)
    with pytest.raises(Conflict):
        keeping.keep_one(actor, kinds.TASTING, entry(id=first.id, meal="lunch", is_fine=False, exceptions="太咸"))


def test_a_record_tells_when_it_happened_and_when_it_was_written_down(session, world):
    actor = cook(world)
    early, late = now() - timedelta(minutes=100), now() - timedelta(minutes=130)
    soon_after, long_after = keep(actor, kinds.TASTING, early, **TASTED), keep(actor, kinds.TASTING, late, **TASTED)
    reading.mark_late(actor, actor.school_id, [soon_after, long_after])
    assert (soon_after.is_late, long_after.is_late) == (False, True)
    assert soon_after.happened_at == early
    assert soon_after.created_at - early >= timedelta(minutes=100)


def test_nobody_records_what_has_not_happened_yet(session, world):
    with pytest.raises(Invalid) as refusal:
        keep(cook(world), kinds.TASTING, now() + timedelta(hours=1), **TASTED)
    assert set(refusal.value.fields) == {"happened_at"}


def test_a_correction_leaves_what_it_corrects(session, world):
    actor = cook(world)
    wrong = keep(actor, kinds.WASTE, meal="lunch", kind="leftovers", grams=120, diners=100)
    right = keep(
        actor, kinds.WASTE, meal="lunch", kind="leftovers", grams=12_000, diners=100, corrects_id=wrong.id,
        correction_reason="单位写成了千克",
    )  # fmt: skip
    assert (wrong.grams, wrong.superseded_at is not None) == (120, True)
    current = reading.list_records(actor, kinds.WASTE, actor.school_id, current=True).items
    assert [one.id for one in current] == [right.id]
    assert [one.grams for one in reading.history(actor, kinds.WASTE, actor.school_id, wrong.id)] == [120, 12_000]
    assert [one.id for one in reading.history(actor, kinds.WASTE, actor.school_id, right.id)] == [wrong.id, right.id]


def test_a_record_is_corrected_once(session, world):
    actor = cook(world)
    wrong = keep(actor, kinds.TASTING, **TASTED)
    keep(actor, kinds.TASTING, **TASTED, corrects_id=wrong.id, correction_reason="补备注", note="一")
    with pytest.raises(Conflict):
        keep(actor, kinds.TASTING, **TASTED, corrects_id=wrong.id, correction_reason="补备注", note="二")


def test_what_is_corrected_must_be_of_this_school(session, world):
    other = keep(cook(world, "a2"), kinds.TASTING, **TASTED)
    with pytest.raises(Invalid):
        keep(cook(world), kinds.TASTING, **TASTED, corrects_id=other.id, correction_reason="写错")


def test_several_records_are_kept_all_or_none_and_errors_name_their_row(session, world):
    actor = cook(world)
    good, bad = entry(**COOKED), entry(**{**COOKED, "dish_name": "青菜", "celsius": Decimal(300)})
    with pytest.raises(Invalid) as refusal:
        keeping.keep(actor, kinds.COOKING, [good, bad])
    assert set(refusal.value.fields) == {"rows.1.celsius"}
    assert reading.list_records(actor, kinds.COOKING, actor.school_id).items == []


def test_the_database_itself_lets_nobody_rewrite_or_delete_a_record(session, world):
    actor = cook(world)
    kept = keep(actor, kinds.COOKING, **COOKED)
    for statement in (
        "UPDATE canteen_cooking_temperatures SET celsius = 99 WHERE id = :id",
        "DELETE FROM canteen_cooking_temperatures WHERE id = :id",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text(statement), {"id": kept.id})


def test_another_school_reads_nothing_of_it(session, world):
    kept = keep(cook(world), kinds.ACCOMPANYING, **ATE)
    other = cook(world, "a2")
    with pytest.raises(NotFound):
        keeping.get_record(other, kinds.ACCOMPANYING, other.school_id, kept.id)
    assert reading.list_records(other, kinds.ACCOMPANYING, other.school_id).items == []


def test_the_bureau_reads_every_school_of_its_own(session, world, acting):
    kept = keep(cook(world), kinds.SAMPLE, **SAMPLE)
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    assert keeping.get_record(officer, kinds.SAMPLE, kept.school_id, kept.id).dish_name == "红烧肉"
    stranger = acting(world.actor(Role.CANTEEN_OFFICER, "b"))
    with pytest.raises(NotFound):
        keeping.get_record(stranger, kinds.SAMPLE, kept.school_id, kept.id)


def test_a_record_of_an_evening_in_utc_belongs_to_its_day_in_shanghai(session, world):
    actor = cook(world)
    kept = keep(actor, kinds.TASTING, at(0, 30, days=-1), **{**TASTED, "meal": "night_snack"})
    assert kept.on_day == at(0, 30, days=-1).date()


def test_an_unknown_photo_is_refused_at_its_field(session, world):
    with pytest.raises(Invalid) as refusal:
        keep(cook(world), kinds.TASTING, **TASTED, photo_id=new_id())
    assert set(refusal.value.fields) == {"photo_id"}
