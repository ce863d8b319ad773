from datetime import timedelta
from types import SimpleNamespace

import pytest

from bureau.suppliers.service import own, reviewing
from kernel.actor import system_actor
from kernel.database import new_id
from kernel.web.dates import today
from tests.support.catalogue import category

COMPANY = {
    "credit_code": "", "company_name": "演示新供应商有限公司", "kind": "enterprise", "size": "micro",
    "address": "演示路 9 号", "person_name": "演示张三", "mobile": "13900001111", "email": "new@example.test",
}  # fmt: skip


@pytest.fixture
def meat(world, acting):
    """A category of bureau a that asks for a food licence."""
    officer = acting(world.actor("procurement_officer"))
    category_id = category(officer, "meat", "演示肉类", [])
    reviewing.set_rules(officer, category_id, ["food_operation"])
    return category_id


@pytest.fixture
def fruit(world, acting):
    return category(acting(world.actor("procurement_officer")), "fruit", "演示水果", [])


@pytest.fixture
def give(world, acting):
    """`give(kind, days, place="a")`: an approved licence of a company, with so many days to go (None: no end)."""

    def make(kind="business_licence", days=None, place="a"):
        company = acting(world.actor("supplier_user", place))
        until = None if days is None else today() + timedelta(days=days)
        # Handed in while it held, whatever it is today.
        values = {"kind": kind, "number": "演示1", "valid_until": max(until, today()) if until else None}
        licence = own.add_licence(company, new_id(), values)
        officer = acting(world.actor("procurement_officer", place[0]))
        licence = own.get_licence(officer, company.own_supplier_id(), licence.id)
        reviewing.decide_licence(officer, company.own_supplier_id(), licence.id, licence.version, event="approve")
        licence.valid_until = until
        return licence

    return make


@pytest.fixture
def admitted(world, acting, give, meat, fruit):
    """Company "a", registered for meat and fruit; its food licence has 100 days to go."""
    give()
    food = give("food_operation", 100)
    company = acting(world.actor("supplier_user"))
    own.choose_categories(company, [meat, fruit])
    officer = acting(world.actor("procurement_officer"))
    for choice in own.choices_of(officer, company.own_supplier_id()):
        reviewing.decide_category(officer, choice.supplier_id, choice.id, choice.version, event="approve")
    return SimpleNamespace(id=company.own_supplier_id(), company=company, officer=officer, food=food)


@pytest.fixture
def system(world):
    return system_actor(world.bureaus["a"])
