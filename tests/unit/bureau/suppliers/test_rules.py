from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from bureau.suppliers import rules
from bureau.suppliers.rules import Facts, Held, Problem, Restraint

DAY = date(2026, 11, 20)
MEAT, PORK, FRUIT = (UUID(int=number) for number in (1, 2, 3))
BUSINESS = Held("business_licence", "approved", None, None)
FOOD = Held("food_operation", "approved", date(2024, 1, 1), date(2026, 12, 31))


def facts(**changed):
    values = {
        "state": "active", "choices": {MEAT: "approved", FRUIT: "approved"}, "licences": [BUSINESS, FOOD],
        "restraints": [], "required": {MEAT: ["food_operation"]}, "parents": {PORK: MEAT},
    }  # fmt: skip
    return Facts(**{**values, **changed})


def suspension(category_id=None, first=DAY, last=None, state="in_force"):
    return Restraint(uuid4(), "suspension", state, category_id, first, last)


def codes(found):
    return [problem.code for problem in found]


def test_a_company_in_order_may_bid_also_below_its_category():
    assert rules.problems(facts(), MEAT, DAY) == []
    assert rules.problems(facts(), PORK, DAY) == []


@pytest.mark.parametrize("state", ["draft", "applied", "returned", "refused"])
def test_a_registration_under_way_is_none(state):
    assert codes(rules.problems(facts(state=state), MEAT, DAY)) == ["not_registered"]


def test_a_removed_company_may_not():
    assert codes(rules.problems(facts(state="removed"), FRUIT, DAY)) == ["removed"]


def test_a_licence_closes_the_categories_that_need_it_on_the_day_after_its_last():
    last = FOOD.valid_until
    assert rules.problems(facts(), PORK, last) == []
    after = last + timedelta(days=1)
    assert rules.problems(facts(), PORK, after) == [Problem("licence_expired", PORK, "food_operation", last)]
    assert rules.problems(facts(), FRUIT, after) == []


def test_the_business_licence_is_asked_for_everywhere():
    assert codes(rules.problems(facts(licences=[FOOD]), FRUIT, DAY)) == ["licence_missing"]


@pytest.mark.parametrize("state", ["submitted", "returned", "withdrawn"])
def test_only_a_licence_that_was_checked_counts(state):
    unchecked = Held("food_operation", state, None, None)
    assert codes(rules.problems(facts(licences=[BUSINESS, unchecked]), MEAT, DAY)) == ["licence_missing"]


def test_a_renewed_licence_opens_the_category_again():
    renewed = Held("food_operation", "approved", date(2027, 1, 5), None)
    held = facts(licences=[BUSINESS, FOOD, renewed])
    assert codes(rules.problems(held, MEAT, date(2027, 1, 4))) == ["licence_expired"]
    assert rules.problems(held, MEAT, date(2027, 1, 5)) == []


@pytest.mark.parametrize(
    ("restraint", "meat", "fruit"),
    [
        (suspension(), ["suspended"], ["suspended"]),
        (suspension(MEAT), ["suspended"], []),
        (suspension(last=DAY), ["suspended"], ["suspended"]),
        (suspension(first=DAY - timedelta(days=9), last=DAY - timedelta(days=1)), [], []),
        (suspension(first=DAY + timedelta(days=1)), [], []),
        (suspension(state="lifted"), [], []),
        (Restraint(uuid4(), "warning", "in_force", None, DAY, None), [], []),
    ],
)
def test_suspensions_bind_on_their_days_and_in_their_category(restraint, meat, fruit):
    restrained = facts(restraints=[restraint])
    assert codes(rules.problems(restrained, PORK, DAY)) == meat
    assert codes(rules.problems(restrained, FRUIT, DAY)) == fruit


@pytest.mark.parametrize("state", ["asked", "refused", "withdrawn"])
def test_a_category_not_approved_is_closed(state):
    assert "not_admitted" in codes(rules.problems(facts(choices={MEAT: state}), PORK, DAY))


def test_categories_in_a_circle_end():
    assert rules.path(MEAT, {MEAT: PORK, PORK: MEAT}) == [MEAT, PORK]


@pytest.mark.parametrize(
    ("left", "step"), [(31, None), (30, 30), (16, 30), (15, 15), (8, 15), (7, 7), (1, 7), (0, 7), (-1, 0), (-40, 0)]
)
def test_the_step_that_a_licence_has_reached(left, step):
    """A job that slept for a fortnight tells the step of today, not those it missed."""
    assert rules.alarm_due(DAY + timedelta(days=left), DAY, [30, 15, 7]) == step


def test_a_renewal_in_hand_needs_no_alarm():
    follows = Held("food_operation", "approved", FOOD.valid_until + timedelta(days=1), date(2028, 1, 1))
    assert rules.covers(follows, FOOD, DAY)
    assert not rules.covers(FOOD, FOOD, DAY)
    late = Held("food_operation", "approved", FOOD.valid_until + timedelta(days=2), date(2028, 1, 1))
    assert not rules.covers(late, FOOD, DAY)
    assert not rules.covers(Held("food_operation", "submitted", None, None), FOOD, DAY)
    assert not rules.covers(Held("other", "approved", None, None), FOOD, DAY)


def test_what_is_not_in_the_table_raises():
    assert rules.following("registration", "applied", "admit") == "active"
    for subject, machine in rules.MACHINES.items():
        states = {state for state, _event in machine} | set(machine.values())
        events = {event for _state, event in machine}
        for state in states:
            for event in events:
                if (state, event) not in machine:
                    with pytest.raises(rules.NoSuchStep):
                        rules.following(subject, state, event)


def test_a_removed_company_comes_back_by_one_event_only():
    assert [event for (state, event) in rules.REGISTRATION if state == "removed"] == ["restore"]


def test_a_proposal_names_known_licences():
    assert {kind for kinds in rules.PROPOSED.values() for kind in kinds} <= set(rules.LICENCES)
