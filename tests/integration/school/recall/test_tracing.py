"""From a lot to every plate and back, and who sees how much of it."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from bureau.catalogue.models import CatalogueItem
from bureau.roles import Role
from kernel.database import db, new_id
from kernel.web.dates import today
from school.canteen_day.kinds import SAMPLE
from school.recall.service import lots
from school.recall.service.asking import ask, begin
from school.recall.service.tracing import details, parts_as_json, trace
from tests.support import canteen_day
from tests.support.recall import LOT, SUPPLIER, cook, deliver, keeper, put_on_menu, take
from tests.support.receipts import line, record


def by_school(found):
    return {part.school_id: part for part in found.schools}


def lot_of(actor, batch_no=LOT):
    return [one.lot for one in lots.of_batch_no(actor, batch_no)]


def test_the_bureau_sees_every_school_that_the_lot_touches(world, two_schools, officer):
    found = by_school(trace(officer, lot_of(officer)))
    assert set(found) == {world.schools["a1"], world.schools["a2"]}
    first, second = found[world.schools["a1"]], found[world.schools["a2"]]
    assert (sum(first.came.values()), sum(first.left.values()), sum(first.used.values())) == (100, 70, 30)
    assert (sum(second.came.values()), sum(second.left.values()), sum(second.used.values())) == (50, 30, 20)
    [lunch] = first.meals
    assert (lunch.on_day, lunch.meal, lunch.dishes, lunch.diners, lunch.samples) == (
        today(), "lunch", ["演示米饭"], 320, 1,
    )  # fmt: skip
    assert lunch.is_recorded
    assert not second.meals[0].is_recorded
    totals = trace(officer, lot_of(officer)).totals()
    assert (totals["schools"], totals["meals"], totals["diners"], totals["samples"]) == (2, 2, 470, 2)


def test_a_school_sees_its_own_part_only(world, two_schools, acting):
    principal = acting(world.actor(Role.PRINCIPAL, "a2"))
    found = trace(principal, lot_of(principal))
    assert [part.school_id for part in found.schools] == [world.schools["a2"]]


def test_another_bureau_finds_nothing(world, two_schools, acting):
    stranger = acting(world.actor(Role.CANTEEN_OFFICER, "b"))
    assert lot_of(stranger) == []
    # Even asked with the very lot that bureau a knows.
    ours = acting(world.actor(Role.CANTEEN_OFFICER))
    known = lot_of(ours)
    assert trace(acting(stranger), known).schools == []


def test_another_lot_or_supplier_of_the_same_item_is_not_touched(world, rice, two_schools, officer, acting):
    deliver(world, rice, "a3", batch_no="L-78")
    other = keeper(world, "a3")
    record(other, line(rice, batch_no=LOT), supplier_name="演示另一家")
    acting(officer)
    ours = [lot for lot in lot_of(officer) if lot.supplier_name == SUPPLIER]
    assert set(by_school(trace(officer, ours))) == {world.schools["a1"], world.schools["a2"]}
    assert {lot.supplier_name for lot in lot_of(officer)} == {SUPPLIER, "演示另一家"}


def test_what_was_brought_back_to_the_store_was_not_used(world, rice, two_schools, officer, acting):
    from school.stores.models import StoreBalance
    from school.stores.service import issuing

    first = two_schools[0]
    actor = keeper(world, "a1")
    place = db.session.query(StoreBalance).filter_by(batch_id=first.batch_id, school_id=actor.school_id).first()
    issuing.give_back(
        actor,
        new_id(),
        takes=[(first.batch_id, place.location_id, Decimal(4))],
        reason="剩余退库",
        taker_name="演示厨师",
    )
    acting(officer)
    part = by_school(trace(officer, lot_of(officer)))[first.school_id]
    assert (sum(part.used.values()), sum(part.left.values())) == (26, 74)


def test_a_voided_receipt_is_no_delivery(world, rice, officer, acting):
    from school.supply.service.voiding import void_receipt

    actor = keeper(world, "a3")
    receipt = record(actor, line(rice, batch_no=LOT), supplier_name=SUPPLIER)
    acting(officer)
    assert world.schools["a3"] in by_school(trace(officer, lot_of(officer)))
    keeper(world, "a3")
    void_receipt(actor, receipt.id, receipt.version, "录错")
    acting(officer)
    assert world.schools["a3"] not in by_school(trace(officer, lot_of(officer)))


def test_backwards_from_a_meal_to_its_lots(world, rice, two_schools, officer):
    first = two_schools[0]
    asked = {"kind": "meal", "school_id": first.school_id, "on_day": today(), "meal": "lunch"}
    answer = ask(officer, asked)
    [option] = [one for one in answer.options if one.suspect.lot.batch_no == LOT]
    assert option.suspect.is_recorded
    assert option.is_chosen
    # And forwards again: the other school's lunch is touched by the same lot.
    assert world.schools["a2"] in by_school(answer.trace)


def test_backwards_from_a_dish_which_is_recorded_and_which_may_have_been(world, rice, two_schools, officer, acting):
    first, second = two_schools
    named = ask(officer, {"kind": "dish", "school_id": first.school_id, "on_day": today(), "dish_id": first.dish_id})
    assert [(one.suspect.lot.batch_no, one.suspect.is_recorded) for one in named.options] == [(LOT, True)]
    loose = ask(officer, {"kind": "dish", "school_id": second.school_id, "on_day": today(), "dish_id": second.dish_id})
    assert [(one.suspect.lot.batch_no, one.suspect.is_recorded) for one in loose.options] == [(LOT, False)]
    assert all(one.is_chosen for one in loose.options)


def test_a_recall_without_a_choice_holds_what_the_trace_chose_and_not_what_merely_lay_there(
    world, rice, two_schools, officer, acting
):
    salt = db.session.scalar(select(CatalogueItem.id).where(CatalogueItem.code == "SE01"))
    deliver(world, salt, "a1", batch_no="L-78")
    put_on_menu(keeper(world, "a1"), salt, "演示咸菜")
    acting(officer)
    asked = {"kind": "meal", "school_id": world.schools["a1"], "on_day": today(), "meal": "lunch"}
    shown = {one.suspect.lot.batch_no: one.is_chosen for one in ask(officer, asked).options}
    assert shown == {LOT: True, "L-78": False}
    more = {"id": new_id(), "reason": "不适", "instructions": "", "is_drill": False, "begun_at": None, "lot": [],
            "incident_id": None, "incident_school_id": None}  # fmt: skip
    assert [row["batch_no"] for row in begin(officer, {**asked, **more}).lots] == [LOT]


def test_a_meal_without_any_issue_suspects_what_was_there(world, rice, acting):
    deliver(world, rice, "a3")
    actor = keeper(world, "a3")
    put_on_menu(actor, rice)
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    asked = {"kind": "meal", "school_id": world.schools["a3"], "on_day": today(), "meal": "lunch"}
    [option] = ask(officer, asked).options
    assert (option.suspect.lot.batch_no, option.suspect.is_recorded, option.is_chosen) == (LOT, False, True)


def test_a_school_cannot_ask_of_another_schools_meal(world, two_schools, acting):
    principal = acting(world.actor(Role.PRINCIPAL, "a2"))
    asked = {"kind": "meal", "school_id": world.schools["a1"], "on_day": today(), "meal": "lunch"}
    answer = ask(principal, asked)
    assert {part.school_id for part in answer.trace.schools} == {world.schools["a2"]}


def test_from_a_certificate_to_the_lots_it_was_shown_for(world, rice, officer, acting):
    actor = keeper(world, "a1")
    record(
        actor, line(rice, batch_no="C-9"), supplier_name=SUPPLIER,
        certificates=[_certificate("JY-2026-1")],
    )  # fmt: skip
    acting(officer)
    assert [one.lot.batch_no for one in lots.of_certificate(officer, "JY-2026-1")] == ["C-9"]
    assert lots.of_certificate(officer, "JY-2026-2") == []


def _certificate(number):
    from school.supply.service.certificates import CertificateInput

    return CertificateInput("inspection_report", None, number)


def test_chosen_lots_only_are_traced(world, rice, two_schools, officer, acting):
    cook(world, rice, "a3", batch_no="L-78", diners=10)
    acting(officer)
    asked = {"kind": "meal", "school_id": world.schools["a1"], "on_day": today(), "meal": "lunch"}
    everything = ask(officer, asked)
    none = ask(officer, {**asked, "lot": ["0" * 16]})
    assert everything.trace.schools
    assert none.trace.schools == []


def test_where_no_dish_was_named_a_sample_that_is_on_no_menu_may_hold_it_too(world, two_schools, officer, acting):
    for place in ("a1", "a2"):
        canteen_day.keep(canteen_day.cook(world, place), SAMPLE, **{**canteen_day.SAMPLE, "dish_name": "演示清炒时蔬"})
    acting(officer)
    parts = by_school(trace(officer, lot_of(officer)))
    assert parts[world.schools["a1"]].samples == 1, "the issue names the dish"
    assert parts[world.schools["a2"]].samples == 2


def test_a_constant_number_of_queries_however_many_schools(world, rice, two_schools, officer, acting, count_queries):
    known = lot_of(officer)
    with count_queries() as two:
        trace(officer, known)
    cook(world, rice, "a3")
    acting(officer)
    with count_queries() as three:
        assert len(trace(officer, known).schools) == 3
    assert two.count == three.count


@pytest.mark.parametrize("take_more", ["1", "69"])
def test_what_is_told_equals_what_the_ledger_says(world, rice, two_schools, officer, acting, take_more):
    first = two_schools[0]
    take(keeper(world, "a1"), first.batch_id, take_more, None)
    acting(officer)
    known = lot_of(officer)
    part = parts_as_json(trace(officer, known), details(officer, known))[first.school_id]
    assert Decimal(part["left"][0]["quantity"]) == 70 - Decimal(take_more)
    assert Decimal(part["used"][0]["quantity"]) == 30 + Decimal(take_more)
