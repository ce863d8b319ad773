"""What a supplier or a school would try so that a recall finds nothing, or too little."""

from decimal import Decimal

import pytest

from bureau.roles import Role
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.canteen.models import Dish, DishIngredient, Menu, MenuDish, MenuPublication
from school.canteen_day.kinds import SAMPLE
from school.canteen_day.models import FoodSample
from school.recall.service import answering, lots, reading, recalls
from school.recall.service.asking import ask
from school.recall.service.tracing import trace
from school.stores.models import StoreGood
from school.stores.service import receiving
from school.stores.service.receiving import ByHand
from tests.support import canteen_day
from tests.support.recall import LOT, cook, deliver, keeper, put_on_menu, take


def parts(actor, school_id, number=LOT):
    found = trace(actor, [one.lot for one in lots.of_batch_no(actor, number)])
    return [part for part in found.schools if part.school_id == school_id]


def snapshot(item_id):
    line = {
        "item_id": str(item_id), "food_code": "", "name": "大米", "net_grams": "80", "edible_percent": "100",
        "is_meat": False, "band_grams": {}, "unit_grams": None,
    }  # fmt: skip
    return {
        "name": "演示米饭",
        "kind": "staple",
        "style": "cooked",
        "portion": "scaled",
        "allergens": [],
        "ingredients": [line],
    }


def recipe_changed(actor, dish_id, published):
    """The menu was published with the item; afterwards it was struck out of the recipe."""
    key = {"school_id": actor.school_id, "dish_id": dish_id}
    db.session.query(MenuDish).filter_by(**key).update({"snapshot": published})
    db.session.query(DishIngredient).filter_by(**key).delete()
    db.session.flush()


def test_a_recipe_that_was_changed_after_publication_hides_no_dish(world, rice, acting):
    batch_id = deliver(world, rice, "a3")
    actor = keeper(world, "a3")
    dish_id = put_on_menu(actor, rice)
    take(actor, batch_id, "30", None)
    recipe_changed(actor, dish_id, snapshot(rice))
    [part] = parts(acting(world.actor(Role.CANTEEN_OFFICER)), actor.school_id)
    assert [meal.dishes for meal in part.meals] == [["演示米饭"]]


def test_another_items_snapshot_is_not_suspected(world, rice, acting):
    batch_id = deliver(world, rice, "a3")
    actor = keeper(world, "a3")
    dish_id = put_on_menu(actor, rice)
    take(actor, batch_id, "30", None)
    recipe_changed(actor, dish_id, snapshot(new_id()))
    [part] = parts(acting(world.actor(Role.CANTEEN_OFFICER)), actor.school_id)
    assert [meal.dishes for meal in part.meals] == [[]]


def test_backwards_the_published_recipe_counts_too(world, rice, acting):
    deliver(world, rice, "a3")
    actor = keeper(world, "a3")
    dish_id = put_on_menu(actor, rice)
    recipe_changed(actor, dish_id, snapshot(rice))
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    meal = {"kind": "meal", "school_id": actor.school_id, "on_day": today(), "meal": "lunch"}
    dish = {"kind": "dish", "school_id": actor.school_id, "on_day": today(), "dish_id": dish_id}
    for asked in (meal, dish):
        assert [one.suspect.lot.batch_no for one in ask(officer, asked).options] == [LOT]


def test_a_dish_taken_off_the_menu_after_its_meal_is_still_asked_for(world, rice, acting):
    deliver(world, rice, "a3")
    actor = keeper(world, "a3")
    dish_id = put_on_menu(actor, rice)
    menu = db.session.query(Menu).filter_by(school_id=actor.school_id).one()
    db.session.query(MenuDish).filter_by(school_id=actor.school_id, dish_id=dish_id).delete()
    db.session.add(
        MenuPublication(
            bureau_id=menu.bureau_id, school_id=menu.school_id, menu_id=menu.id, monday=menu.monday, number=2,
            event="amend", from_state="published", to_state="published", at=now(), by=actor.account_id, by_name="演示",
            reason="换菜", is_public=True,
            changes=[{"day": today().isoformat(), "meal": "lunch", "removed": ["演示米饭"], "added": []}],
        )
    )  # fmt: skip
    db.session.flush()
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    asked = {"kind": "meal", "school_id": actor.school_id, "on_day": today(), "meal": "lunch"}
    assert [one.suspect.lot.batch_no for one in ask(officer, asked).options] == [LOT]


def test_a_dish_renamed_since_is_called_as_families_knew_it(world, rice, acting):
    made = cook(world, rice, "a3")
    db.session.query(Dish).filter_by(school_id=made.school_id, id=made.dish_id).update({"name": "演示新名"})
    db.session.flush()
    [part] = parts(acting(world.actor(Role.CANTEEN_OFFICER)), made.school_id)
    assert part.meals[0].dishes == ["演示米饭"]


@pytest.mark.parametrize("typed", ["l-77", "Ｌ－７７", " L- 77 ", "L—77", "Ｌ\u200b-77"])
def test_a_lot_is_found_however_its_number_is_typed(world, rice, acting, typed):
    deliver(world, rice, "a3")
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    assert [one.lot.batch_no for one in lots.of_batch_no(officer, typed)] == [LOT]


def test_a_lot_written_down_before_numbers_had_one_spelling_is_found_as_it_stands(world, rice, acting):
    deliver(world, rice, "a3", batch_no="l 77")
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    assert [one.lot.batch_no for one in lots.of_batch_no(officer, "l 77")] == ["l 77"]


