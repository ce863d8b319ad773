"""Self-inspection: begun, answered, handed in, never changed; only the school's own business until then."""

from decimal import Decimal

import pytest

from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from school.self_checks.service import filling, reading, submitting
from scorecards import service as forms
from scorecards.form import AllOrNothing, Parameter, Repeat, RequiredCount, Scale, Section
from tests.support.pictures import jpeg
from tests.support.samples.self_checks import fill_check, make_check, make_version, submitted_check
from tests.unit.scorecards.forms import every_shape, form, item

D = Decimal


@pytest.fixture
def head(world, acting):
    return acting(world.actor(Role.PRINCIPAL, "a1"))


def test_full_marks_with_the_account_and_nothing_found(session, world):
    check = submitted_check(world)
    assert check.score == 100
    assert check.band == "优秀"
    assert check.found_nothing
    assert [line["code"] for line in check.account["sections_account"][0]["lines"]] == list("1234567")


def test_what_is_lost_is_in_the_account(session, world):
    check = submitted_check(world, changes={"1": {"met": False}})
    assert check.score == 80
    assert not check.found_nothing


def test_a_red_line_is_no_clean_check_even_without_points(session, world):
    check = submitted_check(world, changes={"7": {"found": True}})
    assert check.score == 0
    assert not check.found_nothing


def test_not_applicable_renormalises(session, world):
    check = submitted_check(world, changes={"1": {"not_applicable": "没有"}, "4": {"checked": {"1": 1}}})
    # 3 of 80 lost, brought back to 100.
    assert check.score == D("96.3")


def test_submitted_twice_is_submitted_once_and_never_edited(session, world):
    check = submitted_check(world)
    actor = world.actor(Role.PRINCIPAL, "a1")
    at, version = check.submitted_at, check.version
    again = submitting.submit(actor, check.id, "别的意见")
    assert (again.submitted_at, again.version, again.remark) == (at, version, "")
    for change in (
        lambda: filling.save_answers(actor, check.id, {"1": {"met": False}}),
        lambda: filling.set_figures(actor, check.id, check.version, parameters={}, units={}),
        lambda: filling.discard(actor, check.id, check.version),
        lambda: filling.add_photo(actor, check.id, photo_id=new_id(), item_code="", data=jpeg("late")),
    ):
        with pytest.raises(RuleBroken):
            change()


def test_open_items_are_refused_by_name(session, world):
    check = make_check(world)
    with pytest.raises(Invalid) as refused:
        submitting.submit(world.actor(Role.PRINCIPAL, "a1"), check.id)
    assert set(refused.value.fields) == {f"answers.{code}" for code in "1234567"}


def test_begun_twice_is_begun_once_with_other_content_a_conflict(session, world):
    check = make_check(world)
    actor = world.actor(Role.PRINCIPAL, "a1")
    same, is_new = filling.start(actor, check.id, form_version_id=check.form_version_id)
    assert (same.id, is_new) == (check.id, False)
    other = make_version(world)
    use_scope(session(), actor.scope)
    with pytest.raises(Conflict):
        filling.start(actor, check.id, form_version_id=other.id)


def test_answers_saved_again_are_the_same_rows_and_null_clears(session, world, head):
    check = make_check(world)
    filling.save_answers(head, check.id, {"1": {"met": True}}, {"1": "好"})
    filling.save_answers(head, check.id, {"1": {"met": False}})
    rows = reading.answers_of(check)
    assert (rows["1"].answer, rows["1"].remark) == ({"met": False}, "好")
    filling.save_answers(head, check.id, {}, {"1": "改了备注"})
    assert reading.answers_of(check)["1"].answer == {"met": False}
    filling.save_answers(head, check.id, {"1": None})
    assert reading.stored_answers(reading.answers_of(check)) == {}


@pytest.mark.parametrize("answers", [{"99": {"met": True}}, {"1": {"count": 3}}, {"2": {"judged": "99"}}])
def test_answers_that_the_form_cannot_score_are_refused(session, world, head, answers):
    check = make_check(world)
    with pytest.raises(Invalid):
        filling.save_answers(head, check.id, answers)


def test_a_stale_version_is_refused(session, world, head):
    check = make_check(world)
    filling.set_figures(head, check.id, check.version, parameters={}, units={})
    check.remark = "x"
    session.flush()
    with pytest.raises(Conflict):
        filling.discard(head, check.id, check.version - 1)


def test_a_draft_may_be_thrown_away_with_its_answers(session, world, head):
    check = make_check(world)
    filling.save_answers(head, check.id, {"1": {"met": True}})
    filling.discard(head, check.id, check.version)
    with pytest.raises(NotFound):
        reading.get_check(head, head.school_id, check.id)


def test_a_form_replaced_meanwhile_leaves_a_check_on_its_version(session, world):
    check = make_check(world)
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    version = forms.get_version(bureau, check.form_version_id)
    draft = forms.import_form(bureau, form(item("1", AllOrNothing(), 7)), template_id=version.template_id)
    newer = forms.publish(bureau, draft.id, draft.version)
    actor = world.actor(Role.PRINCIPAL, "a1")
    use_scope(session(), actor.scope)
    fill_check(world, check)
    done = submitting.submit(actor, check.id)
    assert done.form_version_id == version.id
    assert done.maximum == 100
    assert reading.newest_version(actor, version.id).id == newer.id


