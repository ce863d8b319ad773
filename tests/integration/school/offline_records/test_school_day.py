"""What a phone is given for a day without a network: what is due, with its forms."""

from decimal import Decimal

import pytest

from bureau.roles import Role
from school.canteen_day.kinds import KINDS
from school.canteen_day.rules import Dish
from school.canteen_day.service.menu import MealMenu
from school.diners.rules import Meal
from school.offline_records import forms
from tests.support.canteen_day import add_machine, add_person, add_refrigerator, cook


@pytest.fixture
def canteen(world, session, monkeypatch):
    actor = cook(world)
    add_person(actor, "演示厨师")
    add_person(actor, "演示无证", health_days=None)
    add_refrigerator(actor)
    add_refrigerator(actor, "演示留样柜", "sample")
    add_machine(actor)
    menu = {Meal.LUNCH: MealMenu(Meal.LUNCH, 400, (Dish(None, "红烧肉", "meat"), Dish(None, "苹果", "fruit")), True)}
    for place in ("completing", "day", "menu"):
        monkeypatch.setattr(f"school.canteen_day.service.{place}.menus_on", lambda *_args: menu, raising=False)
    session.commit()
    return actor


def tasks(phone, day=0):
    answer = phone.day()
    assert answer.status_code == 200, answer.json
    return {one["key"]: one for one in answer.json["days"][day]["tasks"]}


def test_every_task_of_today_and_tomorrow_has_its_form(canteen, phone_of):
    phone = phone_of(Role.CANTEEN_MANAGER)
    for day in (0, 1):
        found = tasks(phone, day)
        assert {"staff_check", "cooking_temperature-lunch", "food_sample-lunch", "control_report-daily"} <= found.keys()
        for one in found.values():
            assert one["title"]
            assert one["form"]["fields"]
            assert one["form"]["rows"], one["key"]


def test_what_is_known_is_filled_in(canteen, phone_of):
    found = tasks(phone_of(Role.CANTEEN_MANAGER))
    people = {row["label"]: row for row in found["staff_check"]["form"]["rows"]}
    assert people["演示厨师"]["defaults"] == {"status": "fit"}
    assert people["演示无证"]["without"] == {"status": ["fit"]}
    assert people["演示无证"]["note"]
    assert people["演示无证"]["defaults"]["status"] == "absent"
    cold = {row["label"]: row["limits"]["celsius"] for row in found["refrigerator_temperature"]["form"]["rows"]}
    assert all(Decimal(most) > 0 for _least, most in cold.values())
    (dish,) = found["cooking_temperature-lunch"]["form"]["rows"]  # fruit is not cooked
    assert (dish["label"], dish["values"]["meal"], dish["limits"]) == ("红烧肉", "lunch", {"celsius": ["70", None]})
    sample = found["food_sample-lunch"]["form"]
    assert [row["defaults"]["grams"] for row in sample["rows"]] == ["125", "125"]
    assert {one["name"] for one in sample["shared"]} == {"keeper_id", "refrigerator_id"}


def test_defaults_of_every_form_are_what_the_service_takes(canteen, phone_of):
    """Nothing typed but what has no default: every kind's record is accepted as the form proposes it."""
    phone = phone_of(Role.PRINCIPAL)
    typed = {"celsius": "36.5", "grams": "200", "seconds": "900", "mg_per_litre": "300", "to_name": "演示接班",
             "means": "粘鼠板", "places": "仓库", "pests": ["rodents"], "summary": "正常", "attendees": "演示校长"}  # fmt: skip
    for key, task in tasks(phone).items():
        form = task["form"]
        row = dict(form["rows"][0])
        sent = {**row["values"]}
        chosen = dict(row["defaults"])
        for field in [*form["shared"], *form["fields"]]:
            value = chosen.get(field["name"], field.get("default"))
            if field.get("options") and field["type"] == "choice" and not field.get("sends", True):
                option = next(one for one in field["options"] if one["value"] == value)
                sent |= option["sets"]
                chosen[field["name"]] = value
                continue
            when = field.get("when", {})
            if any(chosen.get(name) not in values for name, values in when.items()) or field.get("when_out"):
                continue
            if value is None and field.get("required"):
                value = "90" if key.startswith("cooking") else "4" if key.startswith("refri") else typed[field["name"]]
            if value is not None:
                scaled = str(int(value) * field["scale"]) if field.get("scale") and value.isdigit() else value
                sent[field["name"]] = scaled
                chosen[field["name"]] = value
        answer = phone.record(task["kind"], sent)
        assert answer.status_code == 201, (key, sent, answer.json)


def test_every_kind_has_a_form():
    assert set(forms._FIELDS) | {"control_report"} == set(KINDS)


def test_who_may_do_less_is_given_less(canteen, phone_of):
    assert set(tasks(phone_of(Role.TEACHER))) == {"accompanying_meal-lunch"}
    assert "control_report-monthly" not in tasks(phone_of(Role.CANTEEN_MANAGER))
    assert "control_report-monthly" in tasks(phone_of(Role.PRINCIPAL))


def test_another_schools_day_is_anothers(canteen, phone_of):
    given = phone_of(Role.CANTEEN_MANAGER, "a2").day().json
    assert "演示厨师" not in str(given)
    assert given["school"]["name"] == "演示第二小学"