def test_a_lot_that_came_into_a_store_without_a_receipt_is_found(world, rice, acting):
    deliver(world, rice, "a3", batch_no="OTHER")
    actor = keeper(world, "a3")
    good = db.session.query(StoreGood).filter_by(school_id=actor.school_id, item_id=rice).one()
    receiving.receive_by_hand(actor, new_id(), [ByHand(good.id, Decimal(7), batch_no=LOT)])
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    [part] = parts(officer, actor.school_id)
    assert sum(part.left.values()) == 7
    assert parts(acting(world.actor(Role.CANTEEN_OFFICER, "b")), actor.school_id) == []


def held(school_id):
    query = db.session.query(FoodSample.held_reason).filter_by(school_id=school_id, on_day=today(), meal="lunch")
    return [reason for (reason,) in query.populate_existing()]


def recalled(officer, incident=None):
    use_scope(db.session(), officer.scope)
    made = recalls.begin(
        officer, id=new_id(), trigger_kind="lot", trigger={}, lots=[one.lot for one in lots.of_batch_no(officer, LOT)],
        reason="抽检不合格", begun_at=now(), incident=incident,
    )  # fmt: skip
    return recalls.freeze_and_tell(officer, made.id, made.version)


def reported(world, place="a1"):
    principal = world.actor(Role.PRINCIPAL, place)
    use_scope(db.session(), principal.scope)
    return answering.report_incident(
        principal, id=new_id(), on_day=today(), meal="lunch", sick_count=3, symptoms="呕吐", noticed_at=now()
    )


def test_the_end_of_one_investigation_frees_no_sample_of_another(world, two_schools, officer):
    school_id = two_schools[0].school_id
    incident = reported(world)
    recall = recalled(officer)
    recalls.lift(officer, recall.id, recall.version, "复检合格")
    assert [reason for reason in held(school_id) if "呕吐" not in reason] == []
    incident = answering.get_incident(officer, school_id, incident.id)
    answering.dismiss_incident(officer, school_id, incident.id, incident.version, "与食材无关")
    assert set(held(school_id)) == {""}


def test_nor_does_a_dismissed_report_while_a_recall_runs(world, two_schools, officer):
    school_id = two_schools[0].school_id
    incident = reported(world)
    first, second = recalled(officer), recalled(officer)
    use_scope(db.session(), officer.scope)
    incident = answering.get_incident(officer, school_id, incident.id)
    answering.dismiss_incident(officer, school_id, incident.id, incident.version, "与食材无关")
    assert all(held(school_id))
    recalls.lift(officer, first.id, first.version, "复检合格")
    assert all(second.number in reason for reason in held(school_id))
    recalls.close(officer, second.id, second.version, "已全部销毁")
    assert set(held(school_id)) == {""}


def test_a_sample_that_is_written_down_after_the_report_is_held_too(world, two_schools, officer):
    """Else it would be thrown away after two days, and with it what was eaten."""
    reported(world)
    chef = canteen_day.cook(world, "a1")
    late = canteen_day.keep(chef, SAMPLE, **{**canteen_day.SAMPLE, "dish_name": "演示青菜"})
    other = canteen_day.keep(chef, SAMPLE, **{**canteen_day.SAMPLE, "meal": "breakfast"})
    assert "呕吐" in late.held_reason
    assert other.held_reason == ""
    use_scope(db.session(), officer.scope)
    incident = answering.get_incident(officer, two_schools[0].school_id, reading.waiting_incidents(officer)[0].id)
    answering.dismiss_incident(officer, incident.school_id, incident.id, incident.version, "与食材无关")
    assert set(held(two_schools[0].school_id)) == {""}


def test_a_recall_of_a_report_holds_until_it_ends(world, two_schools, officer):
    school_id = two_schools[0].school_id
    incident = reported(world)
    use_scope(db.session(), officer.scope)
    recall = recalled(officer, answering.get_incident(officer, school_id, incident.id))
    assert all(held(school_id))
    recalls.lift(officer, recall.id, recall.version, "复检合格")
    assert set(held(school_id)) == {""}


@pytest.mark.parametrize("odd", ["\x00", "1e30", "NaN", "x" * 5000, "🍚", "' OR 1=1", "-1", "２０２６", "[]"])
def test_odd_questions_and_reports_are_answered(world, two_schools, officer, client_as, odd):
    db.session.commit()
    bureau, school = client_as(Role.CANTEEN_OFFICER), client_as(Role.PRINCIPAL)
    for kind in ("lot", "certificate", "meal", "dish", odd):
        query = {
            "kind": kind, "batch_no": odd, "number": odd, "school_id": odd, "on_day": odd, "until_day": odd, "meal": odd,
            "dish_id": odd, "lot": odd,
        }  # fmt: skip
        for client in (bureau, school):
            assert client.get("/recalls/trace", query_string=query).status_code < 500
            assert client.get("/api/v1/recalls/trace", query_string=query).status_code < 500
        form = {
            **query,
            "id": odd,
            "reason": odd,
            "begun_at": odd,
            "incident_id": odd,
            "incident_school_id": odd,
            "tell": odd,
        }
        assert bureau.post("/recalls", data=form).status_code < 500
        assert (
            bureau.post("/recalls", data={**form, "id": str(new_id()), "kind": "lot", "lot": [odd, odd]}).status_code
            < 500
        )
    report = {"id": odd, "on_day": odd, "meal": odd, "sick_count": odd, "symptoms": odd, "noticed_at": odd}
    assert school.post("/recalls/incidents/new", data=report).status_code < 500
    assert (
        school.post("/recalls/incidents/new", data={**report, "noticed_at": "0001-01-01T00:00+14:00"}).status_code < 500
    )