def test_figures_that_the_form_asks_for_decide(session, world):
    sheet = form(
        item("1", RequiredCount(Scale(parameter="beds", per=D(50)), D(5)), 20), item("2", AllOrNothing(), 80),
        parameters=(Parameter("beds", "床位", source="asked"),),
    )  # fmt: skip
    version = make_version(world, form=sheet)
    check = make_check(world, form_version_id=version.id)
    actor = world.actor(Role.PRINCIPAL, "a1")
    filling.save_answers(actor, check.id, {"1": {"count": 2}, "2": {"met": True}})
    with pytest.raises(Invalid):
        submitting.submit(actor, check.id)
    with pytest.raises(Invalid):
        filling.set_figures(actor, check.id, check.version, parameters={"cats": 3}, units={})
    with pytest.raises(Invalid):
        filling.set_figures(actor, check.id, check.version, parameters={"beds": "many"}, units={})
    filling.set_figures(actor, check.id, check.version, parameters={"beds": 200}, units={})
    assert submitting.submit(actor, check.id).score == 90  # four are needed, two are there


def test_the_schools_own_figures_and_what_it_has_decide(session, world):
    sheet = form(
        item("1", AllOrNothing(), 60), item("2", AllOrNothing(), 40, tags=("boarding",)), na_policy="renormalise"
    )
    version = make_version(world, form=sheet)
    check = make_check(world, form_version_id=version.id)
    school = reading.school_of(check)
    actor = world.actor(Role.PRINCIPAL, "a1")
    filling.save_answers(actor, check.id, {"1": {"met": True}})
    if school.is_boarding:
        with pytest.raises(Invalid):
            submitting.submit(actor, check.id)
    else:
        assert submitting.submit(actor, check.id).score == 100


def test_rooms_are_each_filled_and_averaged(session, world):
    rooms = Section(
        code="R",
        title="寝室",
        repeat=Repeat(unit_label="寝室", minimum_units=2),
        items=(item("R1", AllOrNothing(), 100),),
    )
    version = make_version(world, form=form(sections=(rooms,), total=D(100)))
    check = make_check(world, form_version_id=version.id)
    actor = world.actor(Role.PRINCIPAL, "a1")
    with pytest.raises(Invalid) as refused:
        submitting.submit(actor, check.id)
    assert "units.R" in refused.value.fields
    units = {"R": [{"code": "1", "label": "101"}, {"code": "2", "label": "102"}]}
    filling.set_figures(actor, check.id, check.version, parameters={}, units=units)
    filling.save_answers(actor, check.id, {"R1@1": {"met": True}, "R1@2": {"met": False}, "R1@3": {"met": False}})
    done = submitting.submit(actor, check.id)
    assert done.score == 50  # a room that is not on the list is kept, not scored
    assert {line.get("unit") for line in done.account["sections_account"][0]["lines"]} == {"1", "2"}


def test_photos_once_and_only_of_known_items(session, world, head):
    check = make_check(world)
    photo_id = new_id()
    for _ in range(2):
        filling.add_photo(head, check.id, photo_id=photo_id, item_code="1", data=jpeg("p"))
    assert [photo.id for photo in reading.photos_of(check)["1"]] == [photo_id]
    with pytest.raises(Invalid):
        filling.add_photo(head, check.id, photo_id=new_id(), item_code="99", data=jpeg("q"))
    assert filling.remove_photo(head, check.id, photo_id) == "1"
    assert reading.photos_of(check) == {}


def test_a_draft_is_nobodys_business_and_another_schools_check_does_not_exist(session, world):
    draft, done = make_check(world).id, submitted_check(world).id
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    assert reading.get_check(bureau, world.schools["a1"], done).id == done
    with pytest.raises(NotFound):
        reading.get_check(bureau, world.schools["a1"], draft)
    sibling = world.actor(Role.PRINCIPAL, "a2")
    use_scope(session(), sibling.scope)
    with pytest.raises(NotFound):
        reading.get_check(sibling, sibling.school_id, done)
    with pytest.raises(NotFound):
        reading.get_check(sibling, world.schools["a1"], done)
    from sqlalchemy import text

    for table in ("self_checks", "self_check_answers", "self_check_schedules", "self_check_photos"):
        assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_unknown_or_foreign_forms_are_refused(session, world, head):
    with pytest.raises(Invalid):
        filling.start(head, new_id(), form_version_id=new_id())
    with pytest.raises(Invalid):
        filling.start(head, new_id())
    bureau = system_actor(world.bureaus["a"])
    use_scope(session(), bureau.scope)
    draft = forms.import_form(bureau, every_shape())
    use_scope(session(), head.scope)
    with pytest.raises(Invalid):
        filling.start(head, new_id(), form_version_id=draft.id)
