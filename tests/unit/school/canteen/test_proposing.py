"""The proposer: its weeks pass the checks, the same request gives the same week, what cannot be met is named."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from school.canteen.checks.results import Verdict
from school.canteen.proposing.request import SNACK, Leftover, Slot
from school.canteen.proposing.solving import dear_price, propose
from school.canteen.rules import Band, DishKind, Mix
from tests.support.menus import (
    JUNIOR,
    MONDAY,
    PRIMARY,
    candidates_of,
    dish,
    national_limits,
    request,
    starter_figures,
)

AMPLE = 60.0  # seconds: the work is bounded by nodes long before, so a busy machine gives the same answer
HARD = {"forbidden_food", "forbidden_style", "nitrite", "meat_share", "repeated"}


def failing(proposal):
    return {one.code for one in proposal.checks if one.verdict == Verdict.FAILED}


def test_a_week_of_lunches_passes_every_check():
    proposal = propose(request(("lunch",), seconds=AMPLE))
    assert failing(proposal) == set()
    assert proposal.shortfalls == []
    assert len(proposal.dishes) == 5
    assert proposal.cost_fen > 0


def test_the_same_request_gives_the_same_week():
    wanted = request(("lunch",), days=1, mix=JUNIOR, seconds=AMPLE)
    assert propose(wanted).dishes == propose(wanted).dishes


@pytest.mark.parametrize("seed", range(8))
def test_what_is_proposed_passes_the_checks_or_says_which_not(seed):
    """Random small weeks from random parts of the dishes: a check fails exactly where a shortfall names it."""
    chance = random.Random(seed)
    rows = list(starter_figures(PRIMARY))
    chosen = chance.sample(rows, chance.randint(25, 60))
    limits = national_limits()
    wanted = replace(
        request(("lunch",), days=chance.randint(1, 2)), candidates=candidates_of(chosen, limits), seconds=AMPLE
    )
    proposal = propose(wanted)
    named = {one.code for one in proposal.shortfalls}
    failed = failing(proposal)
    assert failed & HARD == set()
    # The kinds of a week are asked of five days; fewer cannot have them all, and the answer says so.
    aliases = {"meal_set": {"set_meat", "set_vegetable", "set_soup"}, "micronutrients": {
        "calcium_mg", "iron_mg", "zinc_mg", "vitamin_a_ug", "vitamin_b1_mg", "vitamin_b2_mg", "vitamin_c_mg", "fibre_g",
    }}  # fmt: skip
    for code in failed:
        assert named & aliases.get(code, {code}), (code, named)
    for one in proposal.shortfalls:
        assert one.amount > 0
        assert 0 <= one.at_best <= one.amount + 1e-9


def test_a_meal_that_cannot_have_its_set_says_what_is_missing_and_that_nothing_helps():
    rows = [row for row in starter_figures(PRIMARY) if row[0].kind != DishKind.SOUP]
    wanted = replace(request(("lunch",), days=1), candidates=candidates_of(rows, national_limits()))
    proposal = propose(wanted)
    soup = next(one for one in proposal.shortfalls if one.code == "set_soup")
    assert (soup.day, soup.meal) == (MONDAY, "lunch")
    assert soup.amount == pytest.approx(1, abs=0.01)
    assert soup.at_best == pytest.approx(1, abs=0.01)


def test_kept_dishes_stay():
    wanted = request(("lunch",), days=1)
    kept = ("糖醋里脊", "地三鲜")
    slots = [replace(slot, kept=kept) for slot in wanted.slots]
    proposal = propose(replace(wanted, slots=slots))
    assert set(kept) <= set(proposal.dishes[MONDAY, "lunch"])


def test_a_dish_is_not_served_more_often_than_the_figure_says():
    proposal = propose(request(("lunch", "dinner"), days=4, seconds=3.0))
    times: dict[str, int] = {}
    kinds = {one.key: one.kind for one, _meals in starter_figures(PRIMARY)}
    for dishes in proposal.dishes.values():
        for key in dishes:
            times[key] = times.get(key, 0) + 1
    assert all(count <= 2 for key, count in times.items() if kinds[key] not in ("staple", "fruit", "dairy"))


def test_nobody_is_proposed_for_being_unpriced():
    priced = [("meat", one) for one, _meals in starter_figures(PRIMARY) if one.kind == "meat"]
    price = dear_price(priced)
    unpriced = dish("无价之肉", "meat", "猪肉丝 30", "青椒 20")
    costs = sorted(one.cost.fen for _kind, one in priced if one.cost.is_whole)
    assert not unpriced.cost.is_whole
    assert price("meat", unpriced) >= costs[len(costs) // 2]
    assert dear_price([])("meat", unpriced) > 0


def test_stock_that_expires_is_used():
    wanted = request(("lunch",), days=1, seconds=AMPLE)
    plain = propose(wanted)
    grams = {one.key: one.gross_grams for one, _meals in starter_figures(PRIMARY)}
    unused = next(
        row
        for one, _meals in starter_figures(PRIMARY)
        for row in one.recipe.lines
        if row.is_meat and all(row.food_code not in grams[key] for dishes in plain.dishes.values() for key in dishes)
    )
    # Worth far more than any dish costs: a sure sign that it is looked at.
    leftover = Leftover(unused.food_code, 500.0, MONDAY, 50.0)
    proposal = propose(replace(wanted, leftovers=[leftover]))
    assert any(unused.food_code in grams[key] for dishes in proposal.dishes.values() for key in dishes)
    assert proposal.leftover_fen > 0
    late = replace(leftover, last_day=MONDAY - timedelta(days=1))
    assert propose(replace(wanted, leftovers=[late])).leftover_fen == 0


def test_a_budget_is_kept_after_the_checks():
    free = propose(request(("lunch",), days=1, seconds=AMPLE))
    tight = propose(request(("lunch",), days=1, budget_fen=1, seconds=AMPLE))
    budget = next(one for one in tight.shortfalls if one.code == "budget")
    assert budget.amount > 0
    assert failing(tight) <= failing(free)


def test_an_empty_request_is_answered():
    wanted = request(("lunch",), days=1)
    assert propose(replace(wanted, slots=[])).dishes == {}
    nothing = propose(replace(wanted, candidates=[]))
    assert nothing.dishes == {(MONDAY, "lunch"): []}
    assert {one.code for one in nothing.shortfalls} >= {"set_meat", "energy"}


def test_a_kindergarten_is_proposed_by_its_own_rules():
    small = Mix({Band.UNDER_6: 100})
    meals = ("morning_snack", "lunch", "afternoon_snack")
    wanted = request(meals, days=1, mix=small, stage="kindergarten", seconds=AMPLE)
    proposal = propose(wanted)
    assert all(proposal.dishes[MONDAY, meal] for meal in meals)
    assert "forbidden_food" not in failing(proposal)


def test_a_snack_has_its_own_pattern():
    wanted = replace(request(("lunch",), days=1), slots=[Slot(MONDAY, "afternoon_snack", SNACK)])
    kinds = {one.key: one.kind for one, _meals in starter_figures(PRIMARY)}
    chosen = propose(wanted).dishes[MONDAY, "afternoon_snack"]
    assert {kinds[key] for key in chosen} <= set(SNACK)


def test_progress_is_told():
    told: list[int] = []
    propose(request(("lunch",), days=1), told.append)
    assert told == sorted(told)
    assert all(0 <= percent <= 100 for percent in told)
