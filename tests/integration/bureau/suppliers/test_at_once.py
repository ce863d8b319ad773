"""The same thing by several people at the same moment: one has it, the others are told."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bureau.suppliers.credit_code import invented
from bureau.suppliers.models import BureauSupplier, Supplier, SupplierLicence, SupplierRequest
from bureau.suppliers.service import alarms, joining, people, registering
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Conflict, RuleBroken, TooManyAttempts
from kernel.identity.models import Account
from kernel.notices.models import Notice
from kernel.web.dates import today
from tests.integration.bureau.suppliers.conftest import COMPANY
from tests.support.at_once import at_once, city

PASSWORD = "演示口令-2026-ok"


@pytest.fixture(scope="module")
def town(admin_url, worker_id, tmp_path_factory):
    with city(admin_url, f"suppliers_{worker_id}", tmp_path_factory.mktemp("suppliers")) as made:
        yield made


def test_five_people_register_the_same_company(town):
    app, world = town
    system = system_actor(world.bureaus["a"])
    bureau = registering.bureau_by_code("a")
    use_scope(db.session(), system.scope)
    calls = []
    for number in range(5):
        values = {**COMPANY, "credit_code": invented(4242), "email": f"p{number}@example.test"}
        request = registering.open_request(bureau, new_id(), f"10.1.1.{number}", values)
        code = registering.new_code(request, timedelta(minutes=30))
        calls.append((request.id, code, f"10.1.1.{number}"))

    def confirming(request_id, code, address):
        return lambda: registering.confirm(bureau, request_id, code, address, actor=None, password=PASSWORD)

    outcomes = at_once(app, *((system, confirming(*call)) for call in calls))
    joined = [one for one in outcomes if isinstance(one, joining.Outcome) and one.kind == "joined"]
    assert len(joined) == 1, outcomes
    assert all(isinstance(one, (Conflict, joining.Outcome)) for one in outcomes), outcomes
    use_scope(db.session(), IDENTITY)
    count = select(func.count()).select_from
    assert db.session.scalar(count(Supplier).where(Supplier.credit_code == invented(4242))) == 1
    # Who was refused left no account behind.
    assert db.session.scalar(count(Account).where(Account.email.like("p_@example.test"))) == 1
    use_scope(db.session(), system.scope)
    rows = db.session.scalars(select(BureauSupplier).where(BureauSupplier.credit_code == invented(4242))).all()
    assert [row.state for row in rows] == ["draft"]


def test_the_limit_holds_against_a_burst(town):
    app, world = town
    system = system_actor(world.bureaus["a"])
    bureau = registering.bureau_by_code("a")

    def asking(number):
        values = {**COMPANY, "credit_code": invented(6000 + number), "email": "burst@example.test"}
        return lambda: registering.open_request(bureau, new_id(), f"10.2.2.{number}", values).id

    outcomes = at_once(app, *((system, asking(number)) for number in range(8)))
    refused = [one for one in outcomes if isinstance(one, TooManyAttempts)]
    assert len(refused) == 8 - registering.MOST_PER_EMAIL, outcomes
    use_scope(db.session(), system.scope)
    stored = select(func.count()).select_from(SupplierRequest).where(SupplierRequest.email == "burst@example.test")
    assert db.session.scalar(stored) == registering.MOST_PER_EMAIL


def test_two_runs_of_the_alarm_tell_it_once(town):
    app, world = town
    system = system_actor(world.bureaus["a"])
    use_scope(db.session(), system.scope)
    db.session.add(
        SupplierLicence(
            bureau_id=system.bureau_id, supplier_id=world.supplier_id("a"), kind="food_operation", number="演示",
            valid_until=today() + timedelta(days=7), state="approved", created_by=system.account_id,
        )
    )  # fmt: skip
    bureau_id = world.bureaus["a"]
    outcomes = at_once(app, *((system, lambda: alarms.tell_of_expiry(bureau_id)) for _ in range(4)))
    assert sorted(outcomes) == [0, 0, 0, 1]
    use_scope(db.session(), system.scope)
    told = select(func.count()).select_from(Notice).where(Notice.kind == "supplier_expiry")
    assert db.session.scalar(told) == 2  # the company's person and the officer


def test_two_colleagues_end_each_others_role(town):
    app, world = town
    actor = world.actor("supplier_user", "a-2")
    system = system_actor(world.bureaus["a"])
    use_scope(db.session(), system.scope)
    second = world.person("teacher", "a1").account_id
    joining.join(system, actor.own_supplier_id(), second, "演示第二人")
    held = [one.membership.id for one in people.colleagues(system, actor.own_supplier_id())]
    assert len(held) == 2

    def ending(membership_id):
        return lambda: people.end_colleague(actor, membership_id)

    outcomes = at_once(app, *((actor, ending(one)) for one in held))
    assert sum(one is None for one in outcomes) == 1, outcomes
    assert sum(isinstance(one, RuleBroken) for one in outcomes) == 1, outcomes
