"""A school with a canteen for phones: people who may sign in, a lunch of two dishes, a refrigerator, deliveries under way.
Prints {"shipments": [{"id", "number", "batch"}], "password"} as JSON."""

import json
import os
import sys
from datetime import timedelta

import wsgi
from kernel.config import load_config
from kernel.database import db
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Account
from kernel.identity.passwords import hash_password
from kernel.web.dates import today
from school.canteen.rules import monday_of
from school.canteen.service import menus
from tests.support import weeks
from tests.support import world as builder
from tests.support.canteen_day import add_person, add_refrigerator, cook
from tests.support.deliveries import on_its_way
from tests.support.orders import market

SHIPMENTS = 8
ROLES = ("storekeeper", "canteen_manager", "teacher", "logistics_director")

app = wsgi.create_app(load_config(os.environ))
with app.app_context():
    world = builder.build()
    hashed = hash_password(builder.PASSWORD)
    use_scope(db.session(), IDENTITY)
    for role in ROLES:
        for place in ("a1", "a2"):
            db.session.get_one(Account, world.person(role, place).account_id).password_hash = hashed
    db.session.commit()
    shop = market(world, fixed=True)
    made = []
    for number in range(SHIPMENTS):
        _order, shipment = on_its_way(shop, rice="10", pork="2", batch=f"L{number + 1}")
        made.append({"id": str(shipment.id), "number": shipment.number, "batch": f"L{number + 1}"})
    actor = cook(world)
    for name in ("演示厨师甲", "演示厨师乙"):
        add_person(actor, name)
    add_refrigerator(actor)
    add_refrigerator(actor, "留样柜", "sample")
    known = list(weeks.lunch_dishes(actor, (weeks.PORK, weeks.SPINACH)).values())
    for day in (today(), today() + timedelta(days=1)):
        monday = monday_of(day)
        menu = next((one for one in db.session.query(menus.Menu).filter_by(monday=monday)), None)
        menu = menu or weeks.draft(actor, monday, 7)
        menus.set_meal(actor, menu.id, menu.version, day, "lunch", known)
    db.session.commit()
sys.stdout.write(json.dumps({"shipments": made, "password": builder.PASSWORD}, ensure_ascii=False) + "\n")
