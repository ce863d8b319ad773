"""The demo's companies, registered as they would register themselves."""

from flask import Flask

from bureau.demo.context import DemoContext
from bureau.demo.people import build_people
from bureau.demo.suppliers import SUPPLIERS
from bureau.suppliers.credit_code import invented
from bureau.suppliers.models import BureauSupplier, Supplier
from kernel.database import db, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Membership


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    actor = demo.actor()
    use_scope(session, IDENTITY)
    for number, supplier in enumerate(SUPPLIERS, 1):
        company = Supplier(credit_code=invented(number), name=supplier.name)
        session.add(company)
        session.flush()
        demo.suppliers[supplier.code] = company.id
    use_scope(session, actor.scope)
    for number, supplier in enumerate(SUPPLIERS, 1):
        session.add(
            BureauSupplier(
                bureau_id=demo.bureau_id, id=demo.suppliers[supplier.code], credit_code=invented(number),
                name=supplier.name, search_name=supplier.name.lower(), contact_mobile=supplier.contact_phone,
                state="active", admitted_at=now(), created_by=actor.account_id,
            )
        )  # fmt: skip
    session.flush()
    for person in build_people(demo.district):
        for post in person.posts:
            if post.level == "supplier":
                session.add(
                    Membership(
                        bureau_id=demo.bureau_id, person_id=demo.accounts[person.username], level="supplier",
                        role=post.role, supplier_id=demo.suppliers[post.scope],
                        valid_from=demo.today.replace(month=1, day=1),
                    )
                )  # fmt: skip
    session.commit()
