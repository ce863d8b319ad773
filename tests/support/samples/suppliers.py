from typing import Any
from uuid import UUID

from bureau.suppliers.models import BureauSupplier, SupplierRequest
from bureau.suppliers.service import measures, own
from kernel.actor import SYSTEM_ACCOUNT, Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import within
from tests.support.catalogue import category
from tests.support.samples import Sample
from tests.support.world import World

# A school's place stands for a company here: those of bureau a are two competitors.
COMPANY = {"a1": "a", "a2": "a-2", "a3": "a-2", "b1": "b"}


def company_of(world: World, place: str) -> UUID:
    return world.supplier_id(COMPANY[place])


def acting_for(world: World, place: str) -> Actor:
    return world.actor("supplier_user", COMPANY[place])


def make_licence(world: World, place: str, **values: Any) -> Any:
    actor = acting_for(world, place)
    with within(db.session(), actor.scope):
        given = {"kind": "business_licence", "number": "演示编号", **values}
        return own.add_licence(actor, new_id(), given)


def make_choice(world: World, place: str) -> Any:
    category_id = category(system_actor(world.bureaus[place[0]]), f"s-{place}", "演示品类", [])
    actor = acting_for(world, place)
    with within(db.session(), actor.scope):
        return own.choose_categories(actor, [category_id])[0]


def make_measure(world: World, place: str) -> Any:
    return measures.impose(
        system_actor(world.bureaus[place[0]]), company_of(world, place), new_id(), kind="warning", reason="演示事由"
    )


def make_appeal(world: World, place: str) -> Any:
    measure = make_measure(world, place)
    actor = acting_for(world, place)
    with within(db.session(), actor.scope):
        return measures.appeal(actor, measure.id, new_id(), statement="演示申诉")


def make_request(world: World, place: str) -> SupplierRequest:
    company = db.session.get_one(BureauSupplier, (world.bureaus[place[0]], company_of(world, place)))
    request = SupplierRequest(
        bureau_id=company.bureau_id, id=new_id(), purpose="registration", supplier_id=company.id,
        credit_code=company.credit_code, company_name=company.name, person_name="演示申请人",
        email="sample@example.test", code_hash="", code_until=now(), state="asked", address_from="127.0.0.1",
        created_by=SYSTEM_ACCOUNT,
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    return request


SAMPLES = {
    "supplier_id": Sample(company_of, owner="supplier"),
    "licence_id": Sample(lambda world, place: make_licence(world, place).id, owner="supplier"),
    "choice_id": Sample(lambda world, place: make_choice(world, place).id, owner="supplier"),
    "measure_id": Sample(lambda world, place: make_measure(world, place).id, owner="supplier"),
    "supplier_appeal_id": Sample(lambda world, place: make_appeal(world, place).id, owner="supplier"),
    "supplier_request_id": Sample(lambda world, place: make_request(world, place).id, owner="supplier"),
    "bureau_code": Sample(lambda world, place: place[0], owner="none"),
}
