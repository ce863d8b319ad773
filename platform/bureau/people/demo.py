"""The demo district's people, written straight into the tables: one known password, hashed once, for all of them."""

from flask import Flask

from bureau.demo.context import DemoContext
from bureau.demo.people import WELL_KNOWN, build_people
from bureau.demo.suppliers import SUPPLIERS
from bureau.roles import LABELS, Role
from kernel.database import db, new_id
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Account, Membership, Person
from kernel.identity.passwords import hash_password

PASSWORD = "houqin-demo-2026"  # noqa: S105 -- printed with the demo's accounts, for made-up people only


def _one_per_role(demo: DemoContext) -> list[dict[str, str]]:
    """The accounts to show: whose user name is easy to remember."""
    district = demo.district
    names = {district.code: district.name}
    names.update({zone.code: zone.name for zone in district.zones})
    names.update({school.code: school.name for school in district.schools})
    names.update({supplier.code: supplier.name for supplier in SUPPLIERS})
    by_name = {person.username: person for person in build_people(district)}
    found = []
    for role, username in WELL_KNOWN.items():
        scope = by_name[username].posts[0].scope
        label = str(LABELS[Role(role)])
        found.append({"role": label, "place": names.get(scope, ""), "username": username, "password": PASSWORD})
    return found


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, IDENTITY)
    people = build_people(demo.district)
    hashed = hash_password(PASSWORD)
    since = demo.today.replace(month=1, day=1)
    for person in people:
        account = Account(
            id=new_id(), username=person.username, mobile=person.mobile, display_name=person.name,
            password_hash=hashed, must_change_password=False,
        )  # fmt: skip
        demo.accounts[person.username] = account.id
        session.add(account)
    session.flush()
    for person in people:
        session.add(
            Person(
                bureau_id=demo.bureau_id, id=demo.accounts[person.username], display_name=person.name,
                search_name=person.name.lower(),
            )
        )  # fmt: skip
    session.flush()
    for person in people:
        for post in person.posts:
            if post.level == "supplier":
                continue  # their companies register later, see bureau.suppliers.demo
            session.add(
                Membership(
                    bureau_id=demo.bureau_id, person_id=demo.accounts[person.username], level=post.level,
                    role=post.role, valid_from=since,
                    zone_id=demo.zones[post.scope] if post.level == "zone" else None,
                    school_id=demo.schools[post.scope] if post.level == "school" else None,
                )
            )  # fmt: skip
    session.commit()
    demo.sign_ins.extend(_one_per_role(demo))
