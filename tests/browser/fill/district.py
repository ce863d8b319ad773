"""A district just big enough for phones: one bureau, forty schools, ten inspectors. Prints who may sign in, as JSON."""

import json
import os
import sys
from datetime import date

import wsgi
from bureau.roles import Role
from bureau.schools.models import School, Zone
from kernel.config import load_config
from kernel.database import db, new_id
from kernel.database.scope import IDENTITY, OPERATOR, Scope, use_scope
from kernel.identity.models import Account, Bureau, Membership, Person
from kernel.identity.passwords import hash_password
from tests.support.world import PASSWORD

app = wsgi.create_app(load_config(os.environ))
with app.app_context():
    session = db.session()
    use_scope(session, OPERATOR)
    bureau = Bureau(code="a", name="演示甲区教育局", settings={})
    session.add(bureau)
    session.flush()
    use_scope(session, Scope("houqin_bureau", bureau_id=bureau.id))
    zone = Zone(bureau_id=bureau.id, code="east", name="演示东片区")
    session.add(zone)
    session.flush()
    for number in range(1, 41):
        name = f"演示第{number}小学"
        session.add(
            School(
                bureau_id=bureau.id, code=f"s{number}", name=name, search_name=name, zone_id=zone.id, stage="primary",
                is_boarding=True, boarders_male=60, boarders_female=50, enrolment_6_8=300, enrolment_9_11=280,
                classes=14, staff_count=40, diners=520,
            )
        )  # fmt: skip
    hashed = hash_password(PASSWORD)
    names = [f"inspector-{number}" for number in range(1, 11)]
    for username in names:
        shown = f"演示{username}"
        use_scope(session, IDENTITY)
        account = Account(
            id=new_id(), username=username, display_name=shown, password_hash=hashed, must_change_password=False
        )
        session.add(account)
        session.flush()
        session.add(Person(bureau_id=bureau.id, id=account.id, display_name=shown, search_name=shown))
        session.flush()
        session.add(
            Membership(
                bureau_id=bureau.id, person_id=account.id, level="bureau", role=str(Role.INSPECTOR),
                valid_from=date(2020, 1, 1),
            )
        )  # fmt: skip
        session.flush()
    session.commit()
sys.stdout.write(json.dumps([{"username": name, "password": PASSWORD} for name in names], ensure_ascii=False) + "\n")
