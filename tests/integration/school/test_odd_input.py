"""Page forms of stock, orders, receipts, menus, diners, duties and the canteen's people answer odd input with words, never
with a fault of the service's own. Each round gives every field another oddity."""

from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from bureau.roles import Role
from duties import schemas as duties
from kernel.database import db, new_id
from kernel.web.dates import today
from school.canteen import schemas as canteen
from school.canteen_staff import schemas as canteen_staff
from school.diners import schemas as diners
from school.orders import schemas as orders
from school.stores import schemas as stores
from school.supply import delivery_schemas as deliveries
from school.supply import schemas as supply
from tests.support.canteen_day import add_person, add_refrigerator, cook
from tests.support.deliveries import on_its_way, received
from tests.support.orders import draft, market
from tests.support.stores import own_good, put_in

ODD = (
    "\x00", "1e30", "NaN", "-1", "Infinity", "x" * 3000, "' OR 1=1", "[]", "0.0000001", "99999999999999999999", "２",
    "0001-01-01", "9999-12-31T23:59", "\u202e", "00000000-0000-0000-0000-00000000000g", "0", "true", "",
)  # fmt: skip
MODULES = ("stores", "orders", "supply", "canteen", "diners", "duties", "canteen_staff")
GROUPS = ("lines", "lots", "rows", "ingredients", "certificates")
SHARED: tuple[ModuleType, ...] = (canteen, canteen_staff, deliveries, diners, duties, orders, stores, supply)


@pytest.fixture
def things(session, world):
    """Something of most kinds in school a1, so that forms are reached and not only "not found"."""
    shop = market(world)
    _order, done = on_its_way(shop)
    receipt = received(shop, done)
    _order, shipment = on_its_way(shop, batch="L2")
    order = draft(shop)
    actor = shop.actor("storekeeper", "a1")
    good = own_good(actor, "演示扫把")
    batch = put_in(actor, good)
    chef = cook(world)
    person = add_person(chef, "演示甲")
    add_refrigerator(chef)
    db.session.commit()
    return {
        "shipment_id": shipment.id, "receipt_id": receipt.id, "goods_receipt_id": receipt.id, "order_id": order.id,
        "supply_order_id": order.id, "store_good_id": good.id, "store_batch_id": batch, "staff_id": person.id,
        "canteen_staff_id": person.id, "agreement_id": shop.agreement.id,
    }  # fmt: skip


def names_of_fields() -> list[str]:
    """Of everything that a schema of these modules takes."""
    schemas = (value for module in SHARED for value in vars(module).values())
    return sorted({name for schema in schemas for name in getattr(schema, "_declared_fields", ())})


def targets(app: Any, things: dict[str, Any]) -> list[tuple[Any, str]]:
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(tuple(f"{name}." for name in MODULES)) and not rule.rule.startswith("/api"):
            usual = {"UUIDConverter": new_id(), "IntegerConverter": 1}
            values = {
                name: things.get(name) or usual.get(type(converter).__name__, today().isoformat())
                for name, converter in rule._converters.items()
            }
            found.append((rule, adapter.build(rule.endpoint, values)))
    return found


@pytest.mark.parametrize(
    ("shift", "role", "place"),
    [
        (0, Role.LOGISTICS_DIRECTOR, None), (5, Role.STOREKEEPER, None), (9, Role.CANTEEN_MANAGER, None),
        (13, Role.PRINCIPAL, None), (3, Role.SUPPLIER_USER, "a"), (7, Role.CANTEEN_OFFICER, None),
        (11, Role.BUREAU_ADMIN, None),
    ],
)  # fmt: skip
def test_odd_input_is_answered(app, things, client_as, monkeypatch, shift, role, place):
    monkeypatch.setattr(app, "test_client_class", FlaskClient)  # what was typed is shown again as it was, odd as it is
    odd = {name: ODD[(index + shift) % len(ODD)] for index, name in enumerate(names_of_fields())}
    nested = {f"{group}-0-{name}": value for group in GROUPS for name, value in odd.items()}
    client = client_as(role, place)
    found = []
    for rule, path in targets(app, things):
        tries = [("get", {"query_string": odd})] if "GET" in rule.methods else []
        if "POST" in rule.methods:
            known = {"id": str(new_id()), "version": "1"}
            places = {"lines-²-quantity": "1", "remove_line": "²", "lots-²-photos": "1", "add_good": "²"}
            tries += [
                ("post", {"data": data})
                for data in (odd, {**nested, **known}, {**odd, **nested, **known}, {}, places)
            ]  # fmt: skip
        for method, what in tries:
            try:
                answer = getattr(client, method)(path, **what)
            except Exception as error:
                found.append((method, path, repr(error)[:200]))
            else:
                if answer.status_code >= 500:
                    found.append((method, path, answer.status))
    assert found == []
