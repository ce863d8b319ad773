"""A draft filled by the proposer, with today's prices, stock and figures."""

from fractions import Fraction

import pytest

from kernel.database import new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid
from school.canteen.costs import PriceSource
from school.canteen.service import menus, prices, proposals, recommended
from school.canteen.service.judging import ground_of, judge
from school.canteen.service.proposals import Wish
from school.stores.service import receiving
from tests.support import weeks
from tests.support.catalogue import RICE as RICE_ITEM
from tests.support.catalogue import category, item
from tests.support.stores import received
from tests.support.weeks import NEXT


@pytest.fixture
def stocked(world, acting):
    """a1 with the common dishes."""
    officer = acting(world.actor("canteen_officer"))
    recommended.start_list(officer)
    ids = [one.id for one in recommended.list_recommended(officer, limit=200).items]
    cook = acting(world.actor("canteen_manager"))
    recommended.copy_recommended(cook, ids)
    return cook


def test_a_draft_is_filled_and_the_answer_kept(stocked):
    menu = weeks.draft(stocked, days=1)
    menu, proposal = proposals.propose_into(stocked, menu.id, menu.version, Wish(), seconds=30)
    grid = menus.grid_of(stocked, menu)
    assert all(grid.dishes[meal.id] for meal in grid.meals)
    assert menu.proposal["seconds"] > 0
    assert len(menu.proposal["shortfalls"]) == len(proposal.shortfalls)
    checks = {one.code: one.verdict for one in judge(stocked, menu).checks}
    assert checks["forbidden_food"] == "met"
    assert checks["meal_set"] == "met"


def test_what_stands_there_stays_where_it_is_wished(stocked):
    menu = weeks.draft(stocked, days=1)
    odd = weeks.dish(stocked, ("独家菜", "meat", [("猪肉丝", "22"), ("青椒", "20")]), meals=["dinner"])
    menu = menus.add_dish(stocked, menu.id, menu.version, NEXT, "lunch", odd.id)
    menu, _proposal = proposals.propose_into(stocked, menu.id, menu.version, Wish(keep=True), seconds=8)
    grid = menus.grid_of(stocked, menu)
    assert odd.id in [one.dish_id for one in grid.dishes[grid.meal_at(NEXT, "lunch").id]]


def test_forbidden_dishes_are_never_proposed(stocked):
    weeks.dish(stocked, ("干煸四季豆", "vegetable", [("四季豆", "80")]))
    menu = weeks.draft(stocked, days=1)
    request = proposals.request_of(stocked, menu, Wish(), 5)
    beans = next(one for one in request.candidates if one.dish.name == "干煸四季豆")
    assert beans.meals == frozenset()


def test_it_runs_as_a_job_and_an_edit_meanwhile_ends_it(stocked, session, world):
    menu = weeks.draft(stocked, days=1)
    run = proposals.start_proposal(stocked, menu.id, menu.version, Wish(budget_fen=1200))
    assert (run.task, run.state) == (proposals.TASK, "queued")
    seen = menu.version
    menus.touch(menu)
    with pytest.raises(Conflict):
        proposals.propose_into(stocked, menu.id, seen, Wish(), seconds=1)


def test_the_job_writes_in_its_askers_name(stocked, session, app):
    from school.canteen.jobs import propose

    class Told:
        def report(self, percent, message=""):
            assert 0 <= percent <= 100

    menu = weeks.draft(stocked, days=1)
    made = propose(
        stocked.bureau_id, progress=Told(), account_id=str(stocked.account_id), display_name="演示", roles=["canteen_manager"],
        school_id=stocked.school_id, menu_id=str(menu.id), version=menu.version, keep=False, budget_fen=None,
    )  # fmt: skip
    assert made["result"]["url"] == f"/menus/{menu.id}"
    use_scope(session(), stocked.scope)
    assert menus.get_menu(stocked, stocked.school_id, menu.id, for_update=True).proposal


def test_too_few_dishes_are_said_before_the_job_starts(cook):
    menu = weeks.draft(cook)
    with pytest.raises(Invalid):
        proposals.start_proposal(cook, menu.id, menu.version, Wish())


def test_what_expires_soon_is_reckoned_for_each_diner(stocked, world, session):
    officer = world.actor("procurement_officer")
    use_scope(session(), officer.scope)
    rice = item(officer, category(officer, "p-grain", "演示谷物", []), RICE_ITEM, "p-")
    storekeeper = world.actor("storekeeper")
    use_scope(session(), storekeeper.scope)
    receiving.receive(storekeeper, new_id(), [received(rice, "50", 30000, days=19)], receipt_id=new_id())
    use_scope(session(), stocked.scope)
    weeks.dish(stocked, ("自家米饭", "staple", [("粳米", "100")]), items={"粳米": rice})
    menu = weeks.draft(stocked, days=1)
    found = prices.prices_for(stocked, stocked.school_id, [rice], NEXT)
    assert found[rice].source == PriceSource.RECEIPT
    assert found[rice].fen == Fraction(600)  # 300 yuan for 50 kg
    (leftover,) = proposals.request_of(stocked, menu, Wish(), 5).leftovers
    assert leftover.item == rice
    assert leftover.fen_per_gram == pytest.approx(0.6)
    assert leftover.grams == pytest.approx(50_000 / 520)  # the profile's diners
    assert leftover.last_day >= menu.monday


def test_the_ground_is_the_schools_ages_and_the_days_figures(cook):
    ground = ground_of(cook, cook.school_id, NEXT)
    assert ground.school.stage == "primary"
    assert ground.limits.limit("menu.published.days_before").least == 7
    assert set(ground.diners.mix.heads.values()) == {0, 300, 280}
